"""How many connections are open, in all and from one address."""

from __future__ import annotations

from typing import Protocol


class ConnectionLimits(Protocol):
    """What a server accepts of its clients' connections."""

    @property
    def header_timeout_s(self) -> float:
        """From the first byte of a request, or from the connection, to the end of its headers."""
        ...

    @property
    def send_timeout_s(self) -> float:
        """How long a client may read nothing of what is sent to it."""
        ...

    @property
    def connections(self) -> int:
        """Open connections at most."""
        ...

    @property
    def connections_per_address(self) -> int:
        """The same for one address."""
        ...


class CountedConnection(Protocol):
    """One connection of a client."""

    address: str
    """The client's address without its port; empty if unknown."""

    def evict(self) -> None:
        """Close it for the sake of a newer one."""
        ...


class OpenConnections:
    """The open connections, within `ConnectionLimits`.

    A connection waits until it has sent a complete request. A new connection beyond a limit takes
    the place of the one that waits longest, so that slow clients cannot keep others out.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self._limits = limits
        self._open: dict[str, set[CountedConnection]] = {}
        self._waiting: dict[CountedConnection, None] = {}
        """The one that waits longest comes first."""

    def __len__(self) -> int:
        return sum(map(len, self._open.values()))

    def add(self, connection: CountedConnection) -> bool:
        """Take a new connection; False if there is no place for it."""
        address = connection.address
        if len(self._open.get(address, ())) >= self._limits.connections_per_address:
            if not self._evict(address):
                return False
        elif len(self) >= self._limits.connections and not self._evict(None):
            return False
        self._open.setdefault(address, set()).add(connection)
        self.waits(connection)
        return True

    def waits(self, connection: CountedConnection) -> None:
        """It has no complete request now; a new one may take its place."""
        if connection in self._open.get(connection.address, ()):
            self._waiting.setdefault(connection)

    def works(self, connection: CountedConnection) -> None:
        """Its request is complete: it keeps its place until the response has ended."""
        self._waiting.pop(connection, None)

    def discard(self, connection: CountedConnection) -> None:
        """It is closed."""
        self.works(connection)
        if same := self._open.get(connection.address):
            same.discard(connection)
            if not same:
                del self._open[connection.address]

    def _evict(self, address: str | None) -> bool:
        """Evict the one that waits longest, of ``address`` or of all; False without any."""
        for waiting in self._waiting:
            if address is None or waiting.address == address:
                self.discard(waiting)
                waiting.evict()
                return True
        return False
