"""The state that the routes share: the speech engine of the running application."""

from __future__ import annotations

from typing import Protocol, cast

from fastapi import FastAPI

from server.engines.engine import ListedVoice, SpokenText


class SpeechEngine(Protocol):
    """The engine's interface to the routes; `EmbeddedVoices` is one."""

    @property
    def label(self) -> str: ...

    def voices(self) -> tuple[ListedVoice, ...]: ...

    def variants(self) -> tuple[str, ...]: ...

    def speak(self, text: str, voice: str, speed: float) -> SpokenText: ...

    def close(self) -> None: ...


def set_engine(app: FastAPI, engine: SpeechEngine) -> None:
    app.state.engine = engine


def engine_of(app: FastAPI) -> SpeechEngine:
    return cast(SpeechEngine, app.state.engine)
