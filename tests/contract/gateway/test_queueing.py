"""A second message while a run is going: the queue modes."""

from __future__ import annotations

import uuid

import pytest

from testing.real_gateway.directives import numbered_words
from tests.contract.gateway.gateways import Gateway
from tests.contract.gateway.probe import Probe, turn_params
from tests.contract.gateway.test_aborts import held_run
from tests.contract.gateway.test_turns import text_of


async def test_interrupt(probe: Probe, gateway: Gateway, session: str) -> None:
    """interrupt: the running run ends as aborted, the new one answers under its own id"""
    run = await held_run(probe, gateway, session)
    second = str(uuid.uuid4())
    params = turn_params(session, "#say:I took its place.", second, queueMode="interrupt")
    ack = await probe.call("chat.send", params)
    assert ack == {"runId": second, "status": "started", "interruptedActiveRun": True}
    aborted = await probe.end(run)
    assert aborted["state"] == "aborted"
    assert aborted["stopReason"] == "aborted"
    assert text_of(await probe.end(second)) == "I took its place."


async def test_interrupt_drops_the_partial(probe: Probe, gateway: Gateway, session: str) -> None:
    """interrupt: the text of the interrupted run is not in the history"""
    await held_run(probe, gateway, session)
    second = await probe.turn(session, "#say:I took its place.", queueMode="interrupt")
    await probe.end(second)
    history = await probe.call("chat.history", {"sessionKey": session})
    said = [str(message) for message in history["messages"] if message["role"] == "assistant"]
    assert len(said) == 1
    assert "word1" not in said[0]


async def test_interrupt_of_nothing(probe: Probe, session: str) -> None:
    """interrupt without a running run is an ordinary turn"""
    run = await probe.turn(session, "#say:Nobody was there.", queueMode="interrupt")
    assert text_of(await probe.end(run)) == "Nobody was there."


@pytest.mark.parametrize("mode", [None, "steer"])
async def test_steer(probe: Probe, session: str, mode: str | None) -> None:
    """steer, the default: the first run takes the second message after its own answer; the second
    gets an empty final, and its answer continues the first run"""
    more = {} if mode is None else {"queueMode": mode}
    first = await probe.turn(session, "#words=40 #delay=50")
    await probe.chat(first, "delta")
    second = await probe.turn(session, "#say:And this too.", **more)
    empty = await probe.end(second)
    assert empty["state"] == "final"
    assert "message" not in empty
    final = await probe.end(first)
    assert text_of(final) == f"{numbered_words(40)}\n\nAnd this too."


@pytest.mark.parametrize("mode", ["followup", "collect"])
async def test_followup(probe: Probe, gateway: Gateway, session: str, mode: str) -> None:
    """followup and collect: an empty final, and later the answer under a new, unknown id"""
    message = f"#words=6 #hold=3 {session}"
    first = await probe.turn(session, message)
    await gateway.held(message)
    second = await probe.turn(session, "#say:And this too.", queueMode=mode)
    assert "message" not in await probe.end(second)
    gateway.release()
    assert text_of(await probe.end(first)) == numbered_words(6)
    known = {first, second}
    later = await probe.event(
        "chat",
        lambda payload: (
            payload["sessionKey"] == session
            and payload["runId"] not in known
            and payload["state"] == "final"
        ),
    )
    assert text_of(later) == "And this too."
