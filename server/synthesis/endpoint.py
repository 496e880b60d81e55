"""The address of a speech server, and the redirects that it sends. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

import httpx

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A speech server's address. Paths are appended to ``root``, which may hold a login."""

    root: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """From ``http://host``, ``http://host/v1`` or ``http://host/v1/audio/speech``."""
        root = url.strip().rstrip("/")
        for ending in ("/audio/speech", "/audio/transcriptions", "/text-to-speech", "/v1"):
            root = root.removesuffix(ending).rstrip("/")
        return cls(root)

    def at(self, path: str) -> str:
        """The URL of a path such as ``/v1/audio/speech``."""
        return self.root + path

    @property
    def shown(self) -> str:
        """Scheme, host and port, without a login; for messages."""
        parts = urlsplit(self.root)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")

    @property
    def is_loopback(self) -> bool:
        return urlsplit(self.root).hostname in _LOOPBACK

    @property
    def is_encrypted(self) -> bool:
        return self.root.startswith("https:")


MAX_REDIRECTS: Final = 5
_SEE_OTHER: Final = 303
_FOLLOWED: Final = frozenset((301, 302, _SEE_OTHER, 307, 308))


class BadRedirect(ValueError):
    """A redirect that is not followed; the text says why."""


@dataclass(frozen=True, slots=True)
class RedirectStep:
    """One request of a redirect chain. A ``trusted`` one may carry the key and the login."""

    method: str
    url: httpx.URL
    trusted: bool = True


def next_step(
    asked: RedirectStep, origin: httpx.URL, answer: httpx.Response
) -> RedirectStep | None:
    """The request that follows the redirect ``answer``; None if it is not a redirect.

    303 fetches a result with GET. All others keep method and body: browsers change them to GET,
    which returns no speech. Only ``origin``, the server of the settings, gets the key and the
    login.

    Raises:
        BadRedirect: the location is not a server's address, or it leaves https for http.
    """
    if answer.status_code not in _FOLLOWED:
        return None
    location = answer.headers.get("location", "")
    try:
        url = asked.url.join(location)
        _ = Endpoint(str(url)).shown  # raises ValueError for a bad port
    except (httpx.InvalidURL, ValueError) as error:
        raise BadRedirect(f"redirects to {location[:100]!r}, which is not an address") from error
    if not location or url.scheme not in ("http", "https") or not url.host:
        raise BadRedirect(f"redirects to {location[:100]!r}, which is not the address of a server")
    if asked.url.scheme == "https" and url.scheme == "http":
        raise BadRedirect("redirects from https to plain http, where others could listen")
    step = RedirectStep("GET" if answer.status_code == _SEE_OTHER else asked.method, url)
    if _origin_of(url) != _origin_of(origin):
        return replace(step, url=url.copy_with(userinfo=b""), trusted=False)
    return replace(step, url=url.copy_with(userinfo=origin.userinfo))


def _origin_of(url: httpx.URL) -> tuple[str, str, int]:
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, url.host, port
