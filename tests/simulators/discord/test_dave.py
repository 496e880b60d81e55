"""The delivery service, with a real MLS session for every participant."""

from __future__ import annotations

import asyncio
import random

import davey
import pytest

from simulators.discord import mls
from simulators.discord.dave import DaveGroup
from simulators.discord.dave_member import DaveMember
from simulators.discord.errors import BadMls
from simulators.discord.shared import SharedState, Timers

CHANNEL = 4242


class Call:
    """A group and its members, by first name."""

    def __init__(self) -> None:
        self.shared = SharedState()
        self.group = DaveGroup(CHANNEL, self.shared.timers, execute_after_s=lambda: 0.0)
        self.members: dict[int, DaveMember] = {}

    def join(self, user_id: int) -> DaveMember:
        member = DaveMember(
            user_id,
            CHANNEL,
            self.group,
            shared=self.shared,
            on_change=lambda: None,
        )
        self.members[user_id] = member
        member.enter()
        return member

    def leave(self, user_id: int) -> None:
        self.members.pop(user_id).leave()

    async def settle(self) -> None:
        """Until all that was sent has been handled."""
        for _ in range(400):
            await asyncio.sleep(0)
            followed = all(m.epoch == self.group.epoch for m in self.members.values())
            if self.group.settled and followed:
                return
        raise AssertionError(list(self.group.history))

    def check_everyone_hears_everyone(self) -> None:
        for speaker in self.members.values():
            frame = speaker.encrypt(b"words as opus")
            assert frame != b"words as opus"
            for listener in self.members.values():
                if listener is not speaker:
                    assert listener.decrypt(speaker.user_id, frame) == b"words as opus"


@pytest.fixture
def call() -> Call:
    return Call()


async def test_two_people_make_a_group(call: Call) -> None:
    call.join(1)
    call.join(2)
    await call.settle()
    assert call.group.members == [1, 2]
    assert call.group.epoch == 1
    call.check_everyone_hears_everyone()


async def test_one_person_alone_has_nobody_to_encrypt_for(call: Call) -> None:
    ann = call.join(1)
    await call.settle()
    assert not ann.ready
    assert ann.encrypt(b"words as opus") == b"words as opus"


async def test_who_comes_later_is_welcomed_and_who_leaves_is_removed(call: Call) -> None:
    for user in (1, 2, 3):
        call.join(user)
        await call.settle()
    call.check_everyone_hears_everyone()
    before = call.members[1]
    call.leave(3)
    await call.settle()
    assert call.group.members == [1, 2]
    assert before is call.members[1]
    call.check_everyone_hears_everyone()


async def test_who_has_left_cannot_open_what_is_said_afterwards(call: Call) -> None:
    for user in (1, 2, 3):
        call.join(user)
    await call.settle()
    eve = call.members[3]
    call.leave(3)
    await call.settle()
    with pytest.raises(BadMls, match="NoValidCryptorFound"):
        eve.decrypt(1, call.members[1].encrypt(b"words as opus"))


async def test_the_last_one_starts_over(call: Call) -> None:
    call.join(1)
    call.join(2)
    await call.settle()
    call.leave(2)
    await call.settle()
    assert call.group.members == []
    assert not call.members[1].ready
    call.join(3)
    await call.settle()
    assert sorted(call.group.members) == [1, 3]
    call.check_everyone_hears_everyone()


async def test_a_founder_who_leaves_before_the_group_began(call: Call) -> None:
    call.join(1)
    call.join(2)
    call.leave(1)
    call.join(3)
    await call.settle()
    assert sorted(call.group.members) == [2, 3]
    call.check_everyone_hears_everyone()


async def test_someone_leaves_while_being_added(call: Call) -> None:
    call.join(1)
    call.join(2)
    await call.settle()
    call.join(3)
    call.leave(3)
    await call.settle()
    assert call.group.members == [1, 2]
    call.check_everyone_hears_everyone()


async def test_someone_comes_back_at_once(call: Call) -> None:
    for user in (1, 2, 3):
        call.join(user)
    await call.settle()
    call.leave(2)
    call.join(2)
    call.leave(2)
    call.join(2)
    await call.settle()
    assert sorted(call.group.members) == [1, 2, 3]
    call.check_everyone_hears_everyone()
    assert call.shared.counters.member_errors == 0


@pytest.mark.parametrize("seed", range(3))
async def test_people_come_and_go_all_the_time(call: Call, seed: int) -> None:
    dice = random.Random(seed)
    call.join(1)
    for _ in range(20):
        user = dice.randint(1, 5)
        if user in call.members:
            call.leave(user)
        else:
            call.join(user)
        for _ in range(dice.choice([0, 1, 3, 20])):
            await asyncio.sleep(0)
    await call.settle()
    if len(call.members) > 1:
        call.check_everyone_hears_everyone()
    assert call.shared.counters.member_errors == 0


async def test_who_could_not_follow_is_taken_out_and_in_again(call: Call) -> None:
    for user in (1, 2, 3):
        call.join(user)
    await call.settle()
    lost = call.members[3]
    call.group.invalid_commit(3, 1)
    lost._begin_again()
    await call.settle()
    assert sorted(call.group.members) == [1, 2, 3]
    call.check_everyone_hears_everyone()


async def test_a_transition_is_executed_when_everyone_is_ready(call: Call) -> None:
    for user in (1, 2, 3):
        call.join(user)
        await call.settle()
    for _ in range(10):
        await asyncio.sleep(0)
    assert "execute transition 1" in call.group.history


async def test_another_persons_key_package_is_refused(call: Call) -> None:
    package = bytes(davey.DaveSession(1, 9, CHANNEL).get_serialized_key_package())
    with pytest.raises(BadMls, match="for user 9, sent by 1"):
        call.group.key_package(1, package)


async def test_a_transition_that_nobody_announced_is_refused(call: Call) -> None:
    with pytest.raises(BadMls, match="never announced"):
        call.group.transition_ready(1, 5)


class Deaf:
    """A participant that takes proposals and does not answer."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.session = davey.DaveSession(1, user_id, CHANNEL)
        self.proposals: list[bytes] = []

    def dave_json(self, op: object, data: object) -> None:
        """Nothing to do."""

    def dave_binary(self, op: int, payload: bytes) -> None:
        if op == 25:
            self.session.set_external_sender(payload)
        elif op == 27:
            self.proposals.append(payload)


def founding(users: list[int]) -> tuple[DaveGroup, dict[int, Deaf], dict[int, bytes]]:
    """A group that has proposed to add ``users`` to each other."""
    group = DaveGroup(CHANNEL, Timers(), execute_after_s=lambda: 0.0)
    members = {user: Deaf(user) for user in users}
    packages = {}
    for user, member in members.items():
        group.join(member)
        packages[user] = bytes(member.session.get_serialized_key_package())
    return group, members, packages


async def test_a_commit_without_its_welcome_is_refused() -> None:
    group, members, packages = founding([1, 2])
    for user, package in packages.items():
        group.key_package(user, package)
    append = davey.ProposalsOperationType.append
    answer = members[1].session.process_proposals(append, members[1].proposals[0][1:])
    assert answer is not None
    with pytest.raises(BadMls, match="came without a welcome"):
        group.commit(1, bytes(answer.commit))


async def test_a_commit_that_leaves_out_a_proposal_is_refused() -> None:
    group, members, packages = founding([1, 2, 3])
    only_ben = mls.vector(group._sender.add(CHANNEL.to_bytes(8, "big"), 0, packages[2]))
    append = davey.ProposalsOperationType.append
    answer = members[1].session.process_proposals(append, only_ben)
    assert answer is not None
    group._key_packages |= packages
    group._propose()
    with pytest.raises(BadMls, match="1 proposals, where 2 were made"):
        group.commit(1, bytes(answer.commit) + bytes(answer.welcome or b""))


async def test_a_commit_of_somebody_who_was_not_asked_is_merely_late() -> None:
    asked, members, packages = founding([1, 2])
    for user, package in packages.items():
        asked.key_package(user, package)
    append = davey.ProposalsOperationType.append
    answer = members[1].session.process_proposals(append, members[1].proposals[0][1:])
    assert answer is not None
    idle, _, _ = founding([1, 2])
    idle.commit(1, bytes(answer.commit) + bytes(answer.welcome or b""))
    assert idle.history[-1] == "late commit in epoch 0: 1"
    assert idle.members == []
