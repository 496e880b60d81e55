"""The methods of the simulated Gateway between agents and people: questions, tools, sessions."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from openclaw_client.clock import Clock
from simulators.gateway.admission import Admission
from simulators.gateway.nodes import Nodes
from simulators.gateway.params import (
    QuestionGetParams,
    QuestionListParams,
    QuestionResolveParams,
    SessionMessagesParams,
    SessionsListParams,
    ToolsEffectiveParams,
    ToolsInvokeParams,
    check_params,
)
from simulators.gateway.peer import ClientPeer
from simulators.gateway.questions import SCOPE, PendingQuestions, no_profile
from simulators.gateway.refusal import Refusal, invalid, missing_scope
from simulators.gateway.sessions import Sessions

Payload = dict[str, Any]
GatewayTool: TypeAlias = Callable[[Payload], str]
"""A tool of the Gateway's own: the text of its result, for its arguments."""
Method: TypeAlias = Callable[[Payload, ClientPeer], Payload | Awaitable[Payload]]


class PeopleMethods:
    """``tools`` are the Gateway's own tools besides ``session_status``."""

    def __init__(
        self,
        clock: Clock,
        now_ms: Callable[[], int],
        publish: Callable[[str, Payload], None],
        nodes: Nodes,
        tools: Mapping[str, GatewayTool],
    ) -> None:
        self.questions = PendingQuestions(clock, now_ms, publish)
        self.sessions: Sessions | None = None
        """Set by `Methods`, which owns them."""
        self._nodes = nodes
        self._tools: dict[str, GatewayTool] = {"session_status": lambda _: "OpenClaw", **tools}
        self._watched: dict[ClientPeer, set[str]] = {}
        self.by_name: dict[str, Method] = {
            "question.list": self._list,
            "question.get": self._get,
            "question.resolve": self._resolve,
            "tools.effective": self._effective,
            "tools.invoke": self._invoke,
            "sessions.list": self._sessions_list,
            "sessions.messages.subscribe": self._subscribe,
            "sessions.messages.unsubscribe": self._unsubscribe,
        }

    def person_wrote(self, session_key: str, channel: str, sender: str, text: str) -> None:
        """A person wrote over a channel: those who watch the session get it."""
        message = {
            "role": "user",
            "content": text,
            "__openclaw": {
                "senderId": sender,
                "senderName": "Alice",
                "transport": {"channel": channel},
            },
        }
        for peer, keys in self._watched.items():
            if session_key in keys:
                peer.event("session.message", {"sessionKey": session_key, "message": message})

    def gone(self, peer: ClientPeer) -> None:
        """A connection ended, and with it what it watched."""
        self._watched.pop(peer, None)

    # -- questions -----------------------------------------------------------------------------

    def _list(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check_may_answer(peer.admission)
        check_params(QuestionListParams, raw, "question.list")
        return {"questions": self.questions.listed()}

    def _get(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check_may_answer(peer.admission)
        params = check_params(QuestionGetParams, raw, "question.get")
        return {"question": self.questions.get(params.id)}

    def _resolve(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check_may_answer(peer.admission)
        params = check_params(QuestionResolveParams, raw, "question.resolve")
        return self.questions.resolve(params.id, params.answers)

    # -- tools ---------------------------------------------------------------------------------

    def _effective(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check(peer, "operator.read")
        params = check_params(ToolsEffectiveParams, raw, "tools.effective")
        found = None if self.sessions is None else self.sessions.find(params.session_key, None)
        if found is None:
            raise invalid(f'unknown session key "{params.session_key}"')
        core = [_row(name, "core") for name in self._tools]
        groups = [{"id": "core", "label": "Built-in tools", "source": "core", "tools": core}]
        if offered := [_row(name, "plugin") for name in self._nodes.offered()]:
            groups.append(
                {"id": "plugin", "label": "Plugin tools", "source": "plugin", "tools": offered}
            )
        return {"agentId": found.agent.id, "profile": "minimal", "groups": groups}

    async def _invoke(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check(peer, "operator.write")
        params = check_params(ToolsInvokeParams, raw, "tools.invoke")
        name, arguments = params.name, params.args or {}
        answer: Payload = {"ok": True, "toolName": name}
        error = {"code": "internal_error", "message": "tool execution failed"}
        failed = {"ok": False, "toolName": name, "error": error}
        if name in self._tools:
            try:
                text = self._tools[name](arguments)
            except Exception:
                return failed
            return {**answer, "output": _output(text), "source": "core"}
        if name in self._nodes.offered():
            text = await self._nodes.use_tool(
                name, arguments, params.session_key or "main", params.idempotency_key
            )
            if _is_failure(text):
                return failed
            return {**answer, "output": _output(text), "source": "plugin"}
        error = {"code": "not_found", "message": f"Tool not available: {name}"}
        return {"ok": False, "toolName": name, "error": error}

    # -- sessions ------------------------------------------------------------------------------

    def _sessions_list(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check(peer, "operator.read")
        params = check_params(SessionsListParams, raw, "sessions.list")
        known = [] if self.sessions is None else self.sessions.every()
        rows = [
            {"key": each.key, "agentId": each.agent.id}
            for each in known
            if params.agent_id in (None, each.agent.id)
        ]
        return {"count": len(rows), "sessions": rows}

    def _subscribe(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check(peer, "operator.read")
        params = check_params(SessionMessagesParams, raw, "sessions.messages.subscribe")
        self._watched.setdefault(peer, set()).add(params.key)
        return {"subscribed": True, "key": params.key}

    def _unsubscribe(self, raw: Payload, peer: ClientPeer) -> Payload:
        _check(peer, "operator.read")
        params = check_params(SessionMessagesParams, raw, "sessions.messages.unsubscribe")
        self._watched.get(peer, set()).discard(params.key)
        return {"subscribed": False, "key": params.key}


def _check(peer: ClientPeer, scope: str) -> None:
    if not peer.admission.may(scope):
        raise missing_scope(scope)


def _check_may_answer(admission: Admission) -> None:
    if admission.may(SCOPE):
        return
    raise no_profile() if admission.may("operator.write") else _missing_questions()


def _missing_questions() -> Refusal:
    return missing_scope(SCOPE)


def _is_failure(text: str) -> bool:
    """Whether a node's tool failed: an agent reads why, and ``tools.invoke`` does not tell."""
    try:
        result = json.loads(text)
    except ValueError:
        return False
    return isinstance(result, dict) and result.get("status") == "error"


def _row(name: str, source: str) -> Payload:
    return {"id": name, "label": name, "description": "", "rawDescription": "", "source": source}


def _output(text: str) -> Payload:
    return {"content": [{"type": "text", "text": text}], "details": {}}
