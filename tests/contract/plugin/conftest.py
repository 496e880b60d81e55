"""A Gateway with the plugin; the others have none, since everything works without it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from openclaw_client.node.commands import PLUGIN_ID
from testing.real_gateway import RealGateway, real_gateway
from testing.real_gateway.config import PLUGIN, plugin_config
from testing.telegram import TelegramStandIn
from tests.contract.gateway.gateways import AGENTS, Gateway, Real, let_in, simulated
from tests.contract.gateway.probe import Probe

FENCED = "fenced"
"""The name of a node whose commands the policy of this Gateway narrows."""
COPY = "copied-skill"
POLICY = {
    "nodes": {
        "*": {"allow": ["*"]},
        FENCED: {"deny": ["voice.say"], "reason": "it is night"},
    }
}


@pytest.fixture(scope="session")
def skill_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ``skills.load.extraDirs`` with a copy of the skill, named `COPY`."""
    folder = tmp_path_factory.mktemp("skills")
    text = (PLUGIN / "skills" / PLUGIN_ID / "SKILL.md").read_text("utf-8")
    (folder / COPY).mkdir()
    (folder / COPY / "SKILL.md").write_text(text.replace(PLUGIN_ID, COPY, 1), "utf-8")
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def plugged(request: pytest.FixtureRequest, skill_folder: Path) -> AsyncIterator[Gateway]:
    """The Gateway that the run is against, with the plugin."""
    if request.config.getoption("gateway") == "real":
        skills = {"skills": {"load": {"extraDirs": [str(skill_folder)]}}}
        sensors = {"agents": ["main", "jarvis", "sage"]}
        extra = {**plugin_config(policy=POLICY, sensors=sensors), **skills}
        async with real_gateway(agents=AGENTS, extra_config=extra) as started:
            yield Real(started, TelegramStandIn())
            return
    async with simulated(prompt_plugin=True) as gateway:
        yield gateway


@pytest.fixture
def genuine(plugged: Gateway) -> RealGateway:
    """For what only the real Gateway runs: the plugin's JavaScript."""
    if not isinstance(plugged, Real):
        pytest.skip("needs --gateway=real: the plugin is JavaScript")
    return plugged.gateway


@pytest_asyncio.fixture(loop_scope="session")
async def owner(plugged: Gateway) -> AsyncIterator[Probe]:
    """An operator who may approve nodes and ask them."""
    scopes = ["operator.read", "operator.write", "operator.pairing"]
    async with let_in(plugged, scopes=scopes) as probe:
        yield probe
