"""What a speaker is told when the agent fails or is slow."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from pipeline.errors import AgentLost, AgentTimeout, AgentUnavailable
from pipeline.latency import Mark
from pipeline.ports import AddresseeDoubt
from pipeline.settings import ReplySettings
from pipeline.speaking.notices import (
    LOST,
    ONE_MOMENT,
    TOO_LONG,
    UNAVAILABLE,
    WENT_WRONG,
    notice_for,
)
from tests.pipeline.speaking.reply_scene import BROKEN, TURN, ReplyScene
from tests.pipeline.speaking.scripts import FaultySynthesizer, ScriptedAgent, Step, SynthesisFault

pytestmark = pytest.mark.virtual_time


# -- an agent error -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (AgentUnavailable("the Gateway is away"), UNAVAILABLE),
        (AgentLost("the connection broke"), LOST),
        (AgentTimeout("60 s are over"), TOO_LONG),
        (ZeroDivisionError("unexpected"), WENT_WRONG),
    ],
)
async def test_the_speaker_hears_a_notice_of_an_agent_error(
    error: Exception, notice: tuple[str, ...]
) -> None:
    scene = ReplyScene(ScriptedAgent([0.5, error]))
    await scene.reply.run()
    assert scene.spoken == list(notice)
    assert scene.heard == " ".join(notice)
    assert scene.reply.outcome.failure is error
    assert scene.reply.outcome.notice == " ".join(notice)


async def test_a_notice_is_spoken_in_the_askers_language_and_reported_in_english() -> None:
    scene = ReplyScene(ScriptedAgent([0.5, AgentTimeout("60 s are over")]))
    request = scene.reply.request
    scene.reply.request = replace(request, turn=replace(request.turn, language="fr"))
    await scene.reply.run()
    assert scene.spoken == list(notice_for(AgentTimeout(""), "fr")) != list(TOO_LONG)
    assert scene.reply.outcome.notice == " ".join(TOO_LONG), "the text post translates it itself"


async def test_an_agent_error_in_mid_answer_is_told_after_its_sentences() -> None:
    error = AgentUnavailable("the connection broke")
    scene = ReplyScene(ScriptedAgent(["I am fine. And ", error]))
    await scene.reply.run()
    assert scene.spoken == ["I am fine.", *UNAVAILABLE]


async def test_a_notice_whose_synthesis_failed_is_kept_as_unspoken() -> None:
    sentences = ("I am fine.", *UNAVAILABLE)
    voice = FaultySynthesizer({sentence: SynthesisFault(BROKEN) for sentence in sentences})
    error = AgentUnavailable("the connection broke")
    scene = ReplyScene(ScriptedAgent(["I am fine. And ", error]), voice)
    await scene.reply.run()
    assert scene.reply.outcome.unspoken == list(sentences)


# -- a slow agent -------------------------------------------------------------------------------


def patient(after_s: float) -> ReplySettings:
    return ReplySettings(one_moment_after_s=after_s, thinking_sound_after_s=0)


async def moments(*script: Step, after_s: float = 4.0) -> list[tuple[str, float]]:
    """What was said, and when each sentence was ready."""
    scene = ReplyScene(ScriptedAgent(list(script)), settings=patient(after_s))
    await scene.reply.run()
    return [(text, round(at, 1)) for text, at in scene.announced]


async def test_a_waiting_speaker_is_asked_for_patience_once() -> None:
    assert await moments(30.0, "I am fine.", 30.0, " And you?") == [
        (ONE_MOMENT, 4.0),
        ("I am fine.", 30.2),
        ("And you?", 60.0),
    ]


async def test_no_sound_announces_an_answer_that_the_speaker_does_not_expect() -> None:
    scripts: tuple[list[Step], ...] = ([30.0, "I am fine."], [30.0])
    turn = replace(TURN, doubt=AddresseeDoubt("medium", 4.0, unlikely=True))
    for script in scripts:
        scene = ReplyScene(ScriptedAgent(list(script)), settings=ReplySettings(), turn=turn)
        reply = asyncio.create_task(scene.reply.run())
        await asyncio.sleep(29.9)
        assert scene.spoken == []
        assert scene.reply.playback is None, "no thinking sound either"
        await reply
        assert scene.spoken == [text for text in script if isinstance(text, str)]


async def test_the_failure_of_an_answer_that_the_speaker_does_not_expect_is_not_spoken() -> None:
    turn = replace(TURN, doubt=AddresseeDoubt("medium", 4.0, unlikely=True))
    error = AgentUnavailable("away")
    scene = ReplyScene(ScriptedAgent([0.5, error]), turn=turn)
    await scene.reply.run()
    assert scene.spoken == []
    assert scene.reply.outcome.failure is error
    begun = ReplyScene(ScriptedAgent(["I am fine. And ", error]), turn=turn)
    await begun.reply.run()
    assert begun.spoken == ["I am fine.", *UNAVAILABLE]


async def test_a_turn_that_is_probably_for_the_agent_is_waited_for_as_others() -> None:
    turn = replace(TURN, doubt=AddresseeDoubt("medium", 4.0))
    scene = ReplyScene(ScriptedAgent([30.0, "I am fine."]), settings=patient(4.0), turn=turn)
    await scene.reply.run()
    assert scene.spoken == [ONE_MOMENT, "I am fine."]


@pytest.mark.parametrize(("script", "after_s"), [((3.9, "Fine."), 4.0), ((9.0, "Fine."), 0.0)])
async def test_an_answer_in_time_or_without_the_setting_comes_alone(
    script: tuple[Step, ...], after_s: float
) -> None:
    assert [text for text, _ in await moments(*script, after_s=after_s)] == ["Fine."]


async def test_a_late_answer_is_not_timed_by_the_interjection_before_it() -> None:
    scene = ReplyScene(ScriptedAgent([30.0, "I am fine."]), settings=patient(4.0))
    await scene.reply.run()
    marks: tuple[Mark, ...] = ("first_delta", "first_sentence", "tts_first_byte")
    assert [scene.reply.request.latency.at(mark) for mark in marks] == [None] * 3


async def test_an_error_after_the_request_for_patience_is_told() -> None:
    said = await moments(60.0, AgentTimeout("60 s are over"))
    assert [text for text, _ in said] == [ONE_MOMENT, *TOO_LONG]


async def test_an_early_error_asks_for_no_patience() -> None:
    said = await moments(1.0, AgentUnavailable("away"))
    assert [text for text, _ in said] == list(UNAVAILABLE)
