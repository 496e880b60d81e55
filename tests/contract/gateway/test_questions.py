"""Questions of agents to people: the tool ask_user."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio

from tests.contract.gateway.gateways import Gateway, let_in
from tests.contract.gateway.probe import OPERATOR_SCOPES, Payload, Probe, turn_params
from tests.contract.gateway.test_turns import text_of

ANSWERING = [*OPERATOR_SCOPES, "operator.questions"]
DEPLOY: Payload = {
    "id": "deploy",
    "header": "Deploy",
    "question": "Deploy now?",
    "options": [{"label": "Yes", "description": "at once"}, {"label": "No"}],
}
COLOURS: Payload = {
    "id": "colours",
    "header": "Colours",
    "question": "Which colours?",
    "options": [{"label": "Red"}, {"label": "Blue"}],
    "multiSelect": True,
}


@pytest_asyncio.fixture(loop_scope="session")
async def asked(gateway: Gateway) -> AsyncIterator[Probe]:
    """A client that may answer questions."""
    async with let_in(gateway, scopes=ANSWERING) as probe:
        yield probe


def asking(*questions: Payload, **more: Any) -> str:
    return "#tool:ask_user " + json.dumps({"questions": list(questions), **more})


async def question(probe: Probe, session: str, *questions: Payload) -> tuple[str, Payload]:
    """An open question; the run that waits for it, and its record."""
    run = await probe.turn(session, asking(*(questions or (DEPLOY,))))
    record = await probe.event("question.requested", lambda each: each["runId"] == run)
    return run, record


def resolution(record: Payload, **answers: list[str]) -> Payload:
    return {"id": record["id"], "answers": {"answers": answers}}


async def test_question(asked: Probe, session: str) -> None:
    """ask_user: question.requested has the questions, and the session and run that wait"""
    run, record = await question(asked, session)
    assert record["questions"] == [
        {
            "questionId": "deploy",
            "header": "Deploy",
            "question": "Deploy now?",
            "options": [{"label": "Yes", "description": "at once"}, {"label": "No"}],
            "isOther": True,
        }
    ]
    assert (record["sessionKey"], record["agentId"]) == (session, "jarvis")
    assert record["status"] == "pending"
    assert record["expiresAtMs"] - record["createdAtMs"] == 900_000
    listed = (await asked.call("question.list"))["questions"]
    assert record in listed
    assert (await asked.call("question.get", {"id": record["id"]}))["question"] == record
    await asked.call("question.resolve", resolution(record, deploy=["No"]))
    await asked.end(run)


async def test_answer(asked: Probe, session: str) -> None:
    """question.resolve: the run goes on with the answer, and question.resolved tells of it"""
    run, record = await question(asked, session)
    answer = await asked.call("question.resolve", resolution(record, deploy=["Yes"]))
    assert answer == {"status": "answered", "answers": {"answers": {"deploy": ["Yes"]}}}
    told = await asked.event("question.resolved", lambda each: each["id"] == record["id"])
    assert told == {"id": record["id"], **answer}
    assert '"answered"' in text_of(await asked.end(run))
    listed = (await asked.call("question.list"))["questions"]
    assert record["id"] not in [each["id"] for each in listed]


async def test_another_client_answers(gateway: Gateway, asked: Probe, session: str) -> None:
    """question.resolve: any client with the scope may answer, also one that came later"""
    run, record = await question(asked, session)
    async with let_in(gateway, scopes=ANSWERING) as later:
        listed = (await later.call("question.list"))["questions"]
        assert record["id"] in [each["id"] for each in listed]
        await later.call("question.resolve", resolution(record, deploy=["No"]))
    await asked.end(run)


async def test_own_words(asked: Probe, session: str) -> None:
    """question.resolve: an answer need not be one of the options"""
    run, record = await question(asked, session)
    await asked.call("question.resolve", resolution(record, deploy=["tomorrow"]))
    assert "tomorrow" in text_of(await asked.end(run))


async def test_several(asked: Probe, session: str) -> None:
    """question.resolve: every question needs an answer, and several only where they may be"""
    run, record = await question(asked, session, COLOURS, DEPLOY)
    assert record["questions"][0]["multiSelect"] is True
    for answers, wrong in (
        ({"colours": ["Red", "Blue"]}, "question 'deploy' requires an answer"),
        (
            {"colours": ["Red"], "deploy": ["Yes", "No"]},
            "question 'deploy' does not allow multiple answers",
        ),
        (
            {"colours": ["Red"], "deploy": ["Yes"], "x": ["y"]},
            "question 'x' is not part of this request",
        ),
    ):
        error = await asked.refusal("question.resolve", resolution(record, **answers))
        assert (error["message"], error["details"]) == (
            wrong,
            {"reason": "QUESTION_INVALID_ANSWER"},
        )
    await asked.call("question.resolve", resolution(record, colours=["Red", "Blue"], deploy=["No"]))
    await asked.end(run)


async def test_answered_already(asked: Probe, session: str) -> None:
    """question.resolve of an answered and of an unknown question is refused"""
    run, record = await question(asked, session)
    await asked.call("question.resolve", resolution(record, deploy=["No"]))
    error = await asked.refusal("question.resolve", resolution(record, deploy=["Yes"]))
    assert error["details"] == {"reason": "QUESTION_ALREADY_TERMINAL"}
    error = await asked.refusal("question.resolve", {"id": "ask_none", "cancel": True})
    assert error["details"] == {"reason": "QUESTION_NOT_FOUND"}
    await asked.end(run)


async def test_skip(asked: Probe, session: str) -> None:
    """question.resolve with cancel: the run goes on without an answer"""
    run, record = await question(asked, session)
    answer = await asked.call("question.resolve", {"id": record["id"], "cancel": True})
    assert answer == {"status": "cancelled"}
    assert "no_answer" in text_of(await asked.end(run))


async def test_aborted(asked: Probe, session: str) -> None:
    """chat.abort of the run that waits: question.resolved says cancelled"""
    run, record = await question(asked, session)
    await asked.call("chat.abort", {"sessionKey": session, "runId": run})
    told = await asked.event("question.resolved", lambda each: each["id"] == record["id"])
    assert told["status"] == "cancelled"


async def test_next_message(asked: Probe, session: str) -> None:
    """a message with queueMode interrupt ends the run that waits, and its question"""
    _, record = await question(asked, session)
    params = turn_params(session, "Good morning", f"{record['id']}-2", queueMode="interrupt")
    await asked.call("chat.send", params)
    told = await asked.event("question.resolved", lambda each: each["id"] == record["id"])
    assert told["status"] == "cancelled"


async def test_without_scope(probe: Probe, session: str) -> None:
    """without operator.questions an agent cannot ask in a client's turns, nor the client answer"""
    run = await probe.turn(session, asking(DEPLOY))
    assert "Session-scoped access requires a verified user profile" in text_of(await probe.end(run))
    assert probe.payloads("question.requested") == []
    for method, params in (
        ("question.list", {}),
        ("question.resolve", {"id": "ask_none", "cancel": True}),
    ):
        error = await probe.refusal(method, params)
        assert error["code"] == "FORBIDDEN"


@asynccontextmanager
async def reader(gateway: Gateway) -> AsyncIterator[Probe]:
    async with let_in(gateway, scopes=["operator.read"]) as probe:
        yield probe


async def test_reader(gateway: Gateway) -> None:
    """question.list with the read scope alone names the missing one"""
    async with reader(gateway) as probe:
        error = await probe.refusal("question.list")
    assert error["message"] == "missing scope: operator.questions"
