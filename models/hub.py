"""The model hub: what a repository holds, and downloads that resume after an interruption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import httpx
from huggingface_hub import constants, get_token, hf_hub_url, try_to_load_from_cache
from pydantic import BaseModel, Field, ValidationError

from models.errors import SourceFailed
from models.progress import Done
from models.settings import ModelsSettings

_REVISION: Final = "main"


@dataclass(frozen=True, slots=True)
class RepoFile:
    """A file of a repository; small files are listed without a sha256."""

    name: str
    size: int
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit."""

    commit: str
    files: tuple[RepoFile, ...]


class Hub:
    """The hub, or the mirror that the settings or ``HF_ENDPOINT`` name."""

    def __init__(self, settings: ModelsSettings) -> None:
        self._endpoint = (settings.hub_url or constants.ENDPOINT).rstrip("/")

    def url(self, repo: str, file: str, revision: str = _REVISION) -> str:
        """Where a file is to be had."""
        return hf_hub_url(repo, file, revision=revision, endpoint=self._endpoint)

    def headers(self) -> dict[str, str]:
        """The user's own login, for repositories that ask for one."""
        token = get_token()
        return {"Authorization": f"Bearer {token}"} if token else {}

    def list_files(self, client: httpx.Client, repo: str) -> Listing:
        """The files of ``repo`` and the commit they are of.

        Raises:
            SourceFailed: the hub does not answer, or has no such repository for this user.
        """
        url = f"{self._endpoint}/api/models/{repo}/revision/{_REVISION}"
        try:
            answer = client.get(url, params={"blobs": "true"}, headers=self.headers())
        except httpx.HTTPError as error:
            raise SourceFailed(str(error) or type(error).__name__) from error
        if answer.status_code in (401, 403, 404):
            raise SourceFailed(
                f"{answer.status_code}: no such repository, or not for this login (HF_TOKEN)"
            )
        if not answer.is_success:
            raise SourceFailed(f"{answer.status_code} {answer.reason_phrase}")
        try:
            found = _Repository.model_validate_json(answer.content)
        except ValidationError as error:
            raise SourceFailed("its answer is not a list of files") from error
        return Listing(found.sha, tuple(file.listed() for file in found.siblings))


def in_cache(repo: str, file: str) -> Path | None:
    """A file that another program has already fetched from the hub for this user."""
    found = try_to_load_from_cache(repo, file)
    return Path(found) if isinstance(found, str) else None


class _Lfs(BaseModel):
    sha256: str


class _Sibling(BaseModel):
    rfilename: str
    size: int = 0
    lfs: _Lfs | None = None

    def listed(self) -> RepoFile:
        return RepoFile(self.rfilename, self.size, self.lfs.sha256 if self.lfs else None)


class _Repository(BaseModel):
    """The part of the hub's answer that matters here (GET /api/models/{repo}/revision/{rev})."""

    sha: str = Field(pattern=r"^[0-9a-f]{7,64}$")
    siblings: list[_Sibling]


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
