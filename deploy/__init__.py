"""Files for deploying the bot, and the health check of its image."""
