"""An ssh server on loopback whose commands run on this machine, with a home of their own.

The commands find a stand-in of ``systemctl``, which writes down how it is called.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

_SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$HOME/systemctl.log"
case "$*" in
    *is-system-running*)
        if [ -e "$HOME/no-systemd" ]; then echo offline; exit 1; fi
        echo running ;;
    *is-active*) [ ! -e "$HOME/unit-fails" ] ;;
esac
"""
_OTHERS = """#!/bin/sh
exit 0
"""


@dataclass
class SshPeer:
    """The server: where it listens, its user's key, and what it was told."""

    home: Path
    port: int = 0
    key: Path = Path()
    host_key: asyncssh.SSHKey | None = None
    commands: list[str] = field(default_factory=list)
    running: set[asyncio.Task[None]] = field(default_factory=set)
    cut_at: str = ""
    """Ends the connection when a script has this text."""

    @property
    def systemctl(self) -> list[str]:
        """How ``systemctl`` was called, but for questions."""
        log = self.home / "systemctl.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if "is-" not in line]

    async def serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        """Carry out a command, and see to its end also when the connection is closed."""
        task = asyncio.create_task(self._carry_out(process))
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        await asyncio.shield(task)

    async def _carry_out(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command or "true"
        self.commands.append(command)
        given = await process.stdin.read()
        if self.cut_at and self.cut_at.encode() in given:
            self.cut_at = ""
            process.channel.get_connection().abort()
            return
        environment = {
            **os.environ,
            "HOME": str(self.home),
            "PATH": f"{self.home}/bin:{os.environ['PATH']}",
        }
        running = await asyncio.create_subprocess_exec(
            "sh",
            "-c",
            command,
            cwd=self.home,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        ended = asyncio.create_task(running.communicate(given))
        gone = asyncio.create_task(process.wait_closed())
        await asyncio.wait([ended, gone], return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():  # as a shell ends when its connection does
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
        printed, errors = await ended
        gone.cancel()
        process.stdout.write(printed)
        process.stderr.write(errors)
        process.exit(running.returncode or 0)


@asynccontextmanager
async def ssh_peer(folder: Path) -> AsyncIterator[SshPeer]:
    """The server, while the body runs; its home and the client's key are in ``folder``."""
    peer = SshPeer(folder / "home")
    (peer.home / "bin").mkdir(parents=True)
    for name, text in (("systemctl", _SYSTEMCTL), ("loginctl", _OTHERS), ("journalctl", _OTHERS)):
        tool = peer.home / "bin" / name
        tool.write_text(text)
        tool.chmod(0o755)
    key = asyncssh.generate_private_key("ssh-ed25519")
    peer.key = folder / "id_ed25519"
    key.write_private_key(str(peer.key))
    key.write_public_key(str(folder / "authorized_keys"))
    peer.host_key = asyncssh.generate_private_key("ssh-ed25519")
    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[peer.host_key],
        authorized_client_keys=str(folder / "authorized_keys"),
        process_factory=peer.serve,
        encoding=None,
    )
    peer.port = server.get_port()
    try:
        yield peer
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*peer.running, return_exceptions=True)
