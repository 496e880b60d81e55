"""What the overview learns of bots' configurations from a real control plane, and of none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from fleet.desired_state.errors import PlaneError
from fleet.overview.configurations import PlaneConfigurations, configurations_of
from fleet.overview.model import ConfigurationState
from fleet.settings import FleetSettings
from testing.control_planes import control_plane
from testing.fleet_stage import RACK, plane_on_stage

HTTP = "http://plane"


def answering(status: int, body: Any) -> PlaneConfigurations:
    answer = httpx.Response(status, json=body)
    transport = httpx.MockTransport(lambda _: answer)
    return PlaneConfigurations(HTTP, SecretStr("oco-1"), transport=transport)


async def test_each_bot_has_what_it_should_run_what_it_runs_and_why_not(tmp_path: Path) -> None:
    async with plane_on_stage(tmp_path) as plane:
        assert await plane.states() == {
            "harbour": ConfigurationState("1", "1"),
            "tavern": ConfigurationState("2", "1", "refused: no such card"),
            RACK: ConfigurationState("2", "1", "a restart is needed for fleet.sensors.interval_s"),
        }


async def test_only_an_operator_sees_the_bots_that_have_a_version(tmp_path: Path) -> None:
    async with control_plane(tmp_path) as plane:
        token = await plane.store.add_bot("new")
        await plane.store.add_bot("empty")
        await plane.put("new", {"pipeline": {"relevance": {"level": "high"}}})
        transport = httpx.ASGITransport(plane.app)
        async with PlaneConfigurations(
            HTTP, SecretStr(plane.operator), transport=transport
        ) as client:
            states = await client.states()
        async with PlaneConfigurations(HTTP, SecretStr(token), transport=transport) as client:
            refused = await client.configurations()
    assert list(states) == ["new"]
    assert (states["new"].words, states["new"].problem) == (
        "none → 1",
        "the bot has not reported to the control plane yet",
    )
    assert refused.states == {}
    assert refused.problem == (
        "http://plane does not take FLEET__OVERVIEW__CONTROL_TOKEN as a reader's or an "
        "operator's token"
    )


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, {"hello": 1}, "sent no list of bots: it is no control plane"),
        (200, [1], "sent no list of bots"),
        (404, {}, "refused: Not Found (404"),
        (500, {}, "answered 500"),
        (302, {}, "answered 302"),
    ],
)
async def test_what_is_no_control_plane_is_told(status: int, body: Any, words: str) -> None:
    async with answering(status, body) as client:
        assert words in (await client.configurations()).problem


async def test_the_plane_of_a_bot_serves_where_no_other_is_named(tmp_path: Path) -> None:
    desired = {"url": "http://10.0.0.1:8095", "token": "ocb-1"}

    def made(**overview: Any) -> PlaneConfigurations | None:
        fleet = FleetSettings.model_validate({"desired_state": desired, "overview": overview})
        return configurations_of(fleet.overview, fleet.desired_state)

    assert made() is None
    own = made(control_token="oco-1")
    assert own is not None
    assert own.url == "http://10.0.0.1:8095"
    other = made(control_token="oco-1", control_url="https://control.example.org")
    assert other is not None
    assert other.url == "https://control.example.org"
    with pytest.raises(PlaneError, match=r"fleet\.overview\.control_ca_file .* cannot be used"):
        made(control_token="oco-1", control_ca_file=tmp_path / "none.pem")


@pytest.mark.parametrize(
    ("overview", "words"),
    [
        ({"control_url": "http://10.0.0.1"}, "control_token: control_url needs it"),
        ({"control_url": "http://8.8.8.8", "control_token": "t"}, "needs https://"),
    ],
)
def test_settings_that_cannot_work_are_refused(overview: dict[str, str], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        FleetSettings.model_validate({"overview": overview})
