"""The bot's pages in a browser: its status, and a room to talk with the agents without Discord."""
