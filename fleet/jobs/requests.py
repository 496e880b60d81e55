"""What agents ask of jobs: the arguments, and the work that they mean under the settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from fnmatch import fnmatchcase
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from fleet.jobs.folder import JobFolder, readable_file
from fleet.jobs.records import ContainerWork, SynthesiseWork, TranscribeWork, Work
from fleet.jobs.settings import ContainerSettings, JobKind, JobSettings
from openclaw_client.errors import BadArguments, OutOfReach
from openclaw_client.node.commands import Arguments, Name

_MB: Final = 1_000_000
_IMAGE: Final = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/:@-]{0,254}")
_OF_KIND: Final[dict[JobKind, frozenset[str]]] = {
    "transcribe": frozenset({"file", "url", "language"}),
    "synthesise": frozenset({"text", "voice", "speed", "format"}),
    "container": frozenset({"image", "args", "env", "cpus", "memory_mb", "gpus"}),
}
_Argument = Annotated[str, Field(max_length=4_000, pattern=r"^[^\x00]*$")]


class JobOrder(Arguments):
    kind: JobKind
    """What to do: transcribe an audio file, synthesise speech from a text, or run a container."""
    name: Name | None = None
    """A few words for the list of jobs."""
    timeout_s: Annotated[float, Field(ge=1, strict=False)] | None = None
    """Seconds after which the job is ended; the owner's limit if left out."""
    file: Annotated[str, Field(min_length=1, max_length=1_000)] | None = None
    """For transcribe: a file in a folder that the owner chose, or JOB/NAME for the result of an
    earlier job."""
    url: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    """For transcribe, in place of file: an https address on a host that the owner chose."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    """For transcribe: the language spoken, such as en; found out if left out."""
    text: Annotated[str, Field(min_length=1, max_length=20_000, pattern=r"\S")] | None = None
    """For synthesise: what to say, as plain sentences."""
    voice: Name | None = None
    """For synthesise: the id of a voice of this machine; the usual one if left out."""
    speed: Annotated[float, Field(ge=0.25, le=4, strict=False)] | None = None
    """For synthesise: 1 is normal."""
    format: Literal["opus", "mp3", "wav"] | None = None
    """For synthesise: the format of the file; opus if left out."""
    image: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """For container: an image that the owner allows."""
    args: Annotated[list[_Argument], Field(max_length=100)] | None = None
    """For container: the program's arguments, one each; no shell reads them."""
    env: Annotated[list[_Argument], Field(max_length=50)] | None = None
    """For container: environment variables, each as NAME=value."""
    cpus: Annotated[float, Field(ge=0.1, strict=False)] | None = None
    """For container: CPU cores at most; the owner's limit if left out."""
    memory_mb: Annotated[int, Field(ge=16)] | None = None
    """For container: memory in MB at most; the owner's limit if left out."""
    gpus: Annotated[int, Field(ge=0, le=64)] | None = None
    """For container: how many GPUs it needs; none if left out."""


class OneJob(Arguments):
    job_id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    """The job's id, as job_submit or job_list gave it."""


class JobPage(OneJob):
    cursor: Annotated[int, Field(ge=0)] = 0
    """Where to go on: the cursor of the last answer."""
    max: Annotated[int, Field(ge=4, le=16_000)] = 4_000
    """Bytes of text at most."""
    file: Name | None = None
    """A text that the job made, such as transcript.txt; its log if left out."""


class JobSelection(Arguments):
    state: Literal["open", "ended", "all"] = "all"
    """open: those that wait or run."""


class ContainerCommand(OneJob):
    args: Annotated[list[_Argument], Field(min_length=1, max_length=100)]
    """The program and its arguments, one each; no shell reads them."""


def work_of(
    order: JobOrder,
    settings: JobSettings,
    folder: JobFolder,
    voice: str,
    may_see: Callable[[str], bool],
) -> Work:
    """The work of an order. ``voice`` speaks where the order names none; ``may_see`` tells whether
    the asking session may see the job of an id. Does file I/O.

    Raises:
        BadArguments: an argument is missing, does not belong to the kind, or is out of bounds.
        OutOfReach: the settings do not allow the kind, the image or the host.
    """
    if order.kind not in settings.kinds:
        allowed = ", ".join(settings.kinds) or "none"
        raise OutOfReach(f"kind: the owner allows {allowed} here, not {order.kind}")
    _check_belongs(order)
    match order.kind:
        case "transcribe":
            return _transcription(order, settings, folder, may_see)
        case "synthesise":
            if order.text is None:
                raise BadArguments("text is missing (for synthesise: what to say)")
            return SynthesiseWork(
                text=order.text,
                voice=order.voice or voice,
                speed=order.speed or 1.0,
                format=order.format or "opus",
            )
        case "container":
            return _container(order, settings.containers)


def _check_belongs(order: JobOrder) -> None:
    general = {"kind", "name", "timeout_s"}
    foreign = order.model_fields_set - general - _OF_KIND[order.kind]
    if wrong := sorted(name for name in foreign if getattr(order, name) is not None):
        raise BadArguments(
            f"{', '.join(wrong)}: not for {order.kind}, which takes "
            f"{', '.join(sorted(_OF_KIND[order.kind]))}"
        )


def _transcription(
    order: JobOrder, settings: JobSettings, folder: JobFolder, may_see: Callable[[str], bool]
) -> TranscribeWork:
    if (order.file is None) == (order.url is None):
        raise BadArguments("transcribe needs either file or url")
    if order.url is not None:
        return TranscribeWork(
            url=allowed_url(order.url, settings.url_hosts), language=order.language
        )
    assert order.file is not None
    folders = [folder.inbox, *settings.folders]
    try:
        path = readable_file(order.file, folders, folder.root, settings.input_mb * _MB, may_see)
    except ValueError as error:
        raise BadArguments(f"file: {error}") from error
    return TranscribeWork(path=str(path), language=order.language)


def allowed_url(url: str, hosts: Collection[str]) -> str:
    """The address, if it is one of https on one of the ``hosts``.

    Raises:
        BadArguments: it is no such address, or has a login.
        OutOfReach: another host.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise BadArguments("url: it is no address") from None
    if parts.scheme != "https" or not host or not url.isprintable() or " " in url:
        raise BadArguments("url: it must be an https address")
    if parts.username is not None or parts.password is not None:
        raise BadArguments("url: it must have no login in it")
    if (host if port in (None, 443) else f"{host}:{port}") not in hosts:
        allowed = ", ".join(hosts) or "none"
        raise OutOfReach(f"url: jobs may fetch files from these hosts only: {allowed}")
    return url


def _container(order: JobOrder, limits: ContainerSettings) -> ContainerWork:
    if order.image is None:
        raise BadArguments("image is missing (for container: an image that the owner allows)")
    if not allowed_image(order.image, limits.images):
        allowed = ", ".join(limits.images) or "none"
        raise OutOfReach(f"image: the owner allows these only: {allowed}")
    for entry in order.env or ():
        if not re.match(r"[A-Za-z_][A-Za-z0-9_]*=", entry):
            raise BadArguments("env: each must be NAME=value")
    cpus = order.cpus or limits.cpus
    memory_mb = order.memory_mb or limits.memory_mb
    gpus = order.gpus or 0
    for name, value, most, setting in (
        ("cpus", cpus, limits.cpus, "cpus"),
        ("memory_mb", memory_mb, limits.memory_mb, "memory_mb"),
        ("gpus", gpus, len(limits.gpus), "gpus"),
    ):
        if value > most:
            raise BadArguments(
                f"{name} must be at most {most:g} here (fleet.jobs.containers.{setting})"
            )
    return ContainerWork(
        image=order.image,
        args=tuple(order.args or ()),
        env=tuple(order.env or ()),
        cpus=cpus,
        memory_mb=memory_mb,
        gpus=gpus,
    )


def allowed_image(image: str, patterns: Collection[str]) -> bool:
    """Whether a pattern of the settings allows this reference of an image."""
    return bool(_IMAGE.fullmatch(image)) and any(
        fnmatchcase(image, _only_stars(pattern)) for pattern in patterns
    )


def _only_stars(pattern: str) -> str:
    """The pattern without a meaning of ``?`` and ``[``."""
    return re.sub(r"[?\[]", lambda found: f"[{found[0]}]", pattern)
