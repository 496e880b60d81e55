"""Critical messages in a call on Discord: acknowledged by voice and by a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.fleet.bot_node import BotRooms
from app.people.acknowledging import Acknowledging
from fleet.notify.answers import ChannelAnswers
from fleet.notify.messages import People
from fleet.notify.settings import NotifySettings
from fleet.outbox import Outbox
from openclaw_client import PerGuildOpenClawClient
from pipeline.language.spoken_answers import is_acknowledged
from pipeline.settings import SpeechTextSettings
from simulators.gateway import GatewaySimulator
from testing.calls import Calls, calls
from testing.gateways import TOKEN, config_for
from testing.room import FakeSynthesizer
from testing.waiting import eventually


class Rig:
    def __init__(self, c: Calls, people: People) -> None:
        self.c, self.people = c, people
        self.told: list[tuple[str, str]] = []
        people.on_acknowledged(lambda _, by, how: self.told.append((by, how)))


@pytest.fixture
async def r(tmp_path: Path) -> AsyncIterator[Rig]:
    async with calls(dave=False) as c, Outbox(tmp_path / "outbox") as outbox:
        recipient = {"name": "Ben", "channel": "discord", "to": str(c.ben.id)}
        settings = NotifySettings.model_validate({"recipients": [recipient]})
        rooms = BotRooms(c.bot, FakeSynthesizer(), lambda _, __: None, SpeechTextSettings())
        async with People(settings, outbox, tmp_path) as people:
            acknowledging = Acknowledging(c.bot, people, rooms)
            yield Rig(c, people)
            await acknowledging.close()


async def test_by_voice_in_the_call(r: Rig) -> None:
    room = await r.c.call_in()
    assert not room.hear_words(r.c.alice.id, "Got it, thanks."), "nothing is open"
    await r.people.tell("The server is on fire.", "critical")
    assert room.said[-1] == "The server is on fire."
    assert not room.hear_words(r.c.alice.id, "Have you got it?")
    assert room.hear_words(r.c.alice.id, "I've got it.")
    assert r.told == [("Alice", "by voice")]
    assert r.people.open == []
    assert room.said[-1] == "Thank you, I have noted that."
    assert not room.hear_words(r.c.alice.id, "Got it, thanks.")


async def test_by_the_button_in_the_calls_chat_once(r: Rig) -> None:
    await r.c.call_in()
    await r.people.tell("The *server* is on fire.", "critical")
    await r.c.until(lambda: "fire" in r.c.sim.messages(r.c.room)[-1].content)
    posted = r.c.sim.messages(r.c.room)[-1]
    assert posted.content == r"The \*server\* is on fire."
    clicked = await r.c.alice.click(posted, "I have got it")
    assert (await clicked.answered()).content == "Thank you."
    assert r.told == [("Alice", "by a button")]
    clicked = await r.c.alice.click(posted, "I have got it")
    assert (await clicked.answered()).content == "This question is no longer open."
    assert len(r.told) == 1


async def test_by_the_button_of_the_direct_message(r: Rig) -> None:
    await r.people.tell("The server is on fire.", "critical")
    direct = r.c.sim.direct_channel(r.c.ben)
    message = await r.c.sim.wait_for_message(direct)
    assert message.content == "[critical] The server is on fire."
    clicked = await r.c.ben.click(message, "I have got it")
    assert (await clicked.answered()).content == "Thank you."
    assert r.told == [("Ben", "by a button")]


async def test_a_member_who_is_neither_told_nor_in_the_call_cannot(r: Rig) -> None:
    room = await r.c.call_in()
    await r.people.tell("The server is on fire.", "critical")
    await r.c.until(lambda: "fire" in r.c.sim.messages(r.c.room)[-1].content)
    carol = r.c.sim.add_person(r.c.guild, "Carol")
    clicked = await carol.click(r.c.sim.messages(r.c.room)[-1], "I have got it")
    assert (await clicked.answered()).content == "You cannot answer this question."
    assert not room.hear_words(carol.id, "Got it.")
    assert r.told == []


async def test_only_who_heard_it_or_was_told_can_mean_it(r: Rig) -> None:
    await r.people.tell("The server is on fire.", "critical")
    room = await r.c.call_in()
    assert not room.hear_words(r.c.alice.id, "Got it, thanks."), "this call has not heard it"
    assert r.people.open != []
    await r.c.ben.join(r.c.room)
    guild = r.c.bot.get_guild(r.c.guild.id)
    assert guild is not None
    await r.c.until(lambda: guild.get_member(r.c.ben.id) is not None)
    assert room.hear_words(r.c.ben.id, "Got it, thanks.")
    assert r.told == [("Ben", "by voice")]


async def test_after_a_restart_a_call_can_still_mean_what_it_has_heard(
    r: Rig, tmp_path: Path
) -> None:
    await r.c.call_in()
    await r.people.tell("The server is on fire.", "critical")
    guild = r.c.bot.get_guild(r.c.guild.id)
    assert guild is not None
    alice = guild.get_member(r.c.alice.id)
    assert alice is not None
    async with Outbox(tmp_path / "other") as outbox:
        later = People(r.people.settings, outbox, tmp_path)
        rooms = BotRooms(r.c.bot, FakeSynthesizer(), lambda _, __: None, SpeechTextSettings())
        acknowledging = Acknowledging(r.c.bot, later, rooms)
        assert [each.text for each in acknowledging.open_for(alice)] == ["The server is on fire."]
        await acknowledging.close()


async def test_messages_that_are_not_critical_have_no_button(r: Rig) -> None:
    await r.people.tell("Dinner is ready.", "high")
    message = await r.c.sim.wait_for_message(r.c.sim.direct_channel(r.c.ben))
    assert message.components == []
    assert r.people.open == []


async def test_by_an_answer_on_the_channel(tmp_path: Path) -> None:
    settings = NotifySettings.model_validate(
        {"recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]}
    )
    told: list[tuple[str, str]] = []
    async with (
        GatewaySimulator(token=TOKEN, channels=["telegram"]) as gateway,
        PerGuildOpenClawClient(config_for(gateway.url)) as client,
        Outbox(tmp_path / "outbox") as outbox,
        People(settings, outbox, tmp_path) as people,
    ):
        people.ways.send = client.send_to_channel
        people.on_acknowledged(lambda _, by, how: told.append((by, how)))
        answers = ChannelAnswers(people, client, is_acknowledged)
        write = gateway.people.person_wrote
        await people.tell("The server is on fire.", "critical")
        await gateway.wait_for(lambda: gateway.asked("sessions.messages.subscribe"))
        gateway.drop_connections()
        seen = len(gateway.asked("sessions.messages.subscribe"))
        await gateway.wait_for(lambda: len(gateway.asked("sessions.messages.subscribe")) > seen + 3)
        write("agent:jarvis:main", "telegram", "43", "Got it.")
        write("agent:jarvis:main", "telegram", "42", "What is the matter?")
        write("agent:jarvis:main", "telegram", "42", "Got it, thanks")
        await eventually(lambda: told)
        assert told == [("Alice", "on telegram")]
        await gateway.wait_for(lambda: gateway.asked("sessions.messages.unsubscribe"))
        await answers.close()
        await asyncio.sleep(0)
