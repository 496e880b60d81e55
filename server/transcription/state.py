"""The ears of the running application, or why it has none."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI

from server.errors import ApiError
from server.transcription.ears import Ears


def set_ears(app: FastAPI, ears: Ears | None, missing: str = "") -> None:
    """Give ``app`` its ears, or the reason why it has none."""
    app.state.ears, app.state.ears_missing = ears, missing


def ears_of(app: FastAPI) -> Ears | None:
    """The ears; None where the server only speaks."""
    return cast("Ears | None", getattr(app.state, "ears", None))


def why_no_ears(app: FastAPI) -> str:
    """What is missing, for people; empty if nothing is."""
    return "" if ears_of(app) else getattr(app.state, "ears_missing", "") or _SPEAKS_ONLY


def needed_ears(app: FastAPI) -> Ears:
    """The ears.

    Raises:
        ApiError: there are none; the text says why.
    """
    if (ears := ears_of(app)) is None:
        raise ApiError(f"{why_no_ears(app)}.", status=404, param="model", code="model_not_found")
    return ears


_SPEAKS_ONLY = "this server only speaks: server.transcription.enabled is off"
