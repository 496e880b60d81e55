"""Interactions: a member uses a command, a component or a modal, and the bot answers in time.

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
from simulators.discord.accounts import Member
from simulators.discord.api_objects import Json, snowflake
from simulators.discord.command_input import Filled
from simulators.discord.commands import Choice, Registered
from simulators.discord.components import Modal, numbered
from simulators.discord.errors import TimedOut
from simulators.discord.interaction_payload import (
    command_data,
    direct_payload,
    guild_of,
    interaction_payload,
    metadata,
)
from simulators.discord.messages import (
    EPHEMERAL,
    LOADING,
    Draft,
    File,
    Message,
    MessageStore,
    check_flags,
)
from simulators.discord.shared import SharedState
from simulators.discord.world import DirectChannel, Emit, TextChannel

T = TypeVar("T")

FIRST_RESPONSE_S: Final = 3.0
TOKEN_LIFE_S: Final = 15 * 60.0


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE_MESSAGE = 7
    AUTOCOMPLETE = 8
    MODAL = 9


_BY_MESSAGE: Final = (CallbackType.MESSAGE, CallbackType.DEFERRED_MESSAGE)
_BY_UPDATE: Final = (CallbackType.DEFERRED_UPDATE, CallbackType.UPDATE_MESSAGE)
_ANSWERS: Final = {
    InteractionType.COMMAND: (*_BY_MESSAGE, CallbackType.MODAL),
    InteractionType.COMPONENT: (*_BY_MESSAGE, *_BY_UPDATE, CallbackType.MODAL),
    InteractionType.AUTOCOMPLETE: (CallbackType.AUTOCOMPLETE,),
    InteractionType.MODAL_SUBMIT: _BY_MESSAGE,
}


class Choices(BaseModel):
    model_config = ConfigDict(extra="ignore")

    choices: Annotated[list[Choice], Field(max_length=25)]


@dataclass(eq=False)
class OpenModal:
    """A form that the bot shows to a member; it closes when the bot answers its submission."""

    title: str
    custom_id: str
    components: list[Json]
    source: Message | None
    """The message whose component opened it."""
    channel: TextChannel | DirectChannel
    person: Member
    submission: Interaction | None = None

    @property
    def closed(self) -> bool:
        return self.submission is not None and not self.submission.failed


@dataclass(eq=False)
class Interaction:
    """One action of a member. ``responses`` are the new messages that the member sees, in order.

    ``source`` is the message whose component was used, which the bot may edit. ``original`` is the
    message that "@original" names: the first answer, or the source after an update of it.
    """

    label: str
    """The action in words: "/join", for instance."""
    person: Member
    channel: TextChannel | DirectChannel
    kind: InteractionType
    board: MessageStore
    created_at: float
    source: Message | None = None
    acknowledged_at: float | None = None
    failed: bool = False
    """Discord shows "The application did not respond": three seconds passed."""
    original: Message | None = None
    choices: list[Choice] | None = None
    modal: OpenModal | None = None

    def __post_init__(self) -> None:
        self.id = snowflake()
        self.token = secrets.token_urlsafe(24)
        self.messages: list[Message] = []

    @property
    def answers(self) -> tuple[CallbackType, ...]:
        """The types of first responses that Discord accepts."""
        updates = self.kind is InteractionType.MODAL_SUBMIT and self.source is not None
        return _ANSWERS[self.kind] + (_BY_UPDATE if updates else ())

    def about(self) -> Json:
        return {"id": str(self.id), "type": self.kind.value}

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

    async def shown(self, timeout: float = 3.5) -> OpenModal:
        """The form that the bot shows. Raises TimedOut."""
        return await self._until(lambda: self.modal, timeout, "answered by a form")

    async def _until(self, look: Callable[[], T | None], timeout: float, what: str) -> T:
        def unless_failed() -> T | None:
            if self.failed:
                raise TimedOut(f"{self.label}: the application did not respond")
            return look()

        return await self.board.changes.until(unless_failed, timeout, f"{self.label} {what}")

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
        target_id: int | None = None,
    ) -> Interaction:
        """Send the bot the use of a command; of a menu command, with its target."""
        name = registered.command.name
        label = f"/{name}" if target_id is None else f"the menu {name!r}"
        data = command_data(registered, filled, person, target_id)
        return self.send(person, channel, kind, label, data)

    def send(
        self,
        person: Member,
        channel: TextChannel | DirectChannel,
        kind: InteractionType,
        label: str,
        data: Json,
        source: Message | None = None,
    ) -> Interaction:
        """Send the bot an INTERACTION_CREATE; its deadline starts now."""
        interaction = Interaction(
            label, person, channel, kind, self.board, time.monotonic(), source
        )
        self._open[interaction.token] = interaction
        make = interaction_payload if isinstance(channel, TextChannel) else direct_payload
        payload = make(
            interaction.about() | {"token": interaction.token, "data": data},
            bot_id=self.board.bot.id,
            person=person,
            channel=channel,
            source=source,
        )
        self._emit("INTERACTION_CREATE", payload, guild_of(channel))
        self._shared.timers.later(self._first_response_s, lambda: self._overdue(interaction))
        return interaction

    def _overdue(self, interaction: Interaction) -> None:
        if interaction.acknowledged_at is None:
            interaction.failed = True
            what = f"not answered within {self._first_response_s:g} s"
            self._shared.violations.add(interaction.label, what)
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
        if kind not in interaction.answers:
            raise api_errors.wrong_field(
                "type", f"{kind!r} does not answer {interaction.kind.name}"
            )
        self._answer(interaction, CallbackType(kind), body.get("data") or {}, files)
        interaction.acknowledged_at = time.monotonic()
        self.board.changes.notify()
        return interaction

    def _answer(
        self, interaction: Interaction, kind: CallbackType, data: Json, files: list[File]
    ) -> None:
        if kind is CallbackType.AUTOCOMPLETE:
            interaction.choices = Choices.model_validate(data).choices
        elif kind is CallbackType.MODAL:
            modal = Modal.model_validate(data)
            interaction.modal = OpenModal(
                modal.title,
                modal.custom_id,
                numbered(data["components"]),
                interaction.source,
                interaction.channel,
                interaction.person,
            )
        elif kind in _BY_UPDATE:
            source = interaction.source
            if source is None or source.deleted:
                raise api_errors.unknown(10008, "Message")
            if kind is CallbackType.UPDATE_MESSAGE:
                self.edit(source, Draft.model_validate(data), data, files)
            interaction.original = source
        else:
            self._answer_by_message(interaction, kind, data, files)

    def _answer_by_message(
        self, interaction: Interaction, kind: CallbackType, data: Json, files: list[File]
    ) -> None:
        draft = Draft.model_validate(data)
        flags = check_flags(draft, ephemeral_allowed=True)
        if kind is CallbackType.DEFERRED_MESSAGE and flags & ~EPHEMERAL:
            raise api_errors.wrong_field("flags", "a deferral has no flag but EPHEMERAL")
        message = self._message(interaction, flags)
        if kind is CallbackType.MESSAGE:
            message.apply(draft, data, files)
        else:
            message.flags |= LOADING
        interaction.original = message
        self._add(interaction, message)

    def _message(self, interaction: Interaction, flags: int) -> Message:
        person, channel = interaction.person, interaction.channel
        about = metadata(
            interaction.about(),
            person=person,
            guild_id=guild_of(channel),
            source=interaction.source,
            original=interaction.original,
        )
        reader = person.user.id if flags & EPHEMERAL else None
        return Message(self.board.bot, channel, flags=flags, reader_id=reader, interaction=about)

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
