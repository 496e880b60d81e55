"""chat.abort: what is stopped, and who may."""

from __future__ import annotations

import asyncio

from tests.contract.gateway.device import Device
from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import Probe, client_info, connect_params, knock, turn_params
from tests.contract.gateway.test_turns import text_of

_READS = 200
_BETWEEN_READS_S = 0.05


async def held_run(probe: Probe, gateway: Gateway, session: str) -> str:
    """A run that stands still after three words."""
    message = f"#words=40 #hold=3 #delay=20 {session}"
    run = await probe.turn(session, message)
    await gateway.held(message)
    await _said(probe, session, "word1 word2 word3")
    await probe.chat(run, "delta")
    return run


async def _said(probe: Probe, session: str, text: str) -> None:
    """Until the Gateway has read that much from the model, which may have written it just now."""
    for _ in range(_READS):
        history = await probe.call("chat.history", {"sessionKey": session})
        if history.get("inFlightRun", {}).get("text") == text:
            return
        await asyncio.sleep(_BETWEEN_READS_S)
    raise AssertionError(f"the Gateway has not read {text!r}: {history}")


async def test_abort(probe: Probe, gateway: Gateway, session: str) -> None:
    """the run ends as aborted, with all the text so far; the event comes before the answer"""
    run = await held_run(probe, gateway, session)
    answer = await probe.call("chat.abort", {"sessionKey": session, "runId": run})
    assert answer == {"ok": True, "aborted": True, "runIds": [run]}
    (aborted,) = probe.chats(run, "aborted")
    assert aborted["stopReason"] == "rpc"
    deltas = probe.chats(run, "delta")
    assert text_of(aborted) == "word1 word2 word3"
    assert text_of(aborted).startswith("".join(delta["deltaText"] for delta in deltas))
    gateway.release()
    final = await probe.end(await probe.turn(session, "#say:Free again."))
    assert text_of(final) == "Free again."
    assert probe.chats(run)[-1] == aborted
    assert probe.chats(run, "delta") == deltas


async def test_abort_keeps_the_partial(probe: Probe, gateway: Gateway, session: str) -> None:
    """the text of an aborted run stays in the history"""
    run = await held_run(probe, gateway, session)
    await probe.call("chat.abort", {"sessionKey": session, "runId": run})
    history = await probe.call("chat.history", {"sessionKey": session})
    assert "word1" in str(history["messages"][-1])
    assert history["messages"][-1]["role"] == "assistant"


async def test_abort_before_a_word(probe: Probe, gateway: Gateway, session: str) -> None:
    """aborted before the first word: the event has no message"""
    message = f"#hold=0 {session}"
    run = await probe.turn(session, message)
    await gateway.held(message)
    await probe.call("chat.abort", {"sessionKey": session, "runId": run})
    assert "message" not in await probe.chat(run, "aborted")


async def test_abort_keeps_the_question(probe: Probe, gateway: Gateway, session: str) -> None:
    """aborted before the first word: the question stays in the history, before the next one"""
    question = f"#hold=0 what is the weather {session}"
    run = await probe.turn(session, question)
    await gateway.held(question)
    await probe.call("chat.abort", {"sessionKey": session, "runId": run})
    await probe.chat(run, "aborted")
    whole = f"#say:Fine. what is the weather in Paris {session}"
    await probe.end(await probe.turn(session, whole))
    history = await probe.call("chat.history", {"sessionKey": session})
    said = [(message["role"], str(message["content"])) for message in history["messages"]]
    assert [role for role, _ in said] == ["user", "user", "assistant"], said
    assert question in said[0][1]
    assert whole in said[1][1]


async def test_abort_all(probe: Probe, gateway: Gateway, session: str) -> None:
    """without a run id, the session's running run is aborted"""
    run = await held_run(probe, gateway, session)
    answer = await probe.call("chat.abort", {"sessionKey": session})
    assert answer == {"ok": True, "aborted": True, "runIds": [run]}


async def test_nothing_to_abort(probe: Probe, session: str) -> None:
    """nothing runs, or no run has that id: the answer is ok, with aborted false"""
    nothing = {"ok": True, "aborted": False, "runIds": []}
    assert await probe.call("chat.abort", {"sessionKey": session}) == nothing
    unknown = {"sessionKey": session, "runId": "nobody-knows"}
    assert await probe.call("chat.abort", unknown) == nothing


async def test_abort_of_anothers_run(probe: Probe, gateway: Gateway, session: str) -> None:
    """only an admin may abort the run of another device"""
    run = await held_run(probe, gateway, session)
    params = {"sessionKey": session, "runId": run}
    async with let_in(gateway) as stranger:
        error = await stranger.refusal("chat.abort", params)
        assert error["code"] == "INVALID_REQUEST"
        assert "unauthorized" in error["message"]
    async with let_in(gateway, scopes=["operator.admin"]) as admin:
        answer = await admin.call("chat.abort", params)
        assert answer["aborted"] is True
    assert (await probe.end(run))["state"] == "aborted"


async def test_abort_by_the_same_device(gateway: Gateway, session: str) -> None:
    """the device that started a run may abort it over another connection"""
    device, client = Device(), client_info("gateway-client", "backend")
    async with knock(gateway.url) as one, knock(gateway.url) as other:
        for probe in (one, other):
            proof = device.params(probe.challenge, gateway.token, client=client)
            await probe.call("connect", connect_params(gateway.token, **proof))
        run = await held_run(one, gateway, session)
        answer = await other.call("chat.abort", {"sessionKey": session, "runId": run})
        assert answer["aborted"] is True
        assert (await one.end(run))["state"] == "aborted"


async def test_stop_command(probe: Probe, gateway: Gateway, session: str) -> None:
    """the message /stop aborts too, with the answer of chat.abort"""
    run = await held_run(probe, gateway, session)
    answer = await probe.call("chat.send", turn_params(session, "/stop", f"stop {run}"))
    assert answer == {"ok": True, "aborted": True, "runIds": [run]}
    aborted = await probe.end(run)
    assert (aborted["state"], aborted["stopReason"]) == ("aborted", "stop")
    assert not probe.chats(f"stop {run}")
