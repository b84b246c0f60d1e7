"""Saved questions that are answered again, what moved, and messages about it: see docs/watchlists.md."""
