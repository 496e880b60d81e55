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

from models.download import download, http_client, transport_failure
from models.errors import SourceFailed
from models.progress import OnProgress
from models.settings import ModelsSettings

SERVER: Final = "the model hub"
MAIN: Final = "main"
"""The revision of a repository that has no pinned one."""


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
        self._settings = settings
        self._client = http_client(settings)

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
            SourceUnreachable: no connection to the hub.
            SourceFailed: the hub does not answer, or has no such repository for this user.
        """
        url = f"{_endpoint(self._settings)}/api/models/{repo}/revision/{MAIN}"
        try:
            answer = self._client.get(url, params={"blobs": "true"}, headers=_login())
        except httpx.HTTPError as error:
            raise transport_failure(error) from error
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
        revision: str = MAIN,
        login: bool = False,
    ) -> None:
        """Download a file into ``target``, as `models.download.download` does.

        ``login`` sends the user's token: an expired one would have the hub refuse a public file.
        """
        url = address(self._settings, repo, file, revision)
        headers = _login() if login else None
        download(self._client, url, target, size=size, on_progress=on_progress, headers=headers)


def address(settings: ModelsSettings, repo: str, file: str, revision: str = MAIN) -> str:
    """The URL of a file, on the hub or the mirror."""
    return hf_hub_url(repo, file, revision=revision, endpoint=_endpoint(settings))


def in_cache(repo: str, file: str, revision: str = MAIN) -> Path | None:
    """A file that another program has downloaded from the hub for this user."""
    found = try_to_load_from_cache(repo, file, revision=revision)
    return Path(found) if isinstance(found, str) else None


def _endpoint(settings: ModelsSettings) -> str:
    return (settings.hub_url or constants.ENDPOINT).rstrip("/")


def _login() -> Mapping[str, str]:
    token = get_token()
    return {"Authorization": f"Bearer {token}"} if token else {}


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
