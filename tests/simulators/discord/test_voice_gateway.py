"""The voice gateway, with a bare bot that does right and wrong."""

from __future__ import annotations

from typing import Any

import aiohttp
import davey
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, VoiceChannel, rtp
from tests.simulators.discord.raw import RawBot, raw_bot


async def test_a_session_from_hello_to_its_key(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    ann = sim.add_person(guild, "Ann")
    await ann.join(room)
    await bot.login()
    voice = await bot.voice(room)
    assert await voice.wire.until_op(8) == {"v": 8, "heartbeat_interval": 13750}
    await voice.identify(sim.bot.id)
    await voice.discover()
    assert voice.address[0] == "127.0.0.1"
    await voice.select()
    assert voice.description["mode"] == rtp.XCHACHA20
    assert voice.description["dave_protocol_version"] == 0
    assert len(voice.key) == 32
    assert await voice.wire.until_op(11) == {"user_ids": [str(ann.id)]}
    introduced = await voice.wire.until_op(5)
    assert introduced == {"user_id": str(ann.id), "ssrc": ann.ssrc, "speaking": 1}
    await sim.wait_for_call(room)
    assert sim.violations == []


async def test_people_who_come_and_go_are_told_of(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    ann = sim.add_person(guild, "Ann")
    await ann.join(room, announce=False)
    assert (await voice.wire.receive())["op"] == 11
    await ann.announce()
    assert (await voice.wire.receive())["d"]["ssrc"] == ann.ssrc
    ann.renew_ssrc()
    await ann.announce()
    assert (await voice.wire.receive())["d"]["ssrc"] == ann.ssrc
    await ann.leave()
    assert await voice.wire.until_op(13) == {"user_id": str(ann.id)}


# -- getting in ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "other"}, 4004),
        ({"session_id": "other"}, 4006),
        ({"user_id": "5"}, 4006),
        ({"server_id": "5"}, 4011),
        ({"server_id": "five"}, 4002),
        ({"token": None}, 4002),
    ],
)
async def test_a_wrong_identify_is_refused(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot, changes: dict[str, Any], code: int
) -> None:
    await bot.login()
    voice = await bot.voice(room)
    await voice.wire.send(0, voice.identity(sim.bot.id) | changes)
    assert await voice.wire.close_code() == code
    assert len(sim.violations) == 1


async def test_without_dave_there_is_no_way_into_an_encrypted_call() -> None:
    async with DiscordSimulator(dave=True) as sim, raw_bot(sim) as bot:
        room = sim.add_guild("A server").add_voice_channel("room")
        await bot.login()
        voice = await bot.voice(room)
        await voice.wire.send(0, voice.identity(sim.bot.id, dave=0))
        assert await voice.wire.close_code() == 4017


async def test_a_token_is_good_until_the_next(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.voice(room)
    sim.change_voice_server(guild)
    await voice.wire.send(0, voice.identity(sim.bot.id))
    assert await voice.wire.close_code() == 4006
    assert sim.violations == []


async def test_a_refusal_that_was_asked_for_is_no_violation(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot
) -> None:
    sim.faults.refuse_voice.extend([4017, 4006])
    await bot.login()
    for code in (4017, 4006):
        voice = await bot.voice(room)
        await voice.wire.send(0, voice.identity(sim.bot.id))
        assert await voice.wire.close_code() == code
        await bot.ask_for(room.guild, None)
        await bot.own_state()
    await (await bot.voice(room)).identify(sim.bot.id)
    assert sim.violations == []


async def test_the_version_must_be_8(room: VoiceChannel, bot: RawBot) -> None:
    await bot.login()
    voice = await bot.voice(room)
    old = await bot.voice_at(voice.server, voice.session_id, v=4)
    assert await old.wire.close_code() == 4012


# -- in a session --------------------------------------------------------------------------------


@pytest.mark.parametrize("op", [1, 5, 23, 31])
async def test_nothing_goes_before_identify(room: VoiceChannel, bot: RawBot, op: int) -> None:
    await bot.login()
    voice = await bot.voice(room)
    await voice.wire.send(op, {"transition_id": 1})
    assert await voice.wire.close_code() == 4003


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (99, None, 4001),
        (0, {}, 4002),
        (5, {"speaking": 1, "delay": 0}, 4002),
        (5, {"speaking": 1, "delay": 0, "ssrc": 1}, 4020),
        (1, {"protocol": "udp"}, 4002),
        (1, {"protocol": "tcp", "data": {"address": "a", "port": 1, "mode": "m"}}, 4012),
        (1, {"protocol": "udp", "data": {"address": "a", "port": 1, "mode": "lite"}}, 4016),
        (3, 12345, 4002),
        (23, {"transition_id": 1}, 4020),
        (31, {"transition_id": 1}, 4020),
    ],
)
async def test_what_is_wrong_in_a_session(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot, op: int, data: Any, code: int
) -> None:
    await bot.login()
    voice = await bot.call(room)
    await voice.wire.send(op, data)
    assert await voice.wire.close_code() == code
    assert len(sim.violations) == 1
    assert f"closed with {code}" in sim.violations[0]


async def test_identifying_twice_is_refused(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    await voice.wire.send(0, voice.identity(sim.bot.id))
    assert await voice.wire.close_code() == 4005


async def test_a_selected_address_must_be_the_discovered_one(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.voice(room)
    await voice.identify(sim.bot.id)
    await voice.discover()
    voice.address = ("10.0.0.1", 5)
    await voice.select()
    (violation,) = sim.violations
    assert "other than the one discovered" in violation


async def test_a_protocol_is_selected_once(
    sim: DiscordSimulator, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    address, port = voice.address
    data = {"address": address, "port": port, "mode": rtp.XCHACHA20}
    await voice.wire.send(1, {"protocol": "udp", "data": data})
    assert await voice.wire.close_code() == 4020


async def test_who_was_not_announced_is_not_introduced_to_a_bot_that_comes_later(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    ann, ben = sim.add_person(guild, "Ann"), sim.add_person(guild, "Ben")
    await ann.join(room, announce=False)
    await ben.join(room)
    await bot.login()
    voice = await bot.call(room)
    await ann.announce()
    introduced = [(await voice.wire.until_op(5))["user_id"]]
    assert introduced == [str(ann.id)], "Ben was introduced with the session description"


async def test_heartbeats_acknowledge_what_was_received(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    await sim.add_person(guild, "Ann").join(room)
    await voice.heartbeat(seq_ack=2)
    assert sim.violations == []
    await voice.heartbeat(seq_ack=50)
    (violation,) = sim.violations
    assert "acknowledged frame 50" in violation


async def test_a_bot_that_does_not_beat_is_closed() -> None:
    simulator = DiscordSimulator(dave=False, voice_heartbeat_interval_ms=20)
    async with simulator as sim, raw_bot(sim) as bot:
        room = sim.add_guild("A server").add_voice_channel("room")
        await bot.login()
        voice = await bot.voice(room)
        assert await voice.wire.close_code() == 4009


# -- encryption ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"", 4002),
        (b"\x63abc", 4001),
        (b"\x1anonsense", 4020),
        (b"\x1cnonsense", 4020),
    ],
)
async def test_bad_binary_frames_are_refused(frame: bytes, code: int) -> None:
    async with DiscordSimulator() as sim, raw_bot(sim) as bot:
        room = sim.add_guild("A server").add_voice_channel("room")
        await bot.login()
        voice = await bot.call(room)
        await voice.wire.ws.send_bytes(frame)
        assert await voice.wire.close_code() == code


async def test_another_users_key_package_is_refused() -> None:
    async with DiscordSimulator() as sim, raw_bot(sim) as bot:
        room = sim.add_guild("A server").add_voice_channel("room")
        await bot.login()
        voice = await bot.call(room)
        stranger = davey.DaveSession(1, 5, room.id).get_serialized_key_package()
        await voice.wire.ws.send_bytes(b"\x1a" + stranger)
        assert await voice.wire.close_code() == 4020
        assert "for user 5" in sim.violations[0]


async def test_binary_frames_without_encryption_are_refused(
    room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    await voice.wire.ws.send_bytes(b"\x1aabc")
    assert await voice.wire.close_code() == 4020


async def test_the_external_sender_comes_after_the_key() -> None:
    async with DiscordSimulator() as sim, raw_bot(sim) as bot:
        room = sim.add_guild("A server").add_voice_channel("room")
        await bot.login()
        voice = await bot.call(room)
        assert voice.description["dave_protocol_version"] == 1
        (frame,) = voice.wire.binary
        assert frame[2] == 25


# -- losing it -----------------------------------------------------------------------------------


async def test_a_crashed_server_can_be_resumed_with_what_was_missed(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.close_voice(guild, 4015)
    assert await voice.wire.close_code() == 4015
    ann = sim.add_person(guild, "Ann")
    await ann.join(room)
    again = await bot.voice_at(voice.server, voice.session_id)
    await again.wire.send(7, voice.resumption(seq_ack=0))
    await again.wire.until_op(9)
    assert await again.wire.until_op(11) == {"user_ids": [str(ann.id)]}
    assert sim.violations == []


async def test_an_aborted_connection_can_be_resumed(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.abort_voice(guild)
    while (await voice.wire.ws.receive(timeout=5)).type is aiohttp.WSMsgType.TEXT:
        """What was sent before."""
    again = await bot.voice_at(voice.server, voice.session_id)
    await again.wire.send(7, voice.resumption(seq_ack=0))
    await again.wire.until_op(9)


@pytest.mark.parametrize("code", [4006, 4009, 4014, 4021, 4022, 1001])
async def test_any_other_close_ends_the_session(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot, code: int
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.close_voice(guild, code)
    assert await voice.wire.close_code() == code
    await sim.wait_for_no_call(room)
    again = await bot.voice_at(voice.server, voice.session_id)
    await again.wire.send(7, voice.resumption(seq_ack=0))
    assert await again.wire.close_code() == 4006
    assert sim.violations == []


async def test_a_resume_with_another_token_is_refused(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    await bot.login()
    voice = await bot.call(room)
    sim.close_voice(guild, 4015)
    again = await bot.voice_at(voice.server, voice.session_id)
    await again.wire.send(7, voice.resumption(0) | {"token": "other"})
    assert await again.wire.close_code() == 4006
