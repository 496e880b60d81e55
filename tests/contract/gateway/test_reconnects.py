"""A connection that breaks in mid-run, and what can be found out over the next one."""

from __future__ import annotations

import uuid

from testing.real_gateway.directives import numbered_words
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Probe, turn_params
from tests.contract.gateway.test_aborts import held_run
from tests.contract.gateway.test_turns import text_of


async def test_run_goes_on(gateway: Gateway, session: str) -> None:
    """the run continues: inFlightRun has the text so far, and the next connection gets the rest"""
    message = f"#words=12 #hold=4 #delay=20 {session}"
    async with let_in(gateway) as probe:
        run = await probe.turn(session, message)
        await gateway.held(message)
        heard = text_of(await probe.chat(run, "delta"))
        probe.cut()
    async with let_in(gateway) as back:
        history = await back.call("chat.history", {"sessionKey": session})
        flight = history["inFlightRun"]
        assert flight["runId"] == run
        assert flight["text"].startswith(heard)
        assert numbered_words(12).startswith(flight["text"])
        gateway.release()
        final = await back.end(run)
        assert text_of(final) == numbered_words(12)
        first = back.chats(run, "delta")[0]
        assert text_of(first).endswith(first["deltaText"])


async def test_run_that_ended_meanwhile(gateway: Gateway, session: str) -> None:
    """the run has ended meanwhile: agent.wait has its answer"""
    message = f"#words=12 #hold=4 {session}"
    async with let_in(gateway) as watcher:
        async with let_in(gateway) as probe:
            run = await probe.turn(session, message)
            await gateway.held(message)
            probe.cut()
        gateway.release()
        await watcher.end(run)
    async with let_in(gateway) as back:
        outcome = await back.call("agent.wait", {"runId": run, "timeoutMs": 2_000})
        assert outcome["status"] == "ok"
        assert outcome["endedAt"] > 0
        assert outcome["terminalReply"] == {
            "disposition": "visible",
            "text": numbered_words(12),
        }
        history = await back.call("chat.history", {"sessionKey": session})
        assert "inFlightRun" not in history


async def test_wait_for_a_run_that_goes_on(probe: Probe, gateway: Gateway, session: str) -> None:
    """agent.wait: a running run and an unknown one give the same answer"""
    run = await held_run(probe, gateway, session)
    for ident in (run, str(uuid.uuid4())):
        outcome = await probe.call("agent.wait", {"runId": ident, "timeoutMs": 10})
        assert outcome["status"] == "timeout"
        assert "endedAt" not in outcome
    await probe.call("chat.abort", {"sessionKey": session})


async def test_wait_for_a_failed_run(probe: Probe, session: str) -> None:
    """agent.wait: a run that timed out has an end"""
    run = await probe.turn(session, f"#hold=0 {session}", timeoutMs=1_000)
    await probe.end(run)
    outcome = await probe.call("agent.wait", {"runId": run, "timeoutMs": 2_000})
    assert outcome["status"] == "timeout"
    assert outcome["endedAt"] > 0


async def test_send_again_over_the_next(gateway: Gateway, session: str) -> None:
    """chat.send again over the next connection is the same turn: one run, received to its end"""
    message = f"#words=12 #hold=4 {session}"
    async with let_in(gateway) as probe:
        run = await probe.turn(session, message)
        await gateway.held(message)
        probe.cut()
    async with let_in(gateway) as back:
        answer = await back.call("chat.send", turn_params(session, message, run))
        assert answer["runId"] == run
        gateway.release()
        assert text_of(await back.end(run)) == numbered_words(12)
    assert gateway.times_asked(message) == 1
