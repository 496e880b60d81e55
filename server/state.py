"""The state that the routes share: the speech engine of the running application."""

from __future__ import annotations

from collections.abc import Generator
from typing import Protocol, cast

from fastapi import FastAPI

from server.engines.espeak import EspeakVoice


class SpeechEngine(Protocol):
    """The engine's interface to the routes; `EspeakEngine` is one."""

    @property
    def rate(self) -> int: ...

    def voices(self) -> tuple[str, ...]: ...

    def variants(self) -> tuple[str, ...]: ...

    def synthesize(self, text: str, voice: EspeakVoice) -> Generator[bytes, None, None]: ...

    def close(self) -> None: ...


def set_engine(app: FastAPI, engine: SpeechEngine) -> None:
    app.state.engine = engine


def engine_of(app: FastAPI) -> SpeechEngine:
    return cast(SpeechEngine, app.state.engine)
