"""A bound on the answers to other bots in a row."""

from __future__ import annotations

import pytest

from pipeline.addressee.bot_turns import ENOUGH, NO_BOT, BotTurns
from pipeline.addressee.classifier import Decision
from pipeline.language.voice_commands import CommandKind, VoiceCommand

ANN, FRIDAY, EDITH = 1, 8, 9
ASKED = Decision(True, 0.97, ("it says the name",), "jarvis")
LEFT = Decision(False, 0.1, ("other people are here",))


def bots(limit: int = 2) -> BotTurns:
    return BotTurns(limit, lambda speaker: speaker in (FRIDAY, EDITH))


def test_two_turns_of_bots_are_answered_and_then_none_until_a_person_speaks() -> None:
    turns = bots()
    for bot in (FRIDAY, EDITH):
        assert turns.checked(bot, ASKED) == ASKED
        turns.decided(bot, ASKED)
    refused = turns.checked(FRIDAY, ASKED)
    assert not refused.addressed
    assert not refused.interrupts
    assert refused.reasons == (ENOUGH,)
    turns.decided(FRIDAY, refused)
    assert not turns.checked(EDITH, ASKED).addressed
    turns.decided(ANN, LEFT)
    assert turns.checked(FRIDAY, ASKED) == ASKED


def test_people_are_always_answered() -> None:
    turns = bots()
    for _ in range(5):
        assert turns.checked(ANN, ASKED) == ASKED
        turns.decided(ANN, ASKED)


def test_turns_of_bots_that_were_left_alone_are_not_counted() -> None:
    turns = bots()
    for _ in range(5):
        turns.decided(FRIDAY, LEFT)
    assert turns.checked(FRIDAY, ASKED) == ASKED
    assert turns.checked(FRIDAY, LEFT) == LEFT


@pytest.mark.parametrize("kind", [CommandKind.REPEAT, CommandKind.RELAY])
def test_a_command_is_an_answer_too(kind: CommandKind) -> None:
    command = Decision(True, 1.0, (kind.value,), command=VoiceCommand(kind, True))
    turns = bots()
    for _ in range(2):
        turns.decided(FRIDAY, command)
    assert turns.checked(FRIDAY, command).command is None


def test_a_server_may_answer_no_bot() -> None:
    assert bots(0).checked(FRIDAY, ASKED).reasons == (NO_BOT,)
    assert bots(0).checked(ANN, ASKED) == ASKED
