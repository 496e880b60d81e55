from __future__ import annotations

import asyncio
import logging

import pytest

from simulators.discord.dave import DaveGroup, Op
from simulators.discord.dave_member import DaveMember
from simulators.discord.errors import BadMls
from simulators.discord.rtp import SILENCE
from simulators.discord.shared import SharedState
from testing.waiting import eventually

CHANNEL = 4242


class Pair:
    """Two people about to make a group."""

    def __init__(self) -> None:
        self.shared = SharedState()
        self.changed = asyncio.Event()
        self.group = DaveGroup(CHANNEL, self.shared.timers, execute_after_s=lambda: 0.0)
        self.ann, self.ben = (
            DaveMember(
                user,
                CHANNEL,
                self.group,
                shared=self.shared,
                on_change=self.changed.set,
            )
            for user in (1, 2)
        )

    async def until_ready(self) -> None:
        await eventually(lambda: self.ann.ready and self.ben.ready)


@pytest.fixture
async def pair() -> Pair:
    return Pair()


async def test_speech_is_encrypted_and_silence_is_not(pair: Pair) -> None:
    pair.ann.enter()
    pair.ben.enter()
    await pair.until_ready()
    frame = pair.ann.encrypt(b"words as opus")
    assert frame.endswith(b"\xfa\xfa")
    assert pair.ben.decrypt(1, frame) == b"words as opus"
    assert pair.ann.encrypt(SILENCE) == SILENCE


async def test_what_does_not_open_says_why_in_a_word(pair: Pair) -> None:
    pair.ann.enter()
    pair.ben.enter()
    await pair.until_ready()
    frame = pair.ann.encrypt(b"words as opus")
    pair.ben.decrypt(1, frame)
    for user, heard, why in [
        (1, frame, "NoValidCryptorFound"),
        (1, b"plain opus", "UnencryptedWhenPassthroughDisabled"),
        (9, frame, "NoDecryptorForUser"),
    ]:
        with pytest.raises(BadMls, match=f"^{why}$"):
            pair.ben.decrypt(user, heard)


async def test_slow_people_commit_later(pair: Pair) -> None:
    pair.shared.faults.members_commit_after_s = 0.5
    pair.ann.enter()
    pair.ben.enter()
    for _ in range(10):
        await asyncio.sleep(0)
    assert pair.group.epoch == 0
    await pair.until_ready()
    assert pair.group.epoch == 1


async def test_a_damaged_message_is_counted_and_ends_nothing(
    pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    pair.ann.enter()
    with caplog.at_level(logging.CRITICAL, "simulators.discord.dave_member"):
        pair.ann.dave_binary(Op.WELCOME, b"\x00\x00nonsense")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert pair.shared.counters.member_errors == 1
    pair.ben.enter()
    await pair.until_ready()


async def test_who_has_left_handles_nothing_more(pair: Pair) -> None:
    pair.ann.enter()
    pair.ann.dave_binary(Op.WELCOME, b"\x00\x00nonsense")
    pair.ann.leave()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert pair.shared.counters.member_errors == 0
