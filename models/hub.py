"""The model hub: what a repository holds, and downloads that resume after an interruption.

huggingface_hub gives the addresses, the login and the local cache. Its own downloads are not used:
they retry an unreachable hub for 20 s before the next source can be tried, and take neither the
timeouts of the settings nor a mirror without ETags.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import httpx
from huggingface_hub import constants, get_token, hf_hub_url, try_to_load_from_cache
from pydantic import BaseModel, Field, ValidationError

from models.errors import SourceFailed
from models.progress import OnProgress
from models.settings import ModelsSettings

_REVISION: Final = "main"
_MAX_INTERRUPTIONS: Final = 20
"""After so many in one file, the download is given up."""


@dataclass(frozen=True, slots=True)
class RepoFile:
    """A file of a repository; the hub lists small files without a sha256."""

    name: str
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit."""

    commit: str
    files: tuple[RepoFile, ...]


class Hub:
    """A client of the hub, or of the mirror in ``models.hub_url`` or ``HF_ENDPOINT``."""

    def __init__(self, settings: ModelsSettings) -> None:
        self._endpoint = (settings.hub_url or constants.ENDPOINT).rstrip("/")
        timeout = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s)
        self._client = httpx.Client(timeout=timeout, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def list_files(self, repo: str) -> Listing:
        """The files of ``repo`` and their commit, with the user's login.

        Raises:
            SourceFailed: the hub does not answer, or has no such repository for this user.
        """
        url = f"{self._endpoint}/api/models/{repo}/revision/{_REVISION}"
        try:
            answer = self._client.get(url, params={"blobs": "true"}, headers=_login())
        except httpx.HTTPError as error:
            raise SourceFailed(str(error) or type(error).__name__) from error
        if answer.status_code in (401, 403, 404):
            raise SourceFailed(
                f"{answer.status_code}: no such repository, or no access with this login (HF_TOKEN)"
            )
        if not answer.is_success:
            raise SourceFailed(f"{answer.status_code} {answer.reason_phrase}")
        try:
            found = _Repository.model_validate_json(answer.content)
        except ValidationError as error:
            raise SourceFailed("its answer is not a list of files") from error
        return Listing(found.sha, tuple(file.listed() for file in found.siblings))

    def download(
        self,
        repo: str,
        file: str,
        target: Path,
        *,
        size: int,
        on_progress: OnProgress,
        revision: str = _REVISION,
        login: bool = False,
    ) -> None:
        """Download a file into ``target``, after the bytes that an earlier attempt left there.

        Returns with exactly ``size`` bytes, which the caller verifies. ``login`` sends the user's
        token: an expired one would have the hub refuse a public file.

        Raises:
            SourceFailed: the hub refuses, sends too much, or closes without sending anything.
            OSError: ``target`` cannot be written.
        """
        url = hf_hub_url(repo, file, revision=revision, endpoint=self._endpoint)
        headers = _login() if login else {}
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
                with self._client.stream("GET", url, headers={**headers, **resume}) as answer:
                    _receive(answer, target, offset, size, on_progress)
            except httpx.TransportError as error:
                if not target.exists() or target.stat().st_size <= offset:
                    raise SourceFailed(str(error) or type(error).__name__) from error
            except httpx.HTTPError as error:
                raise SourceFailed(str(error)) from error
        raise SourceFailed(f"the connection broke {_MAX_INTERRUPTIONS} times")


def in_cache(repo: str, file: str) -> Path | None:
    """A file that another program has downloaded from the hub for this user."""
    found = try_to_load_from_cache(repo, file)
    return Path(found) if isinstance(found, str) else None


def _login() -> Mapping[str, str]:
    token = get_token()
    return {"Authorization": f"Bearer {token}"} if token else {}


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


class _Lfs(BaseModel):
    sha256: str


class _Sibling(BaseModel):
    rfilename: str
    size: int = 0
    lfs: _Lfs | None = None

    def listed(self) -> RepoFile:
        return RepoFile(self.rfilename, self.size, self.lfs.sha256 if self.lfs else None)


class _Repository(BaseModel):
    """The used part of the hub's answer to GET /api/models/{repo}/revision/{revision}."""

    sha: str = Field(pattern=r"^[0-9a-f]{7,64}$")
    siblings: list[_Sibling]
