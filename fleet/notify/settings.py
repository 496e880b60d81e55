"""The settings of messages to people: who is told, where, and of what."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fleet.urgency import UrgencyLevel

DISCORD: Final = "discord"
"""The channel of the bot itself: a direct message to a member."""


class Recipient(BaseModel):
    """A person, and one way to reach them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """Who this is, for the log and for agents."""
    channel: Annotated[str, Field(min_length=1, max_length=60)]
    """A channel that the Gateway has, such as `telegram`; `discord` is a direct message of the
    bot."""
    to: Annotated[str, Field(min_length=1, max_length=200)]
    """The address there: a chat id, a phone number, a member's id on Discord. It is never shown to
    an agent."""
    from_urgency: UrgencyLevel = "low"
    """The lowest urgency that reaches them."""


class NotifySettings(BaseModel):
    """What people are told, also when they are in no call."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    recipients: tuple[Recipient, ...] = ()
    """Who is told, such as `{name: Alice, channel: telegram, to: "42", from_urgency: high}`. Agents
    get the tool `notify_human` if there is one. They choose the words, the urgency and the channel;
    the address comes from here alone."""
    speak_from: UrgencyLevel | Literal["never"] = "high"
    """The lowest urgency that is spoken in the running calls too; `never` for none."""
    speak_in: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Servers in whose calls messages are spoken. With none it is the bot's only server; a bot in
    several speaks nowhere."""
    repeat_after_s: Annotated[float, Field(ge=10, le=86_400)] = 120.0
    """Seconds after which a critical message is repeated until a person acknowledges it."""
    repeats: Annotated[int, Field(ge=0, le=100)] = 10
    """How often a critical message is repeated at most."""
    per_hour: Annotated[int, Field(ge=1, le=1000)] = 30
    """Messages of agents and sensors in an hour; further ones are refused, except critical ones."""
    critical_per_hour: Annotated[int, Field(ge=1, le=1000)] = 5
    """Critical messages in an hour that agents may send for one member, one server, one channel, or
    the owner; for all sessions of unknown origin together. Those of sensors are not counted. All
    but the owner's sessions together may send as many as `per_hour`."""
    sessions: tuple[Annotated[str, Field(min_length=1, max_length=512)], ...] = ("*",)
    """Sessions that may tell people something beside the owner's own, such as
    `agent:*:discord:guild:7`; `*` stands for any characters. `[]` leaves it to the owner's."""

    @model_validator(mode="after")
    def _one_way_once(self) -> NotifySettings:
        ways = [(each.channel, each.to) for each in self.recipients]
        if len(set(ways)) < len(ways):
            raise ValueError("recipients: a channel and an address stand there twice")
        return self
