"""Loading and closing the models that listen, beside an event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.errors import ListeningUnavailable

if TYPE_CHECKING:
    from server.transcription.listening_models import ListeningModels

log = logging.getLogger(__name__)


async def opened(make: Callable[[], ListeningModels] | None) -> tuple[ListeningModels | None, str]:
    """The models that ``make`` loads in a thread; or None, and why there are none.

    A server that cannot listen still speaks.
    """
    if make is None:
        return None, ""
    loading = asyncio.get_running_loop().run_in_executor(None, make)
    try:
        return await asyncio.shield(loading), ""
    except ListeningUnavailable as error:
        log.warning("%s", error)
        return None, str(error)
    except asyncio.CancelledError:
        loading.add_done_callback(_close)
        raise


async def closed(listening: ListeningModels) -> None:
    """Close ``listening`` in a thread: their present jobs end first."""
    await asyncio.to_thread(listening.close)


def _close(loading: asyncio.Future[ListeningModels]) -> None:
    if not loading.cancelled() and loading.exception() is None:
        loading.result().close()
