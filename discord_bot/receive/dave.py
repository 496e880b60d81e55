"""The end-to-end encryption of a call, as it is towards us.

Who joins or leaves changes the group's key, and a speaker may use the new one before the commit
that makes it has reached us. Frames that do not open are therefore kept a while and tried again
when the group has moved on: without that a commit 0.5 s late costs 0.5 s of speech.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Protocol

import davey

from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.rtp import RtpPacket

RETRY_S: Final = 2.0
_MAX_WAITING: Final = 1000
"""Ten people for `RETRY_S`."""
_MAX_STUCK: Final = 256
_MAGIC: Final = b"\xfa\xfa"
_SUPPLEMENT_SIZE: Final = 12
"""The least a DAVE frame adds: tag 8, nonce 1, its own size 1, magic 2."""
_NOT_ENCRYPTED: Final = "UnencryptedWhenPassthroughDisabled"
_NO_SESSION: Final = "EncryptedButNoGroup"
REASONS: Final = frozenset(
    {_NOT_ENCRYPTED, _NO_SESSION, "NoDecryptorForUser", "NoValidCryptorFound"}
)
OTHER_REASON: Final = "Other"
"""What `ReceiveCounters.dave_fail` counts by: these and no others, whatever davey says."""
_FIRST_WORD: Final = re.compile(r"\w+")


class DaveSession(Protocol):
    """What is used of `davey.DaveSession`."""

    @property
    def ready(self) -> bool: ...
    @property
    def voice_privacy_code(self) -> str | None:
        """A fingerprint of the group in its present epoch."""
        ...

    def decrypt(self, user_id: int, media_type: Any, packet: bytes) -> bytes:
        """Raises ValueError; the text ends in the reason's name."""
        ...

    def get_user_ids(self) -> list[str]: ...


class _Waiting(NamedTuple):
    user_id: int
    packet: RtpPacket
    group: str | None
    """The group that could not open it."""


def looks_encrypted(frame: bytes) -> bool:
    """Whether a frame ends as DAVE frames do; one plain Opus frame in 100 000 does too."""
    return (
        frame[-2:] == _MAGIC
        and len(frame) > _SUPPLEMENT_SIZE
        and _SUPPLEMENT_SIZE <= frame[-3] < len(frame)
    )


class DaveGate:
    """Opens frames, and keeps those that do not open yet."""

    def __init__(self, counters: ReceiveCounters) -> None:
        self._counters = counters
        self._waiting: deque[_Waiting] = deque(maxlen=_MAX_WAITING)
        self._tried: str | None = None
        """The group that has been tried on all that waits."""
        self._stuck: set[int] = set()
        """People whose latest frame did not open."""

    @property
    def waiting(self) -> bool:
        """Whether frames wait for a new key, so that `retry` must be called."""
        return bool(self._waiting)

    def open(
        self, session: DaveSession | None, version: int, user_id: int, packet: RtpPacket
    ) -> bool:
        """Open a packet in place; False if it does not open, or not yet.

        ``version`` is the call's DAVE version, 0 for none (stage channels). Even then a frame that
        looks encrypted is not passed on: decoded as Opus it would be noise.
        """
        if not packet.is_speech and user_id in self._stuck:
            # Let past, the end of talk would make the speech that waits look lost.
            self._keep(session, user_id, packet)
            return False
        if not packet.is_speech or (version == 0 and not looks_encrypted(packet.frame)):
            packet.opened = True
            return True
        try:
            _open(session, user_id, packet)
        except ValueError as e:
            reason = _reason(e)
            self._counters.dave_fail[reason] += 1
            if reason != _NOT_ENCRYPTED:
                self._add_stuck(user_id)
                self._keep(session, user_id, packet)
            return False
        self._stuck.discard(user_id)
        return True

    def retry(self, session: DaveSession | None, now: float) -> list[tuple[int, RtpPacket]]:
        """Who said what, among the frames kept, that opens now that the group has changed."""
        group = _fingerprint(session)
        fresh = self._waiting and now - self._waiting[0].packet.at <= RETRY_S
        if group == self._tried and fresh:
            return []  # asked for with each packet; there is nothing new to try or to give up
        self._tried = group
        opened: list[tuple[int, RtpPacket]] = []
        waiting, self._waiting = self._waiting, deque(maxlen=_MAX_WAITING)
        for user_id, packet, refused_by in waiting:
            if now - packet.at > RETRY_S:
                continue
            if group == refused_by or not self._opens(session, user_id, packet):
                self._waiting.append(_Waiting(user_id, packet, group))
            else:
                opened.append((user_id, packet))
        return opened

    def forget(self, user_id: int | None = None) -> None:
        """Drop what waits of one person, or everything."""
        if user_id is None:
            self._waiting.clear()
            self._stuck.clear()
        else:
            self._stuck.discard(user_id)
            kept = [w for w in self._waiting if w.user_id != user_id]
            self._waiting = deque(kept, maxlen=_MAX_WAITING)

    def _opens(self, session: DaveSession | None, user_id: int, packet: RtpPacket) -> bool:
        if not packet.is_speech:
            packet.opened = True
            return user_id not in self._stuck
        try:
            _open(session, user_id, packet)
        except ValueError:
            self._add_stuck(user_id)
            return False
        self._stuck.discard(user_id)
        self._counters.rescued += 1
        return True

    def _add_stuck(self, user_id: int) -> None:
        if len(self._stuck) >= _MAX_STUCK:
            self._stuck.clear()
        self._stuck.add(user_id)

    def _keep(self, session: DaveSession | None, user_id: int, packet: RtpPacket) -> None:
        self._waiting.append(_Waiting(user_id, packet, _fingerprint(session)))


def whose(
    session: DaveSession, frame: bytes, candidates: Iterable[int]
) -> tuple[int, bytes] | None:
    """Find the speaker whose key opens this frame; with the opened frame, as it opens only once.

    The authentication tag is the proof. A try costs about a microsecond.
    """
    for user_id in candidates:
        try:
            opus = _decrypt(session, user_id, frame)
        except ValueError:
            continue
        if opus != frame:  # else it was merely passed through, which proves nothing
            return user_id, opus
    return None


def _open(session: DaveSession | None, user_id: int, packet: RtpPacket) -> None:
    if session is None:
        raise ValueError(f"Failed to decrypt: {_NO_SESSION}")
    packet.frame, packet.opened = _decrypt(session, user_id, packet.frame), True


def _decrypt(session: DaveSession, user_id: int, frame: bytes) -> bytes:
    return bytes(session.decrypt(user_id, davey.MediaType.audio, frame))


def _fingerprint(session: DaveSession | None) -> str | None:
    return None if session is None else session.voice_privacy_code


def _reason(error: ValueError) -> str:
    """davey says "Failed to decrypt: <Reason>", with details behind some that change with each."""
    name = _FIRST_WORD.search(str(error).partition(": ")[2])
    return name[0] if name is not None and name[0] in REASONS else OTHER_REASON
