"""Speech over a reply in neural voices, and the reply's echo, through the whole room."""

from __future__ import annotations

from typing import Final

import pytest

from bench.conversation.barge_in.ear import KeptTranscripts
from bench.conversation.barge_in.scenario import Stage, play_scene
from bench.conversation.barge_in.scenes import BargeInScene, parse
from bench.conversation.barge_in.scoring import JudgedBargeIn, judge
from bench.conversation.clips import NeuralVoices
from bench.conversation.models import BenchModels
from pipeline.settings import PipelineSettings
from tests.real_models.scene import RoomModels

SCENES: Final = parse(
    """
- {kind: stop, wants: stop, parts: [{speaker: ann, at_ms: 1500, say: "Jarvis, stop."}]}
- {kind: stop, wants: stop, parts: [{speaker: ben, at_ms: 2500, say: "Stop talking, please."}]}
- {kind: question, wants: answer, parts: [{speaker: ann, at_ms: 1700, say: "Who lives there?"}]}
- kind: talk
  wants: continue
  parts:
    - {speaker: ben, at_ms: 1300, say: "Ann, do you want some tea?"}
    - {speaker: ann, after_ms: 400, say: "Yes, please."}
- {kind: backchannel, wants: continue, parts: [{speaker: ann, at_ms: 1900, say: "Okay, cool."}]}
- kind: echo
  wants: continue
  loudspeaker: {delay_ms: 240, reverb_ms: 300, direct_db: -3}
  parts: [{speaker: ben, echo_db: -16}]
- kind: echo and stop
  wants: stop
  loudspeaker: {delay_ms: 160, reverb_ms: 250, direct_db: 0}
  parts: [{speaker: ann, echo_db: -20}, {speaker: ann, at_ms: 3300, say: "Jarvis, stop."}]
"""
)
VOICES: Final = ("af_heart", "am_michael", "bf_emma")
BOT: Final = "bm_fable"
SLOWEST_SILENCE_MS: Final = 600.0


@pytest.fixture(scope="module")
def judged(room_models: RoomModels) -> dict[BargeInScene, JudgedBargeIn]:
    settings = PipelineSettings()
    models = BenchModels(
        room_models.vad,
        room_models.turn,
        turn_ms=30,
        stt_ms=200,
        text=room_models.text,
        text_ms=30,
    )
    transcripts = KeptTranscripts(room_models.stt, settings.stt)
    stage = Stage(NeuralVoices(), VOICES, BOT, models, settings, transcripts)
    return {scene: judge(scene, play_scene(scene, 1, stage)) for scene in SCENES}


def test_the_reply_ends_or_goes_on_as_was_meant(
    judged: dict[BargeInScene, JudgedBargeIn],
) -> None:
    wrong = {scene.kind: each.wrong for scene, each in judged.items() if each.wrong}
    assert len(wrong) <= 1, wrong


def test_the_reply_is_silent_soon_after_a_person_begins(
    judged: dict[BargeInScene, JudgedBargeIn],
) -> None:
    silences = {
        scene.kind: each.silence_ms for scene, each in judged.items() if scene.kind != "echo"
    }
    late = {kind: ms for kind, ms in silences.items() if ms is None or ms > SLOWEST_SILENCE_MS}
    assert late.keys() <= {"echo and stop"}, late


def test_an_echo_that_is_heard_for_the_first_time_never_silences_the_reply(
    judged: dict[BargeInScene, JudgedBargeIn],
) -> None:
    (echo,) = (each for scene, each in judged.items() if scene.kind == "echo")
    assert echo.silence_ms is None
