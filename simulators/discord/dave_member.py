"""A member's end of an end-to-end encrypted call: a real MLS session of davey."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Callable
from typing import Any, Final

import davey

from simulators.discord.dave import PROTOCOL_VERSION, DaveGroup, Op
from simulators.discord.errors import BadMls
from simulators.discord.rtp import SILENCE
from simulators.discord.shared import SharedState

log = logging.getLogger(__name__)

_REASONS: Final = (
    "NoDecryptorForUser",
    "NoValidCryptorFound",
    "UnencryptedWhenPassthroughDisabled",
)


class DaveMember:
    """One member in one call; a `Participant` of its group.

    Messages are handled on the next iterations of the loop, in order, as from a socket: a member
    must see every proposal before any commit.
    """

    def __init__(
        self,
        user_id: int,
        channel_id: int,
        group: DaveGroup,
        *,
        shared: SharedState,
        on_change: Callable[[], None],
    ) -> None:
        self.user_id = user_id
        self._channel_id = channel_id
        self._group = group
        self._shared = shared
        self._on_change = on_change
        self._session = davey.DaveSession(PROTOCOL_VERSION, user_id, channel_id)
        self._gone = False

    def enter(self) -> None:
        """Join the group with a key package, and process its messages."""
        self._group.join(self)
        self._group.key_package(self.user_id, self._session.get_serialized_key_package())

    def leave(self) -> None:
        self._gone = True
        self._group.leave(self.user_id)

    @property
    def ready(self) -> bool:
        """Whether there is a key to encrypt and decrypt with."""
        return bool(self._session.ready)

    @property
    def epoch(self) -> int:
        """The epoch of this member's session; 0 without a group."""
        return int(self._session.epoch or 0) if self.ready else 0

    def encrypt(self, opus: bytes) -> bytes:
        """An Opus frame as this member sends it; plain without a group."""
        if not self.ready or opus == SILENCE:
            return opus
        return bytes(self._session.encrypt_opus(opus))

    def decrypt(self, user_id: int, frame: bytes) -> bytes:
        """A frame of another member. Raises BadMls with davey's reason in one word."""
        try:
            return bytes(self._session.decrypt(user_id, davey.MediaType.audio, frame))
        except ValueError as error:
            text = str(error)
            raise BadMls(next((word for word in _REASONS if word in text), text)) from None

    # -- what the voice gateway sends ----------------------------------------------------------

    def dave_json(self, op: Op, data: dict[str, Any]) -> None:
        if op is Op.PREPARE_EPOCH and data["epoch"] == 1:
            self._soon(op, self._begin_again)

    def dave_binary(self, op: Op, payload: bytes) -> None:
        if op is Op.EXTERNAL_SENDER:
            self._soon(op, lambda: self._session.set_external_sender(payload))
        elif op is Op.PROPOSALS:
            self._soon(op, lambda: self._answer_proposals(payload))
        elif op is Op.ANNOUNCE_COMMIT:
            self._soon(op, lambda: self._follow(payload, self._session.process_commit))
        elif op is Op.WELCOME:
            self._soon(op, lambda: self._follow(payload, self._session.process_welcome))

    def _soon(self, op: Op, handle: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(self._handle, op, handle)

    def _handle(self, op: Op, handle: Callable[[], None]) -> None:
        if self._gone:
            return
        try:
            handle()
        except (ValueError, RuntimeError, BadMls):  # what davey and the group raise
            log.exception("person %s could not follow %s", self.user_id, op.name)
            self._shared.counters.member_errors += 1
        self._on_change()

    def _begin_again(self) -> None:
        self._session.reinit(PROTOCOL_VERSION, self.user_id, self._channel_id)
        self._group.key_package(self.user_id, self._session.get_serialized_key_package())

    def _answer_proposals(self, payload: bytes) -> None:
        append = davey.ProposalsOperationType.append
        answer = self._session.process_proposals(append, payload[1:])
        if answer is None:
            return
        blob = bytes(answer.commit) + bytes(answer.welcome or b"")
        if self._shared.faults.members_commit_after_s:
            self._shared.timers.later(
                self._shared.faults.members_commit_after_s, lambda: self._commit(blob)
            )
        else:
            self._commit(blob)

    def _commit(self, blob: bytes) -> None:
        if not self._gone:
            self._group.commit(self.user_id, blob)

    def _follow(self, payload: bytes, process: Callable[[bytes], None]) -> None:
        (transition,) = struct.unpack_from(">H", payload)
        process(payload[2:])
        if transition:
            self._group.transition_ready(self.user_id, transition)
