"""The end-to-end encryption of a call (DAVE), on the receiving side.

Every join or leave changes the group's key. A speaker may use the new key before the commit that
creates it has arrived here. So frames that cannot be decrypted are kept for `RETRY_S`, and tried
again when the group has a new key. Without that, a commit that is 0.5 s late costs 0.5 s of speech.
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
"""Ten speakers for `RETRY_S`."""
_MAX_BLOCKED: Final = 256
_MAGIC: Final = b"\xfa\xfa"
_SUPPLEMENT_SIZE: Final = 12
"""The minimum that DAVE adds to a frame: tag 8, nonce 1, its own size 1, magic 2."""
_NOT_ENCRYPTED: Final = "UnencryptedWhenPassthroughDisabled"
_NO_SESSION: Final = "EncryptedButNoGroup"
REASONS: Final = frozenset(
    {_NOT_ENCRYPTED, _NO_SESSION, "NoDecryptorForUser", "NoValidCryptorFound"}
)
OTHER_REASON: Final = "Other"
"""The keys of `ReceiveCounters.dave_fail`: `REASONS`, and this for any other text of davey."""
_FIRST_WORD: Final = re.compile(r"\w+")


class DaveSession(Protocol):
    """The part of `davey.DaveSession` that is used."""

    @property
    def ready(self) -> bool: ...
    @property
    def voice_privacy_code(self) -> str | None:
        """A fingerprint of the group in its current epoch."""
        ...

    def decrypt(self, user_id: int, media_type: Any, packet: bytes) -> bytes:
        """Raises ValueError; its text ends in the name of the reason."""
        ...

    def get_user_ids(self) -> list[str]: ...


class _Waiting(NamedTuple):
    user_id: int
    packet: RtpPacket
    group: str | None
    """The group whose keys failed."""


def looks_encrypted(frame: bytes) -> bool:
    """Whether a frame ends like a DAVE frame; one plain Opus frame in 100 000 does too."""
    return (
        frame[-2:] == _MAGIC
        and len(frame) > _SUPPLEMENT_SIZE
        and _SUPPLEMENT_SIZE <= frame[-3] < len(frame)
    )


class DaveDecryptor:
    """Decrypts frames, and keeps those that cannot be decrypted yet."""

    def __init__(self, counters: ReceiveCounters) -> None:
        self._counters = counters
        self._waiting: deque[_Waiting] = deque(maxlen=_MAX_WAITING)
        self._tried: str | None = None
        """The group whose keys have been tried on all waiting frames."""
        self._blocked: set[int] = set()
        """Users whose latest frame could not be decrypted."""

    @property
    def waiting(self) -> bool:
        """Whether frames wait for a new key, so that `retry` must be called."""
        return bool(self._waiting)

    def decrypt(
        self, session: DaveSession | None, version: int, user_id: int, packet: RtpPacket
    ) -> bool:
        """Decrypt a packet in place; False if that fails, or must wait for a key.

        ``version`` is the call's DAVE version, 0 for none (stage channels). Even then a frame that
        looks encrypted is held back: decoded as Opus it would be noise.
        """
        if not packet.is_speech and user_id in self._blocked:
            # Passed on now, the end of talk would make the waiting speech look lost.
            self._keep(session, user_id, packet)
            return False
        if not packet.is_speech or (version == 0 and not looks_encrypted(packet.frame)):
            packet.decrypted = True
            return True
        try:
            _decrypt_packet(session, user_id, packet)
        except ValueError as e:
            reason = _reason(e)
            self._counters.dave_fail[reason] += 1
            if reason != _NOT_ENCRYPTED:
                self._block(user_id)
                self._keep(session, user_id, packet)
            return False
        self._blocked.discard(user_id)
        return True

    def retry(self, session: DaveSession | None, now: float) -> list[tuple[int, RtpPacket]]:
        """The user and packet of each waiting frame that the group's new key decrypts."""
        group = _fingerprint(session)
        fresh = self._waiting and now - self._waiting[0].packet.at <= RETRY_S
        if group == self._tried and fresh:
            return []  # called for each packet: there is no new key, and nothing has expired
        self._tried = group
        decrypted: list[tuple[int, RtpPacket]] = []
        waiting, self._waiting = self._waiting, deque(maxlen=_MAX_WAITING)
        for user_id, packet, failed_group in waiting:
            if now - packet.at > RETRY_S:
                continue
            if group == failed_group or not self._retry_one(session, user_id, packet):
                self._waiting.append(_Waiting(user_id, packet, group))
            else:
                decrypted.append((user_id, packet))
        return decrypted

    def forget(self, user_id: int | None = None) -> None:
        """Drop the waiting frames of one user, or all of them."""
        if user_id is None:
            self._waiting.clear()
            self._blocked.clear()
        else:
            self._blocked.discard(user_id)
            kept = [w for w in self._waiting if w.user_id != user_id]
            self._waiting = deque(kept, maxlen=_MAX_WAITING)

    def _retry_one(self, session: DaveSession | None, user_id: int, packet: RtpPacket) -> bool:
        if not packet.is_speech:
            packet.decrypted = True
            return user_id not in self._blocked
        try:
            _decrypt_packet(session, user_id, packet)
        except ValueError:
            self._block(user_id)
            return False
        self._blocked.discard(user_id)
        self._counters.rescued += 1
        return True

    def _block(self, user_id: int) -> None:
        if len(self._blocked) >= _MAX_BLOCKED:
            self._blocked.clear()
        self._blocked.add(user_id)

    def _keep(self, session: DaveSession | None, user_id: int, packet: RtpPacket) -> None:
        self._waiting.append(_Waiting(user_id, packet, _fingerprint(session)))


def find_sender(
    session: DaveSession, frame: bytes, candidates: Iterable[int]
) -> tuple[int, bytes] | None:
    """The user whose key decrypts this frame, and the decrypted frame; None if no key does.

    The authentication tag is the proof. A frame can be decrypted only once. A try costs about a
    microsecond.
    """
    for user_id in candidates:
        try:
            opus = _decrypt(session, user_id, frame)
        except ValueError:
            continue
        if opus != frame:  # unchanged, it was passed through, which proves nothing
            return user_id, opus
    return None


def _decrypt_packet(session: DaveSession | None, user_id: int, packet: RtpPacket) -> None:
    if session is None:
        raise ValueError(f"Failed to decrypt: {_NO_SESSION}")
    packet.frame, packet.decrypted = _decrypt(session, user_id, packet.frame), True


def _decrypt(session: DaveSession, user_id: int, frame: bytes) -> bytes:
    return bytes(session.decrypt(user_id, davey.MediaType.audio, frame))


def _fingerprint(session: DaveSession | None) -> str | None:
    return None if session is None else session.voice_privacy_code


def _reason(error: ValueError) -> str:
    """The reason in davey's text "Failed to decrypt: <Reason> ...", without its varying details."""
    name = _FIRST_WORD.search(str(error).partition(": ")[2])
    return name[0] if name is not None and name[0] in REASONS else OTHER_REASON
