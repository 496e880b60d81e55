"""The UDP port: discovery, keepalives, and who may send."""

from __future__ import annotations

import asyncio

import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, SimulatedPerson, VoiceChannel, rtp
from tests.simulators.discord.raw import RawBot, RawVoice, discovery
from tests.simulators.discord.sounds import tone


async def test_discovery_answers_with_the_senders_address(
    sim: DiscordSimulator, voice: RawVoice
) -> None:
    voice.send(discovery(voice.ssrc))
    answer = await voice.udp.receive()
    assert len(answer) == 74
    assert answer[:8] == b"\x00\x02\x00\x46" + voice.ssrc.to_bytes(4, "big")
    own = voice.udp.transport.get_extra_info("sockname")
    assert int.from_bytes(answer[-2:], "big") == own[1]
    assert sim.violations == []


async def test_a_lost_discovery_is_not_answered(sim: DiscordSimulator, voice: RawVoice) -> None:
    sim.faults.drop_discovery = 1
    voice.send(discovery(voice.ssrc))
    voice.send(discovery(voice.ssrc))
    await voice.udp.receive()
    await voice.settled()
    assert voice.udp.queue.empty()
    assert sim.counters.discoveries == 3


async def test_keepalives_are_echoed(sim: DiscordSimulator, voice: RawVoice) -> None:
    voice.send(b"\x00\x00\x00\x00\x00\x00\x00\x07")
    assert await voice.udp.receive() == b"\x00\x00\x00\x00\x00\x00\x00\x07"
    assert sim.counters.keepalives == 1


@pytest.mark.parametrize(
    ("datagram", "why"),
    [
        (b"hello", "too few"),
        (bytes(100), "version 0"),
        (discovery(1), "which belongs to no session"),
        (discovery(1, kind=2), "type 2"),
        (discovery(1, length=74), "length 74"),
        (b"\x80\x78" + bytes(60), "SSRC 0, which belongs to no session"),
    ],
)
async def test_what_is_no_packet_is_a_violation(
    sim: DiscordSimulator, voice: RawVoice, datagram: bytes, why: str
) -> None:
    voice.send(datagram)
    await voice.settled()
    (violation,) = sim.violations
    assert why in violation


async def test_audio_under_another_key_is_a_violation(
    sim: DiscordSimulator, voice: RawVoice
) -> None:
    voice.cipher = rtp.cipher(rtp.XCHACHA20, bytes(32))
    voice.audio(rtp.SILENCE)
    await voice.settled()
    assert sim.violations == ["udp: not sealed with this session's key"]


async def test_audio_from_an_address_that_was_not_discovered(
    sim: DiscordSimulator, room: VoiceChannel, voice: RawVoice, bot: RawBot
) -> None:
    other = await bot.voice_at(voice.server, voice.session_id)
    packet = rtp.SentRtp(1, 960, voice.ssrc, rtp.SILENCE)
    other.port = voice.port
    other.send(rtp.seal(packet, voice.cipher, 1))
    for _ in range(100):
        await asyncio.sleep(0)
    await voice.settled()
    (violation,) = sim.violations
    assert "was not discovered for its SSRC" in violation


async def test_packets_of_a_session_that_has_just_ended_are_no_violation(
    sim: DiscordSimulator, guild: SimulatedGuild, voice: RawVoice
) -> None:
    sim.kick(guild)
    voice.audio(rtp.SILENCE)
    voice.send(discovery(voice.ssrc))
    await voice.settled()
    assert sim.violations == []
    assert sim.counters.stale == 2


async def test_an_idle_route_dies_and_a_keepalive_revives_it(
    sim: DiscordSimulator, voice: RawVoice, ann: SimulatedPerson
) -> None:
    sim.faults.udp_idle_limit_s = 0.0
    await ann.say(tone(440, 0.02))
    assert sim.counters.dead_route == 6
    assert voice.udp.queue.empty()
    sim.faults.udp_idle_limit_s = 60.0
    voice.send(bytes(8))
    await ann.say(tone(440, 0.02))
    assert sim.counters.to_bot == 6
