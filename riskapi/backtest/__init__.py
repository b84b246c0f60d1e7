"""Past deals with known outcomes against the score: cases in, figures with intervals out."""
