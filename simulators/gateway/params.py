"""The params of the simulated Gateway's methods, and its messages for wrong ones.

The fields are those of OpenClaw 2026.9.6: unknown fields are rejected, and nothing is coerced.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from simulators.gateway.refusal import invalid

NonEmpty = Annotated[str, Field(min_length=1)]

ClientId = Literal[
    "webchat-ui",
    "openclaw-control-ui",
    "openclaw-browser-copilot",
    "openclaw-tui",
    "webchat",
    "cli",
    "gateway-client",
    "openclaw-macos",
    "openclaw-linux",
    "openclaw-ios",
    "openclaw-watchos",
    "openclaw-android",
    "node-host",
    "openclaw-worker",
    "test",
    "fingerprint",
    "openclaw-probe",
]
ClientMode = Literal["webchat", "cli", "ui", "backend", "node", "worker", "probe", "test"]


class Params(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=False, extra="forbid", strict=True, frozen=True
    )


class ClientParams(Params):
    id: ClientId
    version: NonEmpty
    platform: NonEmpty
    mode: ClientMode
    display_name: NonEmpty | None = None
    build_id: Annotated[str, Field(min_length=1, max_length=96)] | None = None
    device_family: NonEmpty | None = None
    model_identifier: NonEmpty | None = None
    time_zone: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    instance_id: NonEmpty | None = None


class DeviceParams(Params):
    id: NonEmpty
    public_key: NonEmpty
    signature: NonEmpty
    signed_at: Annotated[int, Field(ge=0)]
    nonce: NonEmpty


class AuthParams(Params):
    token: str | None = None
    bootstrap_token: str | None = None
    device_token: str | None = None
    password: str | None = None


class ConnectParams(Params):
    min_protocol: Annotated[int, Field(ge=1)]
    max_protocol: Annotated[int, Field(ge=1)]
    client: ClientParams
    role: NonEmpty = "operator"
    scopes: list[NonEmpty] = []
    caps: list[NonEmpty] = []
    commands: list[NonEmpty] | None = None
    permissions: dict[str, bool] | None = None
    path_env: str | None = None
    device: DeviceParams | None = None
    auth: AuthParams = AuthParams()
    locale: str | None = None
    user_agent: str | None = None


class ChatSendParams(Params):
    session_key: Annotated[str, Field(min_length=1, max_length=512)]
    message: str
    idempotency_key: NonEmpty
    agent_id: NonEmpty | None = None
    session_id: NonEmpty | None = None
    thinking: str | None = None
    fast_mode: bool | Literal["auto"] | None = None
    queue_mode: Literal["steer", "followup", "collect", "interrupt"] = "steer"
    deliver: bool | None = None
    reply_to_id: NonEmpty | None = None
    attachments: list[dict[str, Any]] | None = None
    timeout_ms: Annotated[int, Field(ge=0)] | None = None
    suppress_command_interpretation: bool | None = None
    expected_leaf_entry_id: NonEmpty | None = None


class ChatAbortParams(Params):
    session_key: NonEmpty
    agent_id: NonEmpty | None = None
    run_id: NonEmpty | None = None
    preserve_side_runs: bool | None = None


class ChatHistoryParams(Params):
    session_key: NonEmpty
    agent_id: NonEmpty | None = None
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    max_bytes: Annotated[int, Field(ge=1024)] | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    max_chars: Annotated[int, Field(ge=1, le=500_000)] | None = None


class AgentWaitParams(Params):
    run_id: NonEmpty
    timeout_ms: Annotated[int, Field(ge=0)] = 30_000


class AgentsListParams(Params):
    pass


class QuestionListParams(Params):
    pass


class QuestionGetParams(Params):
    id: NonEmpty


class QuestionResolveParams(Params):
    """With ``cancel`` the question is skipped, else it has ``answers``."""

    id: NonEmpty
    answers: dict[str, Any] | None = None
    cancel: Literal[True] | None = None


class ToolsEffectiveParams(Params):
    session_key: NonEmpty
    agent_id: NonEmpty | None = None


class ToolsInvokeParams(Params):
    name: NonEmpty
    args: dict[str, Any] | None = None
    session_key: NonEmpty | None = None
    agent_id: NonEmpty | None = None
    idempotency_key: NonEmpty | None = None


class SessionsListParams(Params):
    agent_id: NonEmpty | None = None
    limit: Annotated[int, Field(ge=1)] | None = None


class SessionMessagesParams(Params):
    key: NonEmpty


class NodeListParams(Params):
    pass


class NodePairListParams(Params):
    pass


class NodePairApproveParams(Params):
    request_id: NonEmpty


class SendParams(Params):
    to: NonEmpty
    message: str = ""
    idempotency_key: NonEmpty
    channel: NonEmpty | None = None
    agent_id: NonEmpty | None = None
    session_key: NonEmpty | None = None
    silent: bool | None = None


class NodePairRemoveParams(Params):
    node_id: NonEmpty


class SetupCodeParams(Params):
    bootstrap_profile: NonEmpty | None = None
    public_url: NonEmpty | None = None
    include_qr: bool | None = None
    join_url: bool | None = None


class SetupStatusParams(Params):
    setup_id: NonEmpty


class NodeInvokeParams(Params):
    node_id: NonEmpty
    command: NonEmpty
    idempotency_key: NonEmpty
    params: Any = None
    timeout_ms: Annotated[int, Field(ge=0)] | None = None
    session_key: NonEmpty | None = None
    turn_source_channel: str | None = None
    turn_source_to: str | None = None
    turn_source_account_id: str | None = None
    turn_source_thread_id: str | int | None = None


class NodeErrorParams(Params):
    code: NonEmpty | None = None
    message: NonEmpty | None = None


class NodeInvokeResultParams(Params):
    id: NonEmpty
    node_id: NonEmpty
    ok: bool
    payload: Any = None
    payload_json: str | None = Field(None, alias="payloadJSON")
    error: NodeErrorParams | None = None


class McpParams(Params):
    server: NonEmpty
    tool: NonEmpty


class NodeToolParams(Params):
    plugin_id: NonEmpty
    name: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    description: NonEmpty
    parameters: dict[str, Any] | None = None
    command: NonEmpty | None = None
    mcp: McpParams | None = None


class NodeToolsUpdateParams(Params):
    tools: list[NodeToolParams]


class NodeEventParams(Params):
    event: NonEmpty
    payload: Any = None
    payload_json: str | None = Field(None, alias="payloadJSON")


class HostStatsPayload(Params):
    """The payload of the event ``node.host.stats``."""

    cpu_count: Annotated[int, Field(ge=1, le=4096)]
    load_average: list[Annotated[float, Field(ge=0, le=100_000, strict=False)]] | None = None
    memory_total_bytes: Annotated[int, Field(ge=0)]
    memory_free_bytes: Annotated[int, Field(ge=0)]
    disk_total_bytes: Annotated[int, Field(ge=0)] | None = None
    disk_available_bytes: Annotated[int, Field(ge=0)] | None = None


class ConfigGetParams(Params):
    pass


class ConfigApplyParams(Params):
    raw: NonEmpty
    base_hash: NonEmpty | None = None
    note: str | None = None
    session_key: NonEmpty | None = None
    restart_delay_ms: Annotated[int, Field(ge=0)] | None = None


class ConfigPatchParams(ConfigApplyParams):
    replace_paths: list[NonEmpty] | None = None


class CronAddParams(Params):
    name: NonEmpty
    schedule: dict[str, Any]
    session_target: NonEmpty
    wake_mode: NonEmpty
    payload: dict[str, Any]
    declaration_key: NonEmpty | None = None
    display_name: NonEmpty | None = None
    agent_id: NonEmpty | None = None
    description: str | None = None
    enabled: bool = True
    delivery: dict[str, Any] | None = None


class CronListParams(Params):
    include_disabled: bool = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    offset: Annotated[int, Field(ge=0)] = 0


class CronRemoveParams(Params):
    id: NonEmpty


P = TypeVar("P", bound=Params)


def check_params(model: type[P], params: Mapping[str, Any] | None, method: str) -> P:
    """The params of a request.

    Raises:
        Refusal: they do not fit the method.
    """
    try:
        return model.model_validate(dict(params or {}))
    except ValidationError as error:
        wrong = "; ".join(_complaint(one) for one in error.errors(include_url=False))
        refusal = invalid(f"invalid {method} params: {wrong}")
        refusal.violation = True
        raise refusal from None


_RULES = {
    "int_type": "must be integer",
    "int_from_float": "must be integer",
    "string_type": "must be string",
    "bool_type": "must be boolean",
    "list_type": "must be array",
    "dict_type": "must be object",
    "model_type": "must be object",
    "model_attributes_type": "must be object",
    "literal_error": "must be equal to one of the allowed values",
}


def _complaint(error: ErrorDetails) -> str:
    """One error in the words of the Gateway's validator."""
    if not error["loc"]:
        return "must be object"
    *above, last = [str(part) for part in error["loc"]]
    parent = "/" + "/".join(above) if above else ""
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return (f"at {parent}: " if parent else "") + f"must have required property '{last}'"
        case "extra_forbidden":
            return f"at {parent or 'root'}: unexpected property '{last}'"
        case "greater_than_equal":
            rule = f"must be >= {limits.get('ge')}"
        case "less_than_equal":
            rule = f"must be <= {limits.get('le')}"
        case "string_too_short":
            rule = f"must not have fewer than {limits.get('min_length')} characters"
        case "string_too_long":
            rule = f"must not have more than {limits.get('max_length')} characters"
        case other:
            rule = _RULES.get(other, error["msg"])
    return f"at {parent}/{last}: {rule}"


class RequestFrame(Params):
    """The only frame that a client may send."""

    type: Literal["req"]
    id: NonEmpty
    method: NonEmpty
    params: dict[str, Any] | None = None


def read_request(text: str | bytes) -> RequestFrame | None:
    """A client's frame; None for a text that is no JSON, which the Gateway ignores.

    Raises:
        Refusal: it is no request frame.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return None
    try:
        return RequestFrame.model_validate(value)
    except ValidationError as error:
        complaints = error.errors(include_url=False)
        wrong = "; ".join(_complaint(one) for one in complaints)
        refusal = invalid(f"invalid request frame: {wrong}")
        refusal.violation = True
        raise refusal from None


def frame_id(text: str | bytes) -> str:
    """The id in the answer to a frame that is no request: its own, if it has one."""
    value = json.loads(text)
    ident = value.get("id") if isinstance(value, dict) else None
    return ident if isinstance(ident, str) and ident else "invalid"
