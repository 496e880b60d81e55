"""A machine becomes a node over ssh: the steps, their undoing, a second run, host keys."""

from __future__ import annotations

import asyncio
import gzip
import io
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from fleet.bootstrap import host as host_module
from fleet.bootstrap import installation as installation_module
from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.installation import Installation, NodePlan
from fleet.bootstrap.program import Program
from fleet.bootstrap.run import bootstrap
from fleet.bootstrap.ssh import SshOptions
from fleet.bootstrap.target import Target
from testing.ssh_peer import SshPeer, ssh_peer
from testing.waiting import eventually

CODE = "c2VjcmV0LWNvZGU"
_SETUP = "mkdir -p .venv/bin\nln -sf PYTHON .venv/bin/python\n"
_RUN = """import os, pathlib, sys
state = pathlib.Path(os.path.realpath(".env")).parent / "state"
action = sys.argv[-1]
if action == "--version":
    print("1")
elif action == "-":
    code = sys.stdin.readline().strip()
    (state / "node.json").write_text(code)
    print("box2 joined ws://gateway with system.info")
elif action == "status":
    print("agents can use: system.info")
elif action == "leave":
    (state / "node.json").unlink()
    print("Remove it there too: openclaw nodes remove --node " + "ab" * 32)
"""


def program(name: str = "1", **files: str) -> Program:
    """A small program that does as run.py and scripts/setup.sh do."""
    files = {"run.py": _RUN, "scripts/setup.sh": _SETUP.replace("PYTHON", '"$PYTHON"'), **files}
    with io.BytesIO() as buffer:
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for path, text in files.items():
                entry = tarfile.TarInfo(path)
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
        return Program(f"0.1.0-{name}", gzip.compress(buffer.getvalue()))


class Machine:
    """The peer with what the operator sees of it."""

    def __init__(self, peer: SshPeer, folder: Path) -> None:
        self.peer = peer
        self.said: list[str] = []
        self.codes = 0
        self.removed: list[str] = []
        self.known_hosts = folder / "known_hosts"
        self.node = peer.home / "node"
        assert peer.host_key is not None
        shown = peer.host_key.export_public_key().decode()
        self.known_hosts.write_text(f"[127.0.0.1]:{peer.port} {shown}")

    async def install(self, program: Program, *, dry_run: bool = False, **ssh: Any) -> Installation:
        self.said.clear()
        options = SshOptions(identities=[self.peer.key], known_hosts=self.known_hosts, **ssh)
        target = Target("127.0.0.1", "pi", self.peer.port)
        wanted = NodePlan(
            name="box2",
            folder="~/node",
            environment={"OPENCLAW__NODE__NAME": "box2"},
            code=self._code,
            remove_device=self._remove,
            config=b"logging: {}\n",
            service="user" if not (self.peer.home / "no-systemd").exists() else None,
            wait_s=0,
        )
        return await bootstrap(target, options, wanted, program, self.said.append, dry_run=dry_run)

    async def _code(self) -> str:
        self.codes += 1
        return CODE

    async def _remove(self, node_id: str) -> None:
        self.removed.append(node_id)

    @property
    def unit(self) -> Path:
        return self.peer.home / ".config/systemd/user/openclaw-voice-node.service"

    def files(self) -> set[str]:
        return {str(each.relative_to(self.node)) for each in self.node.glob("*")}


@pytest.fixture
async def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machine]:
    monkeypatch.setattr(host_module, "MIN_FREE_MB", 1)
    monkeypatch.setattr(installation_module, "_SETTLE_S", 0.0)
    monkeypatch.setenv("SSH_AUTH_SOCK", "")
    async with ssh_peer(tmp_path) as peer:
        yield Machine(peer, tmp_path)


async def test_a_fresh_machine_becomes_a_node(machine: Machine) -> None:
    done = await machine.install(program())
    assert done.advice == ""
    assert all(line.startswith("✓") for line in machine.said), machine.said
    assert any("box2 joined ws://gateway" in line for line in machine.said)
    node = machine.node
    assert (node / "current").resolve() == node / "releases" / "0.1.0-1"
    assert (node / "state" / "node.json").read_text() == CODE
    environment = (node / "node.env").read_text()
    assert f"OPENCLAW__STATE_DIR='{node}/state'" in environment
    assert (node / "node.env").stat().st_mode & 0o777 == 0o600
    assert (node / "current" / ".env").resolve() == node / "node.env"
    unit = machine.unit.read_text()
    assert f"ExecStart={node}/current/.venv/bin/python run.py node --config {node}/config" in unit
    service = "openclaw-voice-node.service"
    assert machine.peer.systemctl == [
        "--user daemon-reload",
        f"--user enable {service}",
        f"--user restart {service}",
    ]
    assert not any(CODE in command for command in machine.peer.commands), "visible to other users"
    assert not any(CODE in line for line in machine.said)


async def test_a_second_run_changes_nothing_and_a_new_program_is_switched_to(
    machine: Machine,
) -> None:
    await machine.install(program())
    await machine.install(program())
    assert machine.codes == 1
    assert "✓ copy the program (it is there already)" in machine.said
    (machine.node / "releases" / "0.0.9-old").mkdir()
    await machine.install(program("2"))
    assert (machine.node / "current").resolve().name == "0.1.0-2"
    assert {each.name for each in (machine.node / "releases").iterdir()} == {"0.1.0-1", "0.1.0-2"}
    assert not list(machine.node.glob("*.before"))
    assert machine.codes == 1


async def test_what_was_begun_is_undone_when_the_packages_fail(machine: Machine) -> None:
    broken = program(**{"scripts/setup.sh": "echo no wheel for this machine >&2; exit 1"})
    with pytest.raises(BootstrapFailed, match="install its packages: no wheel for this machine"):
        await machine.install(broken)
    assert not machine.node.exists()
    assert machine.codes == 0


async def test_a_service_that_ends_is_undone_with_the_device(machine: Machine) -> None:
    (machine.peer.home / "unit-fails").touch()
    with pytest.raises(BootstrapFailed, match="start the service: it ended at once"):
        await machine.install(program())
    assert not machine.node.exists()
    assert not machine.unit.exists()
    assert machine.removed == ["ab" * 32]
    assert "↶ leave the Gateway" in machine.said


async def test_a_failed_upgrade_leaves_the_old_program_running(machine: Machine) -> None:
    await machine.install(program())
    unit, environment = machine.unit.read_text(), (machine.node / "node.env").read_text()
    (machine.peer.home / "unit-fails").touch()
    with pytest.raises(BootstrapFailed):
        await machine.install(program("2"))
    assert (machine.node / "current").resolve().name == "0.1.0-1"
    assert machine.unit.read_text() == unit
    assert (machine.node / "node.env").read_text() == environment
    assert (machine.node / "state" / "node.json").exists()
    assert not (machine.node / "releases" / "0.1.0-2").exists()
    assert machine.removed == []
    assert machine.peer.systemctl[-1] == "--user restart openclaw-voice-node.service"
    undone = [line for line in machine.said if line.startswith("↶")]
    assert undone.index("↶ start the earlier program again") > undone.index("↶ put node.env back")


async def test_a_lost_connection_is_undone_over_another_one(machine: Machine) -> None:
    machine.peer.cut_at = "scripts/setup.sh"
    with pytest.raises(BootstrapFailed, match="the connection is lost"):
        await machine.install(program())
    assert not machine.node.exists()


async def test_a_run_that_is_interrupted_is_undone(machine: Machine) -> None:
    slow = program(**{"scripts/setup.sh": "sleep 3"})
    running = asyncio.create_task(machine.install(slow))
    await eventually(lambda: any("copy the program" in line for line in machine.said))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not machine.node.exists()


async def test_a_dry_run_writes_nothing(machine: Machine) -> None:
    await machine.install(program(), dry_run=True)
    assert not machine.node.exists()
    assert f"- make the folder {machine.node}" in machine.said
    assert "- join the Gateway" in machine.said


async def test_without_systemd_no_unit_is_written(machine: Machine) -> None:
    (machine.peer.home / "no-systemd").touch()
    done = await machine.install(program())
    assert done.service == "none"
    assert not machine.unit.exists()
    assert (machine.node / "state" / "node.json").exists()


async def test_a_folder_of_another_program_is_left_alone(machine: Machine) -> None:
    machine.node.mkdir()
    (machine.node / "thesis.txt").touch()
    with pytest.raises(BootstrapFailed, match="is no installation of this command"):
        await machine.install(program())
    assert machine.files() == {"thesis.txt"}


# -- host keys -----------------------------------------------------------------------------------


async def test_an_unknown_host_key_is_refused_with_its_fingerprint(machine: Machine) -> None:
    machine.known_hosts.unlink()
    with pytest.raises(BootstrapFailed, match=r"is not known: SHA256:.*--accept-new-host-key"):
        await machine.install(program())
    assert not machine.known_hosts.exists()
    assert machine.peer.commands == []


async def test_an_unknown_host_key_is_kept_if_the_operator_says_so(machine: Machine) -> None:
    machine.known_hosts.unlink()
    await machine.install(program(), dry_run=True, accept_new_host_key=True)
    assert machine.known_hosts.read_text().startswith(f"[127.0.0.1]:{machine.peer.port} ssh-ed")
    await machine.install(program(), dry_run=True)


async def test_a_changed_host_key_is_always_refused(machine: Machine) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    machine.known_hosts.write_text(f"[127.0.0.1]:{machine.peer.port} {other}")
    with pytest.raises(BootstrapFailed, match="shows another host key"):
        await machine.install(program(), accept_new_host_key=True)
    assert machine.peer.commands == []


async def test_a_key_that_is_not_accepted_is_told(machine: Machine, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(stranger))
    machine.peer.key = stranger
    with pytest.raises(BootstrapFailed, match="accepts none of your keys"):
        await machine.install(program())


@pytest.mark.parametrize("folder", ["node", "/a b", "~/x;rm", "/x/../y", "$(id)", "/a'b"])
def test_a_folder_that_a_shell_would_read_is_refused(folder: str) -> None:
    async def none() -> str:
        return ""

    with pytest.raises(BootstrapFailed, match="--folder"):
        NodePlan("box2", folder, {}, none).check()


def test_a_value_that_would_end_its_line_is_refused() -> None:
    async def none() -> str:
        return ""

    with pytest.raises(BootstrapFailed, match="NAME: it may have no quotes"):
        NodePlan("box2", "~/x", {"NAME": "a'\nB=1"}, none).check()
