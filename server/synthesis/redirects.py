"""Where a redirect of a speech server leads, and with what. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import httpx

from server.synthesis.endpoint import Endpoint

MAX_REDIRECTS: Final = 5
_SEE_OTHER: Final = 303
_FOLLOWED: Final = frozenset((301, 302, _SEE_OTHER, 307, 308))


class BadRedirect(ValueError):
    """A redirect that is not followed; the text says why."""


@dataclass(frozen=True, slots=True)
class RedirectStep:
    """One request on the way. ``trusted`` is whether it may carry the key and the login."""

    method: str
    url: httpx.URL
    trusted: bool = True


def next_step(
    asked: RedirectStep, origin: httpx.URL, answer: httpx.Response
) -> RedirectStep | None:
    """The request that ``answer`` sends us on to; None when it is no redirect.

    Method and body stay as they are, but for 303, which is what fetches a result: browsers turn
    other redirected requests into GET, and there is no speech to be had by that. Only ``origin``,
    the server of the settings, is shown the key and the login.

    Raises:
        BadRedirect: it leads to no address, or from an encrypted to a plain one.
    """
    if answer.status_code not in _FOLLOWED:
        return None
    location = answer.headers.get("location", "")
    try:
        url = asked.url.join(location)
        _ = Endpoint(str(url)).shown  # raises ValueError when its port is none
    except (httpx.InvalidURL, ValueError) as error:
        raise BadRedirect(f"redirects to {location[:100]!r}, which is no address") from error
    if not location or url.scheme not in ("http", "https") or not url.host:
        raise BadRedirect(f"redirects to {location[:100]!r}, which is no address of a server")
    if asked.url.scheme == "https" and url.scheme == "http":
        raise BadRedirect("redirects from https to plain http, where others could listen")
    step = RedirectStep("GET" if answer.status_code == _SEE_OTHER else asked.method, url)
    if _place(url) != _place(origin):
        return replace(step, url=url.copy_with(userinfo=b""), trusted=False)
    return replace(step, url=url.copy_with(userinfo=origin.userinfo))


def _place(url: httpx.URL) -> tuple[str, str, int]:
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, url.host, port
