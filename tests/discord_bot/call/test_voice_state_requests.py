"""The bot's own moves are told from those by members, by the order of requests and updates."""

from __future__ import annotations

import random

import discord
import pytest

from discord_bot.call.voice_state_requests import (
    ANSWER_TIMEOUT_S,
    VoiceStateRequests,
    voice_state_requests,
)

G = 1
A, B = 10, 20
LEAVE = None


def asked(*channels: int | None, at: float = 0.0) -> VoiceStateRequests:
    requests = VoiceStateRequests()
    for channel in channels:
        requests.add(G, channel, at)
    return requests


def test_an_update_without_a_request_is_not_the_bots() -> None:
    requests = VoiceStateRequests()
    assert not requests.match(G, A, LEAVE, 0.0)
    assert not requests.match(G, A, B, 0.0)
    assert not requests.expects_leave(G, 0.0)


def test_a_leave_request_matches_one_update() -> None:
    requests = asked(LEAVE)
    assert requests.expects_leave(G, 0.1)
    assert requests.match(G, A, LEAVE, 0.1)
    assert not requests.expects_leave(G, 0.2)
    assert not requests.match(G, A, LEAVE, 0.2)


def test_a_request_matches_only_in_its_guild() -> None:
    requests = asked(LEAVE)
    assert not requests.match(2, A, LEAVE, 0.1)


def test_the_leave_of_one_call_may_be_answered_during_the_next_join() -> None:
    requests = asked(LEAVE, B)
    assert requests.match(G, A, LEAVE, 0.1)
    assert requests.match(G, None, B, 0.2)
    assert not requests.match(G, B, LEAVE, 0.3), "this is a kick"


def test_a_leave_that_was_not_answered_does_not_hide_a_kick() -> None:
    requests = asked(LEAVE, A)  # the bot was in no channel, so Discord sent no update
    assert requests.match(G, None, A, 0.1)
    assert not requests.match(G, A, LEAVE, 0.2)


def test_a_mute_does_not_answer_a_leave() -> None:
    requests = asked(LEAVE, A)
    assert not requests.match(G, A, A, 0.1)
    assert requests.match(G, A, LEAVE, 0.2), "this still answers the leave"
    assert requests.match(G, None, A, 0.3)


def test_a_join_that_is_not_permitted_is_never_answered() -> None:
    requests = asked(A, LEAVE)
    assert requests.match(G, None, LEAVE, 0.1)
    assert not requests.match(G, None, A, 0.2)


def test_the_answer_to_an_earlier_join_is_not_a_move_by_a_member() -> None:
    requests = asked(A, LEAVE, B)
    assert requests.match(G, None, A, 0.1)
    assert requests.match(G, A, LEAVE, 0.2)
    assert requests.match(G, None, B, 0.3)


def test_a_move_by_a_member_during_a_join_is_recognised() -> None:
    requests = asked(A)
    assert requests.match(G, None, A, 0.1)
    assert not requests.match(G, A, B, 0.2)


def test_an_unsent_request_is_not_expected() -> None:
    requests = asked(LEAVE)
    requests.drop_latest(G)
    requests.drop_latest(G)
    assert not requests.match(G, A, LEAVE, 0.1)


def test_an_unanswered_request_expires() -> None:
    requests = asked(LEAVE)
    assert requests.expects_leave(G, ANSWER_TIMEOUT_S)
    assert not requests.match(G, A, LEAVE, ANSWER_TIMEOUT_S + 1)


def test_a_lost_connection_stops_the_timeouts() -> None:
    requests = asked(LEAVE)
    requests.connection_lost()
    assert requests.expects_leave(G, 600.0)
    requests.connection_resumed(600.0)
    assert requests.match(G, A, LEAVE, 600.0 + ANSWER_TIMEOUT_S)


def test_a_new_session_drops_the_open_requests() -> None:
    requests = asked(LEAVE, A)
    requests.connection_lost()
    requests.session_started()
    assert not requests.match(G, A, LEAVE, 1.0)
    requests.add(G, LEAVE, 2.0)
    assert not requests.expects_leave(G, 3.0 + ANSWER_TIMEOUT_S), "the timeouts run again"


@pytest.mark.parametrize("seed", range(200))
def test_the_bots_own_moves_are_recognised_in_any_order(seed: int) -> None:
    """Discord answers in order and late; moderators act at any time."""
    chance = random.Random(seed)
    requests, where, now = VoiceStateRequests(), None, 0.0
    asked_for: list[int | None] = []
    for _ in range(60):
        now += chance.random()
        if chance.random() < 0.5 and len(asked_for) < 6:
            asked_for.append(chance.choice((None, A)))
            requests.add(G, asked_for[-1], now)
        elif asked_for and chance.random() < 0.7:
            became = asked_for.pop(0)
            if became is not None or where is not None:  # a leave from no channel is not answered
                assert requests.match(G, where, became, now), f"{where} -> {became} was requested"
            where = became
        elif where is not None and not asked_for:
            became = chance.choice((None, B))
            assert not requests.match(G, where, became, now), f"{where} -> {became} was not"
            where = became


async def test_the_requests_belong_to_the_client() -> None:
    one, other = (discord.Client(intents=discord.Intents.none()) for _ in range(2))
    assert voice_state_requests(one) is voice_state_requests(one)
    assert voice_state_requests(one) is not voice_state_requests(other)


def test_a_lost_shard_concerns_its_own_guilds() -> None:
    requests = VoiceStateRequests(lambda guild_id: guild_id % 2)
    requests.add(1, A, 0.0)
    requests.add(2, A, 0.0)
    requests.connection_lost(1)
    assert requests.offline(1)
    assert not requests.offline(2)
    requests.session_started(1)
    assert not requests.offline(1)
    assert not requests.match(1, None, A, 1.0)
    assert requests.match(2, None, A, 1.0)
