"""The ears of the running application, or why it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from fastapi import FastAPI

if TYPE_CHECKING:
    from server.transcription.ears import Ears

_SPEAKS_ONLY: Final = "this server only speaks: server.transcription.enabled is off"


def set_ears(app: FastAPI, ears: Ears | None, missing: str = "") -> None:
    """Give ``app`` its ears, or the reason why it has none."""
    app.state.ears, app.state.ears_missing = ears, missing


def ears_of(app: FastAPI) -> Ears | None:
    """The ears; None where the server only speaks."""
    return cast("Ears | None", app.state.ears)


def needed_ears(app: FastAPI) -> Ears:
    """The ears of a server that has them."""
    ears = ears_of(app)
    assert ears is not None
    return ears


def why_no_ears(app: FastAPI) -> str:
    """What is missing, for people; empty if nothing is."""
    return "" if ears_of(app) else app.state.ears_missing or _SPEAKS_ONLY
