"""The methods of the simulated Gateway, and the scopes that they need."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from openclaw_client.clock import Clock, time_limit
from openclaw_client.protocol.payloads import message_text
from openclaw_client.turn_text import parse_message
from simulators.gateway.abort_requests import REPLY as ABORTED
from simulators.gateway.abort_requests import is_abort_request, is_bare_abort
from simulators.gateway.admission import Admission
from simulators.gateway.agent_memory import AgentMemory
from simulators.gateway.agents import SimulatedAgent
from simulators.gateway.channels import Channels
from simulators.gateway.node_methods import NodeMethods
from simulators.gateway.params import (
    AgentsListParams,
    AgentWaitParams,
    ChatAbortParams,
    ChatHistoryParams,
    ChatSendParams,
    SendParams,
    check_params,
)
from simulators.gateway.peer import ClientPeer
from simulators.gateway.people_methods import PeopleMethods
from simulators.gateway.prompt_sensors import PromptSensors
from simulators.gateway.refusal import Refusal, invalid, missing_scope, no_session
from simulators.gateway.runs import AgentRunner, RunHost
from simulators.gateway.sessions import (
    Sessions,
    SimulatedRun,
    SimulatedSession,
    Steered,
    text_message,
)

Payload = dict[str, Any]
Answer = Payload | Awaitable[Payload]
"""An answer, or an awaitable of it."""
_HISTORY_CHARS = 8_000
"""Length at which chat.history truncates a message by default."""
_REPLY_CHARS = 4_096
"""Length at which agent.wait truncates a reply."""
_ADMIN_FIELDS = ("suppress_command_interpretation",)
_DIRECTIVE = re.compile(
    r"(?<!\S)/(status|help|commands|whoami|id|think|fast|verbose|trace|reasoning|elevated|exec|model"
    r"|queue)(?=$|\s|:)",
    re.IGNORECASE,
)
"""Commands that are executed, and removed, anywhere in a message."""


@dataclass(frozen=True, slots=True)
class MethodCaller:
    """The sender of a request: its connection and its rights."""

    peer: ClientPeer
    admission: Admission


@dataclass(frozen=True, slots=True)
class _Queued:
    """A message that was given to another run, remembered for replays."""

    message: str


class Methods:
    """Answers requests; raises ``Refusal`` for an error answer."""

    def __init__(
        self,
        agents: Mapping[str, SimulatedAgent],
        default_agent: str,
        runner: AgentRunner,
        host: RunHost,
        clock: Clock,
        nodes: NodeMethods,
        channels: Channels,
        memory: AgentMemory,
        prompt_sensors: PromptSensors,
        people: PeopleMethods,
    ) -> None:
        self._agents = agents
        self._channels = channels
        self._nodes = nodes
        self._default_agent = default_agent
        self._runner = runner
        self._host = host
        self._clock = clock
        self._sessions = people.sessions = Sessions(agents, default_agent)
        self._people = people
        self._queued: dict[str, _Queued] = {}
        self.commands: list[str] = []
        """Messages, and directives in messages, that were taken for commands."""
        self._methods: dict[str, tuple[str, Callable[[Payload, MethodCaller], Answer]]] = {
            "chat.send": ("operator.write", self._chat_send),
            "chat.abort": ("operator.write", self._chat_abort),
            "chat.history": ("operator.read", self._chat_history),
            "agent.wait": ("operator.write", self._agent_wait),
            "agents.list": ("operator.read", self._agents_list),
            "send": ("operator.write", self._send),
        }
        for name, (scope, method) in {**memory.methods, **prompt_sensors.methods}.items():
            self._methods[name] = (scope, _without_caller(method))

    def add(self, name: str, scope: str, answer: Callable[[Payload], Payload]) -> None:
        """A further method, and the scope that it needs."""
        self._methods[name] = (scope, lambda params, _: answer(params))

    @property
    def names(self) -> list[str]:
        of_nodes = [*self._nodes.for_operators, *self._nodes.for_nodes]
        return ["connect", *self._methods, *self._people.by_name, *of_nodes]

    def call(self, method: str, params: Payload, caller: MethodCaller) -> Answer:
        """The payload of the answer.

        Raises:
            Refusal: the answer is an error.
        """
        role = caller.admission.role
        if (role == "node") != (method in self._nodes.for_nodes):
            raise invalid(f"unauthorized role: {role}")
        if role == "node":
            return self._nodes.for_nodes[method](params, caller.admission)
        if (of_nodes := self._nodes.for_operators.get(method)) is not None:
            if not caller.admission.may(of_nodes[0]):
                raise missing_scope(of_nodes[0])
            return of_nodes[1](params, caller.admission)
        if (of_people := self._people.by_name.get(method)) is not None:
            return of_people(params, caller.peer)
        scope, handler = self._methods.get(method, ("operator.admin", None))
        if not caller.admission.may(scope):
            raise missing_scope(scope)
        if handler is None:
            raise invalid(f"unknown method: {method}")
        return handler(params, caller)

    def _send(self, raw: Payload, caller: MethodCaller) -> Payload:
        return self._channels.send(check_params(SendParams, raw, "send"))

    # -- chat.send ---------------------------------------------------------------------------------

    def _chat_send(self, raw: Payload, caller: MethodCaller) -> Payload:
        _check_target(raw, "chat.send")
        params = check_params(ChatSendParams, raw, "chat.send")
        admin = caller.admission.may("operator.admin")
        if not admin and any(getattr(params, name) is not None for name in _ADMIN_FIELDS):
            raise missing_scope("operator.admin")
        session = self._sessions.open(params.session_key, params.agent_id)
        if not params.message.strip() and not params.attachments:
            raise invalid("message or attachment required")
        replay = self._replay(params)
        if replay is not None:
            return replay
        if params.message.startswith("/"):
            return self._command(params, session, caller)
        if is_abort_request(params.message):
            return self._abort_request(params, session, caller)
        return self._turn(params, session, caller)

    def _turn(
        self, params: ChatSendParams, session: SimulatedSession, caller: MethodCaller
    ) -> Payload:
        self.commands += [found.group() for found in _DIRECTIVE.finditer(params.message)]
        run_id, running = params.idempotency_key, session.active
        answer: Payload = {"runId": run_id, "status": "started"}
        if self._runner.swallows():
            self._queued[run_id] = _Queued(params.message)
            self._runner.bare_final(session, run_id)
            return answer
        if running is not None and params.queue_mode != "interrupt":
            self._queued[run_id] = _Queued(params.message)
            if params.queue_mode == "steer":
                running.steered.append(Steered(run_id, parse_message(params.message).words))
            else:
                session.queued.append(params.message)
                self._runner.bare_final(session, run_id)
            return answer
        if running is not None:
            self._runner.abort(running, "aborted", keep_partial=False)
            answer["interruptedActiveRun"] = True
        self._runner.start(
            session,
            params.message,
            run_id=run_id,
            owner=caller.peer,
            owner_device=caller.admission.device_id,
            timeout_ms=params.timeout_ms,
        )
        return answer

    def _replay(self, params: ChatSendParams) -> Payload | None:
        """The answer to a repeated idempotency key of any session; None for a new key."""
        run_id = params.idempotency_key
        queued = self._queued.get(run_id)
        run = self._find(run_id)
        if queued is None and run is None:
            return None
        message = queued.message if queued is not None else run.message if run is not None else ""
        if message != params.message:
            raise invalid(
                "This message ID was already used for different input. Check the conversation "
                "history and use a new message ID to send again.",
                reason="chat-request-conflict",
            )
        if run is not None and run.status == "error":
            raise Refusal(
                "UNAVAILABLE",
                run.summary,
                payload={"runId": run_id, "status": "error", "summary": run.summary},
            )
        in_flight = run is not None and run.status == "running"
        return {"runId": run_id, "status": "in_flight" if in_flight else "ok"}

    def _command(
        self, params: ChatSendParams, session: SimulatedSession, caller: MethodCaller
    ) -> Payload:
        """A text that begins with a slash never reaches the agent."""
        self.commands.append(params.message)
        if params.message.strip() == "/stop":
            return self._stop(session, session.active, caller, "stop")
        return self._answer(params, session, f"Unknown command: {params.message.split()[0]}")

    def _abort_request(
        self, params: ChatSendParams, session: SimulatedSession, caller: MethodCaller
    ) -> Payload:
        """A text that asks to abort never reaches the agent either."""
        self.commands.append(params.message)
        if is_bare_abort(params.message):
            return self._stop(session, session.active, caller, "stop")
        if session.active is not None:
            self._stop(session, session.active, caller, "stop")
        return self._answer(params, session, ABORTED)

    def _answer(self, params: ChatSendParams, session: SimulatedSession, said: str) -> Payload:
        """The Gateway's own answer to a command."""
        self._queued[params.idempotency_key] = _Queued(params.message)
        payload = {
            "runId": params.idempotency_key,
            "sessionKey": session.key,
            "seq": 1,
            "state": "final",
            "message": text_message(said, self._host.now_ms()),
        }
        self._host.publish("chat", payload)
        return {"runId": params.idempotency_key, "status": "started"}

    # -- the others --------------------------------------------------------------------------------

    def _chat_abort(self, raw: Payload, caller: MethodCaller) -> Payload:
        _check_target(raw, "chat.abort")
        params = check_params(ChatAbortParams, raw, "chat.abort")
        session = self._sessions.find(params.session_key, params.agent_id)
        run = session.active if session is not None else None
        if (
            session is None
            or run is None
            or (params.run_id is not None and run.id != params.run_id)
        ):
            return {"ok": True, "aborted": False, "runIds": []}
        if params.run_id is None:
            session.queued.clear()
        return self._stop(session, run, caller, "rpc")

    def _stop(
        self, session: SimulatedSession, run: SimulatedRun | None, caller: MethodCaller, reason: str
    ) -> Payload:
        if run is None:
            return {"ok": True, "aborted": False, "runIds": []}
        if not _owns(caller, run):
            raise invalid("unauthorized")
        self._runner.abort(run, reason, keep_partial=True)
        return {"ok": True, "aborted": True, "runIds": [run.id]}

    def _chat_history(self, raw: Payload, caller: MethodCaller) -> Payload:
        params = check_params(ChatHistoryParams, raw, "chat.history")
        session = self._sessions.find(params.session_key, params.agent_id)
        history = session.history if session is not None else []
        payload: Payload = {
            "sessionKey": params.session_key if session is None else session.key,
            "messages": [
                _shortened(message, params.max_chars or _HISTORY_CHARS)
                for message in history[-params.limit :]
            ],
            "pendingInputs": {"items": [], "total": len(session.queued) if session else 0},
            "hasMore": len(history) > params.limit,
            "totalMessages": len(history),
        }
        if session is not None and session.active is not None:
            run = session.active
            payload["inFlightRun"] = {
                "runId": run.id,
                "text": run.text,
                "startedAt": run.started_at_ms,
            }
        return payload

    async def _agent_wait(self, raw: Payload, caller: MethodCaller) -> Payload:
        """Answer how a run ended; an active run and an unknown one get the same answer."""
        params = check_params(AgentWaitParams, raw, "agent.wait")
        run = self._find(params.run_id)
        ended = run.ended if run is not None else asyncio.Event()
        if params.timeout_ms:
            with suppress(TimeoutError):
                async with time_limit(self._clock, params.timeout_ms / 1000):
                    await ended.wait()
        answer: Payload = {"runId": params.run_id, "status": "timeout"}
        if run is None or run.ended_at_ms is None:
            return answer
        answer["endedAt"] = run.ended_at_ms
        if run.status == "ok":
            reply = {"disposition": "visible", "text": run.text[:_REPLY_CHARS]}
            return {**answer, "status": "ok", "terminalReply": reply}
        answer["error"] = run.summary
        if run.stop_reason is not None:
            answer["stopReason"] = run.stop_reason
        if run.silence is not None:
            answer["terminalReply"] = {"disposition": run.silence}
        return answer if run.timed_out else {**answer, "status": "error"}

    def _agents_list(self, raw: Payload, caller: MethodCaller) -> Payload:
        check_params(AgentsListParams, raw, "agents.list")
        default_first = sorted(
            self._agents.values(), key=lambda agent: (agent.id != self._default_agent, agent.id)
        )
        rows = [
            {"id": agent.id, "name": agent.name, "model": {"primary": f"scripted/{agent.id}"}}
            for agent in default_first
        ]
        return {
            "defaultId": self._default_agent,
            "mainKey": "main",
            "scope": "per-sender",
            "agents": rows,
        }

    def _find(self, run_id: str) -> SimulatedRun | None:
        known = (run for run in self._runner.runs if not run.forgotten)
        return next((run for run in known if run.id == run_id), None)


def _without_caller(
    method: Callable[[Payload], Payload],
) -> Callable[[Payload, MethodCaller], Answer]:
    return lambda raw, _: method(raw)


def _owns(caller: MethodCaller, run: SimulatedRun) -> bool:
    """A run may be aborted by its connection, its device, or an admin."""
    same_device = run.owner_device is not None and run.owner_device == caller.admission.device_id
    return run.owner is caller.peer or same_device or caller.admission.may("operator.admin")


def _shortened(message: Payload, most: int) -> Payload:
    """A message of the history, truncated as the Gateway does."""
    text = message_text(message) or ""
    if len(text) <= most:
        return message
    cut = text[:most] + "\n...(truncated)..."
    content: Any = cut if isinstance(message["content"], str) else [{"type": "text", "text": cut}]
    return {**message, "content": content}


def _check_target(params: Payload, method: str) -> None:
    """Check the session key of a mutation before all other params."""
    key = params.get("sessionKey")
    if not isinstance(key, str) or not key:
        raise no_session(method)
