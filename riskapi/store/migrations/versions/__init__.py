"""The steps; the number at the head of a file's name is its place."""
