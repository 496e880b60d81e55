"""Joining, playing and leaving, as discord.py's voice client in a simulated Discord."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from discord_bot.playback.source import DiscordLoudspeaker
from discord_bot.receive import CallRefused, ReceiveClient
from pipeline.audio import SPOKEN_RATE
from simulators.discord import intervals_ms
from tests.discord_bot.receive.call_stage import WatchedClient, receive_stage
from tests.discord_bot.receive.packets import pitch, tone


def ours() -> list[str]:
    """Tasks and threads that a call owns."""
    tasks = [task.get_name() for task in asyncio.all_tasks()]
    threads = [thread.name for thread in threading.enumerate()]
    return [name for name in tasks + threads if name.lower().startswith("voice")]


async def closed(voice: WatchedClient) -> None:
    """Wait until its websocket has closed."""
    while voice.ws.ws.close_code is None:  # noqa: ASYNC110 - aiohttp has no event for it
        await asyncio.sleep(0)


async def test_a_call_that_was_left_leaves_nothing_behind() -> None:
    async with receive_stage() as stage:
        voice = await stage.join()
        assert any("keepalive" in name for name in ours())
        await voice.disconnect()
        assert stage.client.voice_clients == []
        voice._connection._socket_reader.join(2)
        assert [name for name in ours() if "poller" not in name] == []


async def test_a_kick_ends_the_call_s_tasks_too() -> None:
    async with receive_stage() as stage:
        voice = await stage.join()
        tasks = set(voice._tasks)
        stage.sim.kick(stage.guild)
        done, pending = await asyncio.wait(tasks, timeout=3)
        assert (len(done), pending) == (2, set())
        assert not voice.is_connected()
        again = await stage.join()
        assert again.is_connected()


async def test_a_final_refusal_says_why_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with receive_stage() as stage:
        stage.sim.faults.refuse_voice.append(4017)
        with pytest.raises(CallRefused, match="DAVE") as refusal:
            await stage.join()
        assert refusal.value.code == 4017
        assert stage.client.voice_clients == []
        assert (await stage.join()).is_connected()
        assert "4017" in caplog.text


async def test_blocked_udp_is_suspected_when_discovery_goes_unanswered() -> None:
    async with receive_stage() as stage:
        stage.sim.faults.drop_discovery = 100
        with pytest.raises(TimeoutError, match="firewall"):
            await stage.join(timeout=2.0)


async def test_a_reply_right_after_joining_waits_for_the_group() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        stage.sim.faults.members_commit_after_s = 10
        stage.sim.faults.stall_commits_s = 0.2
        voice = await stage.join(settle=False)
        assert not await voice.wait_until_heard(0.01)
        assert await voice.wait_until_heard(3)
        reply = DiscordLoudspeaker(lambda: voice).open()
        reply.feed(tone(600, 0.2))
        reply.end()
        await reply.wait_finished()
        await stage.ann.hearing.wait_for_quiet(0.05)
        assert len(list(stage.ann.hearing.sounds())) == 10
        assert stage.sim.counters.unencrypted == 0


async def test_without_the_group_nothing_is_sent_in_the_clear() -> None:
    async with receive_stage() as stage:
        voice = await stage.join()
        reply = DiscordLoudspeaker(lambda: voice).open()
        reply.feed(tone(600, 0.1))
        reply.end()
        await reply.wait_finished()
        assert voice.counters.unsent == 10
        assert stage.sim.sent(stage.room) == []


async def test_a_reply_reaches_the_listeners_within_milliseconds_and_evenly() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        delay_ms, took_ms = [], []
        for _ in range(5):  # a busy machine is late now and then, a wrong clock every time
            sent = len(stage.sim.sent(stage.room))
            reply = DiscordLoudspeaker(lambda: voice).open()
            fed_at = time.monotonic()
            reply.feed(tone(600, 0.4))
            reply.end()
            heard_at = await stage.ann.hearing.wait_for_sound(since=fed_at)
            await reply.wait_finished()
            await stage.ann.hearing.wait_for_quiet(0.1)
            assert reply.first_sent_at is not None
            assert fed_at <= reply.first_sent_at <= heard_at
            assert reply.played_ms == 400
            gaps = intervals_ms(stage.sim.sent(stage.room)[sent:])
            assert len(gaps) == 19
            delay_ms.append((heard_at - fed_at) * 1000)
            took_ms.append(sum(gaps))
        assert min(delay_ms) < 50
        assert min(took_ms, key=lambda ms: abs(ms - 19 * 20)) == pytest.approx(19 * 20, abs=15)
        heard = stage.ann.hearing.pcm()[: int(0.4 * SPOKEN_RATE)]
        assert pitch(heard[4800:], SPOKEN_RATE) == pytest.approx(600, abs=5)


async def test_a_reply_waits_for_a_reconnect_and_loses_nothing() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        reply = DiscordLoudspeaker(lambda: voice).open()
        reply.feed(tone(600, 0.5))
        reply.end()
        await stage.ann.hearing.wait_for_sound()
        stage.sim.change_voice_server(stage.guild)
        async with asyncio.timeout(5):
            await voice.until_session(2)
            await reply.wait_finished()
        assert reply.played_ms == 500
        assert len(list(stage.ann.hearing.sounds())) >= 23, "but for what was under way"
        assert voice.counters.unsent == 0


async def test_nothing_is_sent_on_a_closed_connection() -> None:
    """discord.py calls it connected until its own reconnect, up to 30 s later."""
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        stage.sim.close_voice(stage.guild, 4014)
        async with asyncio.timeout(5):
            await closed(voice)
        assert voice.is_connected()
        reply = DiscordLoudspeaker(lambda: voice).open()
        reply.feed(tone(600, 0.5))
        reply.cut()
        async with asyncio.timeout(5):
            await reply.wait_finished()
        assert reply.played_ms == 0
        assert voice.problem(time.monotonic()) is None
        assert "closed" in str(voice.problem(time.monotonic() + 5))


async def test_leaving_in_the_middle_of_a_reply_finishes_it() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        reply = DiscordLoudspeaker(lambda: voice).open()
        reply.feed(tone(600, 60))
        await stage.ann.hearing.wait_for_sound()
        await voice.disconnect()
        async with asyncio.timeout(5):
            await reply.wait_finished()
        assert 0 < reply.played_ms < 30_000
        after = DiscordLoudspeaker(lambda: voice).open()
        after.feed(tone(600, 1))
        async with asyncio.timeout(5):
            await after.wait_finished()
        assert after.played_ms == 0


async def test_only_one_thing_plays_at_a_time() -> None:
    async with receive_stage() as stage:
        voice: ReceiveClient = await stage.join()
        first, second = (DiscordLoudspeaker(lambda: voice).open() for _ in range(2))
        first.feed(tone(600, 1))
        second.feed(tone(600, 1))
        async with asyncio.timeout(5):
            await second.wait_finished()
        assert (second.played_ms, voice.is_playing()) == (0, True)
