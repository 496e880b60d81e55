"""A server's settings, and the command to stop, in a running conversation."""

from __future__ import annotations

import pytest

from pipeline.events import QuestionSent, ReplyBegan, ReplyEnded, TurnDecided
from pipeline.room_controls import RoomChoices
from pipeline.settings import PipelineSettings, SttSettings
from testing.room import ANN, BEN, FakeRoom

pytestmark = pytest.mark.virtual_time


async def test_another_voice_speaks_from_the_next_reply_on_and_the_own_one_again() -> None:
    async with FakeRoom() as talk:
        for voices, name in (({"jarvis": "kokoro:af_heart"}, "kokoro:af_heart"), ({}, "jarvis")):
            talk.room.controls.use(RoomChoices(voices=voices))
            seen = len(talk.events)
            await talk.say(ANN, "Jarvis, what time is it?")
            await talk.until(ReplyEnded, after=seen)
            assert talk.synthesizer.spoken[-1][0] == name


async def test_an_agent_that_is_chosen_later_has_its_other_voice_too() -> None:
    async with FakeRoom() as talk:
        sage = talk.room._participants.personas["sage"]
        talk.room.controls.use(RoomChoices(voices={"sage": "kokoro:bm_george"}))
        talk.room.use_agent(sage)
        assert talk.room.persona.voice.name == "kokoro:bm_george"
        announcement = talk.room.say("Dinner is ready.", persona=sage)
        await announcement.wait()
        assert talk.synthesizer.spoken[-1][0] == "kokoro:bm_george"


async def test_the_volume_holds_at_once_and_louder_starts_from_it() -> None:
    async with FakeRoom() as talk:
        talk.room.controls.use(RoomChoices(volume_db=-6.0))
        assert talk.loudspeaker.gain_db == -6.0
        await talk.say(ANN, "Jarvis, louder.")
        await talk.until(TurnDecided)
        step = PipelineSettings().control.volume_step_db
        assert talk.loudspeaker.gain_db == -6.0 + step
        talk.room.controls.use(RoomChoices(volume_db=-6.0, eager="off"))
        assert talk.loudspeaker.gain_db == -6.0 + step, "another setting changes no volume"
        talk.room.controls.use(RoomChoices(volume_db=3.0))
        assert talk.loudspeaker.gain_db == 3.0


async def test_the_languages_hold_from_the_next_turn_on() -> None:
    async with FakeRoom(PipelineSettings(stt=SttSettings(partial_interval_s=0))) as talk:
        expected: list[str | None] = []
        for languages in (("de",), (), ("fr", "en")):
            talk.room.controls.use(RoomChoices(languages=languages))
            seen = len(talk.events)
            await talk.say(BEN, "Alice, come on.", 0.6)
            await talk.until(TurnDecided, after=seen)
            expected.append(talk.models.expected[-1][0])
        assert expected == ["de", None, None]


@pytest.mark.parametrize("eager", ["on", "off"])
async def test_early_questions_are_switched_on_and_off(eager: str) -> None:
    async with FakeRoom() as talk:
        other = "off" if eager == "on" else "on"
        talk.room.controls.use(RoomChoices(eager=other))  # type: ignore[arg-type]
        talk.room.controls.use(RoomChoices(eager=eager))  # type: ignore[arg-type]
        await talk.say(ANN, "Jarvis, what is the weather in Paris?")
        await talk.until(ReplyEnded)
        (sent,) = talk.all(QuestionSent)
        assert sent.early is (eager == "on")


async def test_what_is_not_chosen_stays() -> None:
    async with FakeRoom() as talk:
        before = talk.room._speakers._rule.settings
        talk.room.controls.use(RoomChoices())
        assert talk.room._speakers._rule.settings is before


async def test_a_reply_is_stopped_while_it_is_spoken_and_nothing_else() -> None:
    async with FakeRoom() as talk:
        assert not talk.room.controls.stop(ANN.id)
        talk.agent.answers["Jarvis, tell me a story."] = "It was a dark night. " * 20
        await talk.say(ANN, "Jarvis, tell me a story.")
        await talk.until(ReplyBegan)
        assert talk.room.controls.stop(BEN.id)
        ended = await talk.until(ReplyEnded)
        assert ended.interrupted
        assert not talk.room.controls.stop(BEN.id)
