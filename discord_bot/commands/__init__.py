"""The slash commands: each module is a discord.py extension with one cog."""
