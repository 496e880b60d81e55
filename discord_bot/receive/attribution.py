"""Finds the speaker of each audio stream (SSRC).

The voice server names a stream's speaker once, when they first speak. It does not repeat that for a
bot that joins later. Then DAVE identifies the speaker: only the sender's key decrypts a frame.
Without DAVE, the only unknown stream belongs to the only user without a stream.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import DaveSession, find_sender
from discord_bot.receive.ports import CallState
from discord_bot.receive.reorder import ahead
from discord_bot.receive.rtp import RtpPacket

KEEP_S: Final = 2.0
"""How long packets of an unknown stream wait for its speaker."""
_ELIMINATION_S: Final = 0.5
"""How long a packet must wait before its stream is attributed by elimination. A new user is named
by the server within this time; a wrong guess would attribute their words to someone else."""
_MAX_PACKETS: Final = 100
_MAX_STREAMS: Final = 64
_MAX_SPEAKERS: Final = 256
"""Speakers of one call; Discord's limit is a few dozen."""


class Attributed(NamedTuple):
    """A stream whose speaker has been found."""

    user_id: int
    outdated: list[int]
    """Streams whose decoders are no longer valid."""
    packets: list[RtpPacket]
    """The packets of the stream that waited, in order."""


class Attribution:
    """Attributes streams to users: named by the server, proved by key, or by elimination."""

    def __init__(self, call: CallState, counters: ReceiveCounters) -> None:
        self._call = call
        self._counters = counters
        self._speakers = Speakers()
        self._unattributed = UnattributedPackets()
        self._tried: str | None = None
        """The DAVE group whose keys have been tried on all unattributed packets."""

    @property
    def waiting(self) -> bool:
        """Whether packets wait for their speaker, so that `reconsider` must be called."""
        return len(self._unattributed) > 0

    def user_of(self, ssrc: int) -> int | None:
        return self._speakers.user_of(ssrc)

    def named(self, ssrc: int, user_id: int) -> Attributed | None:
        """The voice server has named a stream's speaker."""
        if not ssrc or user_id == self._call.own_id:
            return None
        outdated = self._speakers.learn(ssrc, user_id)
        return Attributed(user_id, outdated, self._unattributed.take(ssrc))

    def unknown(self, packet: RtpPacket) -> Attributed | None:
        """A packet of an unknown stream: attribute it by key, or keep it."""
        found = self._find_sender(packet)
        self._unattributed.add(packet)
        return found and self._proved(packet, *found)

    def reconsider(self, now: float) -> list[Attributed]:
        """Streams that can be attributed since: by a new key, or by elimination."""
        self._unattributed.expire(now)
        found: list[Attributed] = []
        session = self._call.dave_session
        if session is not None and session.voice_privacy_code != self._tried:
            self._tried = session.voice_privacy_code
            found += self._by_key()
        if self._call.dave_version == 0:
            found += self._by_elimination(now)
        return found

    def forget(self, user_id: int) -> list[int]:
        """The user has left: returns the streams that were theirs."""
        return self._speakers.forget(user_id)

    def clear(self) -> None:
        self._speakers.clear()
        self._unattributed.clear()
        self._tried = None

    def _find_sender(self, packet: RtpPacket) -> tuple[int, bytes] | None:
        session = self._call.dave_session
        if session is None or not session.ready or not packet.is_speech:
            return None
        return find_sender(session, packet.frame, self._candidates(session))

    def _candidates(self, session: DaveSession) -> list[int]:
        members = (int(member) for member in session.get_user_ids())
        return self._speakers.streamless_first(m for m in members if m != self._call.own_id)

    def _proved(self, packet: RtpPacket, user_id: int, opus: bytes) -> Attributed | None:
        packet.frame, packet.decrypted = opus, True  # in place: it keeps its position in the queue
        self._counters.attributed += 1
        return self.named(packet.ssrc, user_id)

    def _by_key(self) -> list[Attributed]:
        all_found: list[Attributed] = []
        for ssrc in self._unattributed:
            for packet in self._unattributed.packets(ssrc):
                sender = self._find_sender(packet)
                found = sender and self._proved(packet, *sender)
                if found:
                    all_found.append(found)
                    break
        return all_found

    def _by_elimination(self, now: float) -> list[Attributed]:
        """Attribute the only unknown stream to the only user without a stream."""
        unknown = list(self._unattributed)
        possible = self._speakers.streamless(self._call.others())
        if len(unknown) != 1 or len(possible) != 1:
            return []
        if now - self._unattributed.packets(unknown[0])[0].at < _ELIMINATION_S:
            return []
        self._counters.attributed += 1
        found = self.named(unknown[0], possible[0])
        return [found] if found else []


class Speakers:
    """The known streams: one for each user."""

    def __init__(self) -> None:
        self._user: dict[int, int] = {}

    def user_of(self, ssrc: int) -> int | None:
        return self._user.get(ssrc)

    def learn(self, ssrc: int, user_id: int) -> list[int]:
        """Note a stream's speaker; returns the streams whose decoders are no longer valid."""
        stale = [s for s, user in self._user.items() if user == user_id and s != ssrc]
        if self._user.get(ssrc, user_id) != user_id:
            stale.append(ssrc)
        for old in stale:
            del self._user[old]
        self._user[ssrc] = user_id
        if len(self._user) > _MAX_SPEAKERS:
            oldest = next(iter(self._user))
            del self._user[oldest]
            stale.append(oldest)
        return stale

    def forget(self, user_id: int) -> list[int]:
        """The user has left: returns the streams that were theirs."""
        streams = [s for s, user in self._user.items() if user == user_id]
        for ssrc in streams:
            del self._user[ssrc]
        return streams

    def clear(self) -> None:
        self._user.clear()

    def streamless_first(self, members: Iterable[int]) -> list[int]:
        """Candidates for an unknown stream, most likely first."""
        return sorted(members, key=set(self._user.values()).__contains__)

    def streamless(self, members: Iterable[int]) -> list[int]:
        known = set(self._user.values())
        return [user for user in members if user not in known]


class UnattributedPackets:
    """Packets of unknown streams, kept for `KEEP_S`."""

    def __init__(self) -> None:
        self._streams: dict[int, deque[RtpPacket]] = {}

    def __len__(self) -> int:
        return len(self._streams)

    def __iter__(self) -> Iterator[int]:
        return iter(list(self._streams))

    def add(self, packet: RtpPacket) -> None:
        stream = self._streams.get(packet.ssrc)
        if stream is None:
            if len(self._streams) >= _MAX_STREAMS:
                del self._streams[next(iter(self._streams))]
            stream = self._streams[packet.ssrc] = deque(maxlen=_MAX_PACKETS)
        stream.append(packet)

    def packets(self, ssrc: int) -> list[RtpPacket]:
        """A stream's packets in the order of arrival."""
        return list(self._streams.get(ssrc, ()))

    def take(self, ssrc: int) -> list[RtpPacket]:
        """Remove a stream's packets; returns them in the order of their sequence numbers."""
        packets = self._streams.pop(ssrc, None)
        if not packets:
            return []
        first = packets[0].sequence
        return sorted(packets, key=lambda packet: ahead(packet.sequence, first))

    def expire(self, now: float) -> None:
        """Drop the packets that are older than `KEEP_S`."""
        for ssrc, stream in list(self._streams.items()):
            while stream and now - stream[0].at > KEEP_S:
                stream.popleft()
            if not stream:
                del self._streams[ssrc]

    def clear(self) -> None:
        self._streams.clear()
