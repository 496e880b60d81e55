"""People's voices as they arrive at a bare bot."""

from __future__ import annotations

import asyncio
import itertools
import time

import numpy as np
import pytest

from simulators.discord import (
    AlreadySpeaking,
    DiscordSimulator,
    LineFaults,
    NotInCall,
    SimulatedGuild,
    SimulatedPerson,
    VoiceChannel,
    rtp,
)
from simulators.discord.codec import PersonDecoder
from tests.simulators.discord.raw import RawVoice
from tests.simulators.discord.sounds import pitch, tone

SLACK_S = 10.0
"""A busy machine may be late, but a frame is never early."""


async def heard(voice: RawVoice) -> list[rtp.SentRtp]:
    """Everything that has arrived."""
    packets = []
    while not voice.udp.queue.empty():
        packets.append(await voice.hear())
    return packets


async def test_speech_comes_paced_and_ends_with_silence(
    voice: RawVoice, ann: SimulatedPerson
) -> None:
    begun = time.monotonic()
    last = await ann.say(tone(440, 0.3))
    took = time.monotonic() - begun
    assert 0.28 <= last - begun < 0.28 + SLACK_S
    assert 0.38 <= took < 0.38 + SLACK_S
    packets = [await voice.hear() for _ in range(20)]
    assert [packet.payload == rtp.SILENCE for packet in packets] == [False] * 15 + [True] * 5
    assert all(packet.extension for packet in packets)
    for before, after in itertools.pairwise(packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert (after.timestamp - before.timestamp) & 0xFFFF_FFFF == 960
    ear = PersonDecoder()
    pcm = np.concatenate([ear.decode(packet.payload) for packet in packets[:15]])
    assert pitch(pcm[2400:]) == pytest.approx(440, abs=6)


async def test_the_line_has_the_faults_that_were_asked_for(
    sim: DiscordSimulator, voice: RawVoice, ann: SimulatedPerson
) -> None:
    faults = LineFaults(
        loss=0.2, duplicate=0.2, reorder=0.2, padding=9, padding_only=0.3, extension=False, seed=3
    )
    await ann.say(tone(440, 0.6), faults)
    await asyncio.sleep(0.05)  # what is to come late is sent by then, however late the loop is
    await voice.settled()
    packets = await heard(voice)
    sequences = [packet.sequence for packet in packets]
    assert sim.counters.dropped > 0
    assert len(set(sequences)) < len(sequences), "duplicates"
    steps = [(b - a) & 0xFFFF for a, b in itertools.pairwise(sequences)]
    assert any(step > 0x8000 for step in steps), "reordered"
    assert any(not packet.payload for packet in packets), "nothing but padding"
    assert all(packet.padding == 9 and not packet.extension for packet in packets)


async def test_a_new_ssrc_is_used_from_the_next_packet_on(
    voice: RawVoice, ann: SimulatedPerson
) -> None:
    before = ann.ssrc
    await ann.say(tone(440, 0.02))
    ann.renew_ssrc()
    await ann.say(tone(440, 0.02))
    assert {(await voice.hear()).ssrc for _ in range(12)} == {before, ann.ssrc}


async def test_other_things_than_audio_can_be_sent(voice: RawVoice, ann: SimulatedPerson) -> None:
    ann.send_foreign(101)
    assert (await voice.hear()).payload_type == 101
    await ann.send_silence(2)
    assert (await voice.hear()).payload == rtp.SILENCE


async def test_only_who_is_in_a_call_can_speak(
    sim: DiscordSimulator, guild: SimulatedGuild, ann: SimulatedPerson
) -> None:
    await ann.leave()
    assert ann.channel is None
    for act in (ann.leave(), ann.announce(), ann.say(tone(440, 0.02))):
        with pytest.raises(NotInCall, match="Ann is in no voice channel"):
            await act


async def test_nobody_says_two_things_at_once(ann: SimulatedPerson) -> None:
    first = asyncio.create_task(ann.say(tone(440, 0.1)))
    await asyncio.sleep(0)
    with pytest.raises(AlreadySpeaking, match="Ann"):
        await ann.say(tone(440, 0.02))
    await first
    await ann.say(tone(440, 0.02))


async def test_speech_can_be_cut_off(voice: RawVoice, ann: SimulatedPerson) -> None:
    speech = asyncio.create_task(ann.say(tone(440, 5.0)))
    await voice.hear()
    speech.cancel()
    with pytest.raises(asyncio.CancelledError):
        await speech
    await ann.say(tone(440, 0.02))


async def test_an_open_microphone_sends_what_it_hears_until_it_is_closed(
    voice: RawVoice, ann: SimulatedPerson
) -> None:
    open_microphone = asyncio.create_task(ann.open_microphone(lambda: tone(440, 0.02)))
    heard = [await voice.hear() for _ in range(3)]
    assert all(packet.payload != rtp.SILENCE for packet in heard)
    with pytest.raises(AlreadySpeaking, match="Ann"):
        await ann.open_microphone(lambda: tone(440, 0.02))
    open_microphone.cancel()
    await asyncio.gather(open_microphone, return_exceptions=True)
    await ann.say(tone(440, 0.02))


async def test_joining_another_channel_leaves_the_first(
    sim: DiscordSimulator,
    guild: SimulatedGuild,
    room: VoiceChannel,
    voice: RawVoice,
    ann: SimulatedPerson,
) -> None:
    hall = guild.add_voice_channel("hall")
    await ann.join(hall)
    assert ann.channel is hall
    assert await voice.wire.until_op(13) == {"user_id": str(ann.id)}
    assert guild.voice_states[ann.id].channel is hall
    await ann.say(tone(440, 0.02))
    await voice.settled()
    assert voice.udp.queue.empty()


async def test_an_encrypted_call_hears_ciphertext_or_what_was_sent_in_the_clear() -> None:
    async with DiscordSimulator() as sim:
        guild = sim.add_guild("A server")
        room = guild.add_voice_channel("room")
        ann, ben = sim.add_person(guild, "Ann"), sim.add_person(guild, "Ben")
        assert (ann.name, ann.mention) == ("Ann", f"<@{ann.id}>")
        await ann.join(room)
        await ben.join(room)
        for _ in range(50):
            await asyncio.sleep(0)
        assert ann.dave is not None
        assert ann.dave.ready
        sent: list[bytes] = []
        call = ann._in_call()
        call.from_person = lambda packet: sent.append(packet.payload)  # type: ignore[method-assign]
        await ann.say(tone(440, 0.02))
        await ann.say(tone(440, 0.02), LineFaults(unencrypted=True))
        encrypted, plain = sent[0], sent[6]
        assert encrypted.endswith(b"\xfa\xfa")
        assert not plain.endswith(b"\xfa\xfa")
        assert sent[1] == rtp.SILENCE, "silence is never encrypted"
        assert PersonDecoder().decode(plain).size == 960
