"""As what a connection presents itself at the Gateway's door. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Role:
    """One of the Gateway's roles, and the client that it knows for it.

    The Gateway takes no names of clients but its own list's; our own name goes into the
    ``displayName``.
    """

    name: str
    client_id: str
    client_mode: str
    scopes: tuple[str, ...] = ()
    commands: tuple[str, ...] | None = None
    """What a node can be asked to do; None for who is no node."""


OPERATOR: Final = Role(
    "operator",
    # This pair is let in on loopback, with its scopes kept, by the shared token alone.
    "gateway-client",
    "backend",
    # Enough for turns. Never admin: a turn inherits its client's rights.
    scopes=("operator.read", "operator.write"),
)


def node(commands: Sequence[str]) -> Role:
    """A node that offers ``commands``; it must prove a device key, and has no scopes."""
    return Role("node", "node-host", "node", commands=tuple(commands))
