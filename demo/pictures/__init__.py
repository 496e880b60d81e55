"""Pictures of the bot's messages, as a Discord client shows them."""
