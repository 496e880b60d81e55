"""Readers of what agents ask of jobs, and of what containers write."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fleet.jobs.containers import NewLines
from fleet.jobs.folder import readable_file
from fleet.jobs.job_log import text_of
from fleet.jobs.requests import allowed_image, allowed_url
from openclaw_client.errors import CommandError
from tests.outside.subject import Subject, raw

_PIECE: Final = 512
_NOWHERE: Final = Path("/nonexistent")


def _lines_in_pieces(text: str) -> object:
    lines, data = NewLines(b"2026-11-27T20:38:57"), raw(text)
    pieces = [lines.feed(data[at : at + _PIECE]) for at in range(0, len(data), _PIECE)]
    return pieces, lines.finish()


SUBJECTS: Final = (
    Subject("fleet.jobs.containers:NewLines.feed", _lines_in_pieces),
    Subject("fleet.jobs.job_log:text_of", lambda text: text_of(raw(text), whole=False)),
    Subject(
        "fleet.jobs.requests:allowed_image",
        lambda text: allowed_image(text, ["*", "docker.io/*/*:*"]),
    ),
    Subject(
        "fleet.jobs.requests:allowed_url",
        lambda text: allowed_url(f"https://{text}", ["files.example.org"]),
        refuses=(CommandError,),
    ),
    Subject(
        "fleet.jobs.folder:readable_file",
        lambda text: readable_file(text, [_NOWHERE], _NOWHERE, 1, lambda ident: True),
        refuses=(ValueError,),
        covers=("fleet.jobs.folder:result_file",),
    ),
)
