"""The gate: what waits for a yes, what becomes of it, and what the audit log has."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from fleet.supervision.gate import CannotAsk, Permission, SupervisionGate, WantedCommand
from fleet.supervision.policy import needs_yes
from fleet.supervision.settings import SupervisionSettings
from openclaw_client.errors import NotApproved, OutOfReach
from openclaw_client.node.commands import Arguments, CommandCall, NodeCommand, NodeCommands, command
from openclaw_client.node.settings import COMMANDS
from openclaw_client.node.voice_commands import VoiceCommands
from testing.fake_rooms import ALICES, HARBOUR, TAVERN, FakeRooms, room

pytestmark = pytest.mark.virtual_time
OWNERS = "agent:jarvis:main"


async def _nothing(_: Arguments, __: CommandCall) -> dict[str, Any]:
    return {}


REMEMBER = command("memory.remember", "Remember.", Arguments, _nothing)


class People:
    """Those in the calls: they answer after a while, or not at all."""

    def __init__(self, answer: Permission | None = None, after_s: float = 1.0) -> None:
        self.answer = answer
        self.after_s = after_s
        self.away: Sequence[bool] = ()
        self.asked: list[tuple[int, WantedCommand]] = []
        self.withdrawn = 0

    async def __call__(self, guild_id: int, wanted: WantedCommand) -> Permission:
        self.asked.append((guild_id, wanted))
        if self.away[len(self.asked) - 1 : len(self.asked)] == [True]:
            raise CannotAsk("no call is running there")
        try:
            await asyncio.sleep(self.after_s)
            if self.answer is None:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.withdrawn += 1
            raise
        assert self.answer is not None
        return self.answer


YES = Permission(True, "Alice (42)", "voice")
NO = Permission(False, "Bob (43)", "button")


class Rig:
    def __init__(
        self, people: People, *, supervised: Sequence[int] = (HARBOUR.id,), **settings: Any
    ) -> None:
        self.rooms = FakeRooms(room())
        self.people = people
        gate = self.gate = SupervisionGate(
            SupervisionSettings(**settings), self.rooms, lambda guild: guild in supervised, people
        )
        known: list[NodeCommand] = VoiceCommands(self.rooms, ()).all()
        self.commands = NodeCommands(known, COMMANDS, gate)
        self.call = CommandCall(ALICES, 30.0)

    async def run(
        self, name: str, params: str = '{"text": "Hello."}', key: str | None = ALICES
    ) -> dict[str, Any]:
        self.call = CommandCall(key, 30.0)
        return await self.commands.execute(name, params, self.call)


async def test_a_yes_lets_it_pass_and_the_log_has_who_said_it() -> None:
    rig = Rig(People(YES, after_s=4.0))
    await rig.run("voice.say")
    ((guild, wanted),) = rig.people.asked
    assert (guild, wanted) == (
        HARBOUR.id,
        WantedCommand("jarvis", "voice.say", (("text", "Hello."),)),
    )
    ((_, words, within_s),) = rig.rooms.said
    assert words.text == "Hello."
    assert within_s == pytest.approx(25.0), "the time of the yes is gone"
    assert rig.call.notes == {"approvedBy": "Alice (42)", "answeredBy": "voice"}


async def test_a_no_refuses_it() -> None:
    rig = Rig(People(NO))
    with pytest.raises(NotApproved, match="not approved: a person in the call said no"):
        await rig.run("voice.say")
    assert rig.rooms.said == []
    assert rig.call.notes == {"deniedBy": "Bob (43)", "answeredBy": "button"}
    assert NotApproved.code == "FORBIDDEN"


async def test_without_an_answer_it_is_refused_in_time_for_the_agent() -> None:
    rig = Rig(People())
    began = asyncio.get_running_loop().time()
    with pytest.raises(NotApproved, match="not approved: no person in the call said yes within"):
        await rig.run("voice.say")
    assert asyncio.get_running_loop().time() - began == pytest.approx(25.0)
    assert rig.people.withdrawn == 1


async def test_a_lost_link_to_the_gateway_withdraws_the_question() -> None:
    rig = Rig(People())
    running = asyncio.create_task(rig.run("voice.say"))
    await asyncio.sleep(2.0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert rig.people.withdrawn == 1
    assert rig.rooms.said == []


async def test_reading_and_other_rooms_need_no_yes() -> None:
    rig = Rig(People(NO))
    await rig.run("voice.status", "{}")
    rig = Rig(People(NO), supervised=[TAVERN.id])
    await rig.run("voice.say", '{"text": "Hello.", "guild": "The harbour"}', OWNERS)
    rig = Rig(People(NO), without_yes=["voice.say"])
    await rig.run("voice.say")
    assert rig.people.asked == []


async def test_the_owners_session_asks_where_it_acts() -> None:
    rig = Rig(People(NO))
    with pytest.raises(NotApproved):
        await rig.run("voice.say", '{"text": "Hello.", "guild": "The harbour"}', OWNERS)
    with pytest.raises(NotApproved):
        await rig.run("voice.say", key=None)
    assert [guild for guild, _ in rig.people.asked] == [HARBOUR.id, HARBOUR.id]


async def test_speech_asks_the_call_that_it_is_for() -> None:
    rig = Rig(People(NO), supervised=[TAVERN.id])
    await rig.run("voice.say", key=OWNERS)
    assert rig.people.asked == [], "the only call is in the harbour, which is not supervised"
    assert [guild for guild, _, _ in rig.rooms.said] == [HARBOUR.id]


@pytest.mark.parametrize("key", ["agent:jarvis:subagent:7", "agent:jarvis:cron:9"])
async def test_a_session_of_no_certain_room_acts_nowhere_while_a_server_is_supervised(
    key: str,
) -> None:
    rig = Rig(People(YES))
    with pytest.raises(NotApproved, match="belongs to no room for certain"):
        await rig.run("voice.notify", '{"text": "Hello.", "person": "42"}', key)
    assert rig.people.asked == []
    assert rig.rooms.written == []


async def test_a_long_argument_tells_that_it_is_cut() -> None:
    rig = Rig(People(YES))
    await rig.run("voice.say", '{"text": "%s"}' % ("word " * 60))
    ((_, wanted),) = rig.people.asked
    assert wanted.arguments[0][1].endswith(" … (+99)")


async def test_a_session_of_another_server_learns_nothing_by_asking() -> None:
    rig = Rig(People(YES))
    with pytest.raises(OutOfReach):
        await rig.run(
            "voice.say",
            '{"text": "Hello.", "guild": "The harbour"}',
            f"agent:jarvis:discord:guild:{TAVERN.id}",
        )
    assert rig.people.asked == []


async def test_while_the_people_cannot_be_asked_the_setting_decides() -> None:
    rig = Rig(People(YES))
    rig.people.away = [True]
    with pytest.raises(NotApproved, match="no person can be asked: no call is running"):
        await rig.run("voice.say")
    rig = Rig(People(YES), on_link_lost="autonomous")
    rig.people.away = [True]
    await rig.run("voice.say")
    assert rig.call.notes == {"approvedBy": "no person: fleet.supervision.on_link_lost"}
    rig = Rig(People(YES), on_link_lost="supervised")
    rig.people.away = [True, True, False]
    await rig.run("voice.say")
    assert rig.call.notes["approvedBy"] == "Alice (42)"


def test_the_table_of_commands() -> None:
    asking = {name for name in COMMANDS if needs_yes(name)}
    assert asking >= {"voice.say", "voice.join", "voice.leave", "voice.notify"}
    assert not asking & {
        *("voice.status", "voice.transcript", "system.info", "gpu.list", "gpu.metrics"),
        *("sensor.list", "sensor.read", "human.notify"),
    }
    assert needs_yes("anything.new"), "what is not known to read acts"


@pytest.mark.parametrize("shard", [False, True])
@pytest.mark.parametrize(
    "key",
    ["agent:jarvis:discord:guild:{}", "agent:jarvis:discord:dm:42:guild:{}"],
)
async def test_a_supervised_server_that_is_not_seen_on_discord_stays_supervised(
    key: str, shard: bool
) -> None:
    people = People(YES)
    people.away = [True] * 100
    rig = Rig(people)
    rig.rooms.servers = [TAVERN] if shard else []
    with pytest.raises(NotApproved, match="no person can be asked"):
        await rig.gate(REMEMBER, Arguments(), CommandCall(key.format(HARBOUR.id), 30.0))
    unsupervised = CommandCall(key.format(TAVERN.id), 30.0)
    if shard:
        assert await rig.gate(REMEMBER, Arguments(), unsupervised) == unsupervised


async def test_a_session_of_unknown_origin_waits_until_the_servers_are_seen() -> None:
    rig = Rig(People(YES), supervised=())
    rig.rooms.servers = []
    stranger = CommandCall("agent:jarvis:subagent:x", 30.0)
    with pytest.raises(NotApproved, match="does not see its servers"):
        await rig.gate(REMEMBER, Arguments(), stranger)
    owner = CommandCall(OWNERS, 30.0)
    assert await rig.gate(REMEMBER, Arguments(), owner) == owner
    rig.rooms.servers = [HARBOUR]
    assert await rig.gate(REMEMBER, Arguments(), stranger) == stranger
