"""Speech to text by a server, and the Whisper of this machine while that fails."""
