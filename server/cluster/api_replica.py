"""The HTTP API in the cluster: the speech server's own routes and protection, with the models in
other processes.

The small models that find speech and the ends of turns run here. What is sent to the processes of
Whisper is a part of a file of 29 s at most, or a turn, so that it can be sent again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from starlette.types import ASGIApp

from logs import set_up_logging
from models.store import ModelStore
from pipeline.inference.transcription import Transcription
from server.app import create_app
from server.cluster.described import DescribedVoices, DescribedWhisper
from server.cluster.replicas import ClusterOrders
from server.cluster.this_machine_only import ThisMachineOnly
from server.cluster.voices import ClusterVoices
from server.cluster.words import ClusterWhisper, WantedWords
from server.protection.keys import KeyRing
from server.protection.layers import protected
from server.streaming import MOST_THREADS
from server.transcription.listening_models import ListeningModels, listening_with

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle, DeploymentResponseGenerator


class ApiReplica:
    """A process of the HTTP API. ``speech`` and ``transcription`` are Ray's handles.

    Raises:
        ListeningUnavailable: a small model is not on this machine.
    """

    def __init__(
        self,
        orders: ClusterOrders,
        speech: DeploymentHandle[Any],
        transcription: DeploymentHandle[Any] | None = None,
    ) -> None:
        set_up_logging(orders.log_level, form=orders.log_form)
        self._orders = orders
        self._speech = speech
        self._transcription = transcription

    async def __serve_build_asgi_app__(self) -> ASGIApp:
        """The application; Ray asks for it once, on the event loop that serves it."""
        settings = self._orders.server
        described = cast(DescribedVoices, await self._speech.describe.remote())
        voices = ClusterVoices(
            described, partial(spoken, self._speech), is_lost, settings.cluster.wait_s
        )
        listening = await self._listening()
        app: ASGIApp = create_app(
            lambda: voices, listening, longest_input=settings.limits.input_chars
        )
        at_once = min(settings.limits.speech_requests, MOST_THREADS)
        ring = KeyRing(digests=self._orders.key_digests)
        app = protected(app, settings.limits, ring, settings.cors_origins, at_once)
        return app if ring or settings.open_to_everyone else ThisMachineOnly(app)

    async def _listening(self) -> ListeningModels | None:
        if self._transcription is None:
            return None
        orders = self._orders
        described = cast(DescribedWhisper, await self._transcription.describe.remote())
        wait_s = orders.server.cluster.wait_s
        hear = partial(heard, self._transcription, wait_s)
        return await asyncio.to_thread(
            listening_with,
            ClusterWhisper(described, hear, is_lost),
            described.name,
            ModelStore(orders.models),
            orders.pipeline,
            orders.server.transcription,
            orders.server.cluster.transcriptions_at_once,
        )


async def spoken(
    speech: DeploymentHandle[Any], text: str, voice: str, speed: float
) -> AsyncGenerator[bytes, None]:
    """The sound that one process makes of ``text``; closing it stops the process."""
    response: DeploymentResponseGenerator[bytes] = speech.options(stream=True).speak.remote(
        text, voice, speed
    )  # type: ignore[assignment]
    ended = False
    try:
        async for chunk in response:
            yield chunk
        ended = True
    except Exception as error:
        raise _as_raised(error) from None
    finally:
        if not ended:
            response.cancel()  # type: ignore[no-untyped-call]


def heard(
    transcription: DeploymentHandle[Any], wait_s: float, wanted: WantedWords
) -> Transcription:
    """What one process hears; the calling thread waits.

    Raises:
        TimeoutError: it took longer than ``wait_s``.
    """
    response = transcription.transcribe.remote(wanted)
    try:
        return cast(Transcription, response.result(timeout_s=wait_s))
    except TimeoutError:
        response.cancel()  # type: ignore[no-untyped-call]
        raise
    except Exception as error:
        raise _as_raised(error) from None


def _as_raised(error: Exception) -> Exception:
    """What the process raised: Ray's own error adds its address and its traceback to the text."""
    from ray.exceptions import RayTaskError

    cause = error.cause if isinstance(error, RayTaskError) else None
    return cause if isinstance(cause, Exception) else error


def is_lost(error: BaseException) -> bool:
    """Whether ``error`` says that the process died, or its machine, and not what it raised."""
    from ray import exceptions

    lost = (
        exceptions.RayActorError,
        exceptions.WorkerCrashedError,
        exceptions.NodeDiedError,
        exceptions.ObjectLostError,
    )
    return isinstance(error, lost)
