"""Messages: validation of the bodies that the bot sends, and the store of all channels.

The limits are those of the API reference, "Create Message" and "Embed Limits".
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from simulators.changes import Changes
from simulators.discord.accounts import User
from simulators.discord.api_errors import empty_message, wrong_field
from simulators.discord.api_objects import Json, snowflake
from simulators.discord.components import IS_COMPONENTS_V2, accept, walk
from simulators.discord.errors import TimedOut
from simulators.discord.mentions import AllowedMentions, Pings, pings
from simulators.discord.world import DirectChannel, Emit, TextChannel

EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
_SUPPRESS_EMBEDS: Final = 1 << 2
_SUPPRESS_NOTIFICATIONS: Final = 1 << 12
_MAX_EMBED_CHARACTERS: Final = 6000


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class EmbedField(_Model):
    name: str = Field(min_length=1, max_length=256)
    value: str = Field(min_length=1, max_length=1024)


class EmbedFooter(_Model):
    text: str = Field("", max_length=2048)


class EmbedAuthor(_Model):
    name: str = Field("", max_length=256)


class Embed(_Model):
    title: str | None = Field(None, max_length=256)
    description: str | None = Field(None, max_length=4096)
    fields: list[EmbedField] = Field([], max_length=25)
    footer: EmbedFooter | None = None
    author: EmbedAuthor | None = None

    def characters(self) -> int:
        parts = [self.title, self.description]
        parts += [self.footer.text if self.footer else None]
        parts += [self.author.name if self.author else None]
        total = sum(len(part) for part in parts if part)
        return total + sum(len(f.name) + len(f.value) for f in self.fields)


class Draft(_Model):
    """The body of a message to be sent or edited. Fields that are not set stay unchanged."""

    content: str | None = Field(None, max_length=2000)
    embeds: list[Embed] | None = Field(None, max_length=10)
    flags: int | None = Field(None, ge=0)
    components: list[dict[str, Any]] | None = Field(None, max_length=40)
    allowed_mentions: AllowedMentions | None = None
    attachments: list[dict[str, Any]] | None = Field(None, max_length=10)

    @model_validator(mode="after")
    def _embeds_fit(self) -> Draft:
        if sum(embed.characters() for embed in self.embeds or []) > _MAX_EMBED_CHARACTERS:
            raise ValueError(f"the embeds have more than {_MAX_EMBED_CHARACTERS} characters")
        return self


@dataclass(frozen=True)
class File:
    """An attached file."""

    name: str
    content: bytes
    id: int = field(default_factory=snowflake)

    def payload(self) -> Json:
        url = f"https://cdn.discordapp.com/attachments/0/{self.id}/{self.name}"
        return {
            "id": str(self.id),
            "filename": self.name,
            "size": len(self.content),
            "url": url,
            "proxy_url": url,
        }


@dataclass(eq=False)
class Message:
    """A message in its present form."""

    author: User
    channel: TextChannel | DirectChannel
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: int = 0
    id: int = field(default_factory=snowflake)
    at: float = field(default_factory=time.monotonic)
    """``time.monotonic()`` of its arrival."""
    edits: int = 0
    deleted: bool = False
    allowed_mentions: AllowedMentions | None = None
    """Whom it may notify: None is everybody that it mentions."""
    reader_id: int | None = None
    """Who sees an ephemeral message."""
    interaction: Json | None = None
    """What it answers, as ``interaction_metadata``."""
    pings: Pings = field(default_factory=Pings)
    """Whom it mentions so that Discord notifies them; an edit notifies no one."""
    thread_id: int | None = None
    """The thread that was started from it."""

    @property
    def ephemeral(self) -> bool:
        """Only the person who ran the command sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def may_ping(self) -> bool:
        """Whether a mention in it would notify anybody."""
        allowed = self.allowed_mentions
        return allowed is None or bool(allowed.parse or allowed.users or allowed.roles)

    @property
    def layout(self) -> bool:
        """Its components are its content (version 2)."""
        return bool(self.flags & IS_COMPONENTS_V2)

    @property
    def thinking(self) -> bool:
        """A deferred answer that has not come yet."""
        return bool(self.flags & LOADING)

    def payload(self) -> Json:
        now = dt.datetime.now(dt.UTC).isoformat()
        payload: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "author": self.author.payload(),
            "content": self.content,
            "timestamp": now,
            "edited_timestamp": now if self.edits else None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [file.payload() for file in self.files],
            "embeds": self.embeds,
            "components": self.components,
            "pinned": False,
            "type": 0,
            "flags": self.flags,
        }
        if self.interaction is not None:
            payload["interaction_metadata"] = self.interaction
        if isinstance(self.channel, TextChannel):
            members = self.channel.guild.members
            found = (members.get(user_id) for user_id in self.pings.users)
            payload["mentions"] = [each.user.payload() for each in found if each is not None]
            payload["mention_roles"] = [str(role_id) for role_id in self.pings.roles]
            payload["mention_everyone"] = self.pings.everyone
            thread = self.channel.guild.threads.get(self.thread_id or 0)
            if thread is not None:
                payload["thread"] = thread.payload()
        return payload

    def apply(self, draft: Draft, body: Json, files: list[File]) -> None:
        """Apply a draft.

        Raises:
            ApiRefusal: the message would be empty, or mixes content and components of version 2.
            pydantic.ValidationError: components that Discord refuses.
        """
        given = draft.model_fields_set
        flags = self.flags | (draft.flags or 0) & IS_COMPONENTS_V2
        layout = bool(flags & IS_COMPONENTS_V2)
        content = (draft.content or "") if "content" in given else self.content
        embeds = list(body["embeds"] or []) if "embeds" in given else self.embeds
        parts = self.components
        if "components" in given:
            parts = accept(list(body["components"] or []), layout=layout)
        if layout and (content or embeds):
            raise wrong_field("flags", "components of version 2 exclude content and embeds")
        kept = self.files
        if draft.attachments is not None:
            ids = {str(attachment.get("id")) for attachment in draft.attachments}
            kept = [file for file in self.files if str(file.id) in ids]
        if not (content.strip() or embeds or parts or kept or files):
            raise empty_message()
        self.content, self.embeds, self.components = content, embeds, parts
        self.files = kept + files
        self.allowed_mentions = draft.allowed_mentions
        self.flags = flags & ~LOADING
        if given & {"content", "components"}:
            self.pings = self._pings(draft)

    def _pings(self, draft: Draft) -> Pings:
        if self.ephemeral or not isinstance(self.channel, TextChannel):
            return Pings()
        texts = [self.content]
        texts += [part["content"] for part in walk(self.components) if "content" in part]
        found = pings("\n".join(texts), draft.allowed_mentions)
        guild, channel = self.channel.guild, self.channel
        author = guild.members.get(self.author.id)
        if author is None or not guild.permissions(author, channel).mention_everyone:
            return Pings(found.users)
        return found


def check_flags(draft: Draft, *, ephemeral_allowed: bool) -> int:
    """The flags a new message may have. Raises ApiRefusal."""
    allowed = _SUPPRESS_EMBEDS | _SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2
    allowed |= EPHEMERAL if ephemeral_allowed else 0
    flags = draft.flags or 0
    if flags & ~allowed:
        raise wrong_field("flags", f"{flags & ~allowed:#x} cannot be set here")
    return flags


class MessageStore:
    """The messages in all channels, in the order they came."""

    def __init__(self, bot: User, emit: Emit) -> None:
        self.bot = bot
        self.changes = Changes(TimedOut)
        self._emit = emit
        self._messages: dict[int, Message] = {}

    def post(self, message: Message) -> None:
        self._messages[message.id] = message
        self._event("MESSAGE_CREATE", message, message.payload())

    def edited(self, message: Message) -> None:
        message.edits += 1
        self._event("MESSAGE_UPDATE", message, message.payload())

    def delete(self, message: Message) -> None:
        message.deleted = True
        gone = {"id": str(message.id), "channel_id": str(message.channel.id)}
        self._event("MESSAGE_DELETE", message, gone)

    def find(self, message_id: int) -> Message | None:
        message = self._messages.get(message_id)
        return None if message is None or message.deleted else message

    def visible(self, channel: TextChannel | DirectChannel) -> list[Message]:
        """The bot's messages that all members see: neither deleted nor ephemeral."""
        return [message for message in self.public(channel) if message.author is self.bot]

    def public(self, channel: TextChannel | DirectChannel) -> list[Message]:
        """All messages that all members see, by any author."""
        return [message for message in self.seen_by(None, channel) if not message.ephemeral]

    def seen_by(self, user_id: int | None, channel: TextChannel | DirectChannel) -> list[Message]:
        """The messages that a member sees, with the ephemeral ones for that member."""
        return [
            message
            for message in self._messages.values()
            if message.channel is channel
            and not message.deleted
            and (not message.ephemeral or message.reader_id == user_id)
        ]

    async def wait_for(
        self,
        channel: TextChannel | DirectChannel,
        matches: Callable[[Message], bool],
        timeout_s: float,
    ) -> Message:
        """The first visible message that matches. Raises TimedOut."""
        return await self.changes.until(
            lambda: next(filter(matches, self.visible(channel)), None),
            timeout_s,
            f"a message in #{channel.name}",
        )

    def _event(self, name: str, message: Message, payload: Json) -> None:
        # Direct messages are announced only under an intent that this bot does not use.
        channel = message.channel
        if not message.ephemeral and isinstance(channel, TextChannel):
            guild = channel.guild
            about: Json = {"guild_id": str(guild.id)}
            member = guild.members.get(message.author.id)
            if member is not None and name != "MESSAGE_DELETE":
                about["member"] = {k: v for k, v in member.payload().items() if k != "user"}
            if guild.permissions(guild.bot, channel).view_channel:
                self._emit(name, payload | about, guild.id)
        self.changes.notify()
