"""The Gateway's wire protocol, version 4: frames and the payloads we read. No I/O.

Text frames, one JSON object each: requests, answers, events. What we read is checked for the fields
we use and may hold others, for the Gateway grows new ones with every release; types are never
coerced. What we send holds only fields that the Gateway knows, for it refuses any other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import from_json

from openclaw_client.errors import ProtocolViolation
from openclaw_client.identity.roles import OPERATOR, Role
from openclaw_client.protocol.limits import bounded_reason, check_frame
from openclaw_client.protocol.wire import Texts, Wire, or_else, readable
from openclaw_client.session_keys import check_agent_id

PROTOCOL = 4
CLIENT_NAME, CLIENT_VERSION = "openclaw-voice", "0.1.0"

_PLATFORMS = {
    "linux": ("linux", "Linux"),
    "darwin": ("macos", "Mac"),
    "win32": ("windows", "Windows"),
}
"""``sys.platform`` as the Gateway puts it: its name, and the device family."""

MAX_FRAME_BYTES = 26_214_400
"""``policy.maxPayload`` of every Gateway seen; a session's history may come near it."""
CLOSE_RESTART, CLOSE_DEAD = 1012, 4000
"""Close codes: the Gateway restarts; ours for a Gateway that has fallen silent."""


# -- frames ----------------------------------------------------------------------------------------


_RETRY_S = 1.0
"""Before asking again where the Gateway says that it may help, but not when."""
_LEAST_RETRY_S = 0.1
"""A Gateway that wants to be asked again at once is not asked without end."""
LONGEST_RETRY_S = 3600.0
"""The longest wait that is granted; a Gateway locks a client out for five minutes."""
_ID_READ_BYTES = 1_000_000
"""How much of a malformed frame is looked at again, for the request that it answers."""
_COMPLAINT_LETTERS = 200
_NO_CODE: Final = "UNKNOWN"
_NO_REASON: Final = "no reason given"


_Reason = Annotated[str, AfterValidator(bounded_reason)]


class ErrorShape(Wire):
    """Why a request was refused: as much of that as can be read, in texts that have an end."""

    code: Annotated[_Reason, or_else(_NO_CODE)] = _NO_CODE
    message: Annotated[_Reason, or_else(_NO_REASON)] = _NO_REASON
    details: Any = None
    retryable: Annotated[bool, or_else(False)] = False
    retry_after_ms: Annotated[float | None, or_else(None)] = None

    @property
    def wait_s(self) -> float | None:
        """Seconds after which to ask again; None if that is not said to be of use."""
        if self.retry_after_ms is not None:
            return min(max(_LEAST_RETRY_S, self.retry_after_ms / 1000), LONGEST_RETRY_S)
        return _RETRY_S if self.retryable else None

    def detail(self, name: str) -> Any:
        """One entry of ``details``, or None: details may be anything at all."""
        entry = self.details.get(name) if isinstance(self.details, dict) else None
        return bounded_reason(entry) if isinstance(entry, str) else entry


def _as_error(value: Any) -> Any:
    return {"message": value} if isinstance(value, str) else value


class Request(Wire):
    type: Literal["req"] = "req"
    id: str
    method: str
    params: dict[str, Any] | None = None


class Response(Wire):
    type: Literal["res"] = "res"
    id: str
    ok: bool
    payload: Any = None
    error: Annotated[ErrorShape | None, BeforeValidator(_as_error), or_else(None)] = None


class Event(Wire):
    type: Literal["event"] = "event"
    event: str
    payload: Any = None
    seq: Annotated[int, Field(ge=0, lt=2**53)] | None = None


Frame = Request | Response | Event
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


def decode_frame(text: str | bytes) -> Frame:
    """One frame off the wire.

    Raises:
        ProtocolViolation: it is no JSON object, no frame of protocol 4, or too much of one;
            ``answers`` tells of which request it is the answer, if that can be read.
    """
    check_frame(text)
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        raise ProtocolViolation(
            f"not a frame of protocol {PROTOCOL}: {_where(error)}", answers=_answered_by(text)
        ) from None


def _answered_by(text: str | bytes) -> str | None:
    """The id in a malformed answer."""
    if len(text) > _ID_READ_BYTES:
        return None
    try:
        frame = read_json(text)
    except ValueError:
        return None
    match frame:
        case {"type": "res", "id": str(ident)}:
            return ident
        case _:
            return None


def read_json(text: str | bytes) -> Any:
    """A JSON value. Unlike ``json`` it takes neither half a surrogate, nor NaN, nor a nesting
    without end.

    Raises:
        ValueError: it is none.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return from_json(raw, allow_inf_nan=False)


def encode_request(ident: str, method: str, params: Mapping[str, Any]) -> str:
    """The text of a request frame."""
    frame = {"type": "req", "id": ident, "method": method, "params": params}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


# -- payloads --------------------------------------------------------------------------------------


class Challenge(Wire):
    nonce: str
    ts: int


class HelloServer(Wire):
    """``boot_id`` is another one for each process of the Gateway."""

    version: Annotated[str, or_else("")] = ""
    boot_id: Annotated[str, or_else("")] = ""
    conn_id: Annotated[str, or_else("")] = ""


class HelloAuth(Wire):
    role: str
    scopes: Texts
    device_token: Annotated[Annotated[SecretStr, Field(min_length=1)] | None, or_else(None)] = None


_TICK_MS: Final = 30_000.0
_TICKS_MS: Final = (100, 3_600_000)
"""More often than this no Gateway ticks: each connection would count as dead at once."""


class HelloPolicy(Wire):
    """What the Gateway tells of its limits; where it tells nonsense, what every one has."""

    tick_interval_ms: Annotated[
        float, Field(ge=_TICKS_MS[0], le=_TICKS_MS[1]), or_else(_TICK_MS)
    ] = _TICK_MS


class HelloOk(Wire):
    type: Literal["hello-ok"]
    protocol: int
    server: Annotated[HelloServer, or_else(HelloServer())] = HelloServer()
    auth: HelloAuth
    policy: Annotated[HelloPolicy, or_else(HelloPolicy())] = HelloPolicy()


class ChatEvent(Wire):
    """One step of a run. ``state`` is status, delta, final, aborted or error."""

    run_id: str
    session_key: str
    state: str
    delta_text: str | None = None
    replace: bool = False
    message: Any = None
    stop_reason: str | None = None
    error_message: Annotated[str | None, or_else(None)] = None
    error_kind: Annotated[str | None, or_else(None)] = None
    error_detail: Any = None


class ChatAck(Wire):
    run_id: str
    status: str


class AbortAnswer(Wire):
    aborted: bool


class InFlightRun(Wire):
    """A run that goes on, with all of its text so far."""

    run_id: str
    text: str = ""


class ChatHistory(Wire):
    messages: Annotated[list[Any], or_else([]), Field(default_factory=list)]
    in_flight_run: Annotated[InFlightRun | None, or_else(None)] = None


class TerminalReply(Wire):
    """``disposition`` is visible, or, of an agent that chose to say nothing, silent or empty."""

    disposition: str = "visible"
    text: str = ""


class RunOutcome(Wire):
    """How a run ended. Without ``ended_at``: it goes on, or there never was one."""

    run_id: str
    status: str
    ended_at: float | None = None
    error: Annotated[str | None, or_else(None)] = None
    stop_reason: Annotated[str | None, or_else(None)] = None
    terminal_reply: Annotated[TerminalReply | None, or_else(None)] = None


class Shutdown(Wire):
    """That the Gateway goes down. The event alone says so: all else may be missing."""

    reason: Annotated[str, or_else("")] = ""
    restart_expected_ms: Annotated[float | None, or_else(None)] = None

    @property
    def restart_expected_s(self) -> float | None:
        """Seconds until it is back, if it said so."""
        if self.restart_expected_ms is None:
            return None
        return min(max(0.0, self.restart_expected_ms / 1000), LONGEST_RETRY_S)


AgentId = Annotated[str, AfterValidator(check_agent_id)]


class AgentRow(Wire):
    """An agent as ``agents.list`` names it."""

    id: AgentId
    name: Annotated[str | None, or_else(None)] = None


class AgentsList(Wire):
    default_id: Annotated[AgentId, or_else("")] = ""
    agents: Annotated[list[AgentRow], readable(AgentRow)]


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """An agent that the Gateway has. ``default`` is the one that it takes where none is named."""

    id: str
    name: str | None = None
    default: bool = False


P = TypeVar("P", bound=Wire)


def read_payload(model: type[P], payload: Any, what: str) -> P:
    """A payload as its model.

    Raises:
        ProtocolViolation: it is not one; the text names ``what`` and where.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise ProtocolViolation(
            f"{what} is not as protocol {PROTOCOL} has it: {_where(error)}"
        ) from None


def message_text(message: Any) -> str | None:
    """The text of a chat message, whose content is a text or a list of typed parts."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return None
    parts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(part for part in parts if isinstance(part, str))


# -- what we send ----------------------------------------------------------------------------------


def connect_params(
    token: str, instance_id: str, *, device_token: str = "", role: Role = OPERATOR
) -> dict[str, Any]:
    """The params of ``connect`` for one role, by the shared token or a device's.

    Platform and device family are what a pairing is pinned to: another one is asked for anew. So
    they are given in every role, in the words that the Gateway has for a node's.
    """
    platform, family = _PLATFORMS.get(sys.platform, (sys.platform, ""))
    params: dict[str, Any] = {
        "minProtocol": PROTOCOL,
        "maxProtocol": PROTOCOL,
        "client": {
            "id": role.client_id,
            "mode": role.client_mode,
            "version": CLIENT_VERSION,
            "platform": platform,
            **({"deviceFamily": family} if family else {}),
            "displayName": CLIENT_NAME,
            "instanceId": instance_id,
        },
        "role": role.name,
        "scopes": list(role.scopes),
        "caps": [],
    }
    if role.commands is not None:
        params["commands"] = list(role.commands)
    if token:
        params["auth"] = {"token": token}
    elif device_token:
        params["auth"] = {"deviceToken": device_token}
    return params


def chat_send_params(
    session_key: str, message: str, run_id: str, timeout_s: float
) -> dict[str, Any]:
    """The params of ``chat.send``.

    ``queueMode`` is never left to its default, steer, under which a second turn's answer comes as
    more of the first one's run.
    """
    return {
        "sessionKey": session_key,
        "message": message,
        "idempotencyKey": run_id,
        "queueMode": "interrupt",
        "timeoutMs": round(timeout_s * 1000),
    }


def _where(error: ValidationError) -> str:
    """The first complaint, without the value complained of: it may hold speech or a secret."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "union_tag_invalid":
        return "at type: no kind of frame that it knows"
    place = "/".join(str(part) for part in first["loc"])[:_COMPLAINT_LETTERS]
    return f"at {place}: {first['msg']}" if place else first["msg"]
