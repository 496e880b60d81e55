from __future__ import annotations

from testing.gateway_fixtures import client, clock, gateway

__all__ = ["client", "clock", "gateway"]
