"""The turn-taking scenes: what is read, how it is judged, and that they run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bench.conversation.models import BenchModels, load_models
from bench.conversation.oracle import CachedTurnModel
from bench.conversation.rendering import Renderer
from bench.conversation.scene_files import SceneError
from bench.conversation.turn_taking.neural import VOICES
from bench.conversation.turn_taking.policies import DetectedEnd, policies
from bench.conversation.turn_taking.recognition import judged as judged_scenes
from bench.conversation.turn_taking.recognition import numbers
from bench.conversation.turn_taking.rendered_scene import (
    ESPEAK_VOICES,
    RenderedScene,
    TrueTurn,
    render_scene,
)
from bench.conversation.turn_taking.scenes import PARTS, TurnScene, load, parse
from bench.conversation.turn_taking.scoring import JudgedScene, judge, score
from pipeline.settings import TurnSettings
from server.engines.espeak import EspeakEngine
from testing.fresh_process import in_a_fresh_process

# -- the files -----------------------------------------------------------------------------------


def test_there_are_enough_scenes_and_pauses_and_the_parts_share_none() -> None:
    parts = {part: load(part) for part in PARTS}
    scenes = [scene for part in parts.values() for scene in part]
    assert len(scenes) >= 60
    assert sum(len(turn.pauses_ms) for scene in scenes for turn in scene.turns) >= 100
    said = [{turn.text for scene in part for turn in scene.turns} for part in parts.values()]
    long = [{text for text in texts if len(text.split()) > 2} for texts in said]
    assert not long[0] & long[1]
    assert not set(VOICES["tuning"]) & set(VOICES["test"])
    assert not set(VOICES["held"]) & {*VOICES["tuning"], *VOICES["test"]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {kind: [", "this is no YAML"),
        ("kind: plain", "must be a list of scenes"),
        ("- plain", "scene 1: must be a mapping"),
        ("- {kind: loud, says: [Hi.]}", "scene 1: kind is 'loud'"),
        ("- {kind: plain}", "either says"),
        ("- {kind: plain, says: [Hi.], mood: bad}", "has mood; known are kind, says, turns"),
        ("- {kind: plain, says: [Hi., 300]}", "beginning and ending with speech"),
        ("- {kind: plain, says: [Hi., soon, Ann.]}", "'soon' stands where a pause must be"),
        ("- {kind: plain, says: [Hi., 10, Ann.]}", "at least 50"),
        ("- {kind: plain, says: [5]}", "5 stands where a piece of speech must be"),
        ("- {kind: plain, turns: []}", "turns must be a list"),
        ("- {kind: plain, turns: [{speaker: eve, says: [Hi.]}]}", "turn 1: speaker is 'eve'"),
        ("- {kind: plain, turns: [{speaker: ann, after_ms: -1, says: [Hi.]}]}", "after_ms is -1"),
    ],
)
def test_a_scene_that_is_wrong_is_named_with_what_must_change(text: str, told: str) -> None:
    with pytest.raises(SceneError, match="tuning") as refused:
        parse(text, "tuning")
    assert told in str(refused.value)


# -- judging -------------------------------------------------------------------------------------

TURN = TrueTurn("ann", "one two three", 1.0, 5.0, ((2.0, 2.5), (3.0, 4.0)))


def judged(ends: Sequence[tuple[float, str]], turn: TrueTurn = TURN) -> JudgedScene:
    later = TrueTurn("ann", "more", 9.0, 10.0, ())
    (one, _) = judge("clause", [turn, later], {"ann": [DetectedEnd(at, text) for at, text in ends]})
    return one


def test_a_decision_within_the_turn_cuts_the_pause_before_it() -> None:
    one = judged([(2.3, "one"), (3.2, "two"), (5.31, "three")])
    assert one.cut == (1, 2)
    assert one.into == (2,)
    assert one.wait_ms == pytest.approx(310)


def test_a_decision_just_after_speech_resumed_speaks_into_no_pause() -> None:
    one = judged([(2.51, "one"), (5.3, "two three")])
    assert one.cut == (1,)
    assert one.into == ()


def test_a_decision_amid_speech_speaks_into_it() -> None:
    assert judged([(2.85, "one"), (5.3, "two three")]).into == (1,)


def test_a_question_that_was_sent_early_sounds_earlier_but_not_before_its_turn_ends() -> None:
    late = DetectedEnd(2.3, "one")
    assert late.sounds_at(0.3) == pytest.approx(2.6)
    assert DetectedEnd(2.3, "one", asked_at=2.1).sounds_at(0.3) == pytest.approx(2.4)
    assert DetectedEnd(2.3, "one", asked_at=1.0).sounds_at(0.3) == pytest.approx(2.3)
    ends = [DetectedEnd(2.3, "one", asked_at=2.1), DetectedEnd(5.3, "two three")]
    (one,) = judge("clause", [TURN], {"ann": ends})
    assert one.cut == one.into == (1,)


def test_a_turn_that_nobody_ends_in_time_is_missed() -> None:
    assert judged([]).wait_ms is None
    assert judged([(8.5, "late")]).wait_ms is None
    assert judged([(9.5, "of the next turn")]).wait_ms is None


def test_a_short_word_is_lost_when_nothing_is_understood_of_it() -> None:
    stop = TrueTurn("ann", "Stop.", 1.0, 1.4, ())
    assert judged([(1.7, "")], stop).lost
    assert not judged([(1.7, "Stop.")], stop).lost
    assert not judged([], TURN).lost


def test_scores_add_up() -> None:
    total = score([judged([(2.3, ""), (5.2, "")]), judged([(5.4, "")]), judged([])])
    assert numbers(total) == {
        "turns": 3,
        "pauses": 6,
        "cut_off": 1,
        "cut_off_share": 0.1667,
        "spoken_into": 0,
        "missed": 1,
        "short": 0,
        "short_lost": 0,
        "median_ms": 300.0,
        "p90_ms": 380.0,
    }


# -- the whole of it -----------------------------------------------------------------------------


def rendered(scenes: Sequence[TurnScene]) -> list[RenderedScene]:
    with EspeakEngine() as engine:
        renderer = Renderer(engine)
        return [render_scene(scene, renderer, ESPEAK_VOICES["tuning"], 0) for scene in scenes]


def test_real_scenes_run_and_words_spare_a_speaker_who_hesitates() -> None:
    scenes = parse(
        '- {kind: clause, says: ["Jarvis, what is the", 700, "weather in Paris?"]}\n'
        '- {kind: short, says: ["Stop."]}\n',
        "tuning",
    )
    staged = in_a_fresh_process(rendered, scenes)
    vad, turn = load_models()
    found = judged_scenes(staged, policies(TurnSettings()), BenchModels(vad, CachedTurnModel(turn)))
    scores = {name: score([one for _, one in pairs]) for name, pairs in found.items()}
    ours = scores["ours, words as spoken"]
    assert (ours.cut, ours.missed, ours.lost) == (0, 0, 0)
    assert ours.median_ms < 900
    assert scores["silence of 0.5 s"].cut > 0
