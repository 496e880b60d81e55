"""Other programs' clients of OpenAI's speech API, pointed at our server."""
