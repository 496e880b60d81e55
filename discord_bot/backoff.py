"""How long discord.py waits before it looks again whether Discord can be reached.

Its own pauses grow up to 17 minutes: after an outage of ten minutes a bot may be away for as long
again. It takes no setting for that.
"""

from __future__ import annotations

from typing import Final, Literal

import discord
from discord.backoff import ExponentialBackoff

LONGEST_S: Final = 15.0


class ShortBackoff(ExponentialBackoff[Literal[False]]):
    """As discord.py's, in its random steps, but no pause is longer than ``LONGEST_S``."""

    def delay(self) -> float:
        return min(super().delay(), LONGEST_S)


def shorten_pauses() -> None:
    """For every client of this process, from its next `connect` on."""
    vars(discord.client)["ExponentialBackoff"] = ShortBackoff
