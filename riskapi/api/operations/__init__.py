"""What the service does: one module a group of operations, each with its values of `Operation` and their samples."""
