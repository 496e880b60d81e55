"""The simulated Gateway's questions to people: the tool ``ask_user``.

The rules are those seen on OpenClaw 2026.9.6. An agent can ask only in a turn of a client that may
answer questions; another answer of its tool tells that. A free-text answer is always allowed.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable
from typing import Any, Final

from openclaw_client.clock import Clock, time_limit
from simulators.gateway.refusal import Refusal, invalid

Payload = dict[str, Any]

SCOPE: Final = "operator.questions"
NO_PROFILE: Final = "Session-scoped access requires a verified user profile."
_TIMEOUT_S: Final = (30, 900, 3600)
"""The shortest, the usual and the longest wait."""


class PendingQuestions:
    """The open and the closed ones. ``publish`` sends an event to those who may answer."""

    def __init__(
        self, clock: Clock, now_ms: Callable[[], int], publish: Callable[[str, Payload], None]
    ) -> None:
        self._clock = clock
        self._now_ms = now_ms
        self._publish = publish
        self._open: dict[str, tuple[Payload, asyncio.Future[Payload]]] = {}
        self._closed: dict[str, Payload] = {}

    async def ask(
        self, arguments: Payload, *, agent: str, session_key: str, run_id: str, may: bool
    ) -> str:
        """Ask for an agent, and wait; the text of the tool's result."""
        if not may:
            return json.dumps(
                {"status": "error", "tool": "ask_user", "error": NO_PROFILE}, indent=2
            )
        least, usual, most = _TIMEOUT_S
        wait_s = min(max(int(arguments.get("timeoutSeconds", usual)), least), most)
        ident, now = f"ask_{uuid.uuid4().hex}", self._now_ms()
        record: Payload = {
            "id": ident,
            "questions": [_question(each) for each in arguments["questions"]],
            "agentId": agent,
            "sessionKey": session_key,
            "runId": run_id,
            "createdAtMs": now,
            "expiresAtMs": now + wait_s * 1000,
            "status": "pending",
        }
        answered = asyncio.get_running_loop().create_future()
        self._open[ident] = record, answered
        self._publish("question.requested", record)
        try:
            async with time_limit(self._clock, wait_s):
                answers = await answered
        except TimeoutError:
            self._end(ident, {"status": "expired"})
            return json.dumps({"status": "no_answer"}, indent=2)
        finally:
            if ident in self._open:
                self._end(ident, {"status": "cancelled"})
        if answers["status"] != "answered":
            return json.dumps({"status": "no_answer"}, indent=2)
        heads = [
            f"{each['header']}: {', '.join(answers['answers']['answers'][each['questionId']])}"
            for each in record["questions"]
        ]
        return "\n".join(heads) + "\n\n" + json.dumps(answers, indent=2, ensure_ascii=False)

    def listed(self) -> list[Payload]:
        """The open ones."""
        return [record for record, _ in self._open.values()]

    def get(self, ident: str) -> Payload:
        """
        Raises:
            Refusal: there is none of that id.
        """
        if ident in self._closed:
            return self._closed[ident]
        if ident not in self._open:
            raise invalid(f"question '{ident}' was not found", reason="QUESTION_NOT_FOUND")
        return self._open[ident][0]

    def resolve(self, ident: str, answers: Payload | None) -> Payload:
        """Answer a question, or with None skip it.

        Raises:
            Refusal: it is not open, or the answers do not fit it.
        """
        record = self.get(ident)
        if ident in self._closed:
            raise invalid(
                f"question '{ident}' is already {record['status']}",
                reason="QUESTION_ALREADY_TERMINAL",
            )
        if answers is None:
            result: Payload = {"status": "cancelled"}
        else:
            _check(record, answers.get("answers", {}))
            result = {"status": "answered", "answers": answers}
        _, answered = self._open[ident]
        self._end(ident, result)
        answered.set_result(result)
        return result

    def _end(self, ident: str, result: Payload) -> None:
        record, _ = self._open.pop(ident)
        self._closed[ident] = {**record, **result}
        self._publish("question.resolved", {"id": ident, **result})


def no_profile() -> Refusal:
    """The answer to a client that may write and not answer questions."""
    return Refusal("FORBIDDEN", NO_PROFILE)


def _question(given: Payload) -> Payload:
    record = {"questionId": given["id"], "header": str(given["header"])[:12]}
    record |= {"question": given["question"], "options": given["options"]}
    return {
        **record,
        **({"multiSelect": True} if given.get("multiSelect") else {}),
        "isOther": True,
    }


def _check(record: Payload, given: dict[str, list[str]]) -> None:
    known = {each["questionId"]: each for each in record["questions"]}
    for name in given:
        if name not in known:
            raise _wrong(f"question '{name}' is not part of this request")
    for name, question in known.items():
        if not given.get(name):
            raise _wrong(f"question '{name}' requires an answer")
        if len(given[name]) > 1 and not question.get("multiSelect"):
            raise _wrong(f"question '{name}' does not allow multiple answers")


def _wrong(message: str) -> Refusal:
    return invalid(message, reason="QUESTION_INVALID_ANSWER")
