"""Speech to text as the settings want it: Whisper here, or a server with Whisper as fallback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from models.store import ModelStore
from pipeline.inference.speech_models import HearingInUse, SpeechToText
from pipeline.inference.whisper import Transcriber, load_transcriber
from pipeline.settings import SttSettings
from server.hearing.failover import FailoverTranscriber
from server.hearing.remote import RemoteTranscriber

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenHearing:
    """What transcribes. ``local`` is the model of this machine, if it is loaded."""

    stt: SpeechToText
    local: Transcriber | None
    at_a_time: int
    """How many transcriptions may run at once."""
    in_use: Callable[[], HearingInUse]
    """Tells what transcribes now."""


@contextmanager
def open_hearing(store: ModelStore, settings: SttSettings) -> Iterator[OpenHearing]:
    """Load the model, try the server, and close its connections at the end.

    Raises:
        ModelUnavailable, ModelError: the model is missing or does not load.
    """
    local: Transcriber | None = None
    name = f"Whisper {settings.model_size} on this machine"
    if settings.url is None or settings.stand_in:
        local = load_transcriber(settings, store.whisper_path)
        log.info("speech to text: %s on %s", local.compute_type, local.device)
        if settings.url is None:
            yield OpenHearing(local, local, local.at_once, lambda: HearingInUse(name))
            return
    with ExitStack() as stack:
        remote = stack.enter_context(RemoteTranscriber(settings))
        stt = FailoverTranscriber(remote, local, name)
        stack.callback(stt.close)
        stt.start()
        yield OpenHearing(stt, local, settings.remote_requests, lambda: stt.in_use)


def described(settings: SttSettings) -> str:
    """What transcribes by the settings, for a line at the start."""
    if settings.url is None:
        return f"speech to text ({settings.model_size})"
    fallback = f", with {settings.model_size} here as fallback" if settings.stand_in else ""
    return f"speech to text by a server{fallback}"
