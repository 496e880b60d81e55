"""What sees the Gateway's frames, its agents' commands, and what goes into a prompt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from app.addressee_oracle import question, yes_or_no
from openclaw_client.agent_check import agents_found
from openclaw_client.errors import CommandError, ProtocolViolation
from openclaw_client.node.approval import approval_of
from openclaw_client.node.arguments import Say, read_arguments
from openclaw_client.node.authorization import asker, choose_guild, choose_room, reachable
from openclaw_client.node.invocation import Invocation, NodeRow
from openclaw_client.node.rate_limit import RateLimit
from openclaw_client.node.session_places import place_of
from openclaw_client.protocol.events import read_event
from openclaw_client.protocol.frames import (
    AgentInfo,
    AgentsList,
    ChatEvent,
    ChatHistory,
    ErrorShape,
    Event,
    RunOutcome,
    TerminalReply,
    decode_frame,
    encode_request,
    message_text,
    read_json,
    read_payload,
)
from openclaw_client.protocol.limits import bounded, bounded_reason, check_frame
from openclaw_client.protocol.refusals import check_scopes, refusal
from openclaw_client.runs.recovery import ended, in_flight
from openclaw_client.runs.run import Run, TextDelta
from openclaw_client.runs.silence import HeldBack, is_silence, may_become_silence
from openclaw_client.session_keys import SessionScope, aside_key, check_agent_id, session_key
from openclaw_client.transport.addresses import as_websocket, host_and_port, is_private_host
from openclaw_client.turn_text import (
    SpeakerRef,
    clean_name,
    frame_message,
    parse_message,
    speaker_ref,
)
from tests.openclaw_client.node.fake_rooms import FakeRooms
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
    """As the Gateway sends them: each has its piece and the whole so far."""
    run = Run("r")
    step = max(_STEP, len(text) // 200)
    for end in range(step, len(text), step):
        run.feed(chat("delta", text[:end], delta_text=text[end - step : end]))
    run.feed(chat("final", text))
    return run.outcome


def _hold_back(text: str) -> object:
    held = HeldBack()
    return [held.feed(TextDelta(each)) for each in text], held.finish()


def _event(name: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        fields = ("runId", "sessionKey", "state", "id", "nodeId", "command", "reason", "requestId")
        return read_event(Event(event=name, payload=dict.fromkeys(fields, text)))

    return read


def _agents(text: str) -> object:
    there = [AgentInfo(id=each) for each in text.split()]
    return agents_found(["jarvis", text], "jarvis", there)


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
    return ended(outcome, history, "agent:a:x", text), in_flight(history, "r", "agent:a:x", text)


def _refuse(text: str) -> object:
    details = {"code": text, "requestId": text}
    return refusal(ErrorShape(code=text, message=text, details=details), "ws://gateway")


def _row(text: str) -> object:
    row = NodeRow(node_id=text, approval_state=text, commands=text.split(), pending_request_id=text)
    return approval_of(row, ["voice.say", "voice.join"])


def _payload(text: str) -> object:
    agents = [{"id": each, "name": each} for each in text.split()]
    return read_payload(AgentsList, {"defaultId": text, "agents": agents}, "agents")


def _invocation(text: str) -> object:
    fields = {"id": text, "nodeId": text, "command": text, "paramsJSON": text}
    return read_payload(Invocation, fields, "an invocation")


SUBJECTS: Final = (
    Subject("app.addressee_oracle:question", lambda t: question("Jarvis", t)),
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
    Subject("openclaw_client.agent_check:agents_found", _agents),
    *(
        Subject(
            f"openclaw_client.protocol.events:read_event, {name}",
            _event(name),
            (ProtocolViolation,),
        )
        for name in ("chat", "shutdown", "node.invoke.request", "node.pair.resolved", "tick")
    ),
    Subject("openclaw_client.turn_text:clean_name", clean_name),
    Subject(
        "openclaw_client.turn_text:frame_message",
        lambda t: frame_message(f"a {t}", SpeakerRef(t, t), t, t.split()),
        (ValueError,),
    ),
    Subject(
        "openclaw_client.turn_text:parse_message",
        lambda t: parse_message(frame_message("a", _ALICE, t) + t),
    ),
    Subject("openclaw_client.turn_text:speaker_ref", speaker_ref),
    Subject("openclaw_client.protocol.limits:bounded", bounded),
    Subject("openclaw_client.protocol.limits:bounded_reason", bounded_reason),
    Subject("openclaw_client.protocol.limits:check_frame", check_frame),
    Subject("openclaw_client.node.approval:approval_of", _row),
    Subject(
        "openclaw_client.node.arguments:read_arguments",
        lambda t: read_arguments(Say, "voice.say", t),
        (CommandError,),
    ),
    Subject(
        "openclaw_client.node.arguments:read_arguments, as text",
        lambda t: read_arguments(Say, "voice.say", json.dumps({"text": t, t: t})),
        (CommandError,),
    ),
    Subject(
        "openclaw_client.node.rate_limit:RateLimit.wait_s", lambda t: RateLimit(20).wait_s(t, 0.0)
    ),
    Subject("openclaw_client.node.authorization:asker", asker),
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
        "openclaw_client.node.authorization:reachable",
        lambda t: reachable(FakeRooms(), f"agent:{t}"),
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
    Subject("openclaw_client.protocol.frames:message_text", _parts),
    Subject("openclaw_client.protocol.frames:read_json", read_json, _NO),
    Subject(
        "openclaw_client.protocol.frames:read_json, of bytes", lambda t: read_json(raw(t)), _NO
    ),
    Subject("openclaw_client.protocol.frames:read_payload", _payload, (ProtocolViolation,)),
    Subject(
        "openclaw_client.protocol.frames:read_payload, a command", _invocation, (ProtocolViolation,)
    ),
    Subject(
        "openclaw_client.runs.recovery:ended",
        _recover,
        covers=("openclaw_client.runs.recovery:in_flight",),
    ),
    Subject(
        "openclaw_client.protocol.refusals:check_scopes",
        lambda t: check_scopes([], t.split(), "ws://gateway"),
    ),
    Subject("openclaw_client.protocol.refusals:refusal", _refuse),
    Subject("openclaw_client.runs.run:Run.feed", _deltas),
    Subject(
        "openclaw_client.session_keys:aside_key",
        lambda t: aside_key("a", t, user_id=t, guild_id=t),
        (ValueError,),
    ),
    Subject("openclaw_client.session_keys:check_agent_id", check_agent_id, (ValueError,)),
    Subject(
        "openclaw_client.session_keys:session_key",
        lambda t: session_key(SessionScope.USER, "a", user_id=t),
        (ValueError,),
    ),
    Subject("openclaw_client.node.session_places:place_of", place_of),
    Subject(
        "openclaw_client.node.session_places:place_of, of our own",
        lambda t: place_of(f"agent:jarvis:discord:{t}"),
    ),
    Subject("openclaw_client.runs.silence:HeldBack.feed", _hold_back),
    Subject("openclaw_client.runs.silence:is_silence", is_silence),
    Subject("openclaw_client.runs.silence:may_become_silence", may_become_silence),
)
