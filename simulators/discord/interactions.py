"""Interactions: a member runs a command, and the bot answers within Discord's deadlines.

The bot has three seconds for its first response and fifteen minutes for everything after it
(API reference, "Receiving and Responding").
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from simulators.discord import api_errors
from simulators.discord.api_objects import Json, snowflake
from simulators.discord.command_input import Filled
from simulators.discord.commands import Choice, Registered
from simulators.discord.errors import TimedOut
from simulators.discord.messages import (
    LOADING,
    Draft,
    File,
    Message,
    MessageStore,
    check_flags,
)
from simulators.discord.shared import SharedState
from simulators.discord.world import Emit, Member, TextChannel

T = TypeVar("T")

FIRST_RESPONSE_S: Final = 3.0
TOKEN_LIFE_S: Final = 15 * 60.0


class InteractionType(IntEnum):
    COMMAND = 2
    AUTOCOMPLETE = 4


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    AUTOCOMPLETE = 8


_ANSWERS: Final = {
    InteractionType.COMMAND: (CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE),
    InteractionType.AUTOCOMPLETE: (CallbackType.AUTOCOMPLETE,),
}


class Choices(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choices: Annotated[list[Choice], Field(max_length=25)]


@dataclass(eq=False)
class Interaction:
    """One use of a command. ``responses`` are the messages that the member sees, in order."""

    command: str
    person: Member
    channel: TextChannel
    kind: InteractionType
    board: MessageStore
    created_at: float
    acknowledged_at: float | None = None
    failed: bool = False
    """Discord shows "The application did not respond": three seconds passed."""
    original: Message | None = None
    choices: list[Choice] | None = None

    def __post_init__(self) -> None:
        self.id = snowflake()
        self.token = secrets.token_urlsafe(24)
        self.messages: list[Message] = []

    @property
    def responses(self) -> list[Message]:
        """The readable messages: neither deleted nor still "thinking"."""
        return [m for m in self.messages if not m.deleted and not m.thinking]

    async def acknowledged(self, timeout: float = 3.5) -> None:
        """Until the first response of any kind. Raises TimedOut if there was none."""
        await self._until(lambda: self.acknowledged_at is not None, timeout, "acknowledged")

    async def answered(self, timeout: float = 10.0) -> Message:
        """The bot's first readable message. Raises TimedOut if there was none."""
        return await self._until(lambda: next(iter(self.responses), None), timeout, "answered")

    async def answered_with(self, text: str, timeout: float = 10.0) -> Message:
        """The first message that contains ``text``. Raises TimedOut."""
        return await self._until(
            lambda: next((m for m in self.responses if text in m.content), None),
            timeout,
            f"answered with {text!r}",
        )

    async def _until(self, look: Callable[[], T | None], timeout: float, what: str) -> T:
        def unless_failed() -> T | None:
            if self.failed:
                raise TimedOut(f"/{self.command}: the application did not respond")
            return look()

        return await self.board.changes.until(unless_failed, timeout, f"/{self.command} {what}")

    def expire(self) -> None:
        """Expire the token, as after fifteen minutes."""
        self.created_at -= TOKEN_LIFE_S


class Interactions:
    """Sends interactions to the bot and accepts its responses."""

    def __init__(
        self, board: MessageStore, emit: Emit, shared: SharedState, *, first_response_s: float
    ) -> None:
        self.board = board
        self._emit = emit
        self._shared = shared
        self._first_response_s = first_response_s
        self._open: dict[str, Interaction] = {}

    def begin(
        self,
        person: Member,
        channel: TextChannel,
        registered: Registered,
        filled: Filled,
        kind: InteractionType,
    ) -> Interaction:
        """Send the bot an INTERACTION_CREATE; its deadline starts now."""
        interaction = Interaction(
            registered.command.name, person, channel, kind, self.board, time.monotonic()
        )
        self._open[interaction.token] = interaction
        payload = _payload(interaction, registered, filled, self.board.bot.id)
        self._emit("INTERACTION_CREATE", payload, channel.guild.id)
        self._shared.timers.later(self._first_response_s, lambda: self._overdue(interaction))
        return interaction

    def _overdue(self, interaction: Interaction) -> None:
        if interaction.acknowledged_at is None:
            interaction.failed = True
            what = f"not answered within {self._first_response_s:g} s"
            self._shared.violations.add(f"/{interaction.command}", what)
            self.board.changes.notify()

    # -- the first response --------------------------------------------------------------------

    def respond(
        self, interaction_id: int, token: str, body: Json, files: list[File]
    ) -> Interaction:
        """A callback.

        Raises:
            ApiRefusal: it is unknown, late, a second one, or of the wrong type.
        """
        interaction = self._open.get(token)
        if interaction is None or interaction.id != interaction_id or interaction.failed:
            raise api_errors.unknown_interaction()
        if interaction.acknowledged_at is not None:
            raise api_errors.already_acknowledged()
        kind = body.get("type")
        if kind not in _ANSWERS[interaction.kind]:
            raise api_errors.wrong_field(
                "type", f"{kind!r} does not answer {interaction.kind.name}"
            )
        data = body.get("data") or {}
        if kind == CallbackType.AUTOCOMPLETE:
            interaction.choices = Choices.model_validate(data).choices
        else:
            draft = Draft.model_validate(data)
            message = self._message(interaction, check_flags(draft, ephemeral_allowed=True))
            if kind == CallbackType.MESSAGE:
                message.apply(draft, data, files)
            else:
                message.flags |= LOADING
            interaction.original = message
            self._add(interaction, message)
        interaction.acknowledged_at = time.monotonic()
        self.board.changes.notify()
        return interaction

    def _message(self, interaction: Interaction, flags: int) -> Message:
        return Message(self.board.bot, interaction.channel, flags=flags)

    def _add(self, interaction: Interaction, message: Message) -> None:
        interaction.messages.append(message)
        self.board.post(message)

    # -- what follows --------------------------------------------------------------------------

    def acknowledged(self, token: str) -> Interaction:
        """The interaction of a valid token.

        Raises:
            ApiRefusal: unknown, not yet acknowledged, or fifteen minutes old.
        """
        interaction = self._open.get(token)
        if interaction is None or interaction.acknowledged_at is None:
            raise api_errors.unknown_webhook()
        if time.monotonic() - interaction.created_at >= TOKEN_LIFE_S:
            raise api_errors.invalid_webhook_token()
        return interaction

    def follow_up(self, token: str, draft: Draft, body: Json, files: list[File]) -> Message:
        """A follow-up message; the first one after a deferral replaces the deferral."""
        interaction = self.acknowledged(token)
        flags = check_flags(draft, ephemeral_allowed=True)
        original = interaction.original
        if original is not None and original.thinking and not original.deleted:
            self.edit(original, draft, body, files)
            return original
        message = self._message(interaction, flags)
        message.apply(draft, body, files)
        self._add(interaction, message)
        return message

    def edit(self, message: Message, draft: Draft, body: Json, files: list[File]) -> None:
        message.apply(draft, body, files)
        message.at = time.monotonic()
        self.board.edited(message)

    def find(self, token: str, message_id: str) -> Message:
        """One of the interaction's messages, ``@original`` or by id. Raises ApiRefusal."""
        interaction = self.acknowledged(token)
        if message_id == "@original":
            message = interaction.original
        else:
            message = next((m for m in interaction.messages if str(m.id) == message_id), None)
        if message is None or message.deleted:
            raise api_errors.unknown(10008, "Message")
        return message


def _payload(
    interaction: Interaction, registered: Registered, filled: Filled, application_id: int
) -> Json:
    channel, guild, person = interaction.channel, interaction.channel.guild, interaction.person
    data: Json = {
        "id": str(registered.id),
        "name": registered.command.name,
        "type": registered.command.type.value,
        "options": filled.options,
        "resolved": filled.resolved(),
    }
    if registered.guild_id is not None:
        data["guild_id"] = str(registered.guild_id)
    granted = str(guild.permissions(person, channel).value)
    return {
        "id": str(interaction.id),
        "application_id": str(application_id),
        "type": interaction.kind.value,
        "token": interaction.token,
        "version": 1,
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "features": [], "locale": "en-US"},
        "channel_id": str(channel.id),
        "channel": channel.payload() | {"permissions": granted},
        "member": person.payload() | {"permissions": granted},
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": str(guild.permissions(guild.bot, channel).value),
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(guild.id)},
        "context": 0,
        "attachment_size_limit": 10 << 20,
        "data": data,
    }
