"""What the service must not lose: stored assessments, API keys, the audit log, edits, and who may see which.

Enters: a database address, values to keep, and the time. Leaves: values as they were kept. Every row belongs to a tenant,
and nothing here reads the clock.
"""
