"""The connection to the OpenSSH server of this machine, where there is one."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncssh
import pytest

from fleet.bootstrap.errors import BootstrapFailed, HostCommandFailed
from fleet.bootstrap.ssh import SshOptions, open_host
from fleet.bootstrap.target import Target
from testing.ports import free_port
from testing.waiting import eventually

SSHD = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(SSHD is None, reason="needs OpenSSH's sshd on this machine")


@pytest.fixture
async def target(tmp_path: Path) -> AsyncIterator[Target]:
    """sshd on loopback, which accepts the key ``id`` of this user."""
    for name in ("host", "id"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(str(tmp_path / name))
        (tmp_path / name).chmod(0o600)
        key.write_public_key(str(tmp_path / f"{name}.pub"))
    port = free_port()
    config = tmp_path / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path / 'host'}\n"
        f"AuthorizedKeysFile {tmp_path / 'id.pub'}\nStrictModes no\nPermitRootLogin yes\n"
        f"PasswordAuthentication no\nUsePAM no\nPidFile {tmp_path / 'pid'}\n"
    )
    if os.geteuid() == 0:
        os.makedirs("/run/sshd", exist_ok=True)
    assert SSHD is not None
    log = (tmp_path / "log").open("wb")
    server = await asyncio.create_subprocess_exec(
        SSHD, "-D", "-e", "-f", str(config), stderr=log, stdin=asyncio.subprocess.DEVNULL
    )
    log.close()
    try:
        log_file = tmp_path / "log"
        await eventually(
            lambda: b"listening" in log_file.read_bytes() or server.returncode is not None, 20
        )
        assert server.returncode is None, log_file.read_text()
        yield Target("127.0.0.1", getpass.getuser(), port)
    finally:
        if server.returncode is None:
            server.terminate()
        await server.wait()


def options(folder: Path, *, accept_new_host_key: bool = False) -> SshOptions:
    return SshOptions(
        identities=[folder / "id"],
        known_hosts=folder / "known_hosts",
        accept_new_host_key=accept_new_host_key,
    )


async def test_commands_and_files(target: Target, tmp_path: Path) -> None:
    with pytest.raises(BootstrapFailed, match="is not known: SHA256"):
        async with open_host(target, options(tmp_path)):
            pass
    async with open_host(target, options(tmp_path, accept_new_host_key=True)) as host:
        assert await host.sh("printf '%s' one; echo two") == "onetwo\n"
        with pytest.raises(HostCommandFailed, match="no such tool"):
            await host.sh("echo no such tool >&2; false; echo not reached")
        content = bytes(range(256)) * 4_000
        await host.put(f"{tmp_path}/file", content)
        assert (tmp_path / "file").read_bytes() == content
        assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    async with open_host(target, options(tmp_path)) as host:
        assert await host.sh("echo known") == "known\n"
