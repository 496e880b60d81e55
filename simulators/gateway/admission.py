"""Authentication at the simulated Gateway: which clients connect, with which rights. No I/O.

The rules are those seen on OpenClaw 2026.9.6 (docs/gateway.md), with the same error texts.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field, replace

from openclaw_client.protocol.wire import PROTOCOL
from simulators.gateway.devices import DeviceBook, Machine, verify_proof
from simulators.gateway.invitations import Invitations
from simulators.gateway.params import ConnectParams
from simulators.gateway.refusal import CLOSE_PROTOCOL, Refusal, invalid

LOOPBACK = "127.0.0.1"
_TRUSTED_LOCALLY = {("gateway-client", "backend"), ("cli", "cli")}
"""Clients that keep their scopes on loopback without a device key."""
_NOT_PAIRED = {
    "not-paired": "device is not approved yet",
    "role-upgrade": "device is asking for a higher role than currently approved",
    "metadata-upgrade": "device identity changed and must be re-approved",
}
_ORIGIN_BOUND = {"webchat", "webchat-ui", "openclaw-control-ui"}
_FAILURES_ALLOWED = 10
_LOCKED_OUT_MS = 299_991


@dataclass(frozen=True, slots=True)
class Admission:
    """The rights of an accepted connection."""

    client_id: str
    role: str
    scopes: tuple[str, ...]
    caps: frozenset[str]
    device_id: str | None
    device_token: str | None
    commands: tuple[str, ...] = ()
    """What a node declares."""
    display_name: str = ""
    platform: str = ""
    version: str = ""
    invited: bool = False
    """Whether an invitation admitted it, which approves its commands too."""

    def may(self, scope: str) -> bool:
        """Write includes read; admin includes all."""
        held = set(self.scopes)
        if "operator.admin" in held:
            return True
        return scope in held or (scope == "operator.read" and "operator.write" in held)


@dataclass(slots=True)
class Authenticator:
    """The rules and their state. ``remote`` treats all clients as on another machine."""

    token: str
    remote: bool = False
    devices: DeviceBook = field(default_factory=DeviceBook)
    failures: Counter[str] = field(default_factory=Counter)
    """By address."""
    invitations: Invitations | None = None

    def admit(
        self, params: ConnectParams, nonce: str, now_ms: int, *, address: str = LOOPBACK
    ) -> Admission:
        """Accept a client; any ``address`` but loopback is another machine.

        Raises:
            Refusal: these params are rejected.
        """
        elsewhere = self.remote or address != LOOPBACK
        _check_protocol(params)
        if params.role not in ("operator", "node"):
            raise invalid("invalid role")
        if params.client.id in _ORIGIN_BOUND:
            raise invalid(
                "origin not allowed (open the Control UI from the gateway host or allow it in "
                "gateway.controlUi.allowedOrigins)",
                code="CONTROL_UI_ORIGIN_NOT_ALLOWED",
                reason="origin missing or invalid",
            )
        if params.device is not None:
            verify_proof(params, params.device, nonce, now_ms)
        if params.auth.bootstrap_token is not None:
            return self._admit_invited(params, params.auth.bootstrap_token)
        by_device_token = self._check_secret(params, address if elsewhere else None)
        if params.device is None:
            if params.role == "node":
                raise _no_device()
            return self._admission(params, _scopes_without_device(params, elsewhere), None)
        return self._admit_device(params, params.device.id, by_device_token, elsewhere)

    def _admit_invited(self, params: ConnectParams, token: str) -> Admission:
        device = params.device
        name = params.client.display_name or params.client.id
        known = self.invitations is not None and device is not None
        if not known or not self.invitations.use(token, device.id, name):  # type: ignore[union-attr]
            raise invalid(
                "unauthorized: setup code invalid, expired, revoked, or already used (create a new "
                "code; review `openclaw devices list`)",
                code="AUTH_BOOTSTRAP_TOKEN_INVALID",
                authReason="bootstrap_token_invalid",
                canRetryWithDeviceToken=False,
                recommendedNextStep="review_auth_configuration",
            )
        assert device is not None
        paired = self.devices.pair(device.id, [], Machine.of(params), params.role)
        admission = self._admission(params, [], device.id, paired.token)
        return replace(admission, invited=True)

    def _check_secret(self, params: ConnectParams, counted: str | None) -> bool:
        """Check the secret; True if it was a device token rather than the shared one.

        Failures are counted against the address ``counted``, if any.
        """
        if counted is not None and self.failures[counted] >= _FAILURES_ALLOWED:
            raise _locked_out()
        auth = params.auth
        offered = [text for text in (auth.token, auth.password) if text]
        if any(secrets.compare_digest(text.encode(), self.token.encode()) for text in offered):
            return False
        device = (
            self.devices.find(params.device.id, params.role) if params.device is not None else None
        )
        token = auth.device_token or auth.token
        if device is not None and token and secrets.compare_digest(device.token, token):
            return True
        if params.device is None and not offered and not auth.device_token:
            raise _no_device()
        if counted is not None:
            self.failures[counted] += 1
        if auth.device_token:
            raise invalid(
                "unauthorized: device token mismatch (rotate/reissue device token)",
                code="AUTH_DEVICE_TOKEN_MISMATCH",
            )
        raise invalid(
            "unauthorized: gateway token mismatch (provide gateway auth token)",
            code="AUTH_TOKEN_MISMATCH",
            authReason="token_mismatch",
            canRetryWithDeviceToken=False,
            recommendedNextStep="update_auth_credentials",
        )

    def _admit_device(
        self, params: ConnectParams, device_id: str, by_device_token: bool, elsewhere: bool
    ) -> Admission:
        machine, pinned = Machine.of(params), self.devices.machine(device_id)
        if elsewhere and pinned is not None and not pinned.fits(machine):
            raise self._pairing_required(params, device_id, "metadata-upgrade")
        known = self.devices.find(device_id, params.role)
        if known is None:
            if elsewhere:
                reason = "not-paired" if pinned is None else "role-upgrade"
                raise self._pairing_required(params, device_id, reason)
            if (params.client.id, params.client.mode) == ("gateway-client", "backend"):
                return self._admission(params, params.scopes, device_id)
            known = self.devices.pair(device_id, params.scopes, machine, params.role)
        elif not set(params.scopes) <= known.scopes:
            if by_device_token:
                raise invalid("unauthorized: device token scopes", code="AUTH_SCOPE_MISMATCH")
            if elsewhere:
                raise self._pairing_required(params, device_id, "metadata-upgrade")
            known = self.devices.pair(device_id, params.scopes, machine, params.role)
        return self._admission(params, params.scopes, device_id, known.token)

    def _pairing_required(self, params: ConnectParams, device_id: str, reason: str) -> Refusal:
        machine = Machine.of(params)
        request_id = self.devices.ask(device_id, params.scopes, machine, params.role)
        return Refusal(
            "NOT_PAIRED",
            f"pairing required: {_NOT_PAIRED[reason]}",
            {
                "code": "PAIRING_REQUIRED",
                "reason": reason,
                "requestId": request_id,
                "requestedScopes": list(params.scopes),
            },
        )

    @staticmethod
    def _admission(
        params: ConnectParams,
        scopes: list[str],
        device_id: str | None,
        device_token: str | None = None,
    ) -> Admission:
        return Admission(
            client_id=params.client.id,
            role=params.role,
            scopes=tuple(scopes),
            caps=frozenset(params.caps),
            device_id=device_id,
            device_token=device_token,
            commands=tuple(params.commands or ()),
            display_name=params.client.display_name or params.client.id,
            platform=params.client.platform,
            version=params.client.version,
        )


def _scopes_without_device(params: ConnectParams, elsewhere: bool) -> list[str]:
    """Local programs with the shared token keep their scopes; others silently lose them."""
    trusted = (params.client.id, params.client.mode) in _TRUSTED_LOCALLY
    return params.scopes if trusted and not elsewhere else []


def _locked_out() -> Refusal:
    return Refusal(
        "INVALID_REQUEST",
        "unauthorized: too many failed authentication attempts (retry later)",
        {
            "code": "AUTH_RATE_LIMITED",
            "authReason": "rate_limited",
            "canRetryWithDeviceToken": False,
            "recommendedNextStep": "wait_then_retry",
        },
        retryable=True,
        retry_after_ms=_LOCKED_OUT_MS,
    )


def _check_protocol(params: ConnectParams) -> None:
    least = PROTOCOL if params.role == "operator" and params.client.mode != "probe" else 3
    if params.max_protocol >= least and params.min_protocol <= PROTOCOL:
        return
    refusal = invalid(
        "protocol mismatch",
        code="PROTOCOL_MISMATCH",
        clientMinProtocol=params.min_protocol,
        clientMaxProtocol=params.max_protocol,
        expectedProtocol=PROTOCOL,
        minimumProbeProtocol=3,
    )
    refusal.close = CLOSE_PROTOCOL
    raise refusal


def _no_device() -> Refusal:
    return Refusal("NOT_PAIRED", "device identity required", {"code": "DEVICE_IDENTITY_REQUIRED"})
