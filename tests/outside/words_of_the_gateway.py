"""Readers of the Gateway's frames, of its agents' commands, and of text for a prompt."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, Final

from app.addressee_oracle import question, yes_or_no
from app.agent_roster import check_agents
from openclaw_client.errors import CommandError, JoinFailed, ProtocolViolation
from openclaw_client.node.approval import approval_of
from openclaw_client.node.authorization import (
    allowed_guilds,
    choose_guild,
    choose_room,
    requester_id,
)
from openclaw_client.node.commands import read_arguments
from openclaw_client.node.dispatcher import RateLimit
from openclaw_client.node.joining import read_code
from openclaw_client.node.tool_names import tool_prefix
from openclaw_client.node.voice_commands import Say
from openclaw_client.protocol.frames import ErrorShape, Event, decode_frame, encode_request
from openclaw_client.protocol.handshake import check_scopes, refusal
from openclaw_client.protocol.limits import check_frame_size, truncate_answer, truncate_reason
from openclaw_client.protocol.payloads import (
    AgentInfo,
    AgentsList,
    ChatEvent,
    ChatHistory,
    InvokeRequest,
    NodeRow,
    RunOutcome,
    TerminalReply,
    message_text,
    read_event,
)
from openclaw_client.protocol.wire import read_json, read_payload
from openclaw_client.runs.run_recovery import in_flight_event, terminal_event
from openclaw_client.runs.run_reducer import Run, TextDelta
from openclaw_client.runs.silent_reply import (
    SilentReplyFilter,
    declines,
    is_silent_reply,
    may_become_silent,
    may_decline,
)
from openclaw_client.session_keys import (
    SessionScope,
    check_agent_id,
    check_session_key,
    is_listed_session,
    personal_keys,
    session_agent,
    session_holder,
    session_key,
    session_origin,
    side_session_key,
)
from openclaw_client.tools.imported import ToolResult
from openclaw_client.tools.search_result import read_search
from openclaw_client.transport.addresses import as_websocket, host_and_port, is_private_host
from openclaw_client.turn_text import (
    EarlierLine,
    SpeakerRef,
    clean_name,
    clean_words,
    frame_message,
    parse_message,
    speaker_ref,
)
from pipeline.ports import AddresseeDoubt, AgentTurn, Speaker
from testing.fake_rooms import FakeRooms
from tests.outside.subject import Subject, raw

_ALICE: Final = SpeakerRef("1", "Alice")
_STEP: Final = 64
_NO: Final = (ValueError,)


def chat(state: str, text: object, **more: Any) -> ChatEvent:
    return ChatEvent(
        run_id="r", session_key="agent:a:x", state=state, message={"content": text}, **more
    )


def _event_frame(text: str) -> str:
    payload = {"runId": text, "sessionKey": text, "state": text, "message": {"content": text}}
    return json.dumps({"type": "event", "event": "chat", "payload": payload})


def _deltas(text: str) -> object:
    """Deltas as the Gateway sends them: each has its piece and the whole text so far."""
    run = Run("r")
    step = max(_STEP, len(text) // 200)
    for end in range(step, len(text), step):
        run.feed(chat("delta", text[:end], delta_text=text[end - step : end]))
    run.feed(chat("final", text))
    return run.outcome


def _hold_back(text: str) -> object:
    filters = [SilentReplyFilter(declinable=declinable) for declinable in (False, True)]
    return [[*(held.feed(TextDelta(each)) for each in text), held.finish()] for held in filters]


def _event(name: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        fields = ("runId", "sessionKey", "state", "id", "nodeId", "command", "reason", "requestId")
        return read_event(Event(event=name, payload=dict.fromkeys(fields, text)))

    return read


def _agents(text: str) -> object:
    there = [AgentInfo(id=each) for each in text.split()]
    return check_agents(["jarvis", text], "jarvis", there)


def _parts(text: str) -> object:
    return message_text({"content": [{"type": "text", "text": each} for each in text]})


def _recover(text: str) -> object:
    history = ChatHistory(
        messages=[
            {"role": "user", "idempotencyKey": "r:user"},
            *(
                {"role": "assistant", "content": text[at : at + 50]}
                for at in range(0, len(text), 50)
            ),
        ]
    )
    outcome = RunOutcome(
        run_id="r", status="ok", ended_at=1.0, terminal_reply=TerminalReply(text=text[:4000])
    )
    return terminal_event(outcome, history, "agent:a:x", text), in_flight_event(
        history, "r", "agent:a:x", text
    )


def _refuse(text: str) -> object:
    details = {"code": text, "requestId": text}
    return refusal(ErrorShape(code=text, message=text, details=details), "ws://gateway")


def _row(text: str) -> object:
    row = NodeRow(node_id=text, approval_state=text, commands=text.split(), pending_request_id=text)
    return approval_of(row, ["voice.say", "voice.join"])


def _question(text: str) -> object:
    turn = AgentTurn("jarvis", text, Speaker(1, text))
    return question("Jarvis", turn, AddresseeDoubt("medium", 3.0))


def _payload(text: str) -> object:
    agents = [{"id": each, "name": each} for each in text.split()]
    return read_payload(AgentsList, {"defaultId": text, "agents": agents}, "agents")


def _invocation(text: str) -> object:
    fields = {"id": text, "nodeId": text, "command": text, "paramsJSON": text}
    return read_payload(InvokeRequest, fields, "an invocation")


SUBJECTS: Final = (
    Subject("app.addressee_oracle:question", _question),
    Subject("app.addressee_oracle:yes_or_no", yes_or_no),
    Subject(
        "openclaw_client.transport.addresses:as_websocket", lambda t: as_websocket(f"ws://{t}"), _NO
    ),
    Subject(
        "openclaw_client.transport.addresses:host_and_port",
        lambda t: host_and_port(f"ws://{t}"),
        _NO,
    ),
    Subject("openclaw_client.transport.addresses:is_private_host", is_private_host),
    Subject("app.agent_roster:check_agents", _agents),
    *(
        Subject(
            f"openclaw_client.protocol.payloads:read_event, {name}",
            _event(name),
            (ProtocolViolation,),
        )
        for name in ("chat", "shutdown", "node.invoke.request", "node.pair.resolved", "tick")
    ),
    Subject("openclaw_client.turn_text:clean_name", clean_name),
    Subject("openclaw_client.turn_text:clean_words", clean_words),
    Subject(
        "openclaw_client.turn_text:frame_message",
        lambda t: frame_message(
            f"a {t}",
            SpeakerRef(t, t),
            t,
            t.split(),
            joined=t.split(),
            earlier=[EarlierLine("other person", t, t)],
        ),
        (ValueError,),
    ),
    Subject(
        "openclaw_client.turn_text:parse_message",
        lambda t: parse_message(frame_message("a", _ALICE, t) + t),
    ),
    Subject("openclaw_client.turn_text:speaker_ref", speaker_ref),
    Subject("openclaw_client.protocol.limits:truncate_answer", truncate_answer),
    Subject("openclaw_client.protocol.limits:truncate_reason", truncate_reason),
    Subject("openclaw_client.protocol.limits:check_frame_size", check_frame_size),
    Subject("openclaw_client.node.approval:approval_of", _row),
    Subject(
        "openclaw_client.node.commands:read_arguments",
        lambda t: read_arguments(Say, "voice.say", t),
        (CommandError,),
    ),
    Subject(
        "openclaw_client.node.commands:read_arguments, as text",
        lambda t: read_arguments(Say, "voice.say", json.dumps({"text": t, t: t})),
        (CommandError,),
    ),
    Subject("openclaw_client.node.joining:read_code", read_code, (JoinFailed,)),
    Subject(
        "openclaw_client.node.joining:read_code, as JSON",
        lambda t: read_code(
            base64.urlsafe_b64encode(json.dumps({"url": t, t: t}).encode()).decode()
        ),
        (JoinFailed,),
    ),
    Subject("openclaw_client.node.tool_names:tool_prefix", tool_prefix),
    Subject(
        "openclaw_client.node.dispatcher:RateLimit.wait_s", lambda t: RateLimit(20).wait_s(t, 0.0)
    ),
    Subject("openclaw_client.node.authorization:requester_id", requester_id),
    Subject(
        "openclaw_client.node.authorization:choose_guild",
        lambda t: choose_guild(FakeRooms(), None, t),
        (CommandError,),
    ),
    Subject(
        "openclaw_client.node.authorization:choose_room",
        lambda t: choose_room(FakeRooms(), t, t),
        (CommandError,),
    ),
    Subject(
        "openclaw_client.node.authorization:allowed_guilds",
        lambda t: allowed_guilds(FakeRooms(), f"agent:{t}"),
    ),
    Subject("openclaw_client.protocol.frames:decode_frame", decode_frame, (ProtocolViolation,)),
    Subject(
        "openclaw_client.protocol.frames:decode_frame, of bytes",
        lambda t: decode_frame(raw(t)),
        (ProtocolViolation,),
    ),
    Subject(
        "openclaw_client.protocol.frames:decode_frame, a chat event",
        lambda t: decode_frame(_event_frame(t)),
        (ProtocolViolation,),
    ),
    Subject(
        "openclaw_client.protocol.frames:encode_request",
        lambda t: encode_request("1", "chat.send", {"message": t}),
    ),
    Subject("openclaw_client.protocol.payloads:message_text", _parts),
    Subject("openclaw_client.protocol.wire:read_json", read_json, _NO),
    Subject("openclaw_client.protocol.wire:read_json, of bytes", lambda t: read_json(raw(t)), _NO),
    Subject("openclaw_client.protocol.wire:read_payload", _payload, (ProtocolViolation,)),
    Subject("openclaw_client.session_keys:session_agent", session_agent),
    Subject(
        "openclaw_client.tools.search_result:read_search",
        lambda t: read_search(ToolResult(t, {"kind": "answer", "content": t})),
    ),
    Subject(
        "openclaw_client.protocol.wire:read_payload, a command", _invocation, (ProtocolViolation,)
    ),
    Subject(
        "openclaw_client.runs.run_recovery:terminal_event",
        _recover,
        covers=("openclaw_client.runs.run_recovery:in_flight_event",),
    ),
    Subject(
        "openclaw_client.protocol.handshake:check_scopes",
        lambda t: check_scopes([], t.split(), "ws://gateway"),
    ),
    Subject("openclaw_client.protocol.handshake:refusal", _refuse),
    Subject("openclaw_client.runs.run_reducer:Run.feed", _deltas),
    Subject(
        "openclaw_client.session_keys:side_session_key",
        lambda t: side_session_key("a", t, user_id=t, guild_id=t),
        (ValueError,),
    ),
    Subject("openclaw_client.session_keys:check_agent_id", check_agent_id, (ValueError,)),
    Subject("openclaw_client.session_keys:check_session_key", check_session_key, (ValueError,)),
    Subject(
        "openclaw_client.session_keys:is_listed_session",
        lambda text: is_listed_session(["agent:*:discord:*"], text),
    ),
    Subject("openclaw_client.session_keys:session_holder", session_holder),
    Subject(
        "openclaw_client.session_keys:session_key",
        lambda t: session_key(SessionScope.USER, "a", user_id=t, guild_id="7"),
        (ValueError,),
    ),
    Subject(
        "openclaw_client.session_keys:personal_keys",
        lambda t: personal_keys("jarvis", t, t),
        (ValueError,),
    ),
    Subject("openclaw_client.session_keys:session_origin", session_origin),
    Subject(
        "openclaw_client.session_keys:session_origin, of our own",
        lambda t: session_origin(f"agent:jarvis:discord:{t}"),
    ),
    Subject("openclaw_client.runs.silent_reply:SilentReplyFilter.feed", _hold_back),
    Subject("openclaw_client.runs.silent_reply:declines", declines),
    Subject("openclaw_client.runs.silent_reply:is_silent_reply", is_silent_reply),
    Subject("openclaw_client.runs.silent_reply:may_decline", may_decline),
    Subject("openclaw_client.runs.silent_reply:may_become_silent", may_become_silent),
)
