"""Speech on several machines: the Ray Serve application with the settings of this bot.

``serve run app.speech_cluster:build`` and ``serve deploy`` call `build`; ``run.py serve --ray``
calls `run_cluster`.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.speech_keys import key_file
from pipeline.settings import PipelineSettings
from server.runner import check_address
from settings import Settings, load_settings

if TYPE_CHECKING:
    from server.cluster.replicas import ClusterOrders

log = logging.getLogger(__name__)


def build(arguments: Mapping[str, str]) -> object:
    """Ray Serve's application, with the settings of the machine that deploys it.

    Its one argument, ``config``, is the path of a ``config.yaml``.

    Raises:
        SettingsError: some settings cannot be used.
        ClusterUnavailable: Ray is not installed, or another argument was given.
        KeysUnusable: the file of the keys cannot be used.
    """
    from server.cluster.application import speech_application
    from server.cluster.errors import ClusterUnavailable

    if unknown := sorted(set(arguments) - {"config"}):
        raise ClusterUnavailable(
            f"app.speech_cluster:build takes config=FILE, and not {', '.join(unknown)}: every "
            "other choice is a setting (server.cluster in docs/settings.md)"
        )
    config = arguments.get("config")
    return speech_application(orders(load_settings(None if config is None else Path(config))))


def orders(settings: Settings) -> ClusterOrders:
    """What the processes need of ``settings``.

    Raises:
        KeysUnusable: the file of the keys cannot be used.
    """
    from server.cluster.replicas import ClusterOrders

    return ClusterOrders(
        settings.server,
        settings.models,
        _heard_here(settings.pipeline),
        dict(key_file(settings).digests()),
        settings.logging.level,
        settings.logging.format,
    )


def run_cluster(settings: Settings) -> int:
    """Serve on Ray until Ctrl-C or SIGTERM: on this machine, or on the cluster of ``RAY_ADDRESS``.

    Raises:
        ClusterUnavailable: Ray is not installed, or it or the processes do not start.
        ProtectionError: the keys cannot be used, or the network could use the server without one.
    """
    from server.cluster.local import ray_here, served

    told = orders(settings)
    check_address(settings.server, has_keys=bool(told.key_digests))
    needed, _ = settings.server.cluster.least(listens=settings.server.transcription.enabled)
    # More than the machine has only share it; on two cores the default has 2.5 to give.
    with ray_here(max(needed, os.cpu_count() or 1)), served(told) as url:
        # Ray has put its own in place, which ends the process at once.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        log.info("speech on Ray at %s", url)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _heard_here(pipeline: PipelineSettings) -> PipelineSettings:
    """Without the server that the bot may use for speech to text, and its key: this is it."""
    stt = pipeline.stt.model_copy(update={"url": None, "api_key": None})
    return pipeline.model_copy(update={"stt": stt})
