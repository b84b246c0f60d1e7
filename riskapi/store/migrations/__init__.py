"""The steps from one version of the tables to the next, one module each, run by alembic.

A step runs inside one transaction on both databases. It is never changed once released: the next change is a new step,
and `riskapi.store.migrate.HEAD` names the last one.
"""
