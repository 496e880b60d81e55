"""After a restart the bot rejoins its calls, and Discord shows it nowhere else."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from discord_bot.guild_state import RunningCalls
from testing.outage_harness import OutageHarness, run_scene

AWAY_S = 5.0


async def restart(here: OutageHarness, *, killed: bool = True) -> float:
    """Stop the bot and start it again; returns the time of the start."""
    await (here.kill_bot() if killed else here.stop_bot())
    await asyncio.sleep(AWAY_S)
    await here.start_bot()
    return here.now


async def told(here: OutageHarness, words: str, within_s: float = 20.0) -> None:
    await here.until(lambda: any(words in text for _, text in here.told), within_s, repr(words))


async def stays_out(here: OutageHarness) -> None:
    await asyncio.sleep(60)
    assert here.sim.bot_channel(here.guild) is None
    assert here.bot.sessions == {}


@pytest.mark.parametrize("killed", [True, False])
def test_a_running_call_is_rejoined_and_announced(tmp_path: Path, killed: bool) -> None:
    async def scene(here: OutageHarness) -> None:
        back = await restart(here, killed=killed)
        await here.until(lambda: here.heard_since(back), 20, "heard again")
        await told(here, f"I am back: Jarvis is listening in <#{here.room.id}>.")
        assert await here.command("leave") == "I have left the voice channel."
        assert here.sim.bot_channel(here.guild) is None

    run_scene(tmp_path, scene)


def test_a_call_that_was_left_is_not_rejoined(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.command("leave")
        await restart(here)
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_a_call_that_the_bot_was_kicked_from_is_not_rejoined(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.kick(here.guild)
        await told(here, "I was disconnected from the call.")
        await restart(here, killed=False)
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_the_bot_rejoins_the_channel_that_it_was_moved_to(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.ben.join(here.other)
        here.sim.drag(here.other)
        await here.sim.wait_for_call(here.other)
        await restart(here, killed=False)
        await here.sim.wait_for_call(here.other)

    run_scene(tmp_path, scene)


def test_the_bot_leaves_a_channel_without_a_recorded_call(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.kill_bot()
        here.calls_file.unlink()
        assert here.sim.bot_channel(here.guild) is not None
        await here.start_bot()
        await here.until(lambda: here.sim.bot_channel(here.guild) is None, 5, "gone")
        assert await here.command("leave") == "I am in no voice channel."

    run_scene(tmp_path, scene)


def test_the_first_join_after_a_crash_works_at_once(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.kill_bot()
        here.calls_file.unlink()
        await here.start_bot()
        began = here.now
        assert (await here.command("join")).startswith("I am in ")
        assert here.now - began < 5
        await here.until(lambda: here.heard_since(began), 5, "heard again")

    run_scene(tmp_path, scene)


def test_leave_works_where_discord_still_shows_the_bot(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.command("leave")
        await here.sim.wait_for_no_call(here.room)
        # As after a lost event: Discord shows the bot, and there is no session.
        await here.bot.guilds[0].change_voice_state(channel=here.bot.guilds[0].voice_channels[0])
        await here.until(lambda: here.sim.bot_channel(here.guild), 5, "shown")
        assert await here.command("leave") == "I have left the voice channel."
        assert here.sim.bot_channel(here.guild) is None

    run_scene(tmp_path, scene)


def test_a_deleted_channel_is_announced(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.kill_bot()
        here.sim.delete_channel(here.room)
        await here.start_bot()
        await told(here, "I do not rejoin it: the voice channel no longer exists.")
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_an_empty_channel_is_not_rejoined(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.stop_bot()
        await here.alice.leave()
        machine = here.sim.add_person(here.guild, "Music bot", bot=True)
        await machine.join(here.room)
        await here.start_bot()
        await told(here, "I do not rejoin it: everybody has left the channel.")
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_a_channel_without_permission_is_not_rejoined(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.kill_bot()
        here.room.forbid(connect=True)
        await here.start_bot()
        await told(here, "I do not rejoin it: I lack these permissions in")
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_the_bot_tries_until_the_voice_server_answers(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.faults.voice_gateway_away = True
        await restart(here)
        await told(here, "I have not rejoined the call yet.")
        await asyncio.sleep(120)
        here.sim.faults.voice_gateway_away = False
        mended = here.now
        await here.until(lambda: here.heard_since(mended), 45, "heard again")
        assert len([text for _, text in here.told if "not rejoined" in text]) == 1

    run_scene(tmp_path, scene)


def test_a_leave_while_it_tries_ends_the_attempts(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        here.sim.faults.voice_gateway_away = True
        await restart(here)
        await told(here, "I have not rejoined the call yet.")
        assert await here.command("leave") == "I have left the voice channel."
        here.sim.faults.voice_gateway_away = False
        await stays_out(here)

    run_scene(tmp_path, scene)


def test_a_guild_that_removed_the_bot_while_stopped_is_forgotten(tmp_path: Path) -> None:
    """After a new invitation the bot must not join a call by itself."""

    async def scene(here: OutageHarness) -> None:
        await here.kill_bot()
        here.sim.remove_bot(here.guild)
        await here.start_bot()
        await here.until(
            lambda: RunningCalls(here.calls_file).of(here.guild.id) is None, 20, "forgotten"
        )

    run_scene(tmp_path, scene)


def test_a_call_to_another_channel_while_it_tries_holds(tmp_path: Path) -> None:
    async def scene(here: OutageHarness) -> None:
        await here.ben.join(here.other)
        here.sim.faults.voice_gateway_away = True
        await restart(here)
        await told(here, "I have not rejoined the call yet.")
        options = {"channel": here.other}
        asked = await here.sim.run_command(here.alice, "join", options, channel=here.text)
        here.sim.faults.voice_gateway_away = False
        answer = (await asked.answered(60)).content
        assert answer.startswith(f"I am in <#{here.other.id}>.")
        await here.sim.wait_for_call(here.other, 60)
        await asyncio.sleep(60)
        assert here.sim.bot_channel(here.guild) is here.other
        assert not any("I am back" in text for _, text in here.told)

    run_scene(tmp_path, scene)
