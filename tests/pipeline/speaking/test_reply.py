"""One reply: what is spoken when, and what an interruption leaves."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.errors import AgentUnavailable
from pipeline.ports import AgentDelta
from pipeline.speaking.notices import UNAVAILABLE
from pipeline.speaking.reply import ReplyState
from tests.pipeline.speaking.reply_scene import LETTER_MS, TURN, ReplyScene
from tests.pipeline.speaking.scripts import FaultySynthesizer, ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time


async def spoken_by(*script: Step) -> list[str]:
    """The sentences that are spoken of an answer."""
    scene = ReplyScene(ScriptedAgent(list(script)))
    await scene.reply.run()
    assert scene.heard == " ".join(scene.spoken)
    return scene.spoken


# -- what is spoken ------------------------------------------------------------------------------


async def test_an_answer_is_spoken_sentence_by_sentence() -> None:
    assert await spoken_by("I am fine. ", "And ", "you?") == ["I am fine.", "And you?"]


async def test_an_empty_answer_is_no_failure() -> None:
    scene = ReplyScene(ScriptedAgent([]))
    await scene.reply.run()
    assert scene.loudspeaker.playbacks == []
    assert scene.reply.outcome.text == ""
    assert scene.reply.outcome.failure is None


async def test_the_first_sentence_is_spoken_before_the_second_is_written() -> None:
    scene = ReplyScene(ScriptedAgent(["I am fine. ", 5.0, "And you?"]))
    await scene.reply.run()
    (first, at_first), (second, at_second) = scene.announced
    assert (first, second) == ("I am fine.", "And you?")
    assert at_first < 0.1
    assert at_second == pytest.approx(5.0, abs=0.1)
    assert len(scene.loudspeaker.playbacks) == 1


async def test_run_returns_when_the_last_word_has_been_played() -> None:
    scene = ReplyScene(ScriptedAgent(["I am fine."]))
    await scene.reply.run()
    assert scene.clock() - scene.began == pytest.approx(10 * LETTER_MS / 1000, abs=0.1)
    assert scene.heard == "I am fine."


async def test_a_sentence_before_a_tool_call_is_spoken_before_the_tool_ends() -> None:
    scene = ReplyScene(ScriptedAgent(["One moment.", 30.0, " It is sunny in Paris, sir."]))
    await scene.reply.run()
    (first, at_first), (_, at_second) = scene.announced
    assert first == "One moment."
    assert at_first == pytest.approx(0.2, abs=0.05), "the pause is noticed after 0.2 s"
    assert at_second > 30


async def test_a_pause_in_mid_sentence_does_not_cut_it() -> None:
    assert await spoken_by("It is sunny", 3.0, " in Paris, sir.") == ["It is sunny in Paris, sir."]


async def test_deltas_that_come_in_time_are_no_pause() -> None:
    assert await spoken_by("It cost 3.", 0.15, "50, sir.") == ["It cost 3.50, sir."]


async def test_a_replaced_answer_continues_where_it_differs() -> None:
    assert await spoken_by(
        "It is sunny in Paris. It is cold in Lon",
        1.0,
        AgentDelta("It is sunny in Paris. ", replace=True),
        "It is warm in London.",
    ) == ["It is sunny in Paris.", "It is warm in London."]


async def test_the_stages_are_marked_in_order() -> None:
    scene = ReplyScene(ScriptedAgent([0.3, "I am fine. ", 0.5, "And you?"]))
    await scene.reply.run()
    latency = scene.reply.request.latency
    assert latency.at("first_delta") == pytest.approx(scene.began + 0.3)
    assert latency.at("first_sentence") == pytest.approx(scene.began + 0.3, abs=0.25)
    first_byte, sentence = latency.at("tts_first_byte"), latency.at("first_sentence")
    assert first_byte is not None
    assert sentence is not None
    assert first_byte - sentence == pytest.approx(0.02)


async def test_a_reply_goes_through_its_states() -> None:
    scene = ReplyScene(ScriptedAgent([1.0, "I am fine. ", 1.0, "And how are you?"]))
    task = asyncio.create_task(scene.reply.run())
    states = []
    while not task.done():
        await asyncio.sleep(0.02)
        if scene.reply.state not in states:
            states.append(scene.reply.state)
    assert states == [ReplyState.THINKING, ReplyState.SPEAKING, ReplyState.DRAINING]


# -- interruption -------------------------------------------------------------------------------


async def interrupt(scene: ReplyScene, after_s: float) -> None:
    task = asyncio.create_task(scene.reply.run())
    await asyncio.sleep(after_s)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert asyncio.all_tasks() - {asyncio.current_task()} == {
        playback._task for playback in scene.loudspeaker.playbacks if not playback._task.done()
    }


async def test_an_interruption_while_the_agent_thinks_aborts_its_run() -> None:
    scene = ReplyScene(ScriptedAgent([10.0, "I am fine."]))
    await interrupt(scene, 1.0)
    assert scene.agent.aborted == [TURN]
    assert scene.loudspeaker.playbacks == []
    assert scene.heard == ""


async def test_an_interruption_in_mid_sentence_keeps_what_was_heard() -> None:
    scene = ReplyScene(ScriptedAgent(["I am fine. And how are you today, Ann?"]))
    await interrupt(scene, 1.2)
    assert scene.heard == "I am fine. And how"
    assert scene.loudspeaker.playbacks[0].log == ["cut"]
    assert scene.agent.aborted == [], "it had said all"


async def test_an_interruption_during_a_synthesis_closes_its_connection() -> None:
    voice = FaultySynthesizer()
    voice.first_ms = 1000
    scene = ReplyScene(ScriptedAgent(["I am fine.", 10.0]), voice)
    await interrupt(scene, 0.5)
    assert voice.cut_off == ["I am fine."]
    assert scene.agent.aborted == [TURN]
    (sentence,) = scene.reply.outcome.sentences
    assert not sentence.complete


async def test_the_notice_of_an_agent_error_can_be_interrupted() -> None:
    scene = ReplyScene(ScriptedAgent([AgentUnavailable("away")]))
    await interrupt(scene, 0.5)
    assert UNAVAILABLE[0].startswith(scene.heard)
    assert scene.loudspeaker.playbacks[0].log == ["cut"]


async def test_any_other_error_cuts_the_playback() -> None:
    scene = ReplyScene(ScriptedAgent(["I am fine.", 10.0]))

    def broken(text: str) -> None:
        raise ZeroDivisionError

    scene.reply._speaker._on_sentence = broken
    with pytest.raises(ZeroDivisionError):
        await scene.reply.run()
    assert scene.loudspeaker.playbacks[0].log == ["cut"]
    assert scene.agent.aborted == [TURN]
