"""Jobs put together: the commands of a node, the worker's process, the command line."""

from __future__ import annotations

import json
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.fleet.job_worker import JobFailed, fetch, synthesise, transcribe
from app.fleet.jobs import (
    _worker_environment,
    _worker_settings,
    job_command_names,
    job_folder,
    jobs_of,
    show_jobs,
)
from app.fleet.member import offered_commands
from fleet.jobs.processes import ProcessOrders
from fleet.jobs.records import ContainerWork, JobRecord, SynthesiseWork, TranscribeWork, Work
from server.errors import ServerError
from settings import Settings
from testing.waiting import eventually

JOBS = ["job.submit", "job.status", "job.list", "job.logs", "job.cancel"]


def settings(folder: Path, **jobs: Any) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {"state_dir": str(folder)},
            "models": {"dir": str(folder / "no models"), "offline": True},
            "server": {"engine": "espeak"},
            "fleet": {"jobs": jobs},
        }
    )


def test_without_kinds_no_command_is_offered(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert job_command_names(made) == []
    assert jobs_of(made, tmp_path).commands() == []
    assert not set(offered_commands(made, discord=True)) & {*JOBS, "container.exec"}


def test_exec_is_offered_only_where_the_settings_say_so(tmp_path: Path) -> None:
    for containers, more in (({}, []), ({"exec": True}, ["container.exec"])):
        made = settings(tmp_path, kinds=["container"], containers=containers)
        assert job_command_names(made) == [*JOBS, *more]
        assert [each.name for each in jobs_of(made, tmp_path).commands()] == [*JOBS, *more]
        assert set(offered_commands(made, discord=False)) >= {*JOBS, *more}
    made = settings(tmp_path, kinds=["synthesise"], containers={"exec": True})
    assert job_command_names(made) == JOBS


async def test_speech_is_made_by_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCLAW_AUTH_TOKEN", "secret")
    made = settings(tmp_path, kinds=["synthesise"], nice=0)
    work = SynthesiseWork(text="Good evening.", voice="espeak:en-us", format="opus")
    async with jobs_of(made, tmp_path) as jobs:
        assert jobs.book is not None
        await jobs.book.begin()
        record = await jobs.book.submit(work, None)
        await eventually(lambda: not record.is_open, 60.0)
    assert (record.state, record.detail) == ("done", "1 s of speech, voice espeak:en-us")
    ((name, size),) = [(each.name, each.size) for each in record.files]
    assert name == "speech.opus"
    file = tmp_path / "jobs" / record.id / "out" / name
    assert file.read_bytes().startswith(b"OggS")
    assert size == file.stat().st_size
    log = job_folder(made, tmp_path).log_of(record.id).read(0, 1_000).text
    assert log.startswith("loading the voice\n")


def orders_for(folder: Path, work: Work) -> ProcessOrders:
    (folder / "out").mkdir()
    made = _worker_settings(settings(folder, kinds=["transcribe"], url_hosts=["127.0.0.1:1"]))
    return ProcessOrders(
        work=work, out=folder / "out", outcome=folder / "outcome.json", settings=made
    )


def test_a_sound_file(tmp_path: Path) -> None:
    work = SynthesiseWork(text="Good evening.", voice="espeak:en-us", format="wav")
    outcome = synthesise(work, orders_for(tmp_path, work))
    with wave.open(str(tmp_path / "out" / "speech.wav")) as sound:
        assert 0.3 < sound.getnframes() / sound.getframerate() < 3
    assert [each.name for each in outcome.files] == ["speech.wav"]


@pytest.mark.parametrize(
    ("work", "words"),
    [
        (SynthesiseWork(text="Hi.", voice="nobody"), "nobody"),
    ],
)
def test_speech_that_cannot_be_made(tmp_path: Path, work: SynthesiseWork, words: str) -> None:
    with pytest.raises((ServerError, JobFailed), match=words):
        synthesise(work, orders_for(tmp_path, work))


async def test_a_missing_model_is_said(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.wav"  # noqa: ASYNC240 - the test's own
    path.write_bytes(b"RIFF")
    work = TranscribeWork(path=str(path))
    with pytest.raises(ServerError, match="models fetch"):
        await transcribe(work, orders_for(tmp_path, work))


async def test_a_file_that_became_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.wav"  # noqa: ASYNC240 - the test's own
    path.symlink_to("/etc/passwd")
    work = TranscribeWork(path=str(path))
    with pytest.raises(JobFailed, match=r"a\.wav is no longer the file that was asked for"):
        await transcribe(work, orders_for(tmp_path, work))


class TestFetched:
    @pytest.fixture
    def answers(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, httpx.Response]:
        """What the web answers, by address."""
        known: dict[str, httpx.Response] = {}

        def respond(request: httpx.Request) -> httpx.Response:
            return known[str(request.url)]

        @contextmanager
        def stream(method: str, url: str, **more: Any) -> Iterator[httpx.Response]:
            transport = httpx.MockTransport(respond)
            with (
                httpx.Client(transport=transport) as client,
                client.stream(method, url, **more) as answer,
            ):
                yield answer

        monkeypatch.setattr("app.fleet.job_worker.httpx.stream", stream)
        return known

    def orders(self, folder: Path) -> ProcessOrders:
        return orders_for(folder, TranscribeWork(url="https://127.0.0.1:1/a"))

    def test_a_file(self, tmp_path: Path, answers: dict[str, httpx.Response]) -> None:
        answers["https://127.0.0.1:1/a"] = httpx.Response(200, content=b"RIFF")
        found = fetch("https://127.0.0.1:1/a", tmp_path / "input", self.orders(tmp_path))
        assert found.read_bytes() == b"RIFF"

    def test_a_redirection_is_not_followed(
        self, tmp_path: Path, answers: dict[str, httpx.Response]
    ) -> None:
        moved = httpx.Response(302, headers={"location": "http://169.254.169.254/"})
        answers["https://127.0.0.1:1/a"] = moved
        with pytest.raises(JobFailed, match="answered 302 instead of the file"):
            fetch("https://127.0.0.1:1/a", tmp_path / "input", self.orders(tmp_path))

    def test_a_large_file_is_given_up(
        self, tmp_path: Path, answers: dict[str, httpx.Response]
    ) -> None:
        answers["https://127.0.0.1:1/a"] = httpx.Response(200, content=b"x" * 2_000_000)
        orders = self.orders(tmp_path)
        small = orders.settings.model_copy(update={"input_bytes": 1_000_000})
        with pytest.raises(JobFailed, match="more than 1 MB"):
            fetch(
                "https://127.0.0.1:1/a",
                tmp_path / "input",
                orders.model_copy(update={"settings": small}),
            )

    def test_another_host_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(JobFailed, match="from these hosts only"):
            fetch("https://example.org/a", tmp_path / "input", self.orders(tmp_path))


class TestShown:
    async def test_the_settings_and_the_newest_jobs(self, tmp_path: Path) -> None:
        made = settings(tmp_path, kinds=["container"], containers={"images": ["localhost/*"]})
        folder = job_folder(made, tmp_path)
        folder.prepare()
        work = ContainerWork(image="localhost/a", cpus=1, memory_mb=64)
        for number in range(25):
            folder.save(
                JobRecord(
                    id=f"{number:012x}",
                    work=work,
                    name=f"job {number}",
                    asked_at=1_000.0 + number,
                    started_at=2_000.0,
                    ended_at=2_012.0,
                    longest_s=60,
                    state="failed",
                    detail="exit status 1",
                )
            )
        said: list[str] = []
        assert await show_jobs(made, said.append) == 0
        assert said[:2] == ["kinds: container", "images: localhost/*, by podman"]
        assert said[3].startswith("000000000018")
        assert said[3].endswith("failed       12 s  command line  job 24; exit status 1")
        assert said[-1] == f"and 5 older ones in {tmp_path / 'jobs'}"

    async def test_none(self, tmp_path: Path) -> None:
        said: list[str] = []
        assert await show_jobs(settings(tmp_path), said.append) == 0
        assert said[0] == "This machine takes no jobs: fleet.jobs.kinds is empty."
        assert said[-1] == "No job was given yet."


def test_the_worker_gets_no_secret(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "OPENCLAW_AUTH_TOKEN": "x", "DATABASE__URL": "x", "HF_HOME": "/h"}
    kept = _worker_environment(environ, 3)
    assert {name: kept.get(name) for name in environ} == {
        "PATH": "/bin", "OPENCLAW_AUTH_TOKEN": None, "DATABASE__URL": None, "HF_HOME": "/h",
    }  # fmt: skip
    assert kept["OMP_NUM_THREADS"] == "3"
    config = json.loads(_worker_settings(settings(tmp_path, threads=3)).config)
    assert config["pipeline"]["stt"]["threads"] == config["server"]["threads"] == 3
