"""The bot's answers to a command, under Discord's rules; the bot here is the test."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from pydantic import ValidationError

from simulators.discord import Interaction, Message, TimedOut
from simulators.discord.accounts import Member, User
from simulators.discord.command_input import Filled
from simulators.discord.commands import Command, Registered
from simulators.discord.errors import ApiRefusal
from simulators.discord.interactions import Interactions, InteractionType
from simulators.discord.messages import EPHEMERAL, Draft, MessageStore
from simulators.discord.shared import SharedState
from simulators.discord.world import World

BODY = {"name": "join", "description": "Join"}


class Office:
    """A desk, the person before it, and what the bot was sent."""

    def __init__(self, first_response_s: float = 3.0) -> None:
        self.events: list[dict[str, Any]] = []
        self.shared = SharedState()
        world = World(lambda event, data, guild_id: None, dave=True)
        guild = world.add_guild("A server", discord.Permissions.none())
        self.hall = guild.add_text_channel("hall")
        self.ann = Member(User("Ann"), discord.Permissions.none())
        self.registered = Registered(Command.model_validate(BODY), BODY, world.bot.id, None)
        self.board = MessageStore(world.bot, lambda event, data, guild_id: None)
        self.desk = Interactions(
            self.board,
            lambda event, data, guild_id: self.events.append(data),
            self.shared,
            first_response_s=first_response_s,
        )

    def begin(self, kind: InteractionType = InteractionType.COMMAND) -> Interaction:
        return self.desk.begin(self.ann, self.hall, self.registered, Filled(), kind)

    def respond(self, interaction: Interaction, kind: int, **data: Any) -> None:
        body = {"type": kind, "data": data}
        self.desk.respond(interaction.id, interaction.token, body, [])

    def follow_up(self, interaction: Interaction, **body: Any) -> None:
        self.desk.follow_up(interaction.token, Draft.model_validate(body), body, [])


@pytest.fixture
async def office() -> Office:
    return Office()


def code(refused: pytest.ExceptionInfo[ApiRefusal]) -> int:
    return refused.value.code


async def test_the_bot_learns_who_ran_what_and_where(office: Office) -> None:
    interaction = office.begin()
    (event,) = office.events
    assert event["data"]["name"] == "join"
    assert event["member"]["user"]["username"] == "ann"
    assert event["channel_id"] == str(office.hall.id)
    assert event["token"] == interaction.token


async def test_an_answer_is_seen_at_once(office: Office) -> None:
    interaction = office.begin()
    waiting = asyncio.create_task(interaction.answered())
    await asyncio.sleep(0)
    office.respond(interaction, 4, content="hello", flags=EPHEMERAL)
    message = await waiting
    assert (message.content, message.ephemeral) == ("hello", True)
    assert office.board.visible(office.hall) == []


async def test_an_answer_to_all_is_in_the_channel(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 4, content="hello")
    assert office.board.visible(office.hall) == interaction.responses


async def test_there_is_only_one_first_response(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 5)
    with pytest.raises(ApiRefusal) as refused:
        office.respond(interaction, 4, content="again")
    assert code(refused) == 40060


async def test_a_deferral_is_filled_by_the_first_follow_up(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 5, flags=EPHEMERAL)
    await interaction.acknowledged()
    assert interaction.responses == []
    office.follow_up(interaction, content="first")
    office.follow_up(interaction, content="second")
    first, second = interaction.responses
    assert first is interaction.original
    assert (first.content, first.ephemeral) == ("first", True)
    assert (second.content, second.ephemeral) == ("second", False)
    assert await interaction.answered_with("sec") is second


async def test_a_late_first_response_meets_an_unknown_interaction() -> None:
    office = Office(first_response_s=0.01)
    interaction = office.begin()
    with pytest.raises(TimedOut, match="the application did not respond"):
        await interaction.answered(timeout=2.0)
    assert interaction.failed
    assert office.shared.violations.texts == ["/join: not answered within 0.01 s"]
    with pytest.raises(ApiRefusal) as refused:
        office.respond(interaction, 4, content="sorry")
    assert code(refused) == 10062


async def test_a_response_to_nothing_is_unknown(office: Office) -> None:
    interaction = office.begin()
    with pytest.raises(ApiRefusal) as refused:
        office.desk.respond(interaction.id + 1, interaction.token, {"type": 5}, [])
    assert code(refused) == 10062


async def test_nothing_follows_before_the_first_response(office: Office) -> None:
    interaction = office.begin()
    with pytest.raises(ApiRefusal) as refused:
        office.follow_up(interaction, content="too early")
    assert code(refused) == 10015


async def test_after_fifteen_minutes_the_token_is_over(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 4, content="hello")
    interaction.expire()
    with pytest.raises(ApiRefusal) as refused:
        office.follow_up(interaction, content="too late")
    assert code(refused) == 50027


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 10, None, "4"])
async def test_a_command_is_answered_only_by_a_message_a_deferral_or_a_form(
    office: Office, kind: Any
) -> None:
    with pytest.raises(ApiRefusal, match="does not answer COMMAND"):
        office.respond(office.begin(), kind)


async def test_autocomplete_is_answered_by_choices(office: Office) -> None:
    interaction = office.begin(InteractionType.AUTOCOMPLETE)
    with pytest.raises(ApiRefusal, match="does not answer AUTOCOMPLETE"):
        office.respond(interaction, 4, content="hello")
    office.respond(interaction, 8, choices=[{"name": "Sage", "value": "sage"}])
    assert interaction.choices is not None
    assert [choice.name for choice in interaction.choices] == ["Sage"]


async def test_autocomplete_has_at_most_25_choices(office: Office) -> None:
    interaction = office.begin(InteractionType.AUTOCOMPLETE)
    with pytest.raises(ValidationError, match="at most 25"):
        office.respond(interaction, 8, choices=[{"name": "n", "value": "v"}] * 26)
    assert interaction.acknowledged_at is None


def panel(office: Office) -> Message:
    message = Message(office.board.bot, office.hall, "Choose.")
    office.board.post(message)
    return message


def click(office: Office, message: Message) -> Interaction:
    kind = InteractionType.COMPONENT
    return office.desk.send(office.ann, office.hall, kind, "the button", {}, message)


async def test_a_click_may_update_its_message(office: Office) -> None:
    message = panel(office)
    interaction = click(office, message)
    assert office.events[-1]["message"]["id"] == str(message.id)
    office.respond(interaction, 7, content="Chosen.")
    assert (message.content, message.edits) == ("Chosen.", 1)
    assert office.desk.find(interaction.token, "@original") is message
    office.follow_up(interaction, content="More")
    assert [each.content for each in interaction.responses] == ["More"]


async def test_after_a_deferred_update_the_message_is_the_original(office: Office) -> None:
    message = panel(office)
    interaction = click(office, message)
    office.respond(interaction, 6)
    assert message.edits == 0
    office.follow_up(interaction, content="A new message")
    assert message.content == "Choose."
    office.board.delete(office.desk.find(interaction.token, "@original"))
    assert message.deleted


async def test_a_deleted_message_cannot_be_updated(office: Office) -> None:
    message = panel(office)
    interaction = click(office, message)
    office.board.delete(message)
    with pytest.raises(ApiRefusal) as refused:
        office.respond(interaction, 7, content="Chosen.")
    assert code(refused) == 10008
    assert interaction.acknowledged_at is None


async def test_after_fifteen_minutes_a_click_is_over_and_the_next_is_not(office: Office) -> None:
    message = panel(office)
    interaction = click(office, message)
    office.respond(interaction, 6)
    interaction.expire()
    with pytest.raises(ApiRefusal) as refused:
        office.desk.find(interaction.token, "@original")
    assert code(refused) == 50027
    office.respond(click(office, message), 7, content="Still here.")


@pytest.mark.parametrize(("source", "kinds"), [(False, {4, 5}), (True, {4, 5, 6, 7})])
async def test_a_form_updates_a_message_only_if_a_component_of_it_opened_it(
    office: Office, source: bool, kinds: set[int]
) -> None:
    message = panel(office) if source else None
    submission = office.desk.send(
        office.ann, office.hall, InteractionType.MODAL_SUBMIT, "the form", {}, message
    )
    assert set(submission.answers) == kinds


async def test_a_deferral_has_no_flag_but_ephemeral(office: Office) -> None:
    with pytest.raises(ApiRefusal, match="no flag but EPHEMERAL"):
        office.respond(office.begin(), 5, flags=1 << 2)


async def test_an_ephemeral_answer_has_one_reader(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 4, content="for you", flags=EPHEMERAL)
    assert office.board.seen_by(office.ann.user.id, office.hall) == interaction.responses
    assert office.board.seen_by(5, office.hall) == []


async def test_messages_are_found_edited_and_deleted(office: Office) -> None:
    interaction = office.begin()
    office.respond(interaction, 4, content="hello")
    found = office.desk.find(interaction.token, "@original")
    office.desk.edit(found, Draft(content="changed"), {"content": "changed"}, [])
    assert interaction.responses[0].content == "changed"
    office.board.delete(found)
    assert interaction.responses == []
    with pytest.raises(ApiRefusal) as refused:
        office.desk.find(interaction.token, "@original")
    assert code(refused) == 10008
