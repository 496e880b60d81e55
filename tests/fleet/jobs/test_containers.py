"""Containers as jobs: by a strict stand-in for podman, and by podman where it runs."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fleet.jobs.containers import ContainerJobs, NewLines
from fleet.jobs.engine import ContainerEngine
from fleet.jobs.errors import EngineFailed, NoContainer
from fleet.jobs.folder import JobFolder
from fleet.jobs.records import ContainerWork, JobRecord
from fleet.jobs.settings import ContainerSettings
from testing import container_engine, podman
from testing.waiting import eventually

pytestmark = pytest.mark.patience(50)  # an engine takes its time on a busy machine
NODE = "0ab1"


@pytest.fixture(scope="module")
def real_podman(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str] | str]:
    """The variables of a podman that runs, or why there is none."""
    if not request.config.getoption("--podman"):
        yield "needs --podman"
        return
    try:
        yield podman.prepare(tmp_path_factory.mktemp("podman"))
    except podman.PodmanUnusable as error:
        yield str(error)


@pytest.fixture(params=["stand-in", "podman"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ContainerEngine:
    if request.param == "podman":
        variables = request.getfixturevalue("real_podman")
        if isinstance(variables, str):
            pytest.skip(variables)
    else:
        variables = container_engine.install(tmp_path / "engine", "podman", [podman.IMAGE])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return ContainerEngine(ContainerSettings(), NODE, log_bytes=1_000_000)


@pytest.fixture
async def jobs(engine: ContainerEngine, folder: JobFolder) -> AsyncIterator[ContainerJobs]:
    yield ContainerJobs(engine, folder)
    for ident in await engine.jobs():
        await engine.remove(ident)


def job(*args: str, **more: Any) -> JobRecord:
    work = ContainerWork(image=podman.IMAGE, args=args, cpus=1, memory_mb=64, **more)
    return JobRecord(id=uuid.uuid4().hex[:12], work=work, longest_s=60.0, attempts=1)


def log_of(folder: JobFolder, record: JobRecord) -> str:
    return folder.log_of(record.id).read(0, 10_000).text


async def test_a_container_runs_its_log_is_kept_and_it_is_removed(
    jobs: ContainerJobs, folder: JobFolder
) -> None:
    record = job("/bin/sh", "-c", "echo $GREETING; echo error >&2; exit 3", env=("GREETING=hi",))
    await jobs.start(record)
    outcome = await jobs.wait(record)
    assert (outcome.state, outcome.exit_code, outcome.detail) == ("failed", 3, "exit status 3")
    assert sorted(log_of(folder, record).splitlines()) == ["error", "hi"]
    with pytest.raises(NoContainer):
        await jobs.engine.state(record.id)
    assert await jobs.engine.jobs() == []


async def test_a_container_that_is_done(jobs: ContainerJobs) -> None:
    record = job("/bin/echo", "done")
    await jobs.start(record)
    outcome = await jobs.wait(record)
    assert (outcome.state, outcome.exit_code) == ("done", 0)


async def test_another_watcher_finds_it_and_repeats_no_line(
    jobs: ContainerJobs, folder: JobFolder
) -> None:
    record = job("/bin/sh", "-c", "echo one; sleep 3; echo two")
    await jobs.start(record)
    first = asyncio.create_task(jobs.wait(record))
    await eventually(lambda: log_of(folder, record) == "one\n", 30.0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert await jobs.engine.jobs() == [record.id]
    outcome = await ContainerJobs(jobs.engine, folder).wait(record)
    assert outcome.state == "done"
    assert log_of(folder, record) == "one\ntwo\n"


async def test_a_start_that_an_earlier_run_made_is_not_repeated(jobs: ContainerJobs) -> None:
    record = job("/bin/sleep", "30")
    await jobs.start(record)
    await jobs.start(record.model_copy(update={"attempts": 2}))
    assert (await jobs.engine.state(record.id)).running
    await jobs.engine.remove(record.id)


async def test_a_stopped_container_ends(jobs: ContainerJobs) -> None:
    record = job("/bin/sh", "-c", "trap 'exit 5' TERM; while true; do sleep 0.1; done")
    await jobs.start(record)
    watching = asyncio.create_task(jobs.wait(record))
    await asyncio.sleep(0.2)
    await jobs.stop(record)
    assert (await watching).exit_code in (5, 143)
    await jobs.stop(record)  # no error


async def test_an_image_that_is_not_there(jobs: ContainerJobs) -> None:
    record = job("/bin/true")
    absent = record.work.model_copy(update={"image": "localhost/openclaw-voice-test:none"})
    with pytest.raises(EngineFailed, match="image not known"):
        await jobs.start(record.model_copy(update={"work": absent}))
    assert not await jobs.engine.has_image("localhost/openclaw-voice-test:none")
    assert await jobs.engine.has_image(podman.IMAGE)


async def test_a_container_that_something_removed_is_lost(jobs: ContainerJobs) -> None:
    record = job("/bin/sleep", "30")
    await jobs.start(record)
    watching = asyncio.create_task(jobs.wait(record))
    await asyncio.sleep(0.1)
    await jobs.engine.remove(record.id)
    outcome = await watching
    assert outcome.state == "lost"
    assert "its container is gone" in outcome.detail


async def test_containers_of_jobs_that_are_not_open_are_removed(
    jobs: ContainerJobs, folder: JobFolder
) -> None:
    left, kept = job("/bin/sleep", "30"), job("/bin/sleep", "30")
    await jobs.start(left)
    await jobs.start(kept)
    await jobs.tidy(lambda ident: ident == kept.id)
    assert await jobs.engine.jobs() == [kept.id]
    other = ContainerJobs(
        ContainerEngine(ContainerSettings(), "another", log_bytes=1), jobs._folder
    )
    await other.tidy(lambda ident: False)
    assert await jobs.engine.jobs() == [kept.id]
    await jobs.engine.remove(kept.id)


async def test_a_further_command_in_a_container(jobs: ContainerJobs) -> None:
    record = job("/bin/sleep", "30")
    await jobs.start(record)
    engine = jobs.engine
    assert await engine.exec(record.id, ["/bin/echo", "-n", "hey"], within_s=20) == (0, b"hey")
    status, output = await engine.exec(record.id, ["/bin/seq", "1", "9999"], within_s=20)
    assert (status, len(output) < 17_000) == (0, True)
    assert output.endswith(b"[the rest is cut]")
    with pytest.raises(TimeoutError):
        await engine.exec(record.id, ["/bin/sleep", "5"], within_s=0.3)
    await engine.remove(record.id)


async def test_podman_holds_the_limits(
    real_podman: dict[str, str] | str, folder: JobFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """no other user's rights, no writable root, no network, no more memory than allowed"""
    if isinstance(real_podman, str):
        pytest.skip(real_podman)
    for name, value in real_podman.items():
        monkeypatch.setenv(name, value)
    jobs = ContainerJobs(ContainerEngine(ContainerSettings(), NODE, log_bytes=1_000_000), folder)
    tries = "id -u; touch /x; touch /tmp/y && echo written; cat /proc/net/dev; cat /proc/1/status"
    record = job("/bin/sh", "-c", tries)
    await jobs.start(record)
    await jobs.wait(record)
    log = log_of(folder, record)
    assert log.startswith("65534\n")
    assert "Read-only file system" in log
    assert "written" in log
    interfaces = re.findall(r"^ *([a-z0-9]+): +\d+ +\d+ ", log, re.MULTILINE)
    assert interfaces == ["lo"]
    assert "CapEff:\t0000000000000000" in log
    assert "NoNewPrivs:\t1" in log
    greedy = job("/bin/sh", "-c", "x=aaaaaaaa; while true; do x=$x$x; done")
    await jobs.start(greedy)
    outcome = await jobs.wait(greedy)
    assert (outcome.state, outcome.exit_code) == ("failed", 137)
    assert "memory" in outcome.detail


class TestStandIn:
    """The stand-in is as strict as the engines."""

    async def test_it_refuses_what_the_engine_does_not_know(self, stand_in: Path) -> None:
        engine = ContainerEngine(ContainerSettings(), NODE, log_bytes=1)
        for args in (["run", "--gpus", "all"], ["run", "-v", "/:/x"], ["frobnicate"]):
            with pytest.raises(EngineFailed, match="unknown"):
                await engine._ask(*args)

    async def test_it_has_seen_the_arguments(self, stand_in: Path, folder: JobFolder) -> None:
        jobs = ContainerJobs(ContainerEngine(ContainerSettings(), NODE, log_bytes=1), folder)
        record = job("/bin/echo", "a b", "$HOME; true")
        await jobs.start(record)
        await jobs.wait(record)
        assert log_of(folder, record) == "a b $HOME; true\n"
        first = (stand_in / "state" / "calls.jsonl").read_text().splitlines()[0]
        assert json.loads(first)[-3:] == ["/bin/echo", "a b", "$HOME; true"]


class TestNewLines:
    LOG = b"2026-11-27T20:38:56.6Z one\n2026-11-27T20:38:56.65Z two\n2026-11-27T20:38:57Z three\n"

    @pytest.mark.parametrize("size", [1, 7, 1_000])
    def test_times_are_taken_off(self, size: int) -> None:
        lines = NewLines()
        parts = [lines.feed(self.LOG[at : at + size]) for at in range(0, len(self.LOG), size)]
        assert b"".join(parts) + lines.finish() == b"one\ntwo\nthree\n"
        assert lines.last == b"2026-11-27T20:38:57"

    def test_seen_lines_are_left_out(self) -> None:
        lines = NewLines(b"2026-11-27T20:38:56.65")
        assert lines.feed(self.LOG) == b"three\n"

    def test_a_line_without_an_end_and_without_a_time(self) -> None:
        lines = NewLines()
        assert lines.feed(b"no time\n2026-11-27T20:38:57+00:00 half") == b"no time\n"
        assert lines.finish() == b"half"

    def test_an_endless_line_is_passed_on_in_parts(self) -> None:
        lines = NewLines()
        text = b"x" * 200_000
        got = lines.feed(b"2026-11-27T20:38:57Z " + text) + lines.feed(b"y\n")
        assert got == text + b"y\n"
