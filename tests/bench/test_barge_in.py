"""The barge-in scenes: what is read, how it is judged, and that they run."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.conversation.barge_in import scenes
from bench.conversation.barge_in.fakes import Order
from bench.conversation.barge_in.scenario import SceneResult, Stage, play_scene
from bench.conversation.barge_in.scenes import PARTS, BargeInScene, load, parse
from bench.conversation.barge_in.scoring import JudgedBargeIn, judge, spread
from bench.conversation.models import BenchModels, load_models
from bench.conversation.rendering import Renderer
from bench.conversation.scene_files import SceneError
from pipeline.settings import PipelineSettings
from server.engines.espeak import EspeakEngine

# -- the file ------------------------------------------------------------------------------------


def test_the_scenes_are_of_all_kinds() -> None:
    assert {scene.kind for scene in load()} >= {
        "interruption", "name", "control word", "backchannel", "cough", "side talk", "laughter",
        "long", "two at once", "before it", "echo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "this is no YAML"),
        ("kind: echo", "must be a list of scenes"),
        ("- {kind: 3}", "scene 1: kind is 3"),
        ("- {kind: a, wants: peace}", "wants is 'peace'; it must be stop, answer, continue"),
        ("- {kind: a, wants: stop}", "parts must be a list"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann}]}", "must have one of say"),
        ("- {kind: a, wants: stop, parts: [{speaker: eve, say: Hi.}]}", "speaker is 'eve'"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann, noise: bang}]}", "noise is 'bang'"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann, echo_db: 3}]}", "echo_db is 3"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann, say: Hi., at_ms: -900}]}", "at_ms"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann, say: ...}]}", "it must be words"),
        ("- {kind: a, wants: stop, parts: [{speaker: ann, say: Hi., at: 3}]}", "part 1: has at"),
        (
            "- {kind: a, wants: stop, loudspeaker: {drive: 0}, parts: [{speaker: ann, say: Hi.}]}",
            "loudspeaker: drive is 0; it must be above 0",
        ),
    ],
)
def test_a_scene_that_is_wrong_is_named_with_what_must_change(text: str, told: str) -> None:
    with pytest.raises(SceneError, match="barge-in") as refused:
        parse(text)
    assert told in str(refused.value)


def test_the_parts_for_neural_voices_share_no_utterance_of_three_words() -> None:
    tuning, test = (
        {part.say for scene in load(name) for part in scene.parts if part.say is not None}
        for name in PARTS
    )
    assert len(load("tuning")) == len(load("test")) == 153
    assert not [say for say in tuning & test if len(say.split()) > 2]


@pytest.mark.parametrize(("name", "count"), [("calls.yaml", 84), ("answers.yaml", 50)])
def test_other_scenes_to_tune_on_share_no_utterance_of_three_words_with_the_test_part(
    name: str, count: int
) -> None:
    file = Path(scenes.__file__).with_name(name)
    tuned, test = parse(file.read_text(encoding="utf-8")), load("test")
    assert len(tuned) == count
    said, tested = ({part.say for each in found for part in each.parts} for found in (tuned, test))
    assert not [say for say in said & tested if say is not None and len(say.split()) > 2]


# -- judging -------------------------------------------------------------------------------------


def scene(wants: str) -> BargeInScene:
    return parse(f"- {{kind: a, wants: {wants}, parts: [{{speaker: ann, say: Hi.}}]}}")[0]


def judged(wants: str, *orders: tuple[Order, float], start: float = 1.0) -> JudgedBargeIn:
    return judge(scene(wants), SceneResult(((start, 2.0),), orders, ()))


def test_times_count_from_the_onset_and_from_the_end() -> None:
    one = judged("continue", ("duck", 1.14), ("hold", 1.25), ("resume", 2.3))
    assert one.duck_ms == pytest.approx(140)
    assert one.silence_ms == pytest.approx(250)
    assert one.resume_ms == pytest.approx(300)
    assert one.stop_ms is None
    assert one.wrong == ""


def test_speech_before_the_reply_counts_from_its_first_sound() -> None:
    assert judged("stop", ("cut", 0.2), start=-0.3).stop_ms == pytest.approx(200)


@pytest.mark.parametrize(
    ("wants", "orders", "wrong"),
    [
        ("stop", [("duck", 1.1), ("cut", 1.5)], ""),
        ("stop", [("duck", 1.1), ("resume", 2.5)], "kept talking"),
        ("continue", [("duck", 1.1), ("cut", 1.5)], "stopped"),
        ("continue", [("duck", 1.1), ("hold", 1.2)], "stayed quiet"),
        ("continue", [("hold", 1.2), ("resume", 1.4)] * 3, "stuttered"),
        ("continue", [], ""),
    ],
)
def test_what_is_wrong(wants: str, orders: list[tuple[Order, float]], wrong: str) -> None:
    assert judged(wants, *orders).wrong == wrong


@pytest.mark.parametrize(
    ("wants", "asked", "wrong"),
    [
        ("stop", [("ann", "Hi.")], "asked"),
        ("answer", [("ann", "Hi!")], ""),
        ("answer", [], "not asked"),
        ("answer", [("ben", "Hi.")], "not asked"),
        ("answer", [("ann", "Who?")], "misheard"),
    ],
)
def test_what_the_agent_is_asked_counts(
    wants: str, asked: list[tuple[str, str]], wrong: str
) -> None:
    played = SceneResult(((1.0, 2.0),), (("cut", 1.5),), tuple(asked))
    assert judge(scene(wants), played).wrong == wrong


@pytest.mark.parametrize(
    ("wants", "asked", "wrong"),
    [("answer", [], ""), ("answer", [("ben", "Hi.")], "not asked"), ("continue", [], "stopped")],
)
def test_a_repeated_reply_is_an_answer(
    wants: str, asked: list[tuple[str, str]], wrong: str
) -> None:
    played = SceneResult(((1.0, 2.0),), (("cut", 1.5),), tuple(asked), repeated=True)
    assert judge(scene(wants), played).wrong == wrong


def test_a_spread_is_of_what_was_measured() -> None:
    found = spread([100.0, None, 300.0, 200.0])
    assert found is not None
    assert (found.count, found.median, found.worst) == (3, 200.0, 300.0)
    assert spread([None]) is None


# -- the whole of it -----------------------------------------------------------------------------


def test_real_scenes_run() -> None:
    scenes = parse(
        '- {kind: a, wants: stop, parts: [{speaker: ann, at_ms: 1500, say: "Jarvis, stop."}]}\n'
        '- {kind: b, wants: continue, parts: [{speaker: ben, at_ms: 1500, say: "Right."}]}\n'
        "- {kind: c, wants: continue, parts: [{speaker: ann, echo_db: -20}]}\n"
    )
    vad, turn = load_models()
    models = BenchModels(vad, turn, turn_ms=30, stt_ms=85)
    with EspeakEngine() as engine:
        renderer = Renderer(engine)
        stage = Stage(renderer, ["f4", "m7", "klatt"], "m2", models, PipelineSettings())
        played = [play_scene(each, 1, stage) for each in scenes]
    stop, go_on, _ = (judge(*each) for each in zip(scenes, played, strict=True))
    assert (stop.wrong, go_on.wrong) == ("", "")
    assert stop.stop_ms is not None
    assert go_on.resume_ms is not None
    assert played[2].orders, "nobody heard the echo"
