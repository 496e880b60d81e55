"""The bot's ear beside those of Pipecat and LiveKit, on the same audio."""
