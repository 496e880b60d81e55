"""The delivery service of one end-to-end encrypted call (DAVE protocol 1).

It holds no key: the members form the MLS group, and the delivery service orders their messages.
Each joining member sends a key package. Proposals tell the group whom to add or remove. Every
member answers with a commit; the first to arrive wins and ends the epoch. All proposals of an epoch
go out in one batch, because a commit must cover every proposal of its epoch.

No method waits; messages go to the participants at once.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, Protocol

from simulators.discord import mls
from simulators.discord.errors import BadMls
from simulators.discord.shared import Timers

PROTOCOL_VERSION: Final = 1
_TRANSITION_TIMEOUT_S: Final = 2.0
"""Members that are not ready by then are left behind (DAVE whitepaper, "Transitions")."""
_FIRST_TRANSITION: Final = 0
"""A new group needs no transition: no audio was encrypted before."""
_MAX_HISTORY: Final = 500


class Op(IntEnum):
    """The voice gateway's op codes that belong to DAVE."""

    PREPARE_TRANSITION = 21
    EXECUTE_TRANSITION = 22
    TRANSITION_READY = 23
    PREPARE_EPOCH = 24
    EXTERNAL_SENDER = 25
    KEY_PACKAGE = 26
    PROPOSALS = 27
    COMMIT_WELCOME = 28
    ANNOUNCE_COMMIT = 29
    WELCOME = 30
    INVALID_COMMIT_WELCOME = 31


class Participant(Protocol):
    """A member of the call, behind a socket or a queue."""

    @property
    def user_id(self) -> int: ...

    def dave_json(self, op: Op, data: dict[str, Any]) -> None: ...

    def dave_binary(self, op: Op, payload: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """A proposal: add a member with its key package, or remove one."""

    add: bool
    user_id: int
    package: bytes = b""


@dataclass(frozen=True, slots=True)
class _Transition:
    """A change of keys: the members that it concerns, and those that are not ready yet."""

    concerned: tuple[int, ...]
    waiting: set[int]


class DaveGroup:
    """The MLS group of one voice channel, as the voice gateway sees it."""

    def __init__(
        self, channel_id: int, timers: Timers, *, execute_after_s: Callable[[], float]
    ) -> None:
        self.epoch = 0
        self.history: deque[str] = deque(maxlen=_MAX_HISTORY)
        """The group's events in words, for tests."""
        self._group_id = channel_id.to_bytes(8, "big")
        self._timers = timers
        self._execute_after_s = execute_after_s
        self._sender = mls.ExternalSender()
        self._participants: dict[int, Participant] = {}
        self._key_packages: dict[int, bytes] = {}
        self._leaves: list[int | None] = []
        self._in_flight: list[Change] = []
        self._removals: list[int] = []
        self._transition = 0
        self._awaited: dict[int, _Transition] = {}

    @property
    def members(self) -> list[int]:
        """User ids in the group, by leaf."""
        return [user for user in self._leaves if user is not None]

    @property
    def settled(self) -> bool:
        """No proposal is pending, and the group holds all members of the call, or one is alone."""
        if self._in_flight or self._removals:
            return False
        return len(self._participants) < 2 or set(self.members) == set(self._participants)

    # -- who is there --------------------------------------------------------------------------

    def join(self, participant: Participant) -> None:
        """A member enters the call; its key package follows."""
        self._participants[participant.user_id] = participant
        participant.dave_binary(Op.EXTERNAL_SENDER, self._sender.package())

    def leave(self, user_id: int) -> None:
        self._participants.pop(user_id, None)
        self._key_packages.pop(user_id, None)
        founders = [] if self._leaves else [change.user_id for change in self._in_flight]
        if user_id in founders:
            self._start_over([user for user in founders if user != user_id])
        elif user_id in self._leaves:
            rest = self._present()
            if len(rest) > 1:
                self._remove(user_id)
            else:
                self._start_over(rest)

    def _start_over(self, users: list[int]) -> None:
        """Dissolve the group: one member is left, or a founder left before it began."""
        for change in self._in_flight:
            if change.add and change.user_id in self._participants:
                self._key_packages.setdefault(change.user_id, change.package)
        self.epoch = 0
        self._leaves, self._in_flight, self._removals = [], [], []
        self._awaited.clear()
        version = {"protocol_version": PROTOCOL_VERSION}
        for user in users:
            self._note("reset", user)
            self._key_packages.pop(user, None)
            participant = self._participants.get(user)
            if participant is not None:
                participant.dave_json(Op.PREPARE_EPOCH, {"epoch": 1} | version)
                participant.dave_json(Op.PREPARE_TRANSITION, {"transition_id": 0} | version)
        self._propose()

    # -- what participants send ----------------------------------------------------------------

    def key_package(self, user_id: int, package: bytes) -> None:
        """Op 26. Raises BadMls if it is not this user's key package."""
        owner = mls.key_package_user(package)
        if owner != user_id:
            raise BadMls(f"the key package is for user {owner}, sent by {user_id}")
        self._note("key package", user_id)
        self._key_packages[user_id] = package
        self._propose()

    def commit(self, user_id: int, payload: bytes) -> None:
        """Op 28. Late commits are normal: all members commit and one wins.

        Raises:
            BadMls: it is no commit, or does not cover the proposals.
        """
        commit = mls.split_commit(payload)
        if commit.epoch != self.epoch or user_id not in self._committers():
            self._note(f"late commit in epoch {commit.epoch}", user_id)
            return
        self._check(user_id, commit)
        self._note(f"commit in epoch {commit.epoch}", user_id)
        stayed, added = self._apply(user_id)
        first = self.epoch == 0
        self.epoch += 1
        for user in self.members:
            if user not in self._participants and user not in self._removals:
                self._removals.append(user)  # left before the commit that adds them
        transition = _FIRST_TRANSITION if first else self._begin_transition()
        number = struct.pack(">H", transition)
        for user in stayed:
            self._to(user, Op.ANNOUNCE_COMMIT, number + commit.message)
        for user in added:
            self._to(user, Op.WELCOME, number + commit.welcome)
        self._propose()

    def transition_ready(self, user_id: int, transition: int) -> None:
        """Op 23. Raises BadMls for a transition that was never prepared."""
        if not 0 < transition <= self._transition:
            raise BadMls(f"ready for transition {transition}, which was never announced")
        awaited = self._awaited.get(transition)
        if awaited is None or user_id not in awaited.waiting:
            return
        awaited.waiting.discard(user_id)
        if not awaited.waiting:
            self._timers.later(self._execute_after_s(), lambda: self._execute(transition))

    def invalid_commit(self, user_id: int, transition: int) -> None:
        """Op 31: the user could not process the commit; remove it and add it again."""
        self._note(f"invalid commit or welcome in transition {transition}", user_id)
        self._key_packages.pop(user_id, None)
        if user_id in self._leaves:
            self._remove(user_id)

    # -- proposals -----------------------------------------------------------------------------

    def _remove(self, user_id: int) -> None:
        self._removals.append(user_id)
        self._propose()

    def _propose(self) -> None:
        if self._in_flight:
            return
        if not self._leaves:
            pending = [user for user in self._key_packages if user in self._participants]
            if len(pending) >= 2:
                self._send_proposals([self._addition(user) for user in pending])
            return
        going = [user for user in dict.fromkeys(self._removals) if user in self._leaves]
        self._removals = []
        coming = [
            user
            for user in self._key_packages
            if user in self._participants and (user not in self._leaves or user in going)
        ]
        changes = [Change(False, user) for user in going]
        changes += [self._addition(user) for user in coming]
        if changes:
            self._send_proposals(changes)

    def _addition(self, user_id: int) -> Change:
        return Change(True, user_id, self._key_packages.pop(user_id))

    def _send_proposals(self, changes: list[Change]) -> None:
        self._in_flight = changes
        signed = {}
        for change in changes:
            verb = "add" if change.add else "remove"
            self._note(f"propose to {verb} in epoch {self.epoch}", change.user_id)
            signed[change] = (
                self._sender.add(self._group_id, self.epoch, change.package)
                if change.add
                else self._sender.remove(
                    self._group_id, self.epoch, self._leaves.index(change.user_id)
                )
            )
        for user in self._committers():
            append = b"\x00"
            for_user = b"".join(m for change, m in signed.items() if change.user_id != user)
            self._to(user, Op.PROPOSALS, append + mls.vector(for_user))

    def _committers(self) -> list[int]:
        """The users that may commit: the members, or the founders of a new group."""
        if not self._in_flight:
            return []
        if not self._leaves:
            return [change.user_id for change in self._in_flight]
        going = {change.user_id for change in self._in_flight if not change.add}
        return [user for user in self._present() if user not in going]

    def _present(self) -> list[int]:
        """Members that stayed in the call; one that left and returned must be removed first."""
        return [
            user
            for user in self.members
            if user in self._participants and user not in self._removals
        ]

    def _check(self, user_id: int, commit: mls.Commit) -> None:
        expected = sum(change.user_id != user_id for change in self._in_flight)
        if commit.proposals != expected:
            raise BadMls(f"a commit of {commit.proposals} proposals, where {expected} were made")
        if not commit.welcome and any(change.add for change in self._in_flight):
            raise BadMls("a commit that adds members came without a welcome")

    def _apply(self, user_id: int) -> tuple[list[int], list[int]]:
        """Apply the commit to the tree; returns who stayed in the group and who is new."""
        changes, self._in_flight = self._in_flight, []
        if not self._leaves:
            self._leaves = [user_id]
            changes = [change for change in changes if change.user_id != user_id]
        before = set(self.members)
        added = []
        for change in sorted(changes, key=lambda change: change.add):
            if not change.add:
                self._leaves[self._leaves.index(change.user_id)] = None
                before.discard(change.user_id)
                continue
            if None in self._leaves:
                self._leaves[self._leaves.index(None)] = change.user_id
            else:
                self._leaves.append(change.user_id)
            added.append(change.user_id)
        while self._leaves and self._leaves[-1] is None:
            self._leaves.pop()
        return [user for user in self.members if user in before], added

    # -- transitions ---------------------------------------------------------------------------

    def _begin_transition(self) -> int:
        self._transition = self._transition % 0xFFFF + 1
        transition = self._transition
        concerned = tuple(self._present())
        self._awaited[transition] = _Transition(concerned, set(concerned))
        self._timers.later(_TRANSITION_TIMEOUT_S, lambda: self._execute(transition))
        return transition

    def _execute(self, transition: int) -> None:
        executed = self._awaited.pop(transition, None)
        if executed is None:
            return
        self._note(f"execute transition {transition}")
        for user in executed.concerned:
            participant = self._participants.get(user)
            if participant is not None:
                participant.dave_json(Op.EXECUTE_TRANSITION, {"transition_id": transition})

    def _to(self, user_id: int, op: Op, payload: bytes) -> None:
        participant = self._participants.get(user_id)
        if participant is not None and user_id not in self._removals:
            participant.dave_binary(op, payload)

    def _note(self, what: str, user_id: int | None = None) -> None:
        self.history.append(what if user_id is None else f"{what}: {user_id}")
