"""The models with which the running application listens, or why it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from fastapi import FastAPI

if TYPE_CHECKING:
    from server.transcription.listening_models import ListeningModels

_SPEAKS_ONLY: Final = "this server only speaks: server.transcription.enabled is off"


def set_listening(app: FastAPI, listening: ListeningModels | None, missing: str = "") -> None:
    """Give ``app`` the models that listen, or the reason why it has none."""
    app.state.listening, app.state.listening_missing = listening, missing


def listening_of(app: FastAPI) -> ListeningModels | None:
    """The models that listen; None where the server only speaks."""
    return cast("ListeningModels | None", app.state.listening)


def needed_listening(app: FastAPI) -> ListeningModels:
    """The models of a server that listens."""
    listening = listening_of(app)
    assert listening is not None
    return listening


def why_no_listening(app: FastAPI) -> str:
    """What is missing, for people; empty if nothing is."""
    return "" if listening_of(app) else app.state.listening_missing or _SPEAKS_ONLY
