"""The settings of jobs: which kinds there are, for whom, and within which limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

JobKind: TypeAlias = Literal["transcribe", "synthesise", "container"]
KINDS: Final[tuple[JobKind, ...]] = get_args(JobKind)


class ContainerSettings(BaseModel):
    """Containers as jobs, by docker or podman."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    engine: Literal["podman", "docker"] = "podman"
    """The program that runs containers; it must be in the PATH of the bot. A rootless podman
    protects the machine best: members of the group `docker` are as good as root."""
    images: tuple[Annotated[str, Field(min_length=1, max_length=300)], ...] = ()
    """Images that jobs may run, as an agent writes them: exact, with a digest
    (`docker.io/library/python@sha256:...`), or with `*` for any characters (`localhost/*`). Only
    these run; with none, no job may be a container."""
    pull: bool = False
    """Fetch an allowed image that is not on this machine. Off, such a job fails."""
    network: Annotated[str, Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")] = "none"
    """The engine's network that the containers are in; `none` gives them no network. It is for all
    jobs: agents cannot choose it."""
    user: Annotated[str, Field(pattern=r"^([a-z0-9_][a-z0-9_-]*(:[a-z0-9_][a-z0-9_-]*)?)?$")] = (
        "65534:65534"
    )
    """User and group inside the containers; the default is nobody. Empty takes the image's."""
    cpus: Annotated[float, Field(ge=0.1, le=1024)] = 2.0
    """CPU cores that one job may use at most."""
    memory_mb: Annotated[int, Field(ge=16, le=4_000_000)] = 2_048
    """Memory of one job at most, in MB, its files in /tmp included; there is no swap."""
    tmp_mb: Annotated[int, Field(ge=1, le=1_000_000)] = 256
    """Size of /tmp in the container, in MB. The rest of its file system cannot be written."""
    processes: Annotated[int, Field(ge=1, le=100_000)] = 256
    """Processes and threads of one job at most."""
    gpus: tuple[Annotated[int, Field(ge=0, le=1023)], ...] = ()
    """Indices of the NVIDIA GPUs that jobs may use, as `gpu_list` numbers them. A job that asks
    for GPUs has them alone, and waits until enough are free."""
    at_once: Annotated[int, Field(ge=1, le=100)] = 2
    """Containers that run at a time."""
    exec: bool = False
    """Let agents run further commands in the container of a running job (`container_exec`)."""

    @field_validator("network")
    @classmethod
    def _apart(cls, network: str) -> str:
        if network in ("host", "container", "ns"):
            raise ValueError(f"{network} would share a network with other programs: name your own")
        return network


class JobSettings(BaseModel):
    """Long work that agents give to this machine: transcripts, speech, containers."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    kinds: tuple[JobKind, ...] = ()
    """Kinds of jobs that agents may give: `transcribe`, `synthesise`, `container`. With none, the
    node offers no tool for jobs."""
    sessions: tuple[Annotated[str, Field(min_length=1, max_length=512)], ...] = ()
    """Sessions that may give jobs beside the owner's own (an agent's main session, direct chats of
    other messengers, the Gateway's command line), such as `agent:*:discord:dm:42` for the member
    with the id 42, in all servers; `*` stands for any characters. A session sees its own jobs only,
    the owner's sees all."""
    folders: tuple[Path, ...] = ()
    """Folders whose audio files `transcribe` may read, with what is below them. `jobs/in` in the
    state folder, and the results of earlier jobs, can be read always."""
    url_hosts: tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]{1,5})?$")], ...] = ()
    """Hosts from which `transcribe` may fetch a file, by https, such as `files.example.org` or
    `nas.lan:8443`. With none, it takes no address."""
    input_mb: Annotated[int, Field(ge=1, le=100_000)] = 500
    """Size of an audio file at most, in MB."""
    speech_at_once: Annotated[int, Field(ge=1, le=16)] = 1
    """Transcripts and speech that are made at a time. Each is a process of its own."""
    threads: Annotated[int, Field(ge=1, le=64)] = 1
    """CPU threads of such a process."""
    nice: Annotated[int, Field(ge=0, le=19)] = 15
    """Niceness of such a process: with a high one, calls go first. It has no effect on a GPU."""
    queue: Annotated[int, Field(ge=0, le=10_000)] = 20
    """Jobs that wait for their turn; another one is refused."""
    longest_s: Annotated[float, Field(ge=1, le=31 * 86_400)] = 3_600.0
    """Seconds that a job may run; then it is ended. An agent may ask for less."""
    log_mb: Annotated[float, Field(ge=0.1, le=1_000)] = 10.0
    """Size of the log that is kept of a job, in MB; of a longer one, the end."""
    kept: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Ended jobs that are kept with their logs and results; the oldest are removed."""
    containers: ContainerSettings = ContainerSettings()
