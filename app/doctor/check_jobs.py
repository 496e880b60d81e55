"""Checks of jobs: the container engine with the allowed images, and what speech jobs need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.doctor.findings import Finding, Grade
from app.fleet.jobs import container_engine
from fleet.jobs.engine import ContainerEngine
from fleet.jobs.errors import EngineFailed
from settings import Settings

JOBS: Final = "jobs"


async def check_jobs(settings: Settings) -> Sequence[Finding]:
    """The kinds of jobs, the engine, and each allowed image; nothing where no job is allowed.

    The models of speech jobs are those of the bot, which have a check of their own.
    """
    jobs = settings.fleet.jobs
    if not jobs.kinds:
        return []
    words = f"agents may give {', '.join(jobs.kinds)}"
    if not settings.openclaw.node.enabled:
        words += " to `run.py node`; the bot is no node (openclaw.node.enabled)"
    found = [Finding(Grade.OK, JOBS, words)]
    missing = [str(each) for each in jobs.folders if not each.is_dir()]
    if missing:
        words = f"fleet.jobs.folders: {', '.join(missing)} is no folder"
        found.append(Finding(Grade.WARN, JOBS, words, "make it, or take it out of the settings"))
    if "container" in jobs.kinds:
        found += await _check_engine(settings)
    return found


async def _check_engine(settings: Settings) -> list[Finding]:
    limits = settings.fleet.jobs.containers
    engine = container_engine(settings)
    try:
        version = await engine.version()
        found = [Finding(Grade.OK, JOBS, f"{limits.engine} {version}")]
        if not limits.images:
            advice = "name images in fleet.jobs.containers.images"
            found.append(Finding(Grade.WARN, JOBS, "no image is allowed", advice))
        return found + await _check_images(engine)
    except EngineFailed as error:
        advice = f"install {limits.engine} or start it, or set fleet.jobs.containers.engine"
        return [Finding(Grade.WARN, JOBS, str(error), advice)]


async def _check_images(engine: ContainerEngine) -> list[Finding]:
    """A finding for each image that is named exactly, is not here, and would not be fetched."""
    limits = engine.settings
    exact = [image for image in limits.images if "*" not in image]
    return [
        Finding(
            Grade.WARN,
            JOBS,
            f"the image {image} is not on this machine",
            f"{limits.engine} pull {image}, or set fleet.jobs.containers.pull",
        )
        for image in exact
        if not limits.pull and not await engine.has_image(image)
    ]
