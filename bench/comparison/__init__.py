"""The bot compared with Pipecat and LiveKit, on the same audio."""
