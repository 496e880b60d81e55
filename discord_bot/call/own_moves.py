"""What the bot has asked of Discord about its own voice state, until Discord has answered.

Discord answers op 4 with an event like any other: the event of the bot's own leave looks like that
of a moderator's. Only the order tells them apart. Discord serves the requests of one connection in
order, so each event either answers a request that is still open, or was caused by another member.

Pure: the time is an argument.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import discord

ANSWERED_WITHIN_S: Final = 60.0
"""Discord takes some 100 ms, in bad hours many seconds. It never answers a request to join where
the bot may not, nor perhaps a leave while it is in no channel: these are given up after this."""
_MOST: Final = 64
"""Open requests of a guild; there are two or three at once."""


@dataclass(slots=True)
class _Request:
    channel_id: int | None
    """None asks to leave."""
    at: float


class OwnMoves:
    """The open requests of one client, for all of its guilds."""

    def __init__(self) -> None:
        self._open: dict[int, deque[_Request]] = defaultdict(lambda: deque(maxlen=_MOST))
        self._held = False
        self.attended = False
        """Whoever owns the client calls `answered`; otherwise requests stay open for no reason."""

    # -- what we ask --------------------------------------------------------------------------

    def asked(self, guild_id: int, channel_id: int | None, now: float) -> None:
        """We are about to ask to be in a channel, or to leave (None)."""
        self._open[guild_id].append(_Request(channel_id, now))

    def unsent(self, guild_id: int) -> None:
        """The latest request did not get out."""
        if self._open[guild_id]:
            self._open[guild_id].pop()

    # -- what Discord says -------------------------------------------------------------------

    def expects_leave(self, guild_id: int, now: float) -> bool:
        """Whether the bot's being in no channel would be our own doing. Changes nothing."""
        return any(request.channel_id is None for request in self._current(guild_id, now))

    def answered(self, guild_id: int, was: int | None, became: int | None, now: float) -> bool:
        """The bot's channel, which was ``was``, is ``became``: whether that is our own doing.

        An event of a state that stays in its channel (a mute, a new session) is ours if it can be.
        """
        self.attended = True
        requests = self._current(guild_id, now)
        for index, request in enumerate(requests):
            if request.channel_id == became:
                for _ in range(index + 1):
                    requests.popleft()
                return True
            if request.channel_id is None and was is not None:
                # While we are in a channel a leave is answered before whatever was asked after it.
                return False
        return False

    def _current(self, guild_id: int, now: float) -> deque[_Request]:
        requests = self._open[guild_id]
        while requests and not self._held and now - requests[0].at > ANSWERED_WITHIN_S:
            requests.popleft()
        return requests

    # -- the connection over which we ask ------------------------------------------------------

    @property
    def away(self) -> bool:
        """There is no connection to Discord now: nothing can be asked."""
        return self._held

    def hold(self) -> None:
        """The connection is gone: answers come when it is resumed, however late."""
        self._held = True

    def resumed(self, now: float) -> None:
        """The connection is back, and Discord has said what we missed."""
        self._held = False
        for requests in self._open.values():
            for request in requests:
                request.at = now

    def renewed(self) -> None:
        """A new session with Discord: nothing that was asked in the one before is answered."""
        self._held = False
        self._open.clear()


_OF: Final[WeakKeyDictionary[discord.Client, OwnMoves]] = WeakKeyDictionary()


def own_moves(client: discord.Client) -> OwnMoves:
    """Those of a client. Calls come and go, and the answer to one's end may reach the next."""
    moves = _OF.get(client)
    if moves is None:
        moves = _OF[client] = OwnMoves()
    return moves
