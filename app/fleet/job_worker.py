"""The process of one speech job: ``python -m app.fleet.job_worker``.

`fleet.jobs.processes` starts it. It reads its orders from standard input, works at a low priority,
writes what it does to standard output, and its outcome to a file.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import wave
from collections.abc import Generator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from fleet.jobs.commands import TRANSCRIPT
from fleet.jobs.processes import ProcessOrders
from fleet.jobs.records import JobOutcome, ResultFile, SynthesiseWork, TranscribeWork
from fleet.jobs.requests import allowed_url
from models.settings import ModelsSettings
from openclaw_client.errors import CommandError
from pipeline.errors import PipelineError
from pipeline.settings import PipelineSettings
from server.audio.encode import API_RATE, encoded
from server.engines.choice import open_voices
from server.errors import ServerError
from server.settings import ServerSettings
from server.transcription.formats import HeardFile, as_srt
from server.transcription.listening_models import open_listening
from state import write_state

_FETCHED: Final = "input"
_PAUSE_S: Final = 30.0
"""The longest pause in a download."""
_PIECE: Final = 1 << 20


class JobFailed(Exception):
    """The work cannot be done; the text says why."""


def main() -> int:
    """Do one job; the exit status is 0 also for one that failed, since its outcome says so."""
    orders = ProcessOrders.model_validate_json(sys.stdin.buffer.readline())
    with suppress(OSError, AttributeError):  # Windows has no niceness
        os.nice(orders.settings.nice)
    try:
        outcome = asyncio.run(_work(orders))
    except (JobFailed, ServerError, PipelineError, OSError) as error:
        outcome = JobOutcome(state="failed", detail=str(error))
    _say(f"{outcome.state}: {outcome.detail}")
    write_state(orders.outcome, outcome.model_dump_json().encode())
    return 0


async def _work(orders: ProcessOrders) -> JobOutcome:
    match orders.work:
        case TranscribeWork() as work:
            return await transcribe(work, orders)
        case SynthesiseWork() as work:
            return synthesise(work, orders)
    raise JobFailed(f"{orders.work.kind} is no work of this process")


async def transcribe(work: TranscribeWork, orders: ProcessOrders) -> JobOutcome:
    """Speech to text: `transcript.txt` and `transcript.srt`.

    Raises:
        JobFailed: the file cannot be had.
        ServerError, PipelineError: it is no audio, or a model is missing; the text says what to do.
    """
    config = _config(orders)
    path = _input(work, orders)
    pipeline = PipelineSettings.model_validate(config["pipeline"])
    server = ServerSettings.model_validate(config["server"])
    _say("loading the models")
    models = open_listening(
        pipeline, ModelsSettings.model_validate(config["models"]), server.transcription
    )
    heard = HeardFile()
    try:
        if work.language is not None and work.language not in models.languages:
            raise JobFailed(f"the model {models.name} does not know the language {work.language}")
        _say(f"listening with {models.name} on {models.device}")
        with path.open("rb") as file:
            async with aclosing(models.hear(file, language=work.language)) as parts:
                async for part in parts:
                    heard.add(part)
                    _say(f"{part.duration_s:.0f} s of audio heard")
    finally:
        models.close()
        if work.url:
            path.unlink(missing_ok=True)
    (orders.out / TRANSCRIPT).write_text(heard.text + "\n", encoding="utf-8")
    (orders.out / "transcript.srt").write_text(as_srt(heard.segments), encoding="utf-8")
    words = len(heard.text.split())
    language = f", language {heard.language}" if heard.language else ""
    return _done(orders, f"{heard.duration_s:.0f} s of audio, {words} words{language}")


def synthesise(work: SynthesiseWork, orders: ProcessOrders) -> JobOutcome:
    """Text to speech: `speech.opus` and the like.

    Raises:
        JobFailed: there is nothing to say.
        ServerError: there is no such voice, or no engine; the text says what to do.
    """
    config = _config(orders)
    server = ServerSettings.model_validate(config["server"])
    _say("loading the voice")
    voices = open_voices(server, ModelsSettings.model_validate(config["models"]), stock=())
    path = orders.out / f"speech.{work.format}"
    try:
        spoken = voices.speak(work.text, work.voice, work.speed)
        counted = _Counted(spoken.chunks)
        if work.format == "wav":
            with wave.open(str(path), "wb") as sound:
                sound.setparams((1, 2, spoken.rate, 0, "NONE", ""))
                for chunk in counted.chunks():
                    sound.writeframes(chunk)
        else:
            with path.open("wb") as file:
                for data in encoded(counted.chunks(), work.format, spoken.rate, API_RATE):
                    file.write(data)
    finally:
        voices.close()
    if not counted.size:
        path.unlink(missing_ok=True)
        raise JobFailed("the text has no words that this voice can say")
    seconds = counted.size / 2 / spoken.rate
    return _done(orders, f"{seconds:.0f} s of speech, voice {work.voice}")


class _Counted:
    """Chunks of s16le speech, and how many bytes they were."""

    def __init__(self, chunks: Generator[bytes, None, None]) -> None:
        self.size = 0
        self._chunks = chunks

    def chunks(self) -> Generator[bytes, None, None]:
        for chunk in self._chunks:
            self.size += len(chunk)
            yield chunk


def _input(work: TranscribeWork, orders: ProcessOrders) -> Path:
    """The file to transcribe.

    Raises:
        JobFailed: it is gone, was replaced by a link, or cannot be fetched.
    """
    if work.url:
        return fetch(work.url, orders.out.parent / _FETCHED, orders)
    path = Path(work.path)
    try:
        if path.resolve(strict=True) != path or not path.is_file():
            raise JobFailed(f"{path.name} is no longer the file that was asked for")
    except OSError as error:
        raise JobFailed(f"{path.name} cannot be read: {error.strerror or error}") from error
    return path


def fetch(url: str, to: Path, orders: ProcessOrders) -> Path:
    """Fetch a file from an allowed host; a redirection is not followed.

    Raises:
        JobFailed: it cannot be fetched, or is too large.
    """
    try:
        allowed_url(url, orders.settings.url_hosts)
    except CommandError as error:
        raise JobFailed(str(error)) from error
    host, size = urlsplit(url).hostname, 0
    _say(f"fetching from {host}")
    try:
        with (
            httpx.stream("GET", url, follow_redirects=False, timeout=_PAUSE_S) as answer,
            to.open("wb") as file,
        ):
            if answer.status_code != httpx.codes.OK:
                raise JobFailed(f"{host} answered {answer.status_code} instead of the file")
            for data in answer.iter_bytes(_PIECE):
                size += len(data)
                if size > orders.settings.input_bytes:
                    most = orders.settings.input_bytes / 1e6
                    raise JobFailed(f"the file at {host} has more than {most:.0f} MB")
                file.write(data)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise JobFailed(f"the file cannot be fetched from {host}: {error}") from error
    return to


def _done(orders: ProcessOrders, detail: str) -> JobOutcome:
    files = sorted(orders.out.iterdir())
    made = tuple(ResultFile(name=each.name, size=each.stat().st_size) for each in files)
    return JobOutcome(state="done", detail=detail, files=made)


def _config(orders: ProcessOrders) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(orders.settings.config)
    return config


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Loading models may hold the interpreter; what is left at the end is not worth a wait.
    status = main()
    sys.stdout.flush()
    os._exit(status)
