"""What a member does in the Discord client besides speaking: commands, menus, components, forms.

An action that the client would not offer raises CannotRun; the bot is then told nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulators.discord.accounts import Member
from simulators.discord.command_input import Filled, fill
from simulators.discord.commands import Choice, Command, CommandType
from simulators.discord.component_input import Entity, find_button, find_menu, form_data, pick
from simulators.discord.components import ComponentType
from simulators.discord.errors import CannotRun, UnknownPlace
from simulators.discord.interactions import Interaction, Interactions, InteractionType, OpenModal
from simulators.discord.locales import check_locale, translated
from simulators.discord.mentions import pings
from simulators.discord.messages import Message, MessageStore
from simulators.discord.rest_commands import CommandRegistry, refusal
from simulators.discord.threads import Thread
from simulators.discord.world import DirectChannel, SimulatedGuild, TextChannel, VoiceChannel

_MOST_WRITTEN = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of the simulator that a member's client works with."""

    registry: CommandRegistry
    interactions: Interactions
    board: MessageStore


@dataclass(frozen=True, slots=True)
class ShownCommand:
    """A command as a member's client lists it, in the member's language."""

    name: str
    description: str
    options: tuple[ShownCommand, ...] = ()


class ClientActions:
    """A member of one guild before the Discord client."""

    guild: SimulatedGuild
    member: Member

    def __init__(self, guild: SimulatedGuild, member: Member, desk: Desk) -> None:
        self.guild = guild
        self.member = member
        self._desk = desk

    @property
    def locale(self) -> str:
        """The language of the member's client."""
        return self.member.user.locale

    @locale.setter
    def locale(self, locale: str) -> None:
        self.member.user.locale = check_locale(locale)

    # -- what the member sees ------------------------------------------------------------------

    def messages(self, channel: TextChannel) -> list[Message]:
        """What the member sees in a channel, with the answers for this member alone."""
        if not self._can_read(channel):
            return []
        return self._desk.board.seen_by(self.member.user.id, channel)

    def commands(
        self, kind: CommandType = CommandType.CHAT_INPUT, *, channel: TextChannel | None = None
    ) -> list[ShownCommand]:
        """The commands that the member's client offers in a channel, in the member's language."""
        where = self._where(channel)
        return [
            _shown(registered.command, self.locale)
            for registered in self._desk.registry.known(self.guild, kind)
            if refusal(registered, self.member, where) is None
        ]

    def can_see(self, channel: TextChannel) -> bool:
        if isinstance(channel, Thread):
            return channel.seen_by(self.member)
        return self.guild.permissions(self.member, channel).view_channel

    def _can_read(self, channel: TextChannel) -> bool:
        allowed = self.guild.permissions(self.member, channel)
        connected = allowed.connect or not isinstance(channel, VoiceChannel)
        return self.can_see(channel) and allowed.read_message_history and connected

    # -- writing -------------------------------------------------------------------------------

    async def write(self, channel: TextChannel, text: str) -> Message:
        """Write a message. Raises CannotRun where the member may not."""
        allowed = self.guild.permissions(self.member, channel)
        thread = isinstance(channel, Thread)
        may = allowed.send_messages_in_threads if thread else allowed.send_messages
        if not (self._can_read(channel) and may):
            raise CannotRun(f"{self.member.user.name} may not write in #{channel.name}")
        if not 1 <= len(text.strip()) <= len(text) <= _MOST_WRITTEN:
            raise CannotRun(f"a message has 1 to {_MOST_WRITTEN} characters, not {len(text)}")
        if isinstance(channel, Thread):
            channel.wake(allowed)
            channel.add(self.member)
        message = Message(self.member.user, channel, text, pings=pings(text, None))
        self._desk.board.post(message)
        return message

    # -- commands ------------------------------------------------------------------------------

    async def run(
        self,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        channel: TextChannel | None = None,
    ) -> Interaction:
        """Send a slash command, named as it is or in the member's language.

        ``"voice join"`` is a subcommand. Options take people, roles and channels as they are.
        ``channel`` is the place to send it, by default the guild's first. Does not wait for the
        answer.

        Raises:
            CannotRun: the client does not offer the command here, or not with these options.
        """
        return self._use(name, options or {}, channel, None)

    async def suggestions(
        self,
        name: str,
        option: str,
        typed: str = "",
        *,
        options: dict[str, Any] | None = None,
        channel: TextChannel | None = None,
        timeout: float = 3.5,
    ) -> list[Choice]:
        """The bot's suggestions while ``typed`` is in the field of ``option``.

        Raises:
            CannotRun: the option has no autocomplete.
            TimedOut: the bot suggested nothing in time.
        """
        values = (options or {}) | {option: typed}
        interaction = self._use(name, values, channel, option)
        await interaction.acknowledged(timeout)
        return interaction.choices or []

    def _use(
        self, name: str, options: dict[str, Any], channel: TextChannel | None, focus: str | None
    ) -> Interaction:
        root, *path = name.split()
        where = self._where(channel)
        registered = self._desk.registry.for_person(self.guild, self.member, root, where)
        values = {key: _as_entity(value) for key, value in options.items()}
        filled = fill(registered, path, values, focus)
        kind = InteractionType.COMMAND if focus is None else InteractionType.AUTOCOMPLETE
        return self._desk.interactions.begin(self.member, where, registered, filled, kind)

    async def run_on(
        self,
        target: ClientActions | Member | Message,
        name: str,
        *,
        channel: TextChannel | None = None,
    ) -> Interaction:
        """Choose a command of the context menu of a member or a message.

        Raises:
            CannotRun: the member's client does not offer it there, or does not show the target.
        """
        filled = Filled()
        if isinstance(target, Message):
            found = self._where_it_is(target)
            if not isinstance(found, TextChannel):
                raise CannotRun("menu commands are offered in servers only")
            where = found
            kind, target_id = CommandType.MESSAGE, target.id
            filled.take(target)
        else:
            member = target.member if isinstance(target, ClientActions) else target
            where = self._where(channel)
            kind, target_id = CommandType.USER, member.user.id
            if self.guild.members.get(target_id) is not member:
                raise CannotRun(f"{member.user.name} is not in {self.guild.name}")
            filled.take(member)
        registered = self._desk.registry.for_person(self.guild, self.member, name, where, kind)
        return self._desk.interactions.begin(
            self.member, where, registered, filled, InteractionType.COMMAND, target_id
        )

    def _where(self, channel: TextChannel | None) -> TextChannel:
        where = channel or next(iter(self.guild.channels.values()), None)
        if where is None:
            raise UnknownPlace(f"the guild {self.guild.name!r} has no channel to type in")
        if not self.can_see(where):
            raise CannotRun(f"{self.member.user.name} does not see #{where.name}")
        return where

    # -- components and forms ------------------------------------------------------------------

    async def click(self, message: Message, button: str) -> Interaction:
        """Click a button, named by its label, its emoji or its custom_id.

        Raises:
            CannotRun: the member does not see it, or it is disabled or a link.
        """
        where = self._where_it_is(message)
        part = find_button(message.components, button)
        data = {
            "component_type": ComponentType.BUTTON.value,
            "id": part["id"],
            "custom_id": part["custom_id"],
        }
        return self._desk.interactions.send(
            self.member, where, InteractionType.COMPONENT, f"the button {button!r}", data, message
        )

    async def choose(
        self, message: Message, *values: str | Entity | ClientActions, menu: str | None = None
    ) -> Interaction:
        """Choose in a select menu: options by label or value, or people, roles and channels.

        ``menu`` is its placeholder or custom_id; it may be left out where there is only one.

        Raises:
            CannotRun: the member does not see the menu, or it does not offer these values.
        """
        where = self._where_it_is(message)
        part = find_menu(message.components, menu)
        filled = Filled()
        chosen = pick(part, [_as_entity(value) for value in values], filled)
        data: dict[str, Any] = {
            "component_type": part["type"],
            "id": part["id"],
            "custom_id": part["custom_id"],
            "values": chosen,
        }
        resolved = filled.resolved(self.member)
        if resolved:
            data["resolved"] = resolved
        label = f"the menu {part['custom_id']!r}"
        return self._desk.interactions.send(
            self.member, where, InteractionType.COMPONENT, label, data, message
        )

    async def submit(self, modal: OpenModal, fields: dict[str, Any] | None = None) -> Interaction:
        """Fill in a form and submit it; fields by their label or custom_id.

        A text field takes a text; a menu takes one value, or several in a list. A field that is
        left out keeps what the bot filled in.

        Raises:
            CannotRun: the form is another member's or closed, or does not accept these values.
        """
        if modal.person is not self.member:
            raise CannotRun(f"the form {modal.title!r} is shown to {modal.person.user.name}")
        if modal.closed:
            raise CannotRun(f"the form {modal.title!r} is closed: it was submitted")
        values: dict[str, Any] = {}
        for key, value in (fields or {}).items():
            several = isinstance(value, Sequence) and not isinstance(value, str)
            values[key] = [_as_entity(e) for e in value] if several else _as_entity(value)
        filled = Filled()
        parts = form_data(modal.components, values, filled)
        data: dict[str, Any] = {"custom_id": modal.custom_id, "components": parts}
        resolved = filled.resolved(self.member)
        if resolved:
            data["resolved"] = resolved
        modal.submission = self._desk.interactions.send(
            self.member,
            modal.channel,
            InteractionType.MODAL_SUBMIT,
            f"the form {modal.title!r}",
            data,
            modal.source,
        )
        return modal.submission

    def _where_it_is(self, message: Message) -> TextChannel | DirectChannel:
        """The channel of a message that the member sees. Raises CannotRun."""
        channel, name = message.channel, self.member.user.name
        if isinstance(channel, DirectChannel) and channel.user is self.member.user:
            return channel
        if not isinstance(channel, TextChannel) or channel.guild is not self.guild:
            raise CannotRun(f"the message is not in {self.guild.name}")
        if message.deleted:
            raise CannotRun("the message is deleted")
        if message not in self.messages(channel):
            raise CannotRun(f"{name} does not see this message in #{channel.name}")
        if isinstance(channel, Thread) and channel.archived:
            raise CannotRun(f"#{channel.name} is archived")
        return channel


def _as_entity(value: Any) -> Any:
    return value.member if isinstance(value, ClientActions) else value


def _shown(command: Command, locale: str) -> ShownCommand:
    def texts(item: Any) -> tuple[str, str]:
        return (
            translated(item.name, item.name_localizations, locale),
            translated(item.description, item.description_localizations, locale),
        )

    def shown(item: Any) -> ShownCommand:
        return ShownCommand(*texts(item), tuple(shown(option) for option in item.options))

    return shown(command)
