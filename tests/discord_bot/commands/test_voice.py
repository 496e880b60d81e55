"""/voice, and the sample that /agent adds, as the members see them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from simulators.discord import Message
from testing.calls import JARVIS, Calls, ScriptedTools, calls

pytestmark = pytest.mark.asyncio(loop_scope="module")

TOOLS = ScriptedTools()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def v() -> AsyncIterator[Calls]:
    """Alice, who manages the server, is in the call."""
    async with calls(dave=False, tools=TOOLS) as here:
        await here.call_in()
        here.guild.grant(here.alice.member, manage_guild=True)
        alice = here.bot.guilds[0].get_member(here.alice.id)
        assert alice is not None
        await here.until(lambda: alice.guild_permissions.manage_guild)
        await here.settle()
        yield here
        assert here.sim.violations == []


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _chosen_nothing(v: Calls) -> None:
    """Each test begins with the operator's defaults."""
    v.bot.choose_agent(v.guild.id, JARVIS)
    v.bot.store.settings.reset(v.guild.id)


async def ask(v: Calls, command: str, **options: object) -> list[Message]:
    asked = await v.alice.run(command, options, channel=v.text)
    await asked.answered()
    await v.settle()
    return asked.responses


async def test_a_voice_is_heard_and_then_chosen(v: Calls) -> None:
    (present,) = await ask(v, "voice")
    assert present.content == "Jarvis speaks with the voice `jarvis`."
    assert present.ephemeral
    assert [each.name for each in present.files] == ["voice.ogg"]
    assert present.files[0].content == b"jarvis: Hello, I am Jarvis. This is how I sound."

    (chosen,) = await ask(v, "voice", agent="sage", voice="kokoro:af_heart")
    assert chosen.content == "Sage speaks with the voice `kokoro:af_heart` now."
    assert chosen.files[0].content.startswith(b"kokoro:af_heart: Hello, I am Sage.")
    assert v.rooms[-1].controls.choices.voices == {"sage": "kokoro:af_heart"}
    told = v.sim.messages(v.room)[-1].content
    assert told == "Alice has set it: Sage speaks with the voice `kokoro:af_heart` now."


async def test_the_sample_is_said_in_the_call_for_those_in_it(v: Calls) -> None:
    (shown,) = await ask(v, "voice", agent="sage")
    told = await (await v.alice.click(shown, "Say it in the call")).answered()
    assert told.ephemeral
    assert told.content == "You will hear it in the call."
    assert v.rooms[-1].said[-1] == "Hello, I am Sage. This is how I sound."
    shown_to_all = "Alice has me show the voice of Sage."
    await v.until(lambda: v.sim.messages(v.room)[-1].content == shown_to_all)
    asked = await v.ben.run("voice", {}, channel=v.text)
    assert (await asked.answered()).components == [], "Ben is not in the call"


async def test_an_unknown_voice_is_answered_with_known_ones(v: Calls) -> None:
    (refused,) = await ask(v, "voice", voice="kokoro:heart")
    assert refused.content == (
        "The speech server has no voice `kokoro:heart`. It has `jarvis`, `kokoro:af_heart`, for "
        "example."
    )
    assert "jarvis" not in v.rooms[-1].controls.choices.voices


async def test_a_voice_without_sound_is_not_chosen(v: Calls) -> None:
    TOOLS.silent.add("kokoro:af_heart")
    (refused,) = await ask(v, "voice", voice="kokoro:af_heart")
    TOOLS.silent.clear()
    assert refused.content == "I have no sound of the voice `kokoro:af_heart`."
    assert "jarvis" not in v.rooms[-1].controls.choices.voices


async def test_only_managers_choose_a_voice_and_everybody_hears_it(v: Calls) -> None:
    asked = await v.ben.run("voice", {"voice": "jarvis"}, channel=v.text)
    refused = await asked.answered()
    assert refused.content == "Only members with the permission to manage this server can do that."
    heard = await (await v.ben.run("voice", channel=v.text)).answered()
    assert heard.files


async def test_voices_are_completed(v: Calls) -> None:
    offered = await v.alice.suggestions("voice", "voice", "HEART", channel=v.text)
    assert [each.value for each in offered] == ["kokoro:af_heart"]


async def test_another_agent_is_answered_with_its_sample_in_its_voice_here(v: Calls) -> None:
    await ask(v, "voice", agent="sage", voice="kokoro:af_heart")
    answer, sample = await ask(v, "agent", name="sage")
    assert answer.content == "Sage answers now. Say “Sage” and ask."
    assert not answer.ephemeral
    assert sample.content == "This is how Sage sounds."
    assert sample.ephemeral
    assert sample.files[0].content.startswith(b"kokoro:af_heart: ")


async def test_a_silent_speech_server_does_not_hinder_the_choice(v: Calls) -> None:
    TOOLS.silent.add("sage")
    answer, sample = await ask(v, "agent", name="sage")
    TOOLS.silent.clear()
    assert answer.content.startswith("Sage answers now.")
    assert sample.content == "This is how Sage sounds. I have no sound of the voice `sage`."
    assert not sample.files
