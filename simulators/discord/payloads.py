"""The frames that a bot sends to the main gateway and the voice gateway, and their validation.

Field names, types and limits are those of Discord's documentation ("Gateway Events", "Voice
Connections"). Unknown fields are ignored, as by Discord.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from simulators.discord.errors import BadFrame

DECODE_ERROR = 4002
"""The close code of both gateways for a frame that does not decode."""


def _snowflake(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Snowflake = Annotated[int, BeforeValidator(_snowflake), Field(ge=0, lt=1 << 64)]
"""An id: digits in a string, or a number."""


class Payload(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Frame(Payload):
    """Any JSON frame. ``d`` is required but may be null."""

    op: int
    d: Any


class ClientProperties(Payload):
    os: str
    browser: str
    device: str


class Identify(Payload):
    token: str
    properties: ClientProperties
    intents: int = Field(ge=0)
    large_threshold: int = Field(50, ge=50, le=250)
    shard: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None


class Resume(Payload):
    token: str
    session_id: str
    seq: int | None


class PresenceUpdate(Payload):
    since: int | float | None
    activities: list[dict[str, Any]]
    status: Literal["online", "dnd", "idle", "invisible", "offline"] | None
    afk: bool


class VoiceStateUpdate(Payload):
    guild_id: Snowflake
    channel_id: Snowflake | None
    self_mute: bool
    self_deaf: bool


class RequestMembers(Payload):
    guild_id: Snowflake
    query: str | None = None
    limit: int | None = None
    user_ids: list[Snowflake] | Snowflake | None = None
    nonce: str | None = Field(None, max_length=32)

    @model_validator(mode="after")
    def _one_way_of_asking(self) -> RequestMembers:
        if (self.query is None) == (self.user_ids is None):
            raise ValueError("exactly one of query and user_ids is needed")
        if self.query is not None and self.limit is None:
            raise ValueError("query needs limit")
        return self


class VoiceIdentify(Payload):
    server_id: Snowflake
    user_id: Snowflake
    session_id: str
    token: str
    max_dave_protocol_version: int = 0


class VoiceResume(Payload):
    server_id: Snowflake
    session_id: str
    token: str
    seq_ack: int = -1


class VoiceHeartbeat(Payload):
    t: int
    seq_ack: int = Field(ge=-1)


class ProtocolData(Payload):
    address: str
    port: int = Field(ge=1, le=65535)
    mode: str


class SelectProtocol(Payload):
    protocol: str
    data: ProtocolData


class Speaking(Payload):
    speaking: int = Field(ge=0, le=7)
    delay: int
    ssrc: int


class Transition(Payload):
    transition_id: int = Field(ge=0, le=0xFFFF)


P = TypeVar("P", bound=Payload)


def read(model: type[P], data: object) -> P:
    """Validate the data of a frame.

    Raises:
        BadFrame: names each wrong field; closes with 4002.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadFrame(DECODE_ERROR, f"{model.__name__}: {explain(error)}") from None


def read_frame(text: str) -> Frame:
    """Parse one JSON frame. Raises BadFrame (4002)."""
    try:
        return Frame.model_validate_json(text)
    except ValidationError as error:
        raise BadFrame(DECODE_ERROR, f"malformed frame: {explain(error)}") from None


def explain(error: ValidationError) -> str:
    """Every problem in one line, each with its place."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'it'}: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)
    )
