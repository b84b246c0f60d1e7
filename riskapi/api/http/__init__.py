"""HTTP itself: headers, compression, refusals, the one shape of errors. Nothing here knows what the service is asked."""
