"""Which machine is meant: ``user@host``, ``host``, ``user@host:port``, ``ssh://``. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fleet.bootstrap.errors import BootstrapFailed

_FORM: Final = re.compile(
    r"(?:ssh://)?(?:(?P<user>[A-Za-z0-9._][A-Za-z0-9._-]{0,63})@)?"
    r"(?:\[(?P<six>[0-9a-fA-F:.]{2,46}(?:%[A-Za-z0-9._-]{1,20})?)\]|(?P<host>[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})))"
    r"(?::(?P<port>[0-9]{1,5}))?/?"
)
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Target:
    """Without a user or port, ssh's own configuration and defaults count."""

    host: str
    user: str | None = None
    port: int | None = None

    def __str__(self) -> str:
        user = "" if self.user is None else f"{self.user}@"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{user}{host}" + ("" if self.port is None else f":{self.port}")


def parse_target(text: str) -> Target:
    """
    Raises:
        BootstrapFailed: the text names no machine.
    """
    found = _FORM.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        raise BootstrapFailed(
            f"{text[:60]!r} names no machine: write it as user@host or user@host:port"
        )
    port = None if found["port"] is None else int(found["port"])
    if port is not None and not 0 < port < 65_536:
        raise BootstrapFailed(f"{port} is no port: one is from 1 to 65535")
    return Target(found["six"] or found["host"], found["user"], port)
