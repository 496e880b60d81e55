"""How the simulated Gateway runs its agents: the events of one run, as they were captured.

    chat status (three phases) -> agent lifecycle start -> agent assistant + chat delta ... -> chat
    final, aborted or error

Deltas are at least 75 ms apart, the first goes out at once, and what is left goes out just before
`final`. Time is what the run has slept, not what the clock says, so a run is the same every time.
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

PACE_S = 0.075
"""Between two deltas of a run; a constant in OpenClaw's source, and measured."""
PHASES = ("preparing_workspace", "preparing_context", "starting_model")
_TIMED_OUT = (
    "Request timed out before a response was generated. Please try again, or increase "
    "`agents.defaults.timeoutSeconds` in your config."
)
_NOTHING_SAID = "⚠️ Agent couldn't generate a response. Please try again."
_NO_REPLY = "NO_REPLY"
"""The word by which an agent says nothing."""

Sleep = Callable[[float], Awaitable[object]]


class RunHost(Protocol):
    """What runs need of the Gateway they run in."""

    def publish(self, event: str, payload: dict[str, Any]) -> None: ...

    def drop_connections(self) -> None: ...

    def now_ms(self) -> int: ...

    async def use_tool(self, name: str, arguments: dict[str, Any], session_key: str) -> str: ...


class AgentRunner:
    """Starts runs, ends them, and tells everyone."""

    def __init__(self, host: RunHost, faults: GatewayFaults, sleep: Sleep, clock: Clock) -> None:
        self._host = host
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
        """Begin to answer; the first event comes after the caller has sent its own answer."""
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
        self._go_on(run.session)

    def swallows(self) -> bool:
        """Whether the message that comes now is to be swallowed."""
        return self._faults.swallows()

    def bare_final(self, session: SimulatedSession, run_id: str) -> None:
        """What a message that was put into a queue gets under its own run id: an empty final."""
        asyncio.get_running_loop().call_soon(self._bare, session, run_id, {"state": "final"})

    async def stop(self) -> None:
        """Cancel all runs without a word, and forget them, as a killed Gateway would."""
        for run in self.runs:
            run.forgotten = True
            if run.status == "running":
                self._end(run, "aborted", "")
                run.session.queued.clear()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def fail_all(self, message: str) -> None:
        """End all runs with an error, as a Gateway that is going down does."""
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
        speech = run.session.agent.speak(run.heard.words, run.session.memory)
        if speech.fault is not None:
            run.fault = speech.fault
        await self._sleep(speech.first_token_s + run.fault.delay_s)
        if run.fault.silent:
            await asyncio.Event().wait()
        if speech.tool is not None:
            if not await self._say(run, speech.text, speech.between_words_s):
                return
            speech = await self._use(run, speech.tool)
        how = _silence(speech.text)
        if how is not None and not run.text and not run.fault.bare_final:
            if await self._suffer(run, 0):
                self._keep_silent(run, how)
            return
        text = "" if how else _further(run) + speech.text
        if not await self._say(run, text, speech.between_words_s):
            return
        while run.steered:
            steered = run.steered.popleft()
            self.bare_final(run.session, steered.run_id)
            speech = run.session.agent.speak(steered.words, run.session.memory)
            await self._say(run, _further(run) + speech.text, speech.between_words_s)
        self._finish(run)

    async def _use(self, run: SimulatedRun, tool: ToolUse) -> ScriptedAnswer:
        """Call a tool; what the agent has to say to its result."""
        item = {"itemId": str(uuid.uuid4()), "kind": "tool", "name": tool.name}
        self._agent(run, "item", {**item, "phase": "start", "status": "running"})
        result = await self._host.use_tool(tool.name, tool.arguments, run.session.key)
        run.tool_results.append(result)
        self._agent(run, "item", {**item, "phase": "end", "status": "completed"})
        return tool.then(result)

    async def _say(self, run: SimulatedRun, text: str, pause_s: float) -> bool:
        """Stream ``text`` word by word; False if the run ended on the way."""
        words = re.findall(r"\s*\S+", text)
        start, since_flush = run.text, PACE_S
        number = 0
        if not await self._suffer(run, 0):
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
                self._void(run, start)
                number, since_flush = 0, PACE_S
            elif not await self._suffer(run, number):
                return False
        self._flush(run)
        return True

    async def _suffer(self, run: SimulatedRun, words: int) -> bool:
        """Whatever is planned for the run after that many words; False if it ended by it."""
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
        """Send what has not gone out yet, as one delta."""
        fresh = run.text[len(run.published) :]
        if not fresh:
            return
        run.published = run.text
        self._agent(run, "assistant", {"text": run.text, "delta": fresh})
        if run.deltas != run.fault.lose_delta:
            self._delta(run, fresh)
        run.deltas += 1

    def _void(self, run: SimulatedRun, keep: str) -> None:
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
        self._go_on(run.session)

    def _keep_silent(self, run: SimulatedRun, how: str) -> None:
        """The agent has said nothing, and says nothing when it is asked once more."""
        run.stop_reason, run.silence = "stop", how
        self._end(run, "error", _NOTHING_SAID)
        self._chat(run, {"state": "aborted", "stopReason": "stop"})
        self._go_on(run.session)

    def _fail(self, run: SimulatedRun, failure: Failure) -> None:
        """Two error events: the second, from further out, has little but its words."""
        self._end(run, "error", failure.from_outside)
        first: dict[str, Any] = {"state": "error", "errorMessage": failure.message}
        if failure.kind is not None:
            first["errorKind"] = failure.kind
        if failure.detail is not None:
            first["errorDetail"] = dict(failure.detail)
        self._chat(run, first)
        self._bare(run.session, run.id, {"state": "error", "errorMessage": failure.from_outside})
        self._go_on(run.session)

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

    def _go_on(self, session: SimulatedSession) -> None:
        """Answer the next queued message, under a run id of the Gateway's own."""
        if session.queued and session.active is None:
            self.start(session, session.queued.popleft())

    def _chat(self, run: SimulatedRun, payload: dict[str, Any]) -> None:
        self._host.publish("chat", {**self._base(run), "seq": run.seq, **payload})

    def _bare(self, session: SimulatedSession, run_id: str, payload: dict[str, Any]) -> None:
        """A chat event from outside of the run: it does not know the agent, and counts anew."""
        base = {"runId": run_id, "sessionKey": session.key, "seq": 1}
        self._host.publish("chat", {**base, **payload})

    def _agent(self, run: SimulatedRun, stream: str, data: dict[str, Any]) -> None:
        """The `agent` events beside the `chat` ones: noise to a client that reads only these."""
        event = {**self._base(run), "seq": run.next_seq(), "stream": stream, "data": data}
        self._host.publish("agent", {**event, "ts": self._host.now_ms(), "isHeartbeat": False})

    @staticmethod
    def _base(run: SimulatedRun) -> dict[str, Any]:
        return {"runId": run.id, "sessionKey": run.session.key, "agentId": run.session.agent.id}


def _silence(text: str) -> str | None:
    """How a text says nothing; None for one that says something."""
    plain = text.strip()
    return "empty" if not plain else "silent" if plain == _NO_REPLY else None


def _further(run: SimulatedRun) -> str:
    """What stands between the parts of an answer."""
    return "\n\n" if run.text else ""
