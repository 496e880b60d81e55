"""What people hear of the bot, and what the bot is told of them."""

from __future__ import annotations

import discord
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, SimulatedPerson, VoiceChannel
from simulators.discord.rtp import SILENCE
from tests.simulators.discord.raw import RawVoice, raw_bot
from tests.simulators.discord.sounds import frames, pitch


async def test_everyone_hears_what_the_bot_says(
    sim: DiscordSimulator,
    guild: SimulatedGuild,
    room: VoiceChannel,
    voice: RawVoice,
    ann: SimulatedPerson,
) -> None:
    ben = sim.add_person(guild, "Ben")
    await ben.join(room)
    await voice.play([*frames(440), *[SILENCE] * 5])
    for person in (ann, ben):
        assert len(person.hearing.frames) == 15
        assert pitch(person.hearing.pcm()[2000:9600]) == pytest.approx(440, abs=10)
    assert len(list(ann.hearing.sounds())) == 10
    assert [packet.silence for packet in sim.sent(room)] == [False] * 10 + [True] * 5
    assert ann.hearing.frames[0].pcm is ben.hearing.frames[0].pcm, "decoded once for all"
    assert sim.violations == []


async def test_what_is_no_opus_is_a_violation(
    sim: DiscordSimulator, voice: RawVoice, ann: SimulatedPerson
) -> None:
    await voice.play([b"\xff\xff\xff"])
    (violation,) = sim.violations
    assert "no Opus packet" in violation
    assert ann.hearing.frames == []


async def test_plain_audio_in_an_encrypted_call_is_counted_and_not_heard() -> None:
    async with DiscordSimulator() as sim, raw_bot(sim) as bot:
        guild = sim.add_guild("A server", bot_permissions=discord.Permissions.none())
        room = guild.add_voice_channel("room")
        ann = sim.add_person(guild, "Ann")
        await ann.join(room)
        await bot.login()
        voice = await bot.call(room)
        await voice.play([*frames(), SILENCE])
        assert sim.counters.unencrypted == 10
        assert ann.hearing.unheard == {"unencrypted": 10}
        assert [frame.audible for frame in ann.hearing.frames] == [False], "the silence, in clear"
        await voice.play([b"nothing that opens\xfa\xfa"])
        assert ann.hearing.unheard["not in the group yet"] == 1
        assert sim.counters.undecryptable == 1
        assert sim.violations == []
