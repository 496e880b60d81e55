"""The main gateway, with a bare bot that does right and wrong."""

from __future__ import annotations

import json
import zlib
from typing import Any

import aiohttp
import discord
import pytest

from simulators.discord import DiscordSimulator, SimulatedGuild, VoiceChannel
from tests.simulators.discord.raw import GATEWAY, INTENTS, RawBot, raw_bot

MEMBERS = 1 << 1


async def test_hello_then_ready_then_the_guilds(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    wire = await bot.connect()
    assert (await wire.receive())["d"] == {"heartbeat_interval": 41250}
    await wire.send(2, bot.identity())
    ready = await wire.until_event("READY")
    assert ready["guilds"] == [{"id": str(guild.id), "unavailable": True}]
    assert ready["user"]["id"] == str(sim.bot.id)
    created = await wire.until_event("GUILD_CREATE")
    assert [channel["name"] for channel in created["channels"]] == ["room"]
    assert sim.violations == []


async def test_heartbeats_are_acknowledged_unless_the_gateway_is_a_zombie(
    sim: DiscordSimulator, bot: RawBot
) -> None:
    wire = await bot.login()
    await wire.send(1, 1)
    await wire.until_op(11)
    sim.faults.ack_heartbeats = False
    await wire.send(1, 1)
    sim.ask_to_reconnect()
    assert (await wire.receive())["op"] == 7


async def test_a_bot_that_does_not_beat_is_closed() -> None:
    async with DiscordSimulator(heartbeat_interval_ms=20) as sim, raw_bot(sim) as bot:
        wire = await bot.login()
        assert await wire.close_code() == 4009
        assert sim.violations == ["gateway: no heartbeat (closed with 4009)"]


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (99, None, 4001),
        (4, {}, 4003),
        (3, {}, 4003),
        (8, {}, 4003),
        (2, {"token": "x"}, 4002),
        (2, None, 4002),
        (1, -1, 4002),
        (1, "one", 4002),
    ],
)
async def test_what_is_wrong_before_identifying(
    sim: DiscordSimulator, bot: RawBot, op: int, data: Any, code: int
) -> None:
    wire = await bot.connect()
    await wire.send(op, data)
    assert await wire.close_code() == code
    assert len(sim.violations) == 1
    assert f"closed with {code}" in sim.violations[0]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": "other"}, 4004),
        ({"intents": 1 << 40}, 4013),
        ({"intents": MEMBERS}, 4014),
        ({"intents": "all"}, 4002),
        ({"shard": [2, 2]}, 4010),
        ({"shard": [0]}, 4002),
        ({"properties": {}}, 4002),
    ],
)
async def test_what_can_be_wrong_in_identify(
    bot: RawBot, changes: dict[str, Any], code: int
) -> None:
    wire = await bot.connect()
    await wire.send(2, bot.identity(**changes))
    assert await wire.close_code() == code
    assert len(bot.sim.violations) == 1
    assert bot.sim.token not in bot.sim.violations[0]


@pytest.mark.parametrize(
    ("op", "data", "code"),
    [
        (99, None, 4001),
        (4, {"guild_id": "1"}, 4002),
        (3, {"status": "asleep"}, 4002),
        (8, {"guild_id": "1", "query": "", "limit": 0}, 4014),
        (8, {"guild_id": "1", "query": "a", "limit": 0}, 4002),
        (1, 1000, 4002),
    ],
)
async def test_what_is_wrong_in_a_session(bot: RawBot, op: int, data: Any, code: int) -> None:
    wire = await bot.login()
    await wire.send(op, data)
    assert await wire.close_code() == code


async def test_identifying_twice_is_refused(bot: RawBot) -> None:
    wire = await bot.login()
    await wire.send(2, bot.identity())
    assert await wire.close_code() == 4005


@pytest.mark.parametrize("text", ["nonsense", "[1]", json.dumps({"op": 1, "d": "x" * 5000})])
async def test_a_malformed_frame_is_refused(bot: RawBot, text: str) -> None:
    wire = await bot.connect()
    await wire.ws.send_str(text)
    assert await wire.close_code() == 4002


async def test_a_binary_frame_is_refused(bot: RawBot) -> None:
    wire = await bot.connect()
    await wire.ws.send_bytes(b"\x83")
    assert await wire.close_code() == 4002


async def test_too_many_frames_are_refused(bot: RawBot) -> None:
    wire = await bot.login()
    for _ in range(121):
        await wire.send(1, None)
    assert await wire.close_code() == 4008


@pytest.mark.parametrize("query", ["?v=9&encoding=json", "?v=10&encoding=etf", ""])
async def test_another_version_is_refused(bot: RawBot, query: str) -> None:
    wire = await bot.connect(f"wss://gateway.discord.gg/{query}")
    assert await wire.close_code() == 4012


async def test_frames_can_be_a_zlib_stream(bot: RawBot) -> None:
    wire = await bot.connect(GATEWAY + "&compress=zlib-stream")
    stream = zlib.decompressobj()
    hello = await wire.ws.receive(timeout=5)
    assert hello.data.endswith(b"\x00\x00\xff\xff")
    assert json.loads(stream.decompress(hello.data))["op"] == 10


# -- events --------------------------------------------------------------------------------------


async def test_events_come_only_with_their_intent(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    wire = await bot.login(intents=1)
    created = await wire.until_event("GUILD_CREATE")
    assert created["voice_states"] == []
    ann = sim.add_person(guild, "Ann")
    await ann.join(room)
    guild.add_text_channel("later")
    assert (await wire.receive())["t"] == "GUILD_ROLE_CREATE"
    assert (await wire.receive())["t"] == "CHANNEL_CREATE"


async def test_members_are_shown_only_while_in_voice(
    sim: DiscordSimulator, guild: SimulatedGuild, room: VoiceChannel, bot: RawBot
) -> None:
    ann, _ = sim.add_person(guild, "Ann"), sim.add_person(guild, "Ben")
    await ann.join(room)
    created = await (await bot.login()).until_event("GUILD_CREATE")
    assert {m["user"]["username"] for m in created["members"]} == {"openclaw", "ann"}
    assert created["member_count"] == 3
    assert [state["user_id"] for state in created["voice_states"]] == [str(ann.id)]


async def test_granted_privileged_intents_are_served() -> None:
    granted = discord.Intents(members=True)
    async with DiscordSimulator(privileged_intents=granted) as sim, raw_bot(sim) as bot:
        guild = sim.add_guild("A server")
        wire = await bot.login(intents=INTENTS | MEMBERS)
        ann = sim.add_person(guild, "Ann")
        assert (await wire.until_event("GUILD_MEMBER_ADD"))["user"]["id"] == str(ann.id)
        await wire.send(8, {"guild_id": str(guild.id), "query": "", "limit": 0, "nonce": "n"})
        chunk = await wire.until_event("GUILD_MEMBERS_CHUNK")
        assert {m["user"]["username"] for m in chunk["members"]} == {"openclaw", "ann"}
        assert chunk["nonce"] == "n"


async def test_members_are_asked_for_by_id(
    sim: DiscordSimulator, guild: SimulatedGuild, bot: RawBot
) -> None:
    ann = sim.add_person(guild, "Ann")
    wire = await bot.login()
    await wire.send(8, {"guild_id": str(guild.id), "user_ids": [str(ann.id), "5"]})
    chunk = await wire.until_event("GUILD_MEMBERS_CHUNK")
    assert [m["user"]["id"] for m in chunk["members"]] == [str(ann.id)]
    assert chunk["not_found"] == ["5"]


async def test_a_shard_sees_only_its_guilds(sim: DiscordSimulator, bot: RawBot) -> None:
    guilds = [sim.add_guild(f"Server {i}") for i in range(8)]
    await bot.login(shard=[1, 2])
    expected = {str(guild.id) for guild in guilds if (guild.id >> 22) % 2 == 1}
    assert {guild["id"] for guild in bot.ready["guilds"]} == expected


# -- resuming ------------------------------------------------------------------------------------


async def resume(bot: RawBot, seq: int, **changes: Any) -> Any:
    wire = await bot.connect()
    data = {"token": bot.sim.token, "session_id": bot.ready["session_id"], "seq": seq}
    await wire.send(6, data | changes)
    return wire


async def test_a_dropped_session_resumes_with_what_it_missed(
    sim: DiscordSimulator, guild: SimulatedGuild, bot: RawBot
) -> None:
    wire = await bot.login()
    await wire.until_event("GUILD_CREATE")
    sim.drop_gateway(resumable=True)
    assert await wire.close_code() == 4000
    guild.add_text_channel("meanwhile")
    wire = await resume(bot, seq=2)
    assert (await wire.until_event("CHANNEL_CREATE"))["name"] == "meanwhile"
    assert await wire.until_event("RESUMED") == {}
    guild.add_text_channel("afterwards")
    assert (await wire.until_event("CHANNEL_CREATE"))["name"] == "afterwards"
    assert sim.violations == []


async def test_an_abrupt_drop_has_no_close_frame(sim: DiscordSimulator, bot: RawBot) -> None:
    wire = await bot.login()
    sim.drop_gateway(abruptly=True)
    message = await wire.ws.receive(timeout=5)
    while message.type is aiohttp.WSMsgType.TEXT:
        message = await wire.ws.receive(timeout=5)
    assert wire.ws.close_code in (None, 1006)


async def test_a_session_that_cannot_be_resumed_is_invalid(
    sim: DiscordSimulator, bot: RawBot
) -> None:
    await bot.login()
    sim.drop_gateway(resumable=False)
    wire = await resume(bot, seq=1)
    assert await wire.until_op(9) is False
    assert sim.violations == []


async def test_a_frame_behind_a_resume_that_is_refused_is_not_the_bots_fault(
    sim: DiscordSimulator, guild: SimulatedGuild, bot: RawBot
) -> None:
    await bot.login()
    sim.drop_gateway(resumable=False)
    wire = await resume(bot, seq=1)
    await wire.send(
        4, {"guild_id": str(guild.id), "channel_id": None, "self_mute": False, "self_deaf": False}
    )
    assert await wire.close_code() == 4003
    assert sim.violations == []


async def test_closing_with_1000_ends_the_session(bot: RawBot) -> None:
    wire = await bot.login()
    await wire.ws.close(code=1000)
    assert await (await resume(bot, seq=1)).until_op(9) is False


@pytest.mark.parametrize(
    ("changes", "code"), [({"token": "other"}, 4004), ({"seq": 1000}, 4007), ({"seq": "1"}, 4002)]
)
async def test_a_wrong_resume_is_refused(bot: RawBot, changes: dict[str, Any], code: int) -> None:
    await bot.login()
    bot.sim.drop_gateway(resumable=True)
    assert await (await resume(bot, **({"seq": 1} | changes))).close_code() == code
