"""Finding out who speaks.

The voice server names a stream's owner once, when they first speak, and does not repeat it for a
bot that joins later. Then the frame's encryption tells: only its sender's key opens it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from discord_bot.receive.call import CallState
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import DaveSession, whose
from discord_bot.receive.rtp import RtpPacket
from discord_bot.receive.speakers import Speakers, Unclaimed

_ELIMINATE_S: Final = 0.5
"""How long the only person without a stream stays so before the only unknown stream is theirs."""


class Claim(NamedTuple):
    """A stream has found its owner."""

    user_id: int
    outdated: list[int]
    """Streams that their decoders must not go on with."""
    packets: list[RtpPacket]
    """What was kept of the stream, in order."""


class Attribution:
    """Streams to people: named by the server, else proved by key, else by elimination."""

    def __init__(self, call: CallState, counters: ReceiveCounters) -> None:
        self._call = call
        self._counters = counters
        self._speakers = Speakers()
        self._unclaimed = Unclaimed()
        self._tried: str | None = None
        """The group whose keys have been tried on all that is unclaimed."""

    @property
    def waiting(self) -> bool:
        """Whether packets wait for an owner, so that `reconsider` must be called."""
        return len(self._unclaimed) > 0

    def user_of(self, ssrc: int) -> int | None:
        return self._speakers.user_of(ssrc)

    def named(self, ssrc: int, user_id: int) -> Claim | None:
        """The voice server says whose stream this is."""
        if not ssrc or user_id == self._call.own_id:
            return None
        outdated = self._speakers.learn(ssrc, user_id)
        return Claim(user_id, outdated, self._unclaimed.take(ssrc))

    def unknown(self, packet: RtpPacket) -> Claim | None:
        """A packet of a stream without an owner: found now, or kept."""
        opened = self._try_keys(packet)
        self._unclaimed.hold(packet)
        return opened and self._prove(packet, *opened)

    def reconsider(self, now: float) -> list[Claim]:
        """What has become clear since: by a new key, or because nobody else is left."""
        self._unclaimed.expire(now)
        claims: list[Claim] = []
        session = self._call.dave_session
        if session is not None and session.voice_privacy_code != self._tried:
            self._tried = session.voice_privacy_code
            claims += self._by_key()
        if self._call.dave_version == 0:
            claims += self._by_elimination(now)
        return claims

    def gone(self, user_id: int) -> list[int]:
        """The person left; the streams that were theirs."""
        return self._speakers.forget(user_id)

    def clear(self) -> None:
        self._speakers.clear()
        self._unclaimed.clear()
        self._tried = None

    def _try_keys(self, packet: RtpPacket) -> tuple[int, bytes] | None:
        session = self._call.dave_session
        if session is None or not session.ready or not packet.is_speech:
            return None
        return whose(session, packet.frame, self._candidates(session))

    def _candidates(self, session: DaveSession) -> list[int]:
        members = (int(member) for member in session.get_user_ids())
        return self._speakers.streamless_first(m for m in members if m != self._call.own_id)

    def _prove(self, packet: RtpPacket, user_id: int, opus: bytes) -> Claim | None:
        packet.frame, packet.opened = opus, True  # in place: it keeps its turn among the kept ones
        self._counters.attributed += 1
        return self.named(packet.ssrc, user_id)

    def _by_key(self) -> list[Claim]:
        claims: list[Claim] = []
        for ssrc in self._unclaimed:
            for packet in self._unclaimed.packets(ssrc):
                opened = self._try_keys(packet)
                claim = opened and self._prove(packet, *opened)
                if claim:
                    claims.append(claim)
                    break
        return claims

    def _by_elimination(self, now: float) -> list[Claim]:
        """Nobody's name but one is left for the only unknown stream.

        A wrong guess would put words in somebody's mouth, so a newcomer gets time to be named.
        """
        unknown = list(self._unclaimed)
        possible = self._speakers.streamless(self._call.others())
        if len(unknown) != 1 or len(possible) != 1:
            return []
        if now - self._unclaimed.packets(unknown[0])[0].at < _ELIMINATE_S:
            return []
        self._counters.attributed += 1
        claim = self.named(unknown[0], possible[0])
        return [claim] if claim else []
