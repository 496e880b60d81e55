"""The settings of the speech server on several machines."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class ReplicaSettings(BaseModel):
    """How many processes of one kind there are, and what each takes of its machine."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    min_replicas: int = Field(1, ge=1, le=1000)
    """Processes that always run. Two, on two machines, let a machine fail without a pause."""

    max_replicas: int = Field(4, ge=1, le=1000)
    """Processes at most. Ray starts as many as the load needs and the machines have room for."""

    target_ongoing_requests: float = Field(2.0, gt=0, le=10_000)
    """Requests that each process should have on the mean; with more, Ray starts another one."""

    max_ongoing_requests: int = Field(4, ge=1, le=10_000)
    """Requests that one process takes at once. Further ones wait for a free process."""

    cpus: float = Field(1.0, ge=0, le=1024)
    """CPU cores that Ray reserves for each process: how many share a machine. It limits nothing."""

    gpus: float = Field(0.0, ge=0, le=64)
    """GPUs that Ray reserves for each process, also a fraction: with 0.25, four share one."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max_replicas < self.min_replicas:
            raise ValueError(
                f"max_replicas ({self.max_replicas}) is less than min_replicas "
                f"({self.min_replicas})"
            )
        if self.max_ongoing_requests < self.target_ongoing_requests:
            raise ValueError(
                f"max_ongoing_requests ({self.max_ongoing_requests}) is less than "
                f"target_ongoing_requests ({self.target_ongoing_requests:g}): Ray would never "
                "start another process"
            )
        if self.gpus > 1 and self.gpus % 1:
            raise ValueError(f"gpus ({self.gpus:g}): above 1, Ray gives whole GPUs only")
        return self


class ClusterSettings(BaseModel):
    """Speech as a Ray Serve application (`run.py serve --ray`): its processes of each kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    api: ReplicaSettings = ReplicaSettings(
        max_replicas=2, target_ongoing_requests=32, max_ongoing_requests=128, cpus=0.5
    )
    """The HTTP API: it reads the files and encodes the audio. Its limits are those of
    `server.limits`, for each process."""

    speech: ReplicaSettings = ReplicaSettings()
    """Text to speech, with `server.threads` threads each."""

    transcription: ReplicaSettings = ReplicaSettings()
    """Speech to text, with `pipeline.stt.threads` threads each. One part of a file, or one turn,
    is heard at a time."""

    transcriptions_at_once: int = Field(16, ge=1, le=256)
    """Parts of files and turns that one process of the API has transcribed at once."""

    wait_s: float = Field(30.0, gt=0, le=600)
    """How long a request waits for the words of one part, or for further sound, before it fails.
    It covers the wait for a free process and the computing. It begins again where a process died:
    to replace that takes some seconds and the time to load its model."""

    def least(self, *, listens: bool) -> tuple[float, float]:
        """The CPU cores and the GPUs that the processes reserve which always run."""
        kinds = (self.api, self.speech, *((self.transcription,) if listens else ()))
        return (
            sum(each.min_replicas * each.cpus for each in kinds),
            sum(each.min_replicas * each.gpus for each in kinds),
        )
