"""The bot's own voice state requests (op 4) that Discord has not answered yet.

Discord answers op 4 with a voice state update. The update after the bot's own leave looks the same
as the one after a moderator's kick; only the order tells them apart. Discord serves the requests of
one connection in order. So an update either answers an open request, or another member caused it.

Pure: the time is an argument.
"""

from __future__ import annotations

import weakref
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import discord

from discord_bot.shards import shard_of

ANSWER_TIMEOUT_S: Final = 60.0
"""Discord answers after about 100 ms, and in bad hours after many seconds. It never answers a join
that is not permitted, nor perhaps a leave while the bot is in no channel: these expire."""
_MAX_OPEN: Final = 64
"""Open requests of one guild; normally two or three."""


@dataclass(slots=True)
class _Request:
    channel_id: int | None
    """None asks to leave."""
    at: float


class VoiceStateRequests:
    """The open requests of one client, in all of its guilds.

    ``shard_of`` returns the shard of a guild: each shard is a gateway connection of its own.
    """

    def __init__(self, shard_of: Callable[[int], int] = lambda _: 0) -> None:
        self._shard_of = shard_of
        self._open: dict[int, deque[_Request]] = defaultdict(lambda: deque(maxlen=_MAX_OPEN))
        self._offline: set[int] = set()
        """The shards whose connection is lost."""
        self.matched = False
        """Whether updates are passed to `match`. If not, requests stay open and mean nothing."""

    # -- requests -----------------------------------------------------------------------------

    def add(self, guild_id: int, channel_id: int | None, now: float) -> None:
        """Note a request to be in a channel, or to leave (None), just before it is sent."""
        self._open[guild_id].append(_Request(channel_id, now))

    def drop_latest(self, guild_id: int) -> None:
        """Forget the latest request, which could not be sent."""
        if self._open[guild_id]:
            self._open[guild_id].pop()

    # -- updates ------------------------------------------------------------------------------

    def expects_leave(self, guild_id: int, now: float) -> bool:
        """Whether a leave of the bot would answer its own request. Changes nothing."""
        return any(request.channel_id is None for request in self._current(guild_id, now))

    def match(self, guild_id: int, before: int | None, after: int | None, now: float) -> bool:
        """Whether an update of the bot's channel answers a request; removes what it answers.

        An update that keeps the channel (a mute, a new session) counts as an answer if it can.
        """
        self.matched = True
        requests = self._current(guild_id, now)
        for index, request in enumerate(requests):
            if request.channel_id == after:
                for _ in range(index + 1):
                    requests.popleft()
                return True
            if request.channel_id is None and before is not None:
                # In a channel, a leave is answered before all requests that follow it.
                return False
        return False

    def _current(self, guild_id: int, now: float) -> deque[_Request]:
        requests = self._open[guild_id]
        while requests and not self.offline(guild_id) and now - requests[0].at > ANSWER_TIMEOUT_S:
            requests.popleft()
        return requests

    # -- the gateway connection ---------------------------------------------------------------

    def offline(self, guild_id: int) -> bool:
        """Whether the guild's gateway connection is lost, so that no request can be sent."""
        return self._shard_of(guild_id) in self._offline

    def connection_lost(self, shard: int = 0) -> None:
        """Keep the requests open: their answers come when the connection resumes."""
        self._offline.add(shard)

    def connection_resumed(self, now: float, shard: int = 0) -> None:
        """Restart the timeouts, after Discord has sent the updates that were missed."""
        self._offline.discard(shard)
        for guild_id, requests in self._open.items():
            if self._shard_of(guild_id) == shard:
                for request in requests:
                    request.at = now

    def session_started(self, shard: int = 0) -> None:
        """Drop all requests: a new gateway session answers none of the one before."""
        self._offline.discard(shard)
        for guild_id in [each for each in self._open if self._shard_of(each) == shard]:
            del self._open[guild_id]


_OF: Final[WeakKeyDictionary[discord.Client, VoiceStateRequests]] = WeakKeyDictionary()


def voice_state_requests(client: discord.Client) -> VoiceStateRequests:
    """The requests of a client. They outlive a call: its last answer may arrive in the next one."""
    requests = _OF.get(client)
    if requests is None:
        requests = _OF[client] = VoiceStateRequests(_shards_of(client))
    return requests


def _shards_of(client: discord.Client) -> Callable[[int], int]:
    known = weakref.ref(client)

    def of(guild_id: int) -> int:
        found = known()
        return shard_of(guild_id, None if found is None else found.shard_count)

    return of
