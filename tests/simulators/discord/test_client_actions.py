"""Members before the Discord client, with unmodified discord.py as the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest

from simulators.discord import (
    CannotRun,
    CommandType,
    DiscordSimulator,
    Message,
    Moderation,
    SimulatedGuild,
    SimulatedPerson,
    TextChannel,
    VoiceChannel,
)
from tests.simulators.discord.panel import PanelBot, panel_bot


@dataclass
class Place:
    sim: DiscordSimulator
    guild: SimulatedGuild
    text: TextChannel
    room: VoiceChannel
    ann: SimulatedPerson
    ben: SimulatedPerson
    bot: PanelBot

    async def panel(self, *, private: bool = False) -> Message:
        asked = await self.ann.run("panel", {"private": private})
        return await asked.answered()


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async with DiscordSimulator(dave=False) as sim:
        guild = sim.add_guild("A server")
        text, room = guild.add_text_channel("general"), guild.add_voice_channel("room")
        ann, ben = sim.add_person(guild, "Ann"), sim.add_person(guild, "Ben", locale="de")
        async with panel_bot(sim) as bot:
            yield Place(sim, guild, text, room, ann, ben, bot)
        assert sim.violations == []


# -- components ----------------------------------------------------------------------------------


async def test_an_answer_to_a_click_may_be_for_one_member(place: Place) -> None:
    panel = await place.panel()
    clicked = await place.ben.click(panel, "Leave me out")
    answer = await clicked.answered_with("Ben is left out.")
    more = await clicked.answered_with("/unignore")
    assert place.ben.messages(place.text) == [panel, answer, more]
    assert place.ann.messages(place.text) == [panel]
    assert place.sim.messages(place.text) == [panel]
    assert answer.interaction is not None
    assert answer.interaction["interacted_message_id"] == str(panel.id)


async def test_a_click_updates_the_message_it_was_on(place: Place) -> None:
    panel = await place.panel()
    clicked = await place.ann.click(panel, "Once")
    await clicked.acknowledged()
    assert panel.content == "Clicked once."
    assert clicked.responses == []
    assert clicked.original is panel
    with pytest.raises(CannotRun, match="disabled"):
        await place.ann.click(panel, "Once")


async def test_a_click_is_acknowledged_first_and_answered_later(place: Place) -> None:
    panel = await place.panel()
    clicked = await place.ann.click(panel, "Slow")
    assert (await clicked.answered()).content == "A follow-up."
    assert (panel.content, panel.components) == ("Done at last.", [])


async def test_what_a_member_cannot_click(place: Place) -> None:
    panel = await place.panel(private=True)
    with pytest.raises(CannotRun, match="Ben does not see"):
        await place.ben.click(panel, "Once")
    with pytest.raises(CannotRun, match="opens a page"):
        await place.ann.click(panel, "Privacy")
    with pytest.raises(CannotRun, match=r"0 buttons are 'Join'; there are .*'Once'"):
        await place.ann.click(panel, "Join")
    await (await place.ann.click(panel, "🙈")).answered()
    stranger = place.sim.add_person(place.sim.add_guild("Elsewhere"), "Eve")
    with pytest.raises(CannotRun, match="not in Elsewhere"):
        await stranger.click(panel, "Once")


async def test_what_is_deleted_or_hidden_cannot_be_clicked(place: Place) -> None:
    panel = await place.panel()
    place.text.overwrite(place.guild, view_channel=False)
    with pytest.raises(CannotRun, match="does not see"):
        await place.ben.click(panel, "Once")
    place.text.overwrite(place.guild, view_channel=None)
    channel = place.bot.get_channel(place.text.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.get_partial_message(panel.id).delete()
    with pytest.raises(CannotRun, match="deleted"):
        await place.ben.click(panel, "Once")


async def test_menus_of_texts_take_as_many_values_as_they_say(place: Place) -> None:
    panel = await place.panel()
    chosen = await place.ann.choose(panel, "Sage", "j", menu="Which agents?")
    assert (await chosen.answered()).content == "s, j"
    with pytest.raises(CannotRun, match="takes 1 to 2 values, not 0"):
        await place.ann.choose(panel, menu="Which agents?")
    with pytest.raises(CannotRun, match="does not offer 'Alfred', but"):
        await place.ann.choose(panel, "Alfred", menu="Which agents?")
    with pytest.raises(CannotRun, match="4 menus"):
        await place.ann.choose(panel, "Sage")


async def test_menus_of_members_roles_and_channels_are_resolved(place: Place) -> None:
    panel = await place.panel()
    admins = Moderation(place.guild).add_role("Admins")
    chosen = await place.ann.choose(panel, place.ben, menu="Whom?")
    assert (await chosen.answered()).content == "Ben"
    chosen = await place.ann.choose(panel, place.room, menu="Where?")
    assert (await chosen.answered()).content == "room"
    chosen = await place.ann.choose(panel, admins, menu="Which role?")
    assert (await chosen.answered()).content == "['Admins']"
    chosen = await place.ann.choose(panel, menu="Which role?")
    assert (await chosen.answered()).content == "[]"
    with pytest.raises(CannotRun, match="channels of the types"):
        await place.ann.choose(panel, place.text, menu="Where?")
    with pytest.raises(CannotRun, match="offers"):
        await place.ann.choose(panel, admins, menu="Whom?")


async def test_a_layout_of_components_is_clicked_as_well(place: Place) -> None:
    class Box(discord.ui.LayoutView):
        text: discord.ui.TextDisplay[Box] = discord.ui.TextDisplay("# Status")
        row: discord.ui.ActionRow[Box] = discord.ui.ActionRow()

        @row.button(label="Refresh")
        async def refresh(
            self, interaction: discord.Interaction, button: discord.ui.Button[Box]
        ) -> None:
            await interaction.response.send_message("Fresh.", ephemeral=True)

    channel = place.bot.get_channel(place.text.id)
    assert isinstance(channel, discord.TextChannel)
    box = Box()
    box.text.content = f"# Status of {place.ann.mention}"
    await channel.send(view=box, allowed_mentions=discord.AllowedMentions.all())
    (message,) = place.sim.messages(place.text)
    assert message.layout
    assert message.pings.users == {place.ann.id}
    clicked = await place.ben.click(message, "Refresh")
    assert (await clicked.answered()).content == "Fresh."


# -- context menus and forms ---------------------------------------------------------------------


async def test_a_menu_command_knows_the_member_it_is_about(place: Place) -> None:
    run = await place.ann.run_on(place.ben, "Leave out of voice")
    assert (await run.answered()).content == "Ben is left out."


async def test_a_form_about_a_message_is_filled_in_and_submitted(place: Place) -> None:
    message = await place.ben.write(place.text, "The server is down")
    run = await place.ann.run_on(message, "Ask Jarvis about this")
    form = await run.shown()
    assert form.title == "Ask Jarvis"
    submitted = await place.ann.submit(form, {"Question": "Why?", "Tone": "Calm"})
    answer = await submitted.answered()
    assert answer.content == "Why? (Calm, about 'The server is down')"
    assert answer.ephemeral
    with pytest.raises(CannotRun, match="it was submitted"):
        await place.ann.submit(form, {"Tone": "Bright"})
    form = await (await place.ann.run_on(message, "Ask Jarvis about this")).shown()
    kept = await place.ann.submit(form, {"Tone": "Bright"})
    assert (await kept.answered()).content.startswith("What is this? (Bright")


async def test_what_a_form_does_not_take(place: Place) -> None:
    message = await place.ben.write(place.text, "hello")
    form = await (await place.ann.run_on(message, "Ask Jarvis about this")).shown()
    with pytest.raises(CannotRun, match="0 to 20 characters"):
        await place.ann.submit(form, {"Question": "x" * 21, "Tone": "Calm"})
    with pytest.raises(CannotRun, match="must be filled in"):
        await place.ann.submit(form, {"Question": "", "Tone": "Calm"})
    with pytest.raises(CannotRun, match="one line"):
        await place.ann.submit(form, {"Question": "a\nb", "Tone": "Calm"})
    with pytest.raises(CannotRun, match="takes 1 to 1 values"):
        await place.ann.submit(form, {})
    with pytest.raises(CannotRun, match="no field"):
        await place.ann.submit(form, {"Tone": "Calm", "Mood": "x"})
    with pytest.raises(CannotRun, match="shown to Ann"):
        await place.ben.submit(form, {"Tone": "Calm"})


async def test_menus_are_offered_to_those_with_the_right_only(place: Place) -> None:
    message = await place.ben.write(place.text, "hello")
    with pytest.raises(CannotRun, match="Ann may not use the menu 'Delete'"):
        await place.ann.run_on(message, "Delete")
    assert "Delete" not in [each.name for each in place.ann.commands(CommandType.MESSAGE)]
    moderators = Moderation(place.guild).add_role("Moderators", manage_messages=True)
    Moderation(place.guild).give(place.ann.member, moderators)
    run = await place.ann.run_on(message, "Delete")
    assert (await run.answered()).content == "Deleted."
    with pytest.raises(CannotRun, match="not registered the menu 'Leave out of voice'"):
        await place.ann.run_on(message, "Leave out of voice")


async def test_commands_need_the_channel_and_its_rights(place: Place) -> None:
    place.text.overwrite(place.ben.member, use_application_commands=False)
    with pytest.raises(CannotRun, match="Ben may use no commands in #general"):
        await place.ben.run("panel")
    await (await place.ben.run("panel", channel=place.room)).answered()
    place.room.overwrite(place.ben.member, send_messages=False)
    with pytest.raises(CannotRun, match="may not write in #room"):
        await place.ben.run_on(place.ann, "Leave out of voice", channel=place.room)
    place.room.overwrite(place.ben.member, view_channel=False)
    with pytest.raises(CannotRun, match="does not see #room"):
        await place.ben.run("panel", channel=place.room)


async def test_an_age_restricted_command_needs_such_a_channel(place: Place) -> None:
    with pytest.raises(CannotRun, match="age-restricted"):
        await place.ann.run("grown")
    place.text.nsfw = True
    assert (await (await place.ann.run("grown")).answered()).content == "Well."


# -- languages -----------------------------------------------------------------------------------


async def test_a_command_is_shown_and_run_in_the_members_language(place: Place) -> None:
    (shown,) = [each for each in place.ben.commands() if each.name == "einstellungen"]
    assert shown.description == "Die Einstellungen ändern"
    assert [option.name for option in shown.options] == ["wert"]
    assert "settings" in [each.name for each in place.ann.commands()]
    menus = [each.name for each in place.ben.commands(CommandType.USER)]
    assert menus == ["Nicht zuhören"]
    run = await place.ben.run("einstellungen", {"value": "leise"})
    assert (await run.answered()).content == "de in en-US: leise"
    with pytest.raises(CannotRun, match="not registered /einstellungen"):
        await place.ann.run("einstellungen")


async def test_members_and_servers_change_their_language(place: Place) -> None:
    Moderation(place.guild).change_locale("ja")
    place.ann.locale = "fr"
    run = await place.ann.run("settings")
    assert (await run.answered()).content == "fr in ja: "
    assert place.bot.guilds[0].preferred_locale is discord.Locale.japanese
    assert place.bot.told == ["locale ja"]
    with pytest.raises(CannotRun, match="no language"):
        place.ann.locale = "xx"


# -- writing and mentions ------------------------------------------------------------------------


async def test_the_bot_reads_others_only_where_it_is_mentioned(place: Place) -> None:
    await place.ann.write(place.text, "a secret")
    await place.ann.write(place.text, f"<@{place.sim.bot.id}> hello")
    run = await place.ann.run("settings")
    await run.answered()
    assert place.bot.told == ["message ''", f"message '<@{place.sim.bot.id}> hello'"]
    place.text.overwrite(place.guild, send_messages=False)
    with pytest.raises(CannotRun, match="may not write"):
        await place.ann.write(place.text, "hello")


async def test_whom_a_message_notifies_is_known(place: Place) -> None:
    channel = place.bot.get_channel(place.text.id)
    assert isinstance(channel, discord.TextChannel)
    text = f"@everyone {place.ann.mention} {place.ben.mention}"
    await channel.send(text)
    loud = discord.AllowedMentions(users=[discord.Object(place.ben.id)], everyone=True)
    await channel.send(text, allowed_mentions=loud)
    quiet, pinging = place.sim.messages(place.text)
    assert not quiet.pings
    assert pinging.pings.users == {place.ben.id}
    assert not pinging.pings.everyone, "the bot lacks the permission"
