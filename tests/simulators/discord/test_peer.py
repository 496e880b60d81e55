"""Audio from the bot, right and wrong, and whether people hear it."""

from __future__ import annotations

import pytest

from simulators.discord import (
    AES256_GCM,
    DiscordSimulator,
    SimulatedGuild,
    SimulatedPerson,
    VoiceChannel,
    rtp,
)
from simulators.discord.rtp import SILENCE
from tests.simulators.discord.raw import RawBot, RawVoice
from tests.simulators.discord.sounds import frames, tone


async def test_the_other_transport_encryption_works_as_well(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot, ann: SimulatedPerson
) -> None:
    await bot.login()
    voice = await bot.call(room, AES256_GCM)
    await voice.play(frames())
    assert len(ann.hearing.frames) == 10
    await ann.say(tone(440, 0.02))
    assert (await voice.hear()).ssrc == ann.ssrc


async def test_padding_and_extensions_of_the_bot_are_stripped(
    sim: DiscordSimulator, voice: RawVoice, ann: SimulatedPerson
) -> None:
    for frame in frames():
        voice.audio(frame, extension=True, padding=7)
    await voice.settled()
    assert len(ann.hearing.frames) == 10
    assert sim.violations == []


async def test_audio_without_any_op_5_is_a_violation_and_not_heard(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot, ann: SimulatedPerson
) -> None:
    await bot.login()
    voice = await bot.voice(room)
    await voice.identify(sim.bot.id)
    await voice.discover()
    await voice.select()
    await voice.play(frames(seconds=0.4))
    assert sim.violations == ["audio: sent before any op 5 (speaking)"]
    assert len(ann.hearing.frames) <= 3


async def test_speech_while_op_5_says_silence_is_counted(
    sim: DiscordSimulator, voice: RawVoice
) -> None:
    await voice.speaking(0)
    await voice.play([*frames(), SILENCE])
    assert sim.counters.not_speaking == 10
    assert sim.violations == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        ({"sequence": 2}, "sequence 103 after 101"),
        ({"timestamp": 480}, "timestamp"),
        ({"nonce": 1}, "nonce 1 was used before"),
        ({"payload_type": 101}, "payload type 101"),
    ],
)
async def test_an_irregular_stream_is_a_violation(
    sim: DiscordSimulator, voice: RawVoice, second: dict[str, int], why: str
) -> None:
    voice.audio(SILENCE)
    voice.audio(SILENCE, **second)
    await voice.settled()
    (violation,) = sim.violations
    assert violation.startswith("audio: ")
    assert why in violation


async def test_a_muted_bot_is_not_heard(
    sim: DiscordSimulator, guild: SimulatedGuild, voice: RawVoice, ann: SimulatedPerson
) -> None:
    sim.mute(guild)
    await voice.play(frames())
    assert ann.hearing.frames == []
    assert sim.counters.suppressed == 10
    sim.mute(guild, False)
    await voice.play(frames())
    assert len(ann.hearing.frames) == 10


async def test_the_audience_of_a_stage_is_not_heard(
    sim: DiscordSimulator, guild: SimulatedGuild, bot: RawBot, ann: SimulatedPerson
) -> None:
    stage = guild.add_stage_channel("stage")
    await ann.join(stage)
    await bot.login()
    voice = await bot.call(stage)
    await voice.play(frames())
    assert (ann.hearing.frames, sim.counters.suppressed) == ([], 10)
    state = guild.voice_states[sim.bot.id]
    assert state.suppress
    guild.grant(guild.bot, mute_members=True)
    await bot.session.patch(
        f"https://discord.com/api/v10/guilds/{guild.id}/voice-states/@me",
        json={"suppress": False},
        headers={"Authorization": f"Bot {sim.token}"},
    )
    await voice.play(frames())
    assert len(ann.hearing.frames) == 10


async def test_a_deafened_bot_is_sent_nothing(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot, ann: SimulatedPerson
) -> None:
    await bot.login()
    voice = await bot.call(room, self_deaf=True)
    await ann.say(tone(440, 0.02))
    await voice.settled()
    assert voice.udp.queue.empty()
    assert sim.counters.deafened == 6


async def test_packets_under_the_key_before_a_move_are_stale_and_no_violation(
    sim: DiscordSimulator, guild: SimulatedGuild, voice: RawVoice, bot: RawBot
) -> None:
    hall = guild.add_voice_channel("hall")
    old_cipher = voice.cipher
    sim.drag(hall)
    await bot.own_state()
    server = await bot.gateway.until_event("VOICE_SERVER_UPDATE")
    moved = await bot.voice_at(server, voice.session_id)
    await moved.identify(sim.bot.id)
    await moved.discover()
    moved.cipher = old_cipher
    moved.audio(SILENCE)
    await moved.settled()
    await moved.select()
    moved.cipher = old_cipher
    moved.audio(SILENCE)
    await moved.settled()
    assert sim.counters.stale == 2
    assert sim.violations == []


async def test_audio_before_the_session_description_is_a_violation(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.voice(room)
    await voice.identify(sim.bot.id)
    await voice.discover()
    voice.cipher = rtp.cipher(rtp.XCHACHA20, bytes(32))
    voice.audio(SILENCE)
    await voice.settled()
    assert sim.violations == ["udp: audio before the session description"]
