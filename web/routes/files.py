"""The pages' own files: HTML, styles, scripts and the icon."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

FOLDER: Final = Path(__file__).parent.parent / "static"
_TYPES: Final = {".js": "text/javascript", ".svg": "image/svg+xml"}

router = APIRouter()


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, as it is sent."""

    content: bytes
    kind: str
    tag: str
    """Its ETag, by which a browser asks whether its copy is still the same."""


@cache
def static_files() -> dict[str, StaticFile]:
    """All files by name, read once: a request's path never reaches the disk."""
    return {path.name: _read(path) for path in FOLDER.iterdir() if path.is_file()}


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    return StaticFile(content, kind, f'"{hashlib.sha256(content).hexdigest()[:20]}"')


@router.get("/static/{name}")
async def static_file(name: str, request: Request) -> Response:
    return file_response(name, request)


def file_response(name: str, request: Request) -> Response:
    """A file of the pages, or 304 where the browser has it already.

    Raises:
        HTTPException: 404, there is no such file.
    """
    found = static_files().get(name)
    if found is None:
        raise HTTPException(404)
    headers = {"ETag": found.tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    return Response(found.content, media_type=found.kind, headers=headers)
