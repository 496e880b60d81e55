"""Texts that the Gateway takes for the command to abort."""

from __future__ import annotations

import asyncio

import pytest

from openclaw_client import OpenClawClient
from simulators.gateway import GatewaySimulator
from simulators.gateway.abort_requests import ABORT_TEXTS, REPLY, is_abort_request, is_bare_abort
from testing.gateways import TOKEN, config_for
from testing.manual_clock import instantly


@pytest.mark.parametrize(
    "message",
    [*ABORT_TEXTS, "STOP!", "Please  stop.", "[call]\nstop", "[a] [b] Ann: stop", "/stop"],
)
def test_these_are_requests_to_abort(message: str) -> None:
    assert is_abort_request(message)


@pytest.mark.parametrize(
    "message", ["stop it", "do stop", "wait", '[a ["b"]]\nstop', "[a]\nplease stop now", ""]
)
def test_these_are_none(message: str) -> None:
    assert not is_abort_request(message)


def test_without_an_envelope_it_is_bare() -> None:
    assert is_bare_abort("Stop.")
    assert not is_bare_abort("[call]\nstop")


async def test_the_gateway_answers_itself_and_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async with (
        GatewaySimulator(token=TOKEN, sleep=instantly) as gateway,
        OpenClawClient(config_for(gateway.url)) as client,
    ):
        monkeypatch.setattr(
            "openclaw_client.client.frame_message", lambda words, *_, **__: f"[call]\n{words}"
        )
        async with asyncio.timeout(10):
            assert await client.send_message("jarvis", "Do not do that.", speaker="ann") == REPLY
        assert gateway.runs == []
        assert gateway.commands == ["[call]\nDo not do that."]
