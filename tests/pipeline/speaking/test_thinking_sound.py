"""When the thinking sound plays, and its samples."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from pipeline.audio import SPOKEN_RATE, level_db
from pipeline.settings import ReplySettings
from pipeline.speaking.thinking_sound import thinking_sound
from testing.room import FakePlayback
from tests.pipeline.speaking.reply_scene import ReplyScene
from tests.pipeline.speaking.scripts import ScriptedAgent, Step

pytestmark = pytest.mark.virtual_time

SETTINGS = ReplySettings(one_moment_after_s=0, thinking_sound_after_s=2.0)


async def heard_in(*script: Step, settings: ReplySettings = SETTINGS) -> list[tuple[bool, float]]:
    """When the sound began (True) and ended, in seconds since the turn was asked."""
    scene = ReplyScene(ScriptedAgent(list(script)), settings=settings)
    await scene.reply.run()
    assert scene.heard == " ".join(scene.spoken)
    fills = [each for playback in scene.loudspeaker.playbacks for each in playback.fills]
    return [(on, round(at - scene.began, 1)) for on, at in fills]


async def test_it_plays_while_the_agent_thinks_and_ends_with_the_first_word() -> None:
    assert await heard_in(10.0, "I am fine. ") == [(True, 2.0), (False, 10.0)]


async def test_it_plays_while_a_tool_runs_after_the_speech_has_been_heard() -> None:
    # "I look it up." is 13 letters: played from 0.0 to 0.8 s.
    (on, began), (off, ended) = await heard_in("I look it up. ", 10.0, "It is sunny. ")
    assert (on, off) == (True, False)
    assert began == pytest.approx(2.8, abs=0.2)
    assert ended == pytest.approx(10.0, abs=0.1)


async def test_it_ends_with_the_answer() -> None:
    (on, began), (off, ended) = await heard_in("I look it up. ", 10.0)
    assert (on, off) == (True, False)
    assert began < 3.5
    assert ended == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize("script", [("I am fine. ", 1.5, "And you?"), (1.9, "I am fine.")])
async def test_a_quick_agent_does_not_start_it(
    script: tuple[Step, ...],
) -> None:
    assert await heard_in(*script) == []


async def test_it_waits_until_the_fed_speech_has_been_played() -> None:
    # 49 letters take 2.9 s to be heard; the agent pauses for as long.
    assert (
        await heard_in("Once upon a time there was a village by the sea. ", 3.0, "The end.") == []
    )


async def test_the_setting_turns_it_off() -> None:
    settings = ReplySettings(one_moment_after_s=0, thinking_sound_after_s=0)
    assert await heard_in(30.0, "I am fine.", settings=settings) == []


async def test_an_interruption_ends_it() -> None:
    scene = ReplyScene(ScriptedAgent([60.0, "I am fine."]), settings=SETTINGS)
    task = asyncio.create_task(scene.reply.run())
    await asyncio.sleep(5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    playback = scene.loudspeaker.playbacks[0]
    assert isinstance(playback, FakePlayback)
    assert playback.log == ["cut"]
    assert not scene.reply.answer_audible
    await asyncio.sleep(10)
    assert [on for on, _ in playback.fills] == [True, False]


async def test_it_is_quieter_than_speech_and_silent_at_both_ends() -> None:
    sound = thinking_sound()
    assert sound.dtype == np.int16
    assert 1.0 < sound.size / SPOKEN_RATE < 5.0
    assert sound[0] == sound[-1] == 0
    assert 20 * np.log10(np.abs(sound).max() / 32768) == pytest.approx(-36.0, abs=0.1)
    assert level_db(sound) < -40
