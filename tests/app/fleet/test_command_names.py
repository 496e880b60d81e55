"""The names of the node's commands and tools: one list, which the settings have. What a machine
offers, README, the policy of the plugin and the skill are held against it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from app.fleet.member import fleet_member, offered_commands
from openclaw_client.node.command_sets import bot_commands
from openclaw_client.node.commands import NodeCommand
from openclaw_client.node.settings import COMMANDS
from settings import Settings
from testing.fake_rooms import FakeRooms

ROOT = Path(__file__).parents[3]
SKILL = (ROOT / "openclaw_plugin/skills/openclaw-voice/SKILL.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
POLICY = (ROOT / "openclaw_plugin/lib/policy.js").read_text("utf-8")
NOT_RECOMMENDED = {"container.exec"}
"""README leaves it out: it is off by default, and docs/jobs.md says what it means."""


@pytest.fixture
async def everything(tmp_path: Path) -> tuple[Settings, list[NodeCommand]]:
    """The settings with everything on, and the commands that such a bot offers."""
    jobs = {"kinds": ["transcribe", "synthesise", "container"], "containers": {"exec": True}}
    fleet: dict[str, Any] = {
        "sensors": {"sources": []},
        "notify": {"recipients": [{"name": "Alice", "channel": "telegram", "to": "42"}]},
        "memory": {"folder": str(tmp_path)},
        "jobs": jobs,
    }
    (tmp_path / "memory").mkdir()
    settings = Settings.model_validate({"fleet": fleet})
    async with fleet_member(settings, tmp_path / "state") as member:
        bot = bot_commands(settings.openclaw.node, FakeRooms())
        return settings, [*bot, *member.commands()]


def test_a_bot_offers_what_its_settings_declare(
    everything: tuple[Settings, list[NodeCommand]],
) -> None:
    settings, commands = everything
    names = [each.name for each in commands]
    assert sorted(names) == sorted(COMMANDS)
    assert sorted(offered_commands(settings, discord=True)) == sorted(COMMANDS)


async def test_memory_without_its_token_is_not_offered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fleet = {"sensors": {"sources": []}, "memory": {"plugin": True}}
    settings = Settings.model_validate({"openclaw": {"auth_token": ""}, "fleet": fleet})
    async with fleet_member(settings, tmp_path) as member:
        names = [each.name for each in member.commands()]
    assert not [
        name for name in [*names, *offered_commands(settings, discord=True)] if "memory" in name
    ]
    assert "agents get no remember and observe here" in caplog.text


def test_readme_allows_them_all() -> None:
    block = re.search(r'"commands": \{"allow": \[(.*?)\]', README, re.DOTALL)
    assert block is not None
    assert set(re.findall(r'"([^"]+)"', block[1])) == set(COMMANDS) - NOT_RECOMMENDED


def test_the_policy_covers_them_all_and_no_others() -> None:
    groups, alone = (
        re.findall(r'"([^"]+)"', found)
        for found in re.findall(r"const OURS(?:_TOO)? = \[(.*?)\];", POLICY)
    )
    for name in COMMANDS:
        assert name in alone or any(name.startswith(lead) for lead in groups), name
    for lead in groups:
        assert any(name.startswith(lead) for name in COMMANDS), lead


def test_the_skill_names_every_tool(everything: tuple[Settings, list[NodeCommand]]) -> None:
    _, commands = everything
    words = set(re.findall(r"[a-z]+(?:_[a-z]+)*", SKILL))
    missing = {each.tool_name for each in commands} - words
    assert missing == set()
