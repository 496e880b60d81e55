"""The simulated Gateway's invitations: a code, or a page that is read once, admits one node.

The rules are those seen on OpenClaw 2026.9.6 (docs/gateway.md).
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from simulators.gateway.params import SetupCodeParams, SetupStatusParams
from simulators.gateway.refusal import invalid

VALID_FOR_MS = 600_000
PAGES = "/j/"

Payload = dict[str, Any]


@dataclass(slots=True)
class IssuedInvitation:
    """One code. ``page`` is the last part of its address; None once it was read, or without one."""

    setup_id: str
    url: str
    token: str
    expires_at_ms: int
    page: str | None
    completed: Payload | None = None

    def content(self) -> Payload:
        """What the page shows, and the code holds."""
        return {
            "url": self.url,
            "bootstrapToken": self.token,
            "expiresAtMs": self.expires_at_ms,
        }


class Invitations:
    """All invitations of one Gateway, whose own address is ``url()``."""

    def __init__(self, url: Callable[[], str], now_ms: Callable[[], int]) -> None:
        self._url = url
        self._now_ms = now_ms
        self._all: list[IssuedInvitation] = []

    def create(self, params: SetupCodeParams) -> Payload:
        """Answer ``device.pair.setupCode``.

        Raises:
            Refusal: this Gateway listens on loopback alone, and no public address is given.
        """
        if params.public_url is None:
            raise invalid(
                "Gateway is only bound to loopback. Set gateway.bind=lan, enable tailscale serve, "
                "or configure plugins.entries.device-pair.config.publicUrl."
            )
        address = params.public_url.rstrip("/")
        made = IssuedInvitation(
            setup_id=str(uuid.uuid4()),
            url=address.replace("http", "ws", 1),
            token=secrets.token_urlsafe(32),
            expires_at_ms=self._now_ms() + VALID_FOR_MS,
            page=secrets.token_urlsafe(16) if params.join_url else None,
        )
        self._all.append(made)
        code = base64.urlsafe_b64encode(json.dumps(made.content()).encode()).decode().rstrip("=")
        answer: Payload = {
            "setupId": made.setup_id,
            "expiresAtMs": made.expires_at_ms,
            "setupCode": code,
            "gatewayUrl": made.url,
            "auth": "token",
            "urlSource": "request.publicUrl",
            "access": params.bootstrap_profile or "full",
        }
        if made.page is not None:
            answer["joinUrl"] = f"{address}{PAGES}{made.page}"
        return answer

    def status(self, params: SetupStatusParams) -> Payload:
        """Answer ``device.pair.setupStatus``."""
        for each in self._all:
            if each.setup_id == params.setup_id and each.completed is not None:
                return {"completion": each.completed}
        return {}

    def read_page(self, path: str) -> tuple[HTTPStatus, str]:
        """The HTTP answer to GET of a page: its content once, then 404."""
        for each in self._all:
            if each.page is not None and path == PAGES + each.page:
                each.page = None
                return HTTPStatus.OK, json.dumps(each.content())
        return HTTPStatus.NOT_FOUND, '{"error":"not_found"}'

    def use(self, token: str, device_id: str, name: str) -> bool:
        """Use up the invitation with that token; False if it is unknown, used or expired."""
        for each in self._all:
            if secrets.compare_digest(each.token.encode(), token.encode()):
                if each.completed is not None or each.expires_at_ms < self._now_ms():
                    return False
                each.completed = {
                    "setupId": each.setup_id,
                    "deviceId": device_id,
                    "deviceName": name,
                    "access": "node",
                    "ts": self._now_ms(),
                }
                return True
        return False
