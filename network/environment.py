"""What the HTTP clients take from the environment by themselves: proxies, certificates, the hub.

httpx, websockets, aiohttp and pip each read these variables, and each breaks at another mistake in
them, some with a traceback at the first request. So they are checked with the settings, and put
into the one form that all of them take.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from configuration.errors import Problem
from configuration.text import cleaned, without_login
from network.addresses import checked_url
from network.keys import header_text
from network.proxies import without_proxy

_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "ws_proxy", "wss_proxy", "socks_proxy")
_PROXY_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_PROXY_EXAMPLE: Final = "http://proxy:3128"
_HUB: Final = "HF_ENDPOINT"
_HUB_KEYS: Final = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


def problems(environ: Mapping[str, str]) -> list[Problem]:
    """Every variable with which a client would fail, with its place and what is allowed."""
    found: list[Problem] = []
    for name, value, check, allowed in _checks(environ):
        try:
            check(value)
        except (ValueError, OSError) as error:
            secret = name in _HUB_KEYS
            given = "(a secret, not shown)" if secret else repr(without_login(value))
            details = (f"given: {given}", f"allowed: {allowed}", str(error))
            found.append(Problem(f"environment variable {name}", details))
    return found


def canonical(
    environ: Mapping[str, str], hosts: tuple[str, ...] = ()
) -> tuple[dict[str, str], list[str]]:
    """The variables that change, in the form that every client takes; and the notices.

    ``hosts`` are those of the settings: a network in ``NO_PROXY`` is told to the clients, which
    know no networks, as those of them that are in it. For variables that have no `problems`.
    """
    changed: dict[str, str] = {}
    told: list[str] = []
    for name, value in environ.items():
        if not cleaned(value):
            continue
        if name.lower() in _PROXIES:
            changed[name] = _proxy(value)
        elif name == _HUB:
            changed[name] = _hub(value)
        elif name in _HUB_KEYS:
            changed[name] = header_text(value)
        elif name.lower() == "no_proxy":
            changed[name], unread = without_proxy(value, hosts)
            if unread:
                told.append(f"environment variable {name}: left out {', '.join(unread)}")
    return {name: value for name, value in changed.items() if environ[name] != value}, told


def _checks(
    environ: Mapping[str, str],
) -> Iterator[tuple[str, str, Callable[[str], object], str]]:
    """Each variable that is given: its name, value, check, and what is allowed."""
    for name, value in sorted(environ.items()):
        if not cleaned(value):
            continue
        if name.lower() in _PROXIES:
            yield name, value, _proxy, f"{', '.join(f'{s}://' for s in _PROXY_SCHEMES)}host:port"
        elif name == _HUB:
            yield name, value, _hub, "a URL"
        elif name in _HUB_KEYS:
            yield name, value, header_text, "text"
        elif name == "SSL_CERT_FILE":
            yield name, value, _certificates, "a file of certificates in PEM"
        elif name == "SSL_CERT_DIR":
            yield name, value, _folder, "a folder"
        elif name == "SSLKEYLOGFILE":
            yield name, value, _writable, "a file that can be written"


def _proxy(value: str) -> str:
    address = cleaned(value)
    # curl's habit, which most programs share: a proxy without a scheme is an HTTP one.
    with_scheme = address if "://" in address else f"http://{address}"
    return checked_url(with_scheme, _PROXY_SCHEMES, _PROXY_EXAMPLE, login=True)


def _hub(value: str) -> str:
    return checked_url(value, ("http", "https"), "https://huggingface.co", login=True)


def _certificates(value: str) -> None:
    try:
        ssl.create_default_context(cafile=value)
    except ssl.SSLError as error:
        raise ValueError(f"it holds no certificate ({error.reason})") from error
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error


def _folder(value: str) -> None:
    if not any(Path(folder).is_dir() for folder in value.split(os.pathsep)):
        raise ValueError("there is no such folder")


def _writable(value: str) -> None:
    try:
        with Path(value).open("ab"):
            pass
    except OSError as error:
        raise ValueError(f"cannot be written: {error.strerror}") from error
