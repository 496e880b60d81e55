"""A machine that is reached over ssh: its host key is checked, and secrets are in no argument list.

Scripts go to ``sh -s`` by standard input, so no other user of the machine sees what is in them.
asyncssh is imported when it is needed: it is in the extra ``ssh``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fleet.bootstrap.errors import BootstrapFailed, HostCommandFailed
from fleet.bootstrap.target import Target

if TYPE_CHECKING:
    import asyncssh

_CONNECT_S: Final = 30.0
_KEEPALIVE_S: Final = 15.0
_SHOWN_LINES: Final = 12
_SHOWN_CHARS: Final = 1_500
NOT_INSTALLED: Final = (
    "asyncssh is not installed here: run `uv sync --extra ssh`, or `pip install asyncssh`"
)


@dataclass(frozen=True, slots=True)
class SshOptions:
    """How to connect. ``password`` is asked for when no key is accepted; None never asks."""

    identities: Sequence[Path] = ()
    known_hosts: Path = field(default_factory=lambda: Path.home() / ".ssh" / "known_hosts")
    accept_new_host_key: bool = False
    password: Callable[[], str] | None = None


class RemoteHost:
    """A machine with an open connection."""

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        self._connection = connection

    @property
    def lost(self) -> bool:
        """Whether the connection is closed."""
        return bool(self._connection.is_closed())

    def take_over(self, other: RemoteHost) -> None:
        """Go on over the connection of ``other``."""
        self._connection = other._connection

    async def sh(self, script: str, *, within_s: float = 60.0) -> str:
        """Run a script with ``sh``; returns what it printed. A command that fails ends it.

        Raises:
            HostCommandFailed: it failed, or took too long; the text has the end of what it printed.
        """
        text = f"set -eu\numask 077\n{script}\n"
        status, printed, errors = await self._run("sh -s", text.encode(), within_s)
        if status != 0:
            raise HostCommandFailed(_last_lines(errors or printed) or f"it ended with {status}")
        return printed

    async def put(self, path: str, content: bytes, *, within_s: float = 600.0) -> None:
        """Write a file that only this user may read. ``path`` has no sign that a shell knows.

        Raises:
            HostCommandFailed: it was not written whole.
        """
        command = f"umask 077; cat > {path}.part && mv -f {path}.part {path}"
        status, _, errors = await self._run(f'sh -c "{command}"', content, within_s)
        if status != 0:
            raise HostCommandFailed(f"{path} was not written: {_last_lines(errors)}")

    async def _run(self, command: str, given: bytes, within_s: float) -> tuple[int, str, str]:
        import asyncssh

        try:
            done = await self._connection.run(
                command, input=given, encoding=None, timeout=within_s, check=False
            )
        except asyncssh.TimeoutError:
            raise HostCommandFailed(f"it was not done within {within_s:.0f} s") from None
        except (asyncssh.Error, OSError) as error:
            raise HostCommandFailed(f"the connection is lost: {error}") from error
        if done.exit_status is None:
            how = f"signal {done.exit_signal[0]}" if done.exit_signal else "the connection is lost"
            raise HostCommandFailed(how)
        return done.exit_status, _text(done.stdout), _text(done.stderr)


@asynccontextmanager
async def open_host(target: Target, options: SshOptions) -> AsyncIterator[RemoteHost]:
    """Connect; close the connection after the body.

    Raises:
        BootstrapFailed: no connection; the text says what to do. A host key that differs from the
            known one is always refused.
    """
    try:
        import asyncssh
    except ImportError:
        raise BootstrapFailed(NOT_INSTALLED) from None
    logging.getLogger("asyncssh").setLevel(logging.WARNING)  # it tells of every packet at INFO
    keys = _HostKeys(options)
    arguments: dict[str, Any] = {
        "host": target.host,
        "known_hosts": keys.known,
        "connect_timeout": _CONNECT_S,
        "login_timeout": _CONNECT_S,
        "keepalive_interval": _KEEPALIVE_S,
        "client_factory": lambda: _client(keys, target, options),
    }
    if target.port is not None:
        arguments["port"] = target.port
    if target.user is not None:
        arguments["username"] = target.user
    if options.identities:
        arguments["client_keys"] = [str(each.expanduser()) for each in options.identities]
    try:
        connection = await asyncssh.connect(**arguments)
    except asyncssh.HostKeyNotVerifiable as error:
        raise BootstrapFailed(keys.problem or str(error)) from error
    except asyncssh.PermissionDenied as error:
        raise BootstrapFailed(
            f"{target} accepts none of your keys: name one with --identity, start ssh-agent, or "
            "use --ask-password"
        ) from error
    except (asyncssh.Error, asyncssh.KeyImportError, OSError) as error:
        raise BootstrapFailed(f"no connection to {target}: {error}") from error
    async with connection:
        keys.keep_new()
        yield RemoteHost(connection)


class _HostKeys:
    """The host keys of this user: known ones, and a new one that may be accepted."""

    def __init__(self, options: SshOptions) -> None:
        self._file = options.known_hosts.expanduser()
        self._accept = options.accept_new_host_key
        self._new = ""
        self.problem = ""

    def known(self, host: str, addr: str, port: int | None) -> Sequence[Any]:
        """The keys of the file for a host, as asyncssh asks for them."""
        import asyncssh

        content = self._file.read_bytes() if self._file.exists() else b""
        return asyncssh.match_known_hosts(content, host, addr, port)

    def is_accepted(self, host: str, addr: str, port: int, key: Any) -> bool:
        """Whether to trust a key that the file does not have."""
        shown = key.get_fingerprint()
        name = host if port == 22 else f"[{host}]:{port}"
        if any(self.known(host, addr, port)[:3]):
            self.problem = (
                f"{name} shows another host key than {self._file} has ({shown}): another machine "
                "may answer in its place. If it was set up again, remove the old key: "
                f"ssh-keygen -R '{name}'"
            )
            return False
        if not self._accept:
            self.problem = (
                f"the host key of {name} is not known: {shown}. Compare it with the machine's own "
                "(ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then repeat with "
                "--accept-new-host-key"
            )
            return False
        self._new = f"{name} {key.export_public_key('openssh').decode().strip()}\n"
        return True

    def keep_new(self) -> None:
        """Add an accepted key to the file.

        Raises:
            BootstrapFailed: it cannot be written.
        """
        if not self._new:
            return
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with open(handle, "a", encoding="utf-8") as file:
                file.write(self._new)
        except OSError as error:
            raise BootstrapFailed(
                f"{self._file} cannot be written ({error.strerror or error})"
            ) from error


def _client(keys: _HostKeys, target: Target, options: SshOptions) -> asyncssh.SSHClient:
    import asyncssh

    class Client(asyncssh.SSHClient):
        """Decides about unknown host keys, and asks for a password."""

        def validate_host_public_key(self, host: str, addr: str, port: int, key: Any) -> bool:
            return keys.is_accepted(target.host, addr, port, key)

        def password_auth_requested(self) -> str | None:
            ask, self.asked = (None if self.asked else options.password), True
            return None if ask is None else ask()

        asked = False

    return Client()


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _last_lines(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-_SHOWN_LINES:])[-_SHOWN_CHARS:]
