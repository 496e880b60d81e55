"""The demo's scenes as tests: from a person's microphone to another's heard_speech."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from pipeline.events import (
    AgentSwitched,
    QuestionSent,
    ReplyBegan,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    SentenceBegan,
    TurnDecided,
    Unspoken,
    VoiceReplaced,
)
from pipeline.speaking.notices import ONE_MOMENT
from server.settings import TtsSettings
from settings import Settings
from simulators.discord import LineFaults
from testing.harness import ConversationHarness
from tests.e2e.conftest import HeardSpeech, OpenHarness, with_reply
from tests.e2e.servers import broken_speech_server, moody_speech_server

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]


async def call_in(harness: ConversationHarness, *names: str, announce: bool = True) -> None:
    """People join, and the first of them calls the bot in."""
    for name in names:
        await harness.person(name).join(harness.room, announce=announce)
    answer = await harness.run(names[0], "join")
    assert answer.responses, "the command was not answered"
    await harness.discord.wait_for_call(harness.room)


@pytest.mark.parametrize("dave", [True, False], ids=["dave", "no-dave"])
async def test_a_question_is_answered_aloud(
    open_harness: OpenHarness, heard_speech: HeardSpeech, dave: bool
) -> None:
    async with open_harness(dave=dave) as harness:
        await call_in(harness, "Alice", "Bob")
        said = await harness.say("Alice", "Jarvis, what time is it?")
        assert (await harness.event(TurnDecided)).text == said.text
        await harness.event(ReplyEnded)
        for name in ("Alice", "Bob"):
            await heard_speech.hears(harness, name, "It is half past seven, sir.")
        asked = harness.gateway.runs[0]
        assert asked.heard.speaker is not None
        assert asked.heard.speaker.name == "Alice"
        assert asked.heard.words == "Jarvis, what time is it?"


async def test_joining_is_announced_and_leaving_is_heeded(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice")
        announced = await harness.discord.wait_for_message(harness.text)
        assert "listening" in announced.content
        await harness.run("Alice", "leave")
        await harness.discord.wait_for_no_call(harness.room)
        assert harness.bot.sessions == {}


async def test_talk_among_people_is_left_alone(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await harness.say("Bob", "Alice, are you coming to the party?")
        heard = await harness.event(TurnDecided)
        assert heard.speaker.name == "Bob"
        assert not heard.addressed
        assert any("Alice" in reason for reason in heard.reasons)
        assert harness.gateway.runs == []
        assert harness.person("Alice").hearing.first_sound_at() is None


async def test_another_agent_has_another_voice_and_character(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        answer = await harness.run("Bob", "agent", {"name": "sage"})
        assert "Sage" in answer.responses[0].content
        await harness.say("Alice", "Sage, what time is it?")
        ended = await harness.event(ReplyEnded)
        assert ended.agent == "sage"
        await heard_speech.hears(harness, "Bob", "The hour matters less than how you spend it.")


async def test_sensitivity_decides_who_is_answered(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await harness.run("Alice", "sensitivity", {"level": "high"})
        await harness.say("Bob", "What is the capital of France?")
        assert (await harness.event(TurnDecided)).addressed
        await harness.event(ReplyEnded)
        await harness.run("Alice", "sensitivity", {"level": "low"})
        since = len(harness.events)
        await harness.say("Alice", "What is the capital of France?")
        assert not (await harness.event(TurnDecided, since=since)).addressed


async def test_two_people_at_once_are_each_heard_under_their_own_name(
    open_harness: OpenHarness,
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await asyncio.gather(
            harness.say("Alice", "Jarvis, turn on the kitchen lights."),
            harness.say("Bob", "Alice, I will be right back."),
        )
        await harness.event(TurnDecided, where=lambda event: event.speaker.name == "Alice")
        await harness.event(TurnDecided, where=lambda event: event.speaker.name == "Bob")
        assert {(e.speaker.name, e.text) for e in harness.events if isinstance(e, TurnDecided)} == {
            ("Alice", "Jarvis, turn on the kitchen lights."),
            ("Bob", "Alice, I will be right back."),
        }


async def test_a_third_person_who_comes_and_goes_disturbs_nobody(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")

        async def come_and_go() -> None:
            for _ in range(4):
                await harness.person("Carol").join(harness.room)
                await asyncio.sleep(0.25)
                await harness.person("Carol").leave()
                await asyncio.sleep(0.15)

        await asyncio.gather(come_and_go(), harness.say("Alice", "Jarvis, what time is it?"))
        assert (await harness.event(TurnDecided)).text == "Jarvis, what time is it?"
        await harness.event(ReplyEnded)
        await heard_speech.hears(harness, "Bob", "It is half past seven, sir.")


@pytest.mark.parametrize("dave", [True, False], ids=["dave", "no-dave"])
async def test_a_bad_line_without_an_announced_ssrc(open_harness: OpenHarness, dave: bool) -> None:
    """5 % loss, padding on every packet, and in an encrypted call nobody ever says whose it is."""
    async with open_harness(dave=dave) as harness:
        await call_in(harness, "Alice", announce=not dave)
        await harness.say(
            "Alice", "Jarvis, what time is it?", LineFaults(loss=0.05, padding=7, padded=1.0)
        )
        assert (await harness.event(TurnDecided)).text == "Jarvis, what time is it?"
        assert (await harness.event(ReplyEnded)).heard == "It is half past seven, sir."


async def test_stop_silences_a_reply_and_aborts_its_run(open_harness: OpenHarness) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        harness.gateway.faults.pause_run(after_words=21)
        await harness.say("Alice", "Jarvis, read me the news.")
        await harness.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await harness.say("Bob", "Jarvis, stop.")
        ended = await harness.event(ReplyEnded)
        assert ended.interrupted
        await harness.gateway.wait_for(lambda: harness.gateway.runs[0].status == "aborted")
        quiet = await harness.person("Alice").hearing.wait_for_quiet(0.5)
        assert quiet <= ended.at + 0.1
        assert harness.questions == 1


async def test_switching_to_another_agent_aloud_is_the_guilds_choice_from_then_on(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await harness.say("Alice", "Switch to Sage.")
        assert (await harness.event(AgentSwitched)).agent == "sage"
        ended = await harness.event(ReplyEnded)
        assert (ended.agent, ended.heard) == ("sage", "I am listening.")
        await harness.run("Alice", "leave")
        await harness.discord.wait_for_no_call(harness.room)
        since = len(harness.events)
        await call_in(harness, "Alice")
        await harness.say("Alice", "Sage, what time is it?")
        assert (await harness.event(ReplyEnded, since=since)).agent == "sage"


async def test_a_stopped_reply_is_gone_on_with_and_repeated_without_the_agent(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await harness.say("Alice", "Jarvis, read me the news.")
        await harness.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await harness.say("Bob", "Jarvis, stop.")
        stopped = await harness.event(ReplyEnded)
        await harness.event(TurnDecided, where=lambda event: event.speaker.name == "Bob")
        since = len(harness.events)
        await harness.say("Alice", "Jarvis, please go on.")
        rest = await harness.event(ReplyEnded, since=since)
        assert f"{stopped.heard} {rest.heard}".endswith("The local team won again last night.")
        assert not rest.interrupted
        since = len(harness.events)
        await harness.say("Alice", "Repeat that, please.")
        again = await harness.event(ReplyEnded, since=since)
        assert again.heard == rest.heard
        assert harness.questions == 1


async def test_uh_huh_does_not_stop_a_reply(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice", "Bob")
        await harness.say("Alice", "Jarvis, read me the news.")
        await harness.event(ReplyBegan)
        await asyncio.sleep(1.0)
        await harness.say("Bob", "Uh huh.")
        await harness.event(ReplyResumed)
        ended = await harness.event(ReplyEnded)
        assert not ended.interrupted
        assert ended.heard.endswith("The local team won again last night.")


async def test_a_gateway_that_is_away_for_a_while_answers_when_it_is_back(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    # Without the sound under it: this ear knows sentences and nothing else.
    async with open_harness(base=with_reply(thinking_sound_after_s=0)) as harness:
        await call_in(harness, "Alice")
        async with harness.gateway.away():
            await harness.say("Alice", "Jarvis, what time is it?")
            assert (await harness.event(TurnDecided)).addressed
            await asyncio.sleep(2.0)
            assert harness.person("Alice").hearing.first_sound_at() is None
            await harness.event(SentenceBegan, where=lambda said: said.text == ONE_MOMENT)
        await harness.event(ReplyEnded, timeout=15)
        await heard_speech.hears(harness, "Alice", ONE_MOMENT, "It is half past seven, sir.")


async def test_a_connection_that_breaks_in_mid_reply_costs_no_word(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice")
        harness.gateway.faults.drop_in_run(after_words=7)
        await harness.say("Alice", "Jarvis, read me the news.")
        ended = await harness.event(ReplyEnded)
        said = (
            "Here is the news, sir.",
            "The harbor festival opens on Saturday morning.",
            "The old bridge is closed until next week.",
            "The local team won again last night.",
        )
        assert ended.heard == " ".join(said)
        await heard_speech.hears(harness, "Alice", *said)
        assert harness.questions == 1
        sent = [event for event in harness.events if isinstance(event, QuestionSent)]
        assert len(harness.gateway.runs) <= len(sent), "the turn was recovered, not asked again"
        assert harness.services.gateway.stats.turns_recovered == 1


async def test_a_failing_agent_is_told_of_aloud(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with open_harness() as harness:
        await call_in(harness, "Alice")
        harness.gateway.faults.fail_run("the model is out of order")
        await harness.say("Alice", "Jarvis, what time is it?")
        assert "out of order" in (await harness.event(ReplyFailed)).why
        await harness.event(ReplyEnded)
        expected = ("I cannot reach the agent right now.", "Please ask me again.")
        await heard_speech.hears(harness, "Alice", *expected)


async def test_while_the_speech_server_is_broken_the_embedded_voice_answers(
    open_harness: OpenHarness, heard_speech: HeardSpeech
) -> None:
    async with (
        broken_speech_server() as broken_url,
        open_harness(bot_speech_url=broken_url) as harness,
    ):
        await call_in(harness, "Alice")
        for _ in range(2):
            seen = len(harness.events)
            await harness.say("Alice", "Jarvis, what time is it?")
            await harness.event(ReplyEnded, since=seen)
            await harness.person("Alice").hearing.wait_for_quiet()
        assert heard_speech.missed(harness, "Alice", *["It is half past seven, sir."] * 2) == []
        told = await harness.discord.wait_for_message(
            harness.text, lambda message: "stand-in voice" in message.content
        )
        assert "the speech server reported an error" in told.content
        assert broken_url not in told.content
        assert sum(isinstance(event, VoiceReplaced) for event in harness.events) == 1
        assert not any(isinstance(event, Unspoken) for event in harness.events)


async def test_a_sentence_that_the_speech_server_cannot_say_is_written_and_the_rest_is_heard(
    open_harness: OpenHarness, heard_speech: HeardSpeech, speech_url: str
) -> None:
    unsayable = "The old bridge is closed until next week."
    busy = iter([web.json_response({}, status=429, headers={"Retry-After": "0.2"})])

    def mood(sentence: str) -> web.Response | None:
        if sentence == unsayable:
            return web.json_response({"error": "out of memory"}, status=500)
        return next(busy, None) if sentence == "Here is the news, sir." else None

    async with (
        moody_speech_server(speech_url, mood) as moody_url,
        open_harness(
            bot_speech_url=moody_url, base=Settings(tts=TtsSettings(stand_in=False))
        ) as harness,
    ):
        await call_in(harness, "Alice")
        await harness.say("Alice", "Jarvis, read me the news.")
        ended = await harness.event(ReplyEnded, timeout=40.0)
        heard = (
            "Here is the news, sir.",
            "The harbor festival opens on Saturday morning.",
            "The local team won again last night.",
        )
        assert ended.heard == " ".join(heard)
        written = await harness.discord.wait_for_message(
            harness.text, lambda message: unsayable in message.content
        )
        assert "reported an error" in written.content
        await harness.person("Alice").hearing.wait_for_quiet()
        assert heard_speech.missed(harness, "Alice", *heard) == []
        assert (await harness.event(Unspoken)).text == unsayable
