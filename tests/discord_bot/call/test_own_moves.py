"""Telling our own moves from other people's: by the order of what was asked and answered."""

from __future__ import annotations

import random

import discord
import pytest

from discord_bot.call.own_moves import ANSWERED_WITHIN_S, OwnMoves, own_moves

G = 1
A, B = 10, 20
LEAVE = None


def asked(*channels: int | None, at: float = 0.0) -> OwnMoves:
    moves = OwnMoves()
    for channel in channels:
        moves.asked(G, channel, at)
    return moves


def test_what_nobody_asked_for_is_somebody_elses() -> None:
    moves = OwnMoves()
    assert not moves.answered(G, A, LEAVE, 0.0)
    assert not moves.answered(G, A, B, 0.0)
    assert not moves.expects_leave(G, 0.0)


def test_our_own_leave_is_ours_once() -> None:
    moves = asked(LEAVE)
    assert moves.expects_leave(G, 0.1)
    assert moves.answered(G, A, LEAVE, 0.1)
    assert not moves.expects_leave(G, 0.2)
    assert not moves.answered(G, A, LEAVE, 0.2)


def test_another_guilds_leave_explains_nothing() -> None:
    moves = asked(LEAVE)
    assert not moves.answered(2, A, LEAVE, 0.1)


def test_the_end_of_the_call_before_arrives_while_the_next_begins() -> None:
    moves = asked(LEAVE, B)
    assert moves.answered(G, A, LEAVE, 0.1)
    assert moves.answered(G, None, B, 0.2)
    assert not moves.answered(G, B, LEAVE, 0.3), "and then somebody puts us out"


def test_a_leave_that_was_not_answered_does_not_hide_a_kick() -> None:
    moves = asked(LEAVE, A)  # we were in no channel: Discord had nothing to tell
    assert moves.answered(G, None, A, 0.1)
    assert not moves.answered(G, A, LEAVE, 0.2)


def test_a_mute_while_we_ask_to_leave_answers_nothing() -> None:
    moves = asked(LEAVE, A)
    assert not moves.answered(G, A, A, 0.1)
    assert moves.answered(G, A, LEAVE, 0.2), "this is still the answer to our own leave"
    assert moves.answered(G, None, A, 0.3)


def test_a_join_that_is_not_permitted_is_never_answered() -> None:
    moves = asked(A, LEAVE)
    assert moves.answered(G, None, LEAVE, 0.1)
    assert not moves.answered(G, None, A, 0.2)


def test_the_answer_to_an_earlier_join_is_no_drag() -> None:
    moves = asked(A, LEAVE, B)
    assert moves.answered(G, None, A, 0.1)
    assert moves.answered(G, A, LEAVE, 0.2)
    assert moves.answered(G, None, B, 0.3)


def test_a_drag_while_we_join_is_a_drag() -> None:
    moves = asked(A)
    assert moves.answered(G, None, A, 0.1)
    assert not moves.answered(G, A, B, 0.2)


def test_what_did_not_get_out_is_not_waited_for() -> None:
    moves = asked(LEAVE)
    moves.unsent(G)
    moves.unsent(G)
    assert not moves.answered(G, A, LEAVE, 0.1)


def test_what_was_never_answered_is_given_up() -> None:
    moves = asked(LEAVE)
    assert moves.expects_leave(G, ANSWERED_WITHIN_S)
    assert not moves.answered(G, A, LEAVE, ANSWERED_WITHIN_S + 1)


def test_a_lost_connection_holds_the_answers_back_for_as_long_as_it_takes() -> None:
    moves = asked(LEAVE)
    moves.hold()
    assert moves.expects_leave(G, 600.0)
    moves.resumed(600.0)
    assert moves.answered(G, A, LEAVE, 600.0 + ANSWERED_WITHIN_S)


def test_a_new_session_answers_nothing_of_the_old() -> None:
    moves = asked(LEAVE, A)
    moves.hold()
    moves.renewed()
    assert not moves.answered(G, A, LEAVE, 1.0)
    moves.asked(G, LEAVE, 2.0)
    assert not moves.expects_leave(G, 3.0 + ANSWERED_WITHIN_S), "and nothing is held any more"


@pytest.mark.parametrize("seed", range(200))
def test_whatever_happens_in_whatever_order_our_own_moves_are_ours(seed: int) -> None:
    """Discord, which serves us in order and late; moderators, who act whenever they like."""
    chance = random.Random(seed)
    moves, where, now = OwnMoves(), None, 0.0
    asked_for: list[int | None] = []
    for _ in range(60):
        now += chance.random()
        if chance.random() < 0.5 and len(asked_for) < 6:
            asked_for.append(chance.choice((None, A)))
            moves.asked(G, asked_for[-1], now)
        elif asked_for and chance.random() < 0.7:
            became = asked_for.pop(0)
            if became is not None or where is not None:  # a leave from nowhere is not answered
                assert moves.answered(G, where, became, now), f"{where} -> {became} was our own"
            where = became
        elif where is not None and not asked_for:
            became = chance.choice((None, B))
            assert not moves.answered(G, where, became, now), f"{where} -> {became} was not"
            where = became


async def test_a_clients_moves_are_known_by_the_client() -> None:
    one, other = (discord.Client(intents=discord.Intents.none()) for _ in range(2))
    assert own_moves(one) is own_moves(one)
    assert own_moves(one) is not own_moves(other)
