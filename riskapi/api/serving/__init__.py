"""The running service: options, routes, the server, and what works beside the requests."""
