"""Scoring: the scorecard (`scorecard`), the score with its interval (`score`), what is worth finding out (`information`)."""
