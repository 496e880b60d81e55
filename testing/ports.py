"""Ports of loopback for servers of tests and benchmarks."""

from __future__ import annotations

import atexit
import socket


def free_port() -> int:
    """A port for a server that is about to start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def closed_port() -> int:
    """A port of this machine without a server. It stays reserved, so that no other process gets
    it before it is used."""
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    atexit.register(probe.close)
    port: int = probe.getsockname()[1]
    return port
