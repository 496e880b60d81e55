"""Who may see the pages: logins, and the requests that come from nowhere else.

With a password its holder is the operator. Without one everybody on this machine is, so a request
must show that it comes from here: its ``Host`` names this machine (else a foreign page could reach
us by DNS rebinding), and no proxy has passed it on.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

from web.settings import WebSettings, is_loopback

COOKIE: Final = "openclaw_voice"
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
ATTEMPTS: Final = 5
"""Wrong passwords from one address within `WINDOW_S`; 10 times as many from all."""
WINDOW_S: Final = 60.0
_LONGEST_PASSWORD: Final = 1_000
_ADDRESSES: Final = 1_000

NO_PROXY: Final = (
    "These pages answer only this machine, because no password is set. Through a proxy, or by "
    "another name than localhost, they need one: put WEB__PASSWORD=... into .env."
)


class Access:
    """The logins of one process. ``clock`` gives seconds."""

    def __init__(self, settings: WebSettings, clock: Callable[[], float] = time.monotonic) -> None:
        given = settings.password
        self._password = None if given is None else _digest(given.get_secret_value())
        self._origins = {each.lower() for each in settings.origins}
        self._lasts_s = settings.session_hours * 3600
        self._key = secrets.token_bytes(32)
        self._clock = clock
        self._ended: dict[str, float] = {}
        """Sessions that were logged out, with the time at which they would have expired."""
        self._failures: dict[str, deque[float]] = {}

    @property
    def needs_login(self) -> bool:
        return self._password is not None

    def refusal(self, headers: Mapping[str, str]) -> str:
        """Why a request is refused altogether; empty if it is not."""
        if self.needs_login:
            return ""
        passed_on = any(name in headers for name in _FORWARDED)
        here = is_loopback(_host_of(headers.get("host", "")))
        return "" if here and not passed_on else NO_PROXY

    def is_operator(self, cookies: Mapping[str, str]) -> bool:
        """Whether a request that was not refused is the operator's."""
        return not self.needs_login or self._session(cookies.get(COOKIE, "")) is not None

    def from_own_page(self, headers: Mapping[str, str]) -> bool:
        """Whether a page of ours sent the request, and not one of another site.

        Every browser sends ``Origin`` with a WebSocket and with a form.
        """
        origin = headers.get("origin", "").lower()
        if origin in self._origins:
            return True
        address = urlsplit(origin)
        return address.scheme in ("http", "https") and (
            address.netloc == headers.get("host", "").lower() != ""
        )

    def log_in(self, password: str, address: str) -> str | None:
        """The cookie of a new session, or None for a wrong password."""
        given = _digest(password[:_LONGEST_PASSWORD])
        if self._password is None or not hmac.compare_digest(given, self._password):
            self._note_failure(address)
            return None
        expires = f"{self._clock() + self._lasts_s:.0f}"
        session = f"{secrets.token_urlsafe(16)}.{expires}"
        return f"{session}.{self._signature(session)}"

    def log_out(self, cookies: Mapping[str, str]) -> None:
        session = self._session(cookies.get(COOKIE, ""))
        if session is not None:
            now = self._clock()
            self._ended = {name: end for name, end in self._ended.items() if end > now}
            self._ended[session] = now + self._lasts_s

    def wait_s(self, address: str) -> float:
        """How long an address must wait before its next attempt; 0 if it may try."""
        now = self._clock()
        waits = [self._wait_of(address, ATTEMPTS, now), self._wait_of("", 10 * ATTEMPTS, now)]
        return max(waits)

    def _wait_of(self, address: str, most: int, now: float) -> float:
        failures = self._failures.get(address, deque())
        while failures and failures[0] <= now - WINDOW_S:
            failures.popleft()
        return 0.0 if len(failures) < most else failures[-most] + WINDOW_S - now

    def _note_failure(self, address: str) -> None:
        now = self._clock()
        if len(self._failures) >= _ADDRESSES:
            for each in [each for each in self._failures if each and each != address]:
                self._wait_of(each, ATTEMPTS, now)
                if not self._failures[each]:
                    del self._failures[each]
        for each in (address, ""):
            self._failures.setdefault(each, deque(maxlen=10 * ATTEMPTS)).append(now)

    def _session(self, cookie: str) -> str | None:
        """The id of a session that is valid, or None."""
        session, dot, signature = cookie.rpartition(".")
        if not dot or not hmac.compare_digest(_ascii(signature), _ascii(self._signature(session))):
            return None
        expires = float(session.rpartition(".")[2])
        return None if expires <= self._clock() or session in self._ended else session

    def _signature(self, session: str) -> str:
        return hmac.new(self._key, _ascii(session), hashlib.sha256).hexdigest()


def _digest(password: str) -> bytes:
    return hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest()


def _ascii(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _host_of(header: str) -> str:
    """The host of a ``Host`` header, without port and brackets."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
