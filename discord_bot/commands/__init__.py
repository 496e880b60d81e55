"""The slash commands: an extension of discord.py each, with one cog."""
