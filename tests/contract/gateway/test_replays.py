"""The same idempotency key again."""

from __future__ import annotations

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Probe, turn_params
from tests.contract.gateway.test_aborts import held_run


async def test_replay_in_flight(probe: Probe, gateway: Gateway, session: str) -> None:
    """while it runs: in_flight, over any connection"""
    run = await held_run(probe, gateway, session)
    message = f"#words=40 #hold=3 #delay=20 {session}"
    answer = await probe.call("chat.send", turn_params(session, message, run))
    assert (answer["runId"], answer["status"]) == (run, "in_flight")
    async with let_in(gateway) as other:
        answer = await other.call("chat.send", turn_params(session, message, run))
        assert (answer["runId"], answer["status"]) == (run, "in_flight")
    await probe.call("chat.abort", {"sessionKey": session, "runId": run})
    assert gateway.times_asked(message) == 1


async def test_replay_after_success(probe: Probe, gateway: Gateway, session: str) -> None:
    """after success: ok, over any connection, without a second run"""
    message = f"#say:Once. {session}"
    run = await probe.turn(session, message)
    await probe.end(run)
    before = len(probe.chats(run))
    async with let_in(gateway) as other:
        for asking in (probe, other):
            answer = await asking.call("chat.send", turn_params(session, message, run))
            assert answer == {"runId": run, "status": "ok"}
    await probe.barrier()
    assert len(probe.chats(run)) == before
    assert gateway.times_asked(message) == 1


async def test_replay_after_failure(probe: Probe, session: str) -> None:
    """after failure: an error, with a payload"""
    run = await probe.turn(session, f"#hold=0 {session}", timeoutMs=1_000)
    await probe.end(run)
    answer = await probe.ask("chat.send", turn_params(session, f"#hold=0 {session}", run))
    assert answer["ok"] is False
    assert answer["error"]["code"] == "UNAVAILABLE"
    assert answer["payload"]["runId"] == run
    assert answer["payload"]["status"] == "error"


async def test_conflict(probe: Probe, session: str) -> None:
    """with another text: a conflict"""
    run = await probe.turn(session, "#say:Once.")
    await probe.end(run)
    error = await probe.refusal("chat.send", turn_params(session, "#say:Twice.", run))
    assert error["code"] == "INVALID_REQUEST"
    assert error["details"]["reason"] == "chat-request-conflict"


async def test_replay_in_another_session(probe: Probe, session: str) -> None:
    """with the same text for another session, after success: ok, without a run there"""
    run = await probe.turn(session, "#say:Once.")
    await probe.end(run)
    elsewhere = f"{session}:b"
    answer = await probe.call("chat.send", turn_params(elsewhere, "#say:Once.", run))
    assert answer == {"runId": run, "status": "ok"}
    assert not (await probe.call("chat.history", {"sessionKey": elsewhere}))["messages"]
