"""From the ends that a system found to numbers, on one turn from 1 to 6 s with two pauses."""

from __future__ import annotations

from bench.comparison.protocol import TurnEnd, VoiceNoticed
from bench.comparison.talk_score import Heard, TalkScore, score_talk
from bench.comparison.talks import SpokenTurn

TURN = SpokenTurn(1.0, 6.0, ((2.0, 3.0), (4.0, 5.0)))


def score(*ends: float, voices: tuple[float, ...] = ()) -> TalkScore:
    """With an agent that is asked at the end of the turn."""
    heard = Heard(
        [TURN], [TurnEnd(0, at, at) for at in ends], [VoiceNoticed(0, at) for at in voices]
    )
    return score_talk([heard])


def test_the_first_sound_is_counted_from_the_true_end() -> None:
    found = score(6.4)
    assert (found.turns, found.pauses, found.cut, found.missed) == (1, 2, 0, 0)
    assert [agent.first_sound_ms for agent in found.agents] == [
        (550.0, 550.0),
        (950.0, 950.0),
        (1350.0, 1350.0),
    ]


def test_an_end_in_a_pause_is_a_cut_and_its_answer_speaks_into_the_pause() -> None:
    found = score(2.3, 6.4, voices=(3.1,))
    assert found.cut == 1
    assert [agent.into for agent in found.agents] == [1, 1, 0]


def test_an_answer_that_a_voice_withdraws_speaks_into_nothing() -> None:
    found = score(2.9, 6.4, voices=(3.0,))
    assert found.cut == 1
    assert [agent.into for agent in found.agents] == [0, 0, 0]


def test_an_answer_sounds_where_the_voice_is_not_noticed() -> None:
    assert score(2.9, 6.4).agents[0].into == 1


def test_an_end_that_comes_when_they_speak_again_belongs_to_the_pause() -> None:
    assert score(3.2, 3.4, 6.4).cut == 1


def test_an_end_in_the_first_words_is_no_cut_of_a_pause() -> None:
    found = score(1.5, 6.4)
    assert (found.cut, found.cut_in_words) == (0, 1)


def test_a_turn_without_an_end_is_missed() -> None:
    found = score()
    assert found.missed == 1
    assert found.agents[0].first_sound_ms is None


def test_an_end_belongs_to_the_last_turn_that_began() -> None:
    later = SpokenTurn(9.0, 10.0, ())
    heard = Heard([TURN, later], [TurnEnd(0, 8.0, 8.0), TurnEnd(0, 10.2, 10.2)], [])
    found = score_talk([heard])
    assert found.missed == 0
    assert found.agents[0].first_sound_ms == (350.0, 2150.0)


def test_the_share_of_no_pauses_is_none() -> None:
    assert score_talk([]).share(0) == 0.0
