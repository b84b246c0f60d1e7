"""What was said of a deal, by whom, on which day, and what can be concluded from it as of a date."""
