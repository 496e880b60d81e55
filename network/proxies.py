"""Which proxy leads to an address, for the clients that do not look it up themselves."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for ``url``, or None: straight there.

    It is read as httpx does: the one of the scheme, else ``ALL_PROXY``, unless ``NO_PROXY`` has
    the host.
    """
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if proxy is None or proxy_bypass(parts.hostname or ""):
        return None
    return proxy
