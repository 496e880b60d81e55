"""Speech on several machines: a Ray Serve application with the API of the speech server."""
