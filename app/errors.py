"""What keeps the bot from its life as a process.

DiscordUnreachable         the network or Discord does not answer: worth another attempt
"""

from __future__ import annotations


class DiscordUnreachable(Exception):
    """The network or Discord does not answer: worth another attempt."""
