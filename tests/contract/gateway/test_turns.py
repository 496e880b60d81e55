"""A turn, from chat.send to its last event."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client.turn_text import SpeakerRef, frame_message
from testing.real_gateway.directives import numbered_words
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Payload, Probe


def text_of(payload: Payload) -> str:
    """The text of an event's message."""
    parts = payload["message"]["content"]
    return "".join(part["text"] for part in parts)


async def test_deltas(probe: Probe, session: str) -> None:
    """deltas: each with its increment and the whole text so far; joined they are the final"""
    run = await probe.turn(session, "#words=20 #delay=40")
    final = await probe.end(run)
    whole = numbered_words(20)
    assert final["state"] == "final"
    assert final["stopReason"] == "stop"
    assert final["message"]["role"] == "assistant"
    assert text_of(final) == whole
    deltas = probe.chats(run, "delta")
    assert len(deltas) > 3
    so_far = ""
    for delta in deltas:
        so_far += delta["deltaText"]
        assert text_of(delta) == so_far
        assert "replace" not in delta
        assert (delta["sessionKey"], delta["agentId"]) == (session, "jarvis")
    assert so_far == whole


async def test_status(probe: Probe, session: str) -> None:
    """before the first delta: three phases of preparation, then agent events beside chat's"""
    run = await probe.turn(session, "#say:Good evening.")
    await probe.end(run)
    phases = [event["phase"] for event in probe.chats(run, "status")]
    assert phases == ["preparing_workspace", "preparing_context", "starting_model"]
    beside = [frame["payload"] for frame in probe.events if frame["event"] == "agent"]
    streams = [event["stream"] for event in beside if event["runId"] == run]
    assert {"run_status", "lifecycle", "assistant"} <= set(streams)


async def test_silence(probe: Probe, session: str) -> None:
    """a persistently silent reply: aborted (stop), without a delta or a message"""
    run = await probe.turn(session, "#silent")
    end = await probe.end(run)
    assert (end["state"], end["stopReason"]) == ("aborted", "stop")
    assert "message" not in end
    assert not probe.chats(run, "delta")
    outcome = await probe.call("agent.wait", {"runId": run, "timeoutMs": 2_000})
    assert (outcome["status"], outcome["stopReason"]) == ("error", "stop")
    assert outcome["terminalReply"] == {"disposition": "silent"}


async def test_heartbeat(probe: Probe, session: str) -> None:
    """HEARTBEAT_OK is passed on like any other answer"""
    run = await probe.turn(session, "#say:HEARTBEAT_OK")
    final = await probe.end(run)
    assert (final["state"], text_of(final)) == ("final", "HEARTBEAT_OK")


async def test_events_are_numbered(probe: Probe, session: str) -> None:
    """events are numbered, without a gap, for each connection"""
    await probe.end(await probe.turn(session, "#words=5 #delay=20"))
    numbers = [frame["seq"] for frame in probe.events]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_replace(probe: Probe, session: str) -> None:
    """replace: the model's stream broke; the earlier text is void, and the answer starts again"""
    run = await probe.turn(session, f"#words=8 #cut=4 #delay=30 {session}")
    final = await probe.end(run)
    assert final["state"] == "final"
    assert text_of(final) == numbered_words(8)
    deltas = probe.chats(run, "delta")
    void = [number for number, delta in enumerate(deltas) if delta.get("replace")]
    assert len(void) == 1
    assert void[0] > 0
    after = deltas[void[0] :]
    assert "".join(delta["deltaText"] for delta in after) == numbered_words(8)


async def second_error(probe: Probe, run: str) -> Payload:
    """What follows the first error event of a run; it has little in it."""
    while len(probe.chats(run, "error")) < 2:
        await probe.more()
    second = probe.chats(run, "error")[1]
    assert "agentId" not in second
    assert "errorKind" not in second
    return second


async def test_error(probe: Probe) -> None:
    """error: the model's provider answers 401; two error events arrive"""
    run = await probe.turn("agent:ailing:discord:dm:1", "#error=401")
    error = await probe.end(run)
    assert error["state"] == "error"
    assert "authentication failed, HTTP 401" in error["errorMessage"]
    assert error["errorDetail"]["failoverReason"] == "auth"
    second = await second_error(probe, run)
    assert "Agent failed before reply: " in second["errorMessage"]
    outcome = await probe.call("agent.wait", {"runId": run, "timeoutMs": 2_000})
    assert outcome["status"] == "error"
    assert "HTTP 401" in outcome["error"]


async def test_timeout(probe: Probe, session: str) -> None:
    """error: the model does not start within timeoutMs; two error events arrive"""
    run = await probe.turn(session, f"#hold=0 {session}", timeoutMs=1_500)
    error = await probe.end(run)
    assert error["state"] == "error"
    assert error["errorKind"] == "timeout"
    assert error["errorMessage"].startswith("Request timed out before a response was generated.")
    assert (await second_error(probe, run))["errorMessage"] == error["errorMessage"]


async def test_two_sessions_at_once(probe: Probe, gateway: Gateway, session: str) -> None:
    """two sessions at once: their runs proceed in parallel"""
    other = session.replace("jarvis", "sage")
    message = f"#words=6 #hold=3 {session}"
    first = await probe.turn(session, message)
    await gateway.held(message)
    second = await probe.turn(other, "#say:I am not held up.")
    final = await probe.end(second)
    assert text_of(final) == "I am not held up."
    assert not probe.chats(first, "final")
    gateway.release()
    assert text_of(await probe.end(first)) == numbered_words(6)


async def test_who_hears(probe: Probe, gateway: Gateway, session: str) -> None:
    """every connection with read scope gets all runs; one without scopes gets none"""
    async with let_in(gateway) as reader, let_in(gateway, scopes=[]) as outsider:
        run = await probe.turn(session, "#say:Hear, hear.")
        await probe.end(run)
        assert text_of(await reader.end(run)) == "Hear, hear."
        await outsider.ask("agents.list")
        assert not outsider.chats(run)


async def test_scoped_events(probe: Probe, gateway: Gateway, session: str) -> None:
    """with session-scoped-events, a connection gets nothing of sessions without a subscription"""
    async with let_in(gateway, caps=["session-scoped-events"]) as scoped:
        run = await scoped.turn(session, "#say:Hear, hear.")
        await probe.end(run)
        await scoped.barrier()
        assert not scoped.chats(run)


async def test_memory(probe: Probe, session: str) -> None:
    """chat.history: questions and answers"""
    await probe.end(await probe.turn(session, "#say:First."))
    await probe.end(await probe.turn(session, "#say:Second."))
    history = await probe.call("chat.history", {"sessionKey": session})
    said = [message["role"] for message in history["messages"]]
    assert said == ["user", "assistant", "user", "assistant"]
    assert "inFlightRun" not in history


async def test_command(probe: Probe, gateway: Gateway, session: str) -> None:
    """a message that begins with a slash is a command: the model is not asked"""
    before = gateway.times_asked("")
    run = await probe.turn(session, "/whoami")
    final = await probe.end(run)
    assert final["state"] == "final"
    assert text_of(final)
    assert gateway.times_asked("") == before


@pytest.mark.parametrize("count", [200_000])
async def test_long_message(probe: Probe, session: str, count: int) -> None:
    """a message of 200,000 characters is accepted"""
    run = await probe.turn(session, f"{'a' * count} #say:That was long.")
    assert text_of(await probe.end(run)) == "That was long."


async def test_many_at_once(gateway: Gateway, session: str) -> None:
    """turns of two connections in two sessions at once: each connection gets its own to the end"""
    async with let_in(gateway) as one, let_in(gateway) as other:
        first = await one.turn(session, "#words=10 #delay=20")
        second = await other.turn(f"{session}:b", "#words=12 #delay=20")
        ends = await asyncio.gather(one.end(first), other.end(second))
        assert [text_of(end) for end in ends] == [numbered_words(10), numbered_words(12)]


@pytest.mark.parametrize("words", ["stop", "Do not do that."])
async def test_request_to_abort(probe: Probe, session: str, words: str) -> None:
    """a turn of "stop" and its like after a leading [...] aborts: the Gateway itself answers"""
    final = await probe.end(await probe.turn(session, f"[Voice call]\n{words}"))
    assert text_of(final) == "⚙️ Agent was aborted."


@pytest.mark.parametrize("words", ["stop", "Do not do that.", "slash stop", "/status"])
async def test_framed_request_to_abort(probe: Probe, session: str, words: str) -> None:
    """the same words in a turn of our client reach the agent"""
    framed = frame_message(words, SpeakerRef("42", "Ann"))
    final = await probe.end(await probe.turn(session, framed))
    assert "aborted" not in text_of(final)
    assert words.strip("/") in text_of(final)
