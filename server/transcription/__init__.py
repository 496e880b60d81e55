"""Speech to text over HTTP and WebSocket, in OpenAI's dialect, with the bot's models."""
