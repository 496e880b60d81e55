"""The doctor's findings about jobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.doctor.check_jobs import check_jobs
from app.doctor.findings import Grade
from settings import Settings
from testing import container_engine

IMAGE = "localhost/openclaw-voice-test:1"


def settings(*, node: bool = True, **jobs: Any) -> Settings:
    return Settings.model_validate(
        {"openclaw": {"node": {"enabled": node}}, "fleet": {"jobs": jobs}}
    )


@pytest.fixture
def podman(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in container_engine.install(tmp_path / "engine", "podman", [IMAGE]).items():
        monkeypatch.setenv(name, value)


async def test_without_jobs_there_is_nothing_to_say() -> None:
    assert await check_jobs(settings()) == []


async def test_speech_jobs_and_a_missing_folder(tmp_path: Path) -> None:
    made = settings(kinds=["transcribe"], folders=[str(tmp_path), str(tmp_path / "no")])
    first, second = await check_jobs(made)
    assert (first.grade, first.words) == (Grade.OK, "agents may give transcribe")
    assert (second.grade, second.words) == (
        Grade.WARN,
        f"fleet.jobs.folders: {tmp_path / 'no'} is no folder",
    )
    (bot,) = await check_jobs(settings(node=False, kinds=["transcribe"]))
    assert bot.words.endswith("to `run.py node`; the bot is no node (openclaw.node.enabled)")


async def test_the_engine_and_its_images(podman: None) -> None:
    containers = {"images": [IMAGE, "localhost/other:1", "docker.io/*"]}
    found = await check_jobs(settings(kinds=["container"], containers=containers))
    assert [(each.grade, each.words) for each in found[1:]] == [
        (Grade.OK, "podman 4.3.1"),
        (Grade.WARN, "the image localhost/other:1 is not on this machine"),
    ]
    none = await check_jobs(settings(kinds=["container"]))
    assert none[-1].words == "no image is allowed"


async def test_a_missing_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found = await check_jobs(settings(kinds=["container"]))
    assert found[-1].grade is Grade.WARN
    assert "podman is not installed here" in found[-1].words
