"""Runs of the simulated Gateway's agents, with the events that were captured from a real one.

    chat status (three phases) -> agent lifecycle start -> agent assistant + chat delta ... -> chat
    final, aborted or error

The first delta is sent at once, further ones at least 75 ms apart, the rest just before `final`.
Time is the sum of the run's sleeps, not the clock's, so that every run is the same.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from openclaw_client.clock import Clock
from simulators.gateway.agents import ScriptedAnswer, ToolUse
from simulators.gateway.faults import Failure, GatewayFaults, RunFault
from simulators.gateway.sessions import SimulatedRun, SimulatedSession, text_message
from simulators.gateway.system_events import SystemEvents

PACE_S = 0.075
"""Between two deltas of a run; a constant in OpenClaw's source, and measured."""
PHASES = ("preparing_workspace", "preparing_context", "starting_model")
ASK_USER = "ask_user"
"""The tool with which an agent asks people something."""
_TIMED_OUT = (
    "Request timed out before a response was generated. Please try again, or increase "
    "`agents.defaults.timeoutSeconds` in your config."
)
_NOTHING_SAID = "⚠️ Agent couldn't generate a response. Please try again."
_NO_REPLY = "NO_REPLY"
"""An agent's answer that stands for silence."""

Sleep = Callable[[float], Awaitable[object]]


class RunHost(Protocol):
    """The Gateway, as its runs see it."""

    def publish(self, event: str, payload: dict[str, Any]) -> None: ...

    def drop_connections(self) -> None: ...

    def now_ms(self) -> int: ...

    async def use_tool(self, name: str, arguments: dict[str, Any], session_key: str) -> str: ...

    async def ask_user(self, arguments: dict[str, Any], run: SimulatedRun) -> str: ...


class AgentRunner:
    """Starts and ends runs, and publishes their events."""

    def __init__(
        self,
        host: RunHost,
        faults: GatewayFaults,
        sleep: Sleep,
        clock: Clock,
        system_events: SystemEvents,
        appended: Callable[[], str] = str,
    ) -> None:
        """``appended`` returns what plugins put after each message."""
        self._host = host
        self._appended = appended
        self._system_events = system_events
        self._faults = faults
        self._sleep = sleep
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self.runs: list[SimulatedRun] = []

    def start(
        self,
        session: SimulatedSession,
        message: str,
        *,
        run_id: str | None = None,
        owner: object = None,
        owner_device: str | None = None,
        timeout_ms: int | None = None,
    ) -> SimulatedRun:
        """Start a run; its first event follows the answer to the request."""
        run = SimulatedRun(
            id=run_id or str(uuid.uuid4()),
            session=session,
            message=message,
            owner=owner,
            owner_device=owner_device,
            fault=self._faults.next_run(),
            started_at_ms=self._host.now_ms(),
        )
        self.runs.append(run)
        session.active = run
        session.note_user(message, run.started_at_ms, run.id)
        if timeout_ms:
            run.deadline = self._clock.call_later(timeout_ms / 1000, lambda: self._time_out(run))
        run.task = asyncio.create_task(self._answer(run))
        self._tasks.add(run.task)
        run.task.add_done_callback(self._tasks.discard)
        return run

    def abort(self, run: SimulatedRun, stop_reason: str, *, keep_partial: bool) -> None:
        """End a run now. Its partial text goes into the history only if it is kept."""
        if keep_partial and run.text:
            run.session.note_assistant(run.text, self._host.now_ms())
        payload: dict[str, Any] = {"state": "aborted", "stopReason": stop_reason}
        if run.text:
            payload["message"] = text_message(run.text, self._host.now_ms())
        run.stop_reason = stop_reason
        self._end(run, "aborted", "aborted")
        self._chat(run, payload)
        self._agent(run, "lifecycle", {"phase": "end", "aborted": True, "stopReason": stop_reason})
        self._start_next(run.session)

    def swallows(self) -> bool:
        """Whether the present message gets no run of its own."""
        return self._faults.swallows()

    def bare_final(self, session: SimulatedSession, run_id: str) -> None:
        """Send an empty final under the run id of a message that was queued."""
        asyncio.get_running_loop().call_soon(
            self._chat_outside, session, run_id, {"state": "final"}
        )

    async def stop(self) -> None:
        """Cancel all runs without events, and forget them, as a killed Gateway does."""
        for run in self.runs:
            run.forgotten = True
            if run.status == "running":
                self._end(run, "aborted", "")
                run.session.queued.clear()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def fail_all(self, message: str) -> None:
        """End all runs with an error, as a Gateway that shuts down does."""
        for run in self.runs:
            if run.status == "running":
                run.session.queued.clear()
                self._fail(run, Failure(message))

    # -- one run -----------------------------------------------------------------------------------

    async def _answer(self, run: SimulatedRun) -> None:
        for phase in PHASES:
            self._agent(run, "run_status", {"phase": phase})
            self._chat(run, {"state": "status", "phase": phase})
        self._agent(run, "lifecycle", {"phase": "start", "startedAt": run.started_at_ms})
        told = self._system_events.take(run.session.key)
        words = told + run.heard.words + self._appended()
        speech = run.session.agent.speak(words, run.session.memory)
        if speech.fault is not None:
            run.fault = speech.fault
        await self._sleep(speech.first_token_s + run.fault.delay_s)
        if run.fault.silent:
            await asyncio.Event().wait()
        if speech.tool is not None:
            if not await self._stream(run, speech.text, speech.between_words_s):
                return
            speech = await self._use(run, speech.tool)
        how = _kind_of_silence(speech.text)
        if how is not None and not run.text and not run.fault.bare_final:
            if await self._apply_faults(run, 0):
                self._end_without_text(run, how)
            return
        text = "" if how else _separator(run) + speech.text
        if not await self._stream(run, text, speech.between_words_s):
            return
        while run.steered:
            steered = run.steered.popleft()
            self.bare_final(run.session, steered.run_id)
            speech = run.session.agent.speak(steered.words, run.session.memory)
            await self._stream(run, _separator(run) + speech.text, speech.between_words_s)
        self._finish(run)

    async def _use(self, run: SimulatedRun, tool: ToolUse) -> ScriptedAnswer:
        """Call a tool; returns the agent's answer to its result."""
        item = {"itemId": str(uuid.uuid4()), "kind": "tool", "name": tool.name}
        self._agent(run, "item", {**item, "phase": "start", "status": "running"})
        if tool.name == ASK_USER:
            result = await self._host.ask_user(tool.arguments, run)
        else:
            result = await self._host.use_tool(tool.name, tool.arguments, run.session.key)
        run.tool_results.append(result)
        self._agent(run, "item", {**item, "phase": "end", "status": "completed"})
        return tool.then(result)

    async def _stream(self, run: SimulatedRun, text: str, pause_s: float) -> bool:
        """Stream ``text`` word by word; False if the run ended on the way."""
        words = re.findall(r"\s*\S+", text)
        start, since_flush = run.text, PACE_S
        number = 0
        if not await self._apply_faults(run, 0):
            return False
        while number < len(words):
            if number and pause_s:
                await self._sleep(pause_s)
                since_flush += pause_s
            run.text += words[number]
            number += 1
            if since_flush >= PACE_S:
                self._flush(run)
                since_flush = 0.0
            if number == run.fault.break_after_words:
                run.fault = RunFault()
                self._replace_text(run, start)
                number, since_flush = 0, PACE_S
            elif not await self._apply_faults(run, number):
                return False
        self._flush(run)
        return True

    async def _apply_faults(self, run: SimulatedRun, words: int) -> bool:
        """Apply the faults planned after ``words``; False if one ended the run."""
        fault = run.fault
        if fault.failure is not None and fault.fails_after_words == words:
            self._flush(run)
            self._fail(run, fault.failure)
            return False
        if fault.drop_after_words == words:
            self._flush(run)
            self._host.drop_connections()
        if fault.pause is not None and fault.pause.after_words == words:
            if fault.pause.flush:
                self._flush(run)
            await fault.pause.hold()
        return True

    def _flush(self, run: SimulatedRun) -> None:
        """Send the unsent text as one delta."""
        fresh = run.text[len(run.published) :]
        if not fresh:
            return
        run.published = run.text
        self._agent(run, "assistant", {"text": run.text, "delta": fresh})
        if run.deltas != run.fault.lose_delta:
            self._delta(run, fresh)
        run.deltas += 1

    def _replace_text(self, run: SimulatedRun, keep: str) -> None:
        self._flush(run)
        run.text = run.published = keep
        self._delta(run, keep, replace=True)

    def _delta(self, run: SimulatedRun, text: str, *, replace: bool = False) -> None:
        message = text_message(run.published, self._host.now_ms())
        payload: dict[str, Any] = {"state": "delta", "deltaText": text, "message": message}
        if replace:
            payload["replace"] = True
        self._chat(run, payload)

    def _finish(self, run: SimulatedRun) -> None:
        self._agent(run, "lifecycle", {"phase": "end", "aborted": False, "stopReason": "stop"})
        now = self._host.now_ms()
        run.session.note_assistant(run.text, now)
        final: dict[str, Any] = {"state": "final", "stopReason": "stop"}
        if not run.fault.bare_final:
            final["message"] = text_message(run.text, now)
        self._end(run, "ok", "")
        times = 2 if run.fault.repeat_terminal else 1
        for _ in range(0 if run.fault.lose_final else times):
            self._chat(run, final)
        self._start_next(run.session)

    def _end_without_text(self, run: SimulatedRun, how: str) -> None:
        """End a run whose agent gave no answer, also when asked again."""
        run.stop_reason, run.silence = "stop", how
        self._end(run, "error", _NOTHING_SAID)
        self._chat(run, {"state": "aborted", "stopReason": "stop"})
        self._start_next(run.session)

    def _fail(self, run: SimulatedRun, failure: Failure) -> None:
        """Send two error events; the second, from outside the run, has little but its message."""
        self._end(run, "error", failure.from_outside)
        first: dict[str, Any] = {"state": "error", "errorMessage": failure.message}
        if failure.kind is not None:
            first["errorKind"] = failure.kind
        if failure.detail is not None:
            first["errorDetail"] = dict(failure.detail)
        self._chat(run, first)
        self._chat_outside(
            run.session, run.id, {"state": "error", "errorMessage": failure.from_outside}
        )
        self._start_next(run.session)

    def _time_out(self, run: SimulatedRun) -> None:
        if run.status == "running":
            run.timed_out = True
            self._fail(run, Failure(_TIMED_OUT, kind="timeout", wrapped=False))

    def _end(self, run: SimulatedRun, status: str, summary: str) -> None:
        run.status, run.summary = status, summary
        run.ended_at_ms = self._host.now_ms()
        run.ended.set()
        if run.session.active is run:
            run.session.active = None
        if run.deadline is not None:
            run.deadline.cancel()
        if run.task is not None and run.task is not asyncio.current_task():
            run.task.cancel()

    def _start_next(self, session: SimulatedSession) -> None:
        """Start a run for the next queued message, under the Gateway's own run id."""
        if session.queued and session.active is None:
            self.start(session, session.queued.popleft())

    def _chat(self, run: SimulatedRun, payload: dict[str, Any]) -> None:
        self._host.publish("chat", {**self._base(run), "seq": run.seq, **payload})

    def _chat_outside(
        self, session: SimulatedSession, run_id: str, payload: dict[str, Any]
    ) -> None:
        """Send a chat event from outside the run: without the agent, with seq 1."""
        base = {"runId": run_id, "sessionKey": session.key, "seq": 1}
        self._host.publish("chat", {**base, **payload})

    def _agent(self, run: SimulatedRun, stream: str, data: dict[str, Any]) -> None:
        """Send an `agent` event; clients that read `chat` events alone ignore it."""
        event = {**self._base(run), "seq": run.next_seq(), "stream": stream, "data": data}
        self._host.publish("agent", {**event, "ts": self._host.now_ms(), "isHeartbeat": False})

    @staticmethod
    def _base(run: SimulatedRun) -> dict[str, Any]:
        return {"runId": run.id, "sessionKey": run.session.key, "agentId": run.session.agent.id}


def _kind_of_silence(text: str) -> str | None:
    """The kind of silence that a text stands for; None for a real answer."""
    plain = text.strip()
    return "empty" if not plain else "silent" if plain == _NO_REPLY else None


def _separator(run: SimulatedRun) -> str:
    """Separates the parts of an answer."""
    return "\n\n" if run.text else ""
