"""Official lists: fetched (`download`), checked (`gates`), staged and put in place (`snapshots`), compared (`difference`).

`run.refresh` does all of it for one source or several; `overlay` turns listed entities into companies of the datasets.
"""
