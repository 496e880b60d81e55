"""Who we say we are: the shared token, the device key, and the token that was issued for it."""

from __future__ import annotations

import logging
from typing import Any, Final

from openclaw_client.errors import DeviceStoreError, GatewayRefused, MissingScope
from openclaw_client.identity.device_store import DeviceStore, DeviceToken
from openclaw_client.protocol.handshake import OPERATOR, Challenge, HelloOk, Role, connect_params
from openclaw_client.settings import OpenClawConfig

log = logging.getLogger(__name__)

_TOKEN_REFUSED: Final = frozenset(
    {"AUTH_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_SCOPE_MISMATCH", "MISSING_SCOPE"}
)


class Credentials:
    """What one link shows at the door. Without a store, the shared token is all there is.

    A device's own token goes before the shared one: it opens for this role and its scopes only, and
    stays good when the shared one is changed. One that no longer opens is forgotten.
    """

    def __init__(
        self, config: OpenClawConfig, store: DeviceStore | None, role: Role = OPERATOR
    ) -> None:
        self.role = role
        self._config = config
        self._store = store
        self._by_device_token = False
        self._device_token: DeviceToken | None = None
        self._rejected_token: DeviceToken | None = None
        """A token that was refused, should its file still have it."""
        self._last_warning = ""

    def connect_params(self, challenge: Challenge, instance_id: str) -> dict[str, Any]:
        """The params of ``connect``, proof included.

        Raises:
            DeviceStoreError: there should be a key and there is none.
        """
        shared = self._config.auth_token.get_secret_value()
        if self._store is None:
            return connect_params(shared, instance_id, role=self.role)
        key = self._store.key()
        own = self._stored_token(self._store)
        if own == self._rejected_token:
            own = None
        self._device_token = own
        self._by_device_token = own is not None and set(own.scopes) >= set(self.role.scopes)
        if own is not None and self._by_device_token:
            token = own.token.get_secret_value()
            params = connect_params("", instance_id, device_token=token, role=self.role)
        else:
            params = connect_params(shared, instance_id, role=self.role)
        params["device"] = key.prove(params, challenge.nonce, challenge.ts)
        return params

    def _stored_token(self, store: DeviceStore) -> DeviceToken | None:
        """This device's own token. One that cannot be read is done without: the shared one may
        open as well, and then it is issued again."""
        try:
            return store.token(self._config.ws_url, self.role.name)
        except DeviceStoreError as error:
            self._warn_once(error)
            return None

    def accepted(self, hello: HelloOk) -> None:
        """Keep the token that was issued, if any. A disk that takes none is told of in the log: the
        Gateway issues it again at the next connect."""
        issued = hello.auth.device_token
        if self._store is None or issued is None:
            return
        self._rejected_token = None
        token = DeviceToken(token=issued, scopes=tuple(hello.auth.scopes))
        try:
            self._store.keep_token(self._config.ws_url, token, self.role.name)
        except DeviceStoreError as error:
            self._warn_once(error)

    def _warn_once(self, error: DeviceStoreError) -> None:
        if str(error) != self._last_warning:
            self._last_warning = str(error)
            log.warning("going on without this device's token: %s", error)

    def rejected(self, refused: GatewayRefused) -> GatewayRefused:
        """The refusal to tell of. Where the device's own token was refused, it is forgotten, and
        the shared one is worth an attempt.
        """
        if self._store is None or not self._by_device_token or refused.code not in _TOKEN_REFUSED:
            return refused
        try:
            self._store.forget_token(self._config.ws_url, self.role.name)
        except DeviceStoreError as error:
            self._warn_once(error)
        self._rejected_token = self._device_token
        if isinstance(refused, MissingScope) or not self._config.auth_token.get_secret_value():
            return refused
        return GatewayRefused(
            f"{refused}; now the shared token is tried instead of this device's own",
            code=refused.code,
            details=refused.details,
            heals=True,
            retry_after_s=refused.retry_after_s,
        )
