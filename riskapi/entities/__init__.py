"""Companies: which one a name means (`resolver`), the records on it (`records`), who stands behind it (`ownership`).

`standing` draws the conclusions for one company and one day.
"""
