"""One file over HTTP, resumed where it was cut."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx

from models.errors import SourceFailed
from models.progress import Done

_MOST_CUTS: Final = 20
"""A connection that breaks more often than this in one file is not worth waiting for."""


def download(
    client: httpx.Client,
    url: str,
    part: Path,
    *,
    size: int,
    done: Done,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Fetch ``url`` into ``part``, going on after what an earlier attempt left there.

    Returns with exactly ``size`` bytes; what they are worth is the caller's to verify.

    Raises:
        SourceFailed: the server refuses, sends too much, or breaks off without sending anything.
        OSError: ``part`` cannot be written.
    """
    for _ in range(_MOST_CUTS):
        have = part.stat().st_size if part.exists() else 0
        if have > size:
            part.unlink()
            have = 0
        done(have)
        if have == size:
            return
        try:
            with client.stream("GET", url, headers={**headers, **_range_from(have)}) as answer:
                _receive(answer, part, have, size, done)
        except httpx.TransportError as error:
            if not part.exists() or part.stat().st_size <= have:
                raise SourceFailed(str(error) or type(error).__name__) from error
        except httpx.HTTPError as error:
            raise SourceFailed(str(error)) from error
    raise SourceFailed(f"the connection broke {_MOST_CUTS} times")


def _range_from(have: int) -> dict[str, str]:
    return {"Range": f"bytes={have}-"} if have else {}


def _receive(answer: httpx.Response, part: Path, have: int, size: int, done: Done) -> None:
    if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and have:
        part.unlink()
        return
    if not answer.is_success:
        raise SourceFailed(f"{answer.status_code} {answer.reason_phrase}")
    goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
    if goes_on and not answer.headers.get("content-range", "").startswith(f"bytes {have}-"):
        raise SourceFailed("it sent another part of the file than was asked for")
    received = have if goes_on else 0
    with part.open("ab" if goes_on else "wb") as file:
        # In pieces as they come: gathering larger ones would lose the last when it is cut.
        for chunk in answer.iter_bytes():
            received += len(chunk)
            if received > size:
                raise SourceFailed(f"it sends more than the published {size:,} bytes")
            file.write(chunk)
            done(received)
    if received < size and "content-length" in answer.headers:
        raise SourceFailed(f"it has {received:,} bytes of the published {size:,}")
    if received < size:
        raise httpx.ReadError("the answer ended too early")
