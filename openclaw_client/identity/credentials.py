"""The credentials of a connection: the shared token, the device key, and the device token."""

from __future__ import annotations

import logging
from typing import Any, Final

from pydantic import SecretStr

from openclaw_client.errors import DeviceStoreError, GatewayRefused, MissingScope
from openclaw_client.identity.device_store import DeviceStore, DeviceToken
from openclaw_client.protocol.handshake import OPERATOR, Challenge, HelloOk, Role, connect_params
from openclaw_client.settings import OpenClawConfig

log = logging.getLogger(__name__)

_TOKEN_REFUSED: Final = frozenset(
    {"AUTH_TOKEN_MISMATCH", "AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_SCOPE_MISMATCH", "MISSING_SCOPE"}
)


class Credentials:
    """Chooses the credentials for ``connect``. Without a store there is only the shared token.

    A device token is preferred to the shared one: it is valid for this role and its scopes only,
    and survives a change of the shared one. A refused one is deleted.

    ``bootstrap_token`` is that of an invitation. It counts once: the Gateway approves the device
    with the commands that it declares, and issues its device token.
    """

    def __init__(
        self,
        config: OpenClawConfig,
        store: DeviceStore | None,
        role: Role = OPERATOR,
        bootstrap_token: SecretStr | None = None,
    ) -> None:
        self.role = role
        self._bootstrap_token = bootstrap_token
        self._config = config
        self._store = store
        self._by_device_token = False
        self._device_token: DeviceToken | None = None
        self._rejected_token: DeviceToken | None = None
        """A refused token, in case the file still has it."""
        self._last_warning = ""

    def connect_params(self, challenge: Challenge, instance_id: str) -> dict[str, Any]:
        """The params of ``connect``, with the device's proof.

        Raises:
            DeviceStoreError: the device key cannot be read.
        """
        shared = self._config.auth_token.get_secret_value()
        if self._store is None:
            return connect_params(shared, instance_id, role=self.role)
        key = self._store.key()
        if self._bootstrap_token is not None:
            token = self._bootstrap_token.get_secret_value()
            params = connect_params("", instance_id, bootstrap_token=token, role=self.role)
            params["device"] = key.prove(params, challenge.nonce, challenge.ts)
            return params
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
        """The stored device token. An unreadable one counts as none: the shared token may be
        accepted as well, and then the Gateway issues it again."""
        try:
            return store.token(self._config.ws_url, self.role.name)
        except DeviceStoreError as error:
            self._warn_once(error)
            return None

    def accepted(self, hello: HelloOk) -> None:
        """Store the issued token, if any. A failure is only logged: the Gateway issues the token
        again at the next connect."""
        issued = hello.auth.device_token
        if self._store is None or issued is None:
            return
        self._rejected_token = None
        token = DeviceToken(token=issued, scopes=tuple(hello.auth.scopes))
        used = self._device_token
        if used is not None and used.token == issued and set(used.scopes) >= set(token.scopes):
            return  # a connection may ask for fewer scopes than its token has
        try:
            self._store.keep_token(self._config.ws_url, token, self.role.name)
        except DeviceStoreError as error:
            self._warn_once(error)

    def _warn_once(self, error: DeviceStoreError) -> None:
        if str(error) != self._last_warning:
            self._last_warning = str(error)
            log.warning("continuing without the device token: %s", error)

    def rejected(self, refused: GatewayRefused) -> GatewayRefused:
        """The refusal to raise. A refused device token is deleted; the next attempt then uses the
        shared one, so the refusal may heal."""
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
            f"{refused}; trying the shared token instead of the device token",
            code=refused.code,
            details=refused.details,
            heals=True,
            retry_after_s=refused.retry_after_s,
        )
