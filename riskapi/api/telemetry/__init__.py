"""What is seen of the service from outside: log lines, figures, traces."""
