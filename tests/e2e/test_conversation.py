"""The demo's scenes as tests: from a person's microphone to another's ear."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from pipeline.events import (
    AgentChosen,
    Failed,
    Heard,
    ReplyBegan,
    ReplyEnded,
    ReplyResumed,
    SentenceSpoken,
    Unspoken,
    VoiceReplaced,
)
from pipeline.speaking.notices import ONE_MOMENT
from simulators.discord import Faults
from testing.stage import Stage
from tests.e2e.conftest import Ear, SetStage, with_reply
from tests.e2e.servers import broken_speech_server, moody_speech_server

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def call_in(stage: Stage, *names: str, announce: bool = True) -> None:
    """People join, and the first of them calls the bot in."""
    for name in names:
        await stage.person(name).join(stage.room, announce=announce)
    answer = await stage.run(names[0], "join")
    assert answer.responses, "the command was not answered"
    await stage.discord.wait_for_call(stage.room)


@pytest.mark.parametrize("dave", [True, False], ids=["dave", "no-dave"])
async def test_a_question_is_answered_aloud(set_stage: SetStage, ear: Ear, dave: bool) -> None:
    async with set_stage(dave=dave) as stage:
        await call_in(stage, "Alice", "Bob")
        said = await stage.say("Alice", "Jarvis, what time is it?")
        assert (await stage.event(Heard)).text == said.text
        await stage.event(ReplyEnded)
        for name in ("Alice", "Bob"):
            await ear.hears(stage, name, "It is half past seven, sir.")
        asked = stage.gateway.runs[0]
        assert asked.heard.speaker is not None
        assert asked.heard.speaker.name == "Alice"
        assert asked.heard.words == "Jarvis, what time is it?"


async def test_joining_is_announced_and_leaving_is_heeded(set_stage: SetStage) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice")
        announced = await stage.discord.wait_for_message(stage.text)
        assert "listening" in announced.content
        await stage.run("Alice", "leave")
        await stage.discord.wait_for_no_call(stage.room)
        assert stage.bot.sessions == {}


async def test_talk_among_people_is_left_alone(set_stage: SetStage) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await stage.say("Bob", "Alice, are you coming to the party?")
        heard = await stage.event(Heard)
        assert heard.speaker.name == "Bob"
        assert not heard.addressed
        assert any("Alice" in reason for reason in heard.reasons)
        assert stage.gateway.runs == []
        assert stage.person("Alice").hearing.first_sound_at() is None


async def test_another_agent_has_another_voice_and_character(set_stage: SetStage, ear: Ear) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        answer = await stage.run("Bob", "agent", {"name": "sage"})
        assert "Sage" in answer.responses[0].content
        await stage.say("Alice", "Sage, what time is it?")
        ended = await stage.event(ReplyEnded)
        assert ended.agent == "sage"
        await ear.hears(stage, "Bob", "The hour matters less than how you spend it.")


async def test_sensitivity_decides_who_is_answered(set_stage: SetStage) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await stage.run("Alice", "sensitivity", {"level": "low"})
        await stage.say("Alice", "What is the capital of France?")
        assert not (await stage.event(Heard)).addressed
        await stage.run("Alice", "sensitivity", {"level": "high"})
        since = len(stage.events)
        await stage.say("Bob", "What is the capital of France?")
        assert (await stage.event(Heard, since=since)).addressed
        await stage.event(ReplyEnded)


async def test_two_people_at_once_are_each_heard_under_their_own_name(
    set_stage: SetStage,
) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await asyncio.gather(
            stage.say("Alice", "Jarvis, turn on the kitchen lights."),
            stage.say("Bob", "Alice, I will be right back."),
        )
        await stage.event(Heard, where=lambda event: event.speaker.name == "Alice")
        await stage.event(Heard, where=lambda event: event.speaker.name == "Bob")
        assert {(e.speaker.name, e.text) for e in stage.events if isinstance(e, Heard)} == {
            ("Alice", "Jarvis, turn on the kitchen lights."),
            ("Bob", "Alice, I will be right back."),
        }


async def test_a_third_person_who_comes_and_goes_disturbs_nobody(
    set_stage: SetStage, ear: Ear
) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")

        async def come_and_go() -> None:
            for _ in range(4):
                await stage.person("Carol").join(stage.room)
                await asyncio.sleep(0.25)
                await stage.person("Carol").leave()
                await asyncio.sleep(0.15)

        await asyncio.gather(come_and_go(), stage.say("Alice", "Jarvis, what time is it?"))
        assert (await stage.event(Heard)).text == "Jarvis, what time is it?"
        await stage.event(ReplyEnded)
        await ear.hears(stage, "Bob", "It is half past seven, sir.")


@pytest.mark.parametrize("dave", [True, False], ids=["dave", "no-dave"])
async def test_a_bad_line_without_an_announced_ssrc(set_stage: SetStage, dave: bool) -> None:
    """5 % loss, padding on every packet, and in an encrypted call nobody ever says whose it is."""
    async with set_stage(dave=dave) as stage:
        await call_in(stage, "Alice", announce=not dave)
        await stage.say(
            "Alice", "Jarvis, what time is it?", Faults(loss=0.05, padding=7, padded=1.0)
        )
        assert (await stage.event(Heard)).text == "Jarvis, what time is it?"
        assert (await stage.event(ReplyEnded)).heard == "It is half past seven, sir."


async def test_stop_silences_a_reply_and_aborts_its_run(set_stage: SetStage) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        stage.gateway.faults.pause_run(after_words=21)
        await stage.say("Alice", "Jarvis, read me the news.")
        await stage.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await stage.say("Bob", "Jarvis, stop.")
        ended = await stage.event(ReplyEnded)
        assert ended.interrupted
        await stage.gateway.wait_for(lambda: stage.gateway.runs[0].status == "aborted")
        quiet = await stage.person("Alice").hearing.wait_for_quiet(0.5)
        assert quiet <= ended.at + 0.1
        assert len(stage.gateway.runs) == 1


async def test_switching_to_another_agent_aloud_is_the_guilds_choice_from_then_on(
    set_stage: SetStage, ear: Ear
) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await stage.say("Alice", "Switch to Sage.")
        assert (await stage.event(AgentChosen)).agent == "sage"
        ended = await stage.event(ReplyEnded)
        assert (ended.agent, ended.heard) == ("sage", "I am listening.")
        await stage.run("Alice", "leave")
        await stage.discord.wait_for_no_call(stage.room)
        since = len(stage.events)
        await call_in(stage, "Alice")
        await stage.say("Alice", "Sage, what time is it?")
        assert (await stage.event(ReplyEnded, since=since)).agent == "sage"


async def test_a_stopped_reply_is_gone_on_with_and_repeated_without_the_agent(
    set_stage: SetStage, ear: Ear
) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await stage.say("Alice", "Jarvis, read me the news.")
        await stage.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await stage.say("Bob", "Jarvis, stop.")
        stopped = await stage.event(ReplyEnded)
        await stage.event(Heard, where=lambda event: event.speaker.name == "Bob")
        since = len(stage.events)
        await stage.say("Alice", "Jarvis, please go on.")
        rest = await stage.event(ReplyEnded, since=since)
        assert f"{stopped.heard} {rest.heard}".endswith("The local team won again last night.")
        assert not rest.interrupted
        since = len(stage.events)
        await stage.say("Alice", "Repeat that, please.")
        again = await stage.event(ReplyEnded, since=since)
        assert again.heard == rest.heard
        assert len(stage.gateway.runs) == 1


async def test_uh_huh_does_not_stop_a_reply(set_stage: SetStage, ear: Ear) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice", "Bob")
        await stage.say("Alice", "Jarvis, read me the news.")
        await stage.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await stage.say("Bob", "Uh huh.")
        await stage.event(ReplyResumed)
        ended = await stage.event(ReplyEnded)
        assert not ended.interrupted
        assert ended.heard.endswith("The local team won again last night.")


async def test_a_gateway_that_is_away_for_a_while_answers_when_it_is_back(
    set_stage: SetStage, ear: Ear
) -> None:
    # Without the sound under it: this ear knows sentences and nothing else.
    async with set_stage(base=with_reply(thinking_sound_after_s=0)) as stage:
        await call_in(stage, "Alice")
        async with stage.gateway.away():
            await stage.say("Alice", "Jarvis, what time is it?")
            assert (await stage.event(Heard)).addressed
            await asyncio.sleep(2.0)
            assert stage.person("Alice").hearing.first_sound_at() is None
            await stage.event(SentenceSpoken, where=lambda said: said.text == ONE_MOMENT)
        await stage.event(ReplyEnded, timeout=15)
        await ear.hears(stage, "Alice", ONE_MOMENT, "It is half past seven, sir.")


async def test_a_connection_that_breaks_in_mid_reply_costs_no_word(
    set_stage: SetStage, ear: Ear
) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice")
        stage.gateway.faults.drop_in_run(after_words=7)
        await stage.say("Alice", "Jarvis, read me the news.")
        ended = await stage.event(ReplyEnded)
        said = (
            "Here is the news, sir.",
            "The harbor festival opens on Saturday morning.",
            "The old bridge is closed until next week.",
            "The local team won again last night.",
        )
        assert ended.heard == " ".join(said)
        await ear.hears(stage, "Alice", *said)
        assert len(stage.gateway.runs) == 1
        assert stage.services.gateway.stats.turns_recovered == 1


async def test_a_failing_agent_is_told_of_aloud(set_stage: SetStage, ear: Ear) -> None:
    async with set_stage() as stage:
        await call_in(stage, "Alice")
        stage.gateway.faults.fail_run("the model is out of order")
        await stage.say("Alice", "Jarvis, what time is it?")
        assert "out of order" in (await stage.event(Failed)).why
        await stage.event(ReplyEnded)
        expected = ("I cannot reach the agent right now.", "Please ask me again.")
        await ear.hears(stage, "Alice", *expected)


async def test_while_the_speech_server_is_broken_the_embedded_voice_answers(
    set_stage: SetStage, ear: Ear
) -> None:
    async with (
        broken_speech_server() as broken_url,
        set_stage(bot_speech_url=broken_url) as stage,
    ):
        await call_in(stage, "Alice")
        for _ in range(2):
            seen = len(stage.events)
            await stage.say("Alice", "Jarvis, what time is it?")
            await stage.event(ReplyEnded, since=seen)
            await stage.person("Alice").hearing.wait_for_quiet()
        assert ear.missed(stage, "Alice", *["It is half past seven, sir."] * 2) == []
        told = await stage.discord.wait_for_message(
            stage.text, lambda message: "stand-in voice" in message.content
        )
        assert "the speech server reported an error" in told.content
        assert broken_url not in told.content
        assert sum(isinstance(event, VoiceReplaced) for event in stage.events) == 1
        assert not any(isinstance(event, Unspoken) for event in stage.events)


async def test_a_sentence_that_the_speech_server_cannot_say_is_written_and_the_rest_is_heard(
    set_stage: SetStage, ear: Ear, speech_url: str
) -> None:
    unsayable = "The old bridge is closed until next week."
    busy = iter([web.json_response({}, status=429, headers={"Retry-After": "0.2"})])

    def mood(sentence: str) -> web.Response | None:
        if sentence == unsayable:
            return web.json_response({"error": "out of memory"}, status=500)
        return next(busy, None) if sentence == "Here is the news, sir." else None

    async with (
        moody_speech_server(speech_url, mood) as moody_url,
        set_stage(bot_speech_url=moody_url) as stage,
    ):
        await call_in(stage, "Alice")
        await stage.say("Alice", "Jarvis, read me the news.")
        ended = await stage.event(ReplyEnded, timeout=40.0)
        heard = (
            "Here is the news, sir.",
            "The harbor festival opens on Saturday morning.",
            "The local team won again last night.",
        )
        assert ended.heard == " ".join(heard)
        written = await stage.discord.wait_for_message(
            stage.text, lambda message: unsayable in message.content
        )
        assert "reported an error" in written.content
        await stage.person("Alice").hearing.wait_for_quiet()
        assert ear.missed(stage, "Alice", *heard) == []
        assert (await stage.event(Unspoken)).text == unsayable
