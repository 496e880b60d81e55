"""The bot as a node of the Gateway: agents send it commands over a second connection."""
