"""Live transcription over a WebSocket, in the dialect of OpenAI's Realtime API."""
