"""Messages to people outside the call: over the Gateway's channels, by Discord, and by voice."""
