"""Folders for jobs, and container engines: a strict stand-in, and podman where it runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.jobs.folder import JobFolder
from testing import container_engine

IMAGE = "localhost/openclaw-voice-test:1"


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    made = JobFolder(tmp_path / "jobs", log_bytes=1_000_000)
    made.prepare()
    return made


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a podman that is a stand-in, with `IMAGE`."""
    for name, value in container_engine.install(tmp_path / "engine", "podman", [IMAGE]).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "engine"
