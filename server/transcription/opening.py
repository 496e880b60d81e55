"""Loading and closing the ears beside an event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from server.errors import EarsUnavailable

if TYPE_CHECKING:
    from server.transcription.ears import Ears

log = logging.getLogger(__name__)


async def opened(make: Callable[[], Ears] | None) -> tuple[Ears | None, str]:
    """The ears that ``make`` loads in a thread; or None, and why there are none.

    A server that cannot listen still speaks.
    """
    if make is None:
        return None, ""
    loading = asyncio.get_running_loop().run_in_executor(None, make)
    try:
        return await asyncio.shield(loading), ""
    except EarsUnavailable as error:
        log.warning("%s", error)
        return None, str(error)
    except asyncio.CancelledError:
        loading.add_done_callback(_close)
        raise


async def closed(ears: Ears) -> None:
    """Close ``ears`` in a thread: their present jobs end first."""
    await asyncio.to_thread(ears.close)


def _close(loading: asyncio.Future[Ears]) -> None:
    if not loading.cancelled() and loading.exception() is None:
        loading.result().close()
