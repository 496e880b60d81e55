"""Half-open connections: the socket stands, and nothing comes over it any more, not even a pong."""

from __future__ import annotations

import asyncio
from weakref import WeakSet

from websockets.asyncio.server import ServerConnection


class FreezeSwitch:
    """Freezes all connections of one server at once, new ones too; thawed, they go on where they
    stood, as those of a process that was stopped and continued."""

    def __init__(self) -> None:
        self.frozen = False
        self._connections: WeakSet[FreezableConnection] = WeakSet()

    def freeze(self) -> None:
        self.frozen = True

    def thaw(self) -> None:
        self.frozen = False
        for connection in list(self._connections):
            connection.catch_up()

    def connection_class(self) -> type[FreezableConnection]:
        """For ``websockets.serve(create_connection=...)``."""
        ice = self

        class Connection(FreezableConnection):
            def __init__(self, *args: object, **kwargs: object) -> None:
                super().__init__(*args, **kwargs)  # type: ignore[arg-type]
                self.ice = ice

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                ice._connections.add(self)

        return Connection


class FreezableConnection(ServerConnection):
    ice: FreezeSwitch
    _unread: bytes = b""

    def data_received(self, data: bytes) -> None:
        if self.ice.frozen:
            self._unread += data
        else:
            super().data_received(data)

    def send_data(self) -> None:
        if not self.ice.frozen:
            super().send_data()

    def catch_up(self) -> None:
        """Read and write what has been waiting."""
        unread, self._unread = self._unread, b""
        if self.transport.is_closing():
            return
        if unread:
            super().data_received(unread)
        super().send_data()
