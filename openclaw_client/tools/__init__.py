"""Tools of the Gateway that the bot calls without an agent's turn."""
