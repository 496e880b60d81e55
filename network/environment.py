"""Variables that the HTTP clients read themselves: proxies, certificates, the model hub.

httpx, websockets, aiohttp and pip each read these variables. Each fails at a different mistake in
them, some with a traceback at the first request. So the variables are checked with the settings,
and changed to a form that all clients read.
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
    """A problem for every variable that would make a client fail."""
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
    """The changed variables, in the form that every client reads, and notices about them.

    ``hosts`` are those of the settings: a network in ``NO_PROXY`` is replaced by the hosts in it,
    as the clients do not support networks. Call it for variables without `problems`.
    """
    changed: dict[str, str] = {}
    notices: list[str] = []
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
                notices.append(f"environment variable {name}: left out {', '.join(unread)}")
    return {name: value for name, value in changed.items() if environ[name] != value}, notices


def _checks(
    environ: Mapping[str, str],
) -> Iterator[tuple[str, str, Callable[[str], object], str]]:
    """Each variable that is set: its name, value, check, and what is allowed."""
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
    # As in curl and most programs, a proxy without a scheme is an HTTP proxy.
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
