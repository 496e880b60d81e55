"""HTTP downloads that resume after an interruption."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from models.errors import SourceFailed, SourceUnreachable
from models.progress import OnProgress
from models.settings import ModelsSettings

_MAX_INTERRUPTIONS: Final = 20
"""After so many in one file, the download is given up."""


def http_client(settings: ModelsSettings) -> httpx.Client:
    """A client with the timeouts of the settings; it follows redirects."""
    timeout = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s)
    return httpx.Client(timeout=timeout, follow_redirects=True)


def transport_failure(error: httpx.HTTPError) -> SourceFailed:
    """What to raise for ``error``: it tells whether the server was reached at all."""
    text = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
        return SourceUnreachable(text)
    return SourceFailed(text)


def download(
    client: httpx.Client,
    url: str,
    target: Path,
    *,
    size: int,
    on_progress: OnProgress,
    headers: Mapping[str, str] | None = None,
) -> None:
    """Download a file into ``target``, after the bytes that an earlier attempt left there.

    Returns with exactly ``size`` bytes, which the caller verifies.

    Raises:
        SourceUnreachable: no connection to the server.
        SourceFailed: the server refuses, sends too much, or closes without sending anything.
        OSError: ``target`` cannot be written.
    """
    for _ in range(_MAX_INTERRUPTIONS):
        offset = target.stat().st_size if target.exists() else 0
        if offset > size:
            target.unlink()
            offset = 0
        on_progress(offset)
        if offset == size:
            return
        resume = {"Range": f"bytes={offset}-"} if offset else {}
        try:
            with client.stream("GET", url, headers={**(headers or {}), **resume}) as answer:
                _receive(answer, target, offset, size, on_progress)
        except httpx.TransportError as error:
            if not target.exists() or target.stat().st_size <= offset:
                raise transport_failure(error) from error
        except httpx.HTTPError as error:
            raise SourceFailed(str(error)) from error
    raise SourceFailed(f"the connection broke {_MAX_INTERRUPTIONS} times")


def _receive(
    answer: httpx.Response, target: Path, offset: int, size: int, on_progress: OnProgress
) -> None:
    if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE and offset:
        target.unlink()
        return
    if not answer.is_success:
        raise SourceFailed(f"{answer.status_code} {answer.reason_phrase}")
    resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
    if resumed and not answer.headers.get("content-range", "").startswith(f"bytes {offset}-"):
        raise SourceFailed("it sent another part of the file than the requested one")
    received = offset if resumed else 0
    with target.open("ab" if resumed else "wb") as file:
        # Chunks as they come: larger ones would lose their bytes at an interruption.
        for chunk in answer.iter_bytes():
            received += len(chunk)
            if received > size:
                raise SourceFailed(f"it sends more than the published {size:,} bytes")
            file.write(chunk)
            on_progress(received)
    if received < size and "content-length" in answer.headers:
        raise SourceFailed(f"it has {received:,} bytes of the published {size:,}")
    if received < size:
        raise httpx.ReadError("the answer ended too early")
