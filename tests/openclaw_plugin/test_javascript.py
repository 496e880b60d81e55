"""The Gateway's plugin: its own tests in Node, and what its files say of each other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from openclaw_client.node.commands import PLUGIN_ID
from openclaw_client.node.settings import COMMANDS
from testing.real_gateway.install import OPENCLAW_VERSION, Installed, cache_folder

PLUGIN = Path(__file__).parents[2] / "openclaw_plugin"
OLDEST_NODE = 20
SKILL = PLUGIN / "skills" / "openclaw-voice" / "SKILL.md"


def node() -> str:
    """Node of this machine, or that of the real Gateway's cache."""
    fetched = Installed.in_cache(cache_folder()).node.program
    program = str(fetched) if fetched.exists() else shutil.which("node")
    if program is None:
        pytest.skip("there is no Node here: `make test-gateway` fetches it")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if int(told.stdout.strip().removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node {told.stdout.strip()} has no test runner that finds the tests")
    return program


def test_its_own_tests_pass() -> None:
    done = subprocess.run(
        [node(), "--test"], cwd=PLUGIN, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout[-4_000:]
    assert int(re.findall(r"^(?:#|ℹ) pass (\d+)$", done.stdout, re.MULTILINE)[0]) >= 40


def test_manifest_and_code_name_the_same() -> None:
    manifest = json.loads((PLUGIN / "openclaw.plugin.json").read_text(encoding="utf-8"))
    package = json.loads((PLUGIN / "package.json").read_text(encoding="utf-8"))
    code = (PLUGIN / "index.js").read_text(encoding="utf-8")
    assert manifest["id"] == PLUGIN_ID
    assert f'id: "{PLUGIN_ID}"' in code
    for tool in manifest["contracts"]["tools"]:
        assert f'{{ name: "{tool}" }}' in code
    assert (PLUGIN / package["openclaw"]["extensions"][0]).is_file()
    assert package["openclaw"]["compat"]["minGatewayVersion"] == OPENCLAW_VERSION
    assert (PLUGIN / manifest["skills"][0] / PLUGIN_ID / "SKILL.md") == SKILL


def test_the_skill_has_the_head_that_openclaw_reads() -> None:
    head = re.match(
        r"---\nname: (?P<name>.+)\ndescription: (?P<what>.+)\n---\n", SKILL.read_text("utf-8")
    )
    assert head is not None
    assert head["name"] == SKILL.parent.name
    assert len(head["what"]) < 160


def test_the_policy_covers_every_command_of_ours() -> None:
    policy = (PLUGIN / "lib" / "policy.js").read_text("utf-8")
    ours = json.loads(re.findall(r"const OURS = (\[.*\]);", policy)[0])
    too = json.loads(re.findall(r"const OURS_TOO = (\[.*\]);", policy)[0])
    assert [each for each in COMMANDS if each not in too and not each.startswith(tuple(ours))] == []
    unused = [lead for lead in ours if not any(each.startswith(lead) for each in COMMANDS)]
    assert unused == []
