"""Who owns which audio stream (SSRC), and the packets of those nobody owns yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final

from discord_bot.receive.reorder import ahead
from discord_bot.receive.rtp import RtpPacket

KEEP_S: Final = 2.0
"""How long packets of an unknown stream wait for its owner."""
_MAX_PACKETS: Final = 100
_MAX_STREAMS: Final = 64
_MAX_OWNERS: Final = 256
"""People who speak in one call; Discord lets some tens."""


class Speakers:
    """One stream a person, one person a stream."""

    def __init__(self) -> None:
        self._user: dict[int, int] = {}

    def user_of(self, ssrc: int) -> int | None:
        return self._user.get(ssrc)

    def learn(self, ssrc: int, user_id: int) -> list[int]:
        """Note an owner; the streams whose decoder is thereby out of date."""
        stale = [s for s, user in self._user.items() if user == user_id and s != ssrc]
        if self._user.get(ssrc, user_id) != user_id:
            stale.append(ssrc)
        for old in stale:
            del self._user[old]
        self._user[ssrc] = user_id
        if len(self._user) > _MAX_OWNERS:
            oldest = next(iter(self._user))
            del self._user[oldest]
            stale.append(oldest)
        return stale

    def forget(self, user_id: int) -> list[int]:
        """The person is gone; the streams that were theirs."""
        theirs = [s for s, user in self._user.items() if user == user_id]
        for ssrc in theirs:
            del self._user[ssrc]
        return theirs

    def clear(self) -> None:
        self._user.clear()

    def streamless_first(self, members: Iterable[int]) -> list[int]:
        """Candidates for an unknown stream, likeliest first."""
        return sorted(members, key=set(self._user.values()).__contains__)

    def streamless(self, members: Iterable[int]) -> list[int]:
        owners = set(self._user.values())
        return [user for user in members if user not in owners]


class Unclaimed:
    """Packets of unknown streams, kept for `KEEP_S`."""

    def __init__(self) -> None:
        self._streams: dict[int, deque[RtpPacket]] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def __iter__(self) -> Iterator[int]:
        return iter(list(self._streams))

    def hold(self, packet: RtpPacket) -> None:
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            if len(self._streams) >= _MAX_STREAMS:
                del self._streams[next(iter(self._streams))]
            stream = self._streams[packet.ssrc] = deque(maxlen=_MAX_PACKETS)
        stream.append(packet)

    def packets(self, ssrc: int) -> list[RtpPacket]:
        """A stream's packets as they came."""
        return list(self._streams.get(ssrc, ()))

    def take(self, ssrc: int) -> list[RtpPacket]:
        """Hand a stream's packets over to its owner, in the order they were spoken."""
        packets = self._streams.pop(ssrc, None)
        if not packets:
            return []
        first = packets[0].sequence
        return sorted(packets, key=lambda packet: ahead(packet.sequence, first))

    def expire(self, now: float) -> None:
        for ssrc, stream in list(self._streams.items()):
            while stream and now - stream[0].at > KEEP_S:
                stream.popleft()
            if not stream:
                del self._streams[ssrc]

    def clear(self) -> None:
        self._streams.clear()
