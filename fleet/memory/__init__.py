"""What machines write into an agent's memory: transcripts, observations, readings."""
