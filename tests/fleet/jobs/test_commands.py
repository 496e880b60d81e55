"""The commands about jobs: who may give, see and end them, and what the answers hold."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fleet.jobs.book import CONTAINERS, SPEECH, JobBook
from fleet.jobs.commands import JobCommands
from fleet.jobs.containers import ContainerJobs
from fleet.jobs.engine import ContainerEngine
from fleet.jobs.folder import JobFolder
from fleet.jobs.settings import ContainerSettings, JobSettings
from openclaw_client.errors import BadArguments, CannotNow, CommandError, OutOfReach
from openclaw_client.node.commands import CommandCall, NodeCommands
from testing.waiting import eventually
from tests.fleet.jobs.conftest import IMAGE
from tests.fleet.jobs.test_book import Runner

OWNER = "agent:jarvis:main"
ALICE, BOB = "agent:jarvis:discord:dm:1:guild:7", "agent:jarvis:discord:dm:2:guild:7"


class Asker:
    """Sends commands, as the dispatcher does."""

    def __init__(self, folder: JobFolder) -> None:
        self.settings = JobSettings(
            kinds=("transcribe", "synthesise", "container"),
            sessions=("agent:*:discord:dm:1:*",),
            containers=ContainerSettings(images=(IMAGE,), exec=True),
        )
        self.speech = Runner()
        engine = ContainerEngine(self.settings.containers, "0ab1", log_bytes=1_000_000)
        containers = ContainerJobs(engine, folder)
        self.book = JobBook(self.settings, folder, {SPEECH: self.speech, CONTAINERS: containers})
        known = JobCommands(self.book, "jarvis", containers).all()
        self._commands = NodeCommands(known, [each.name for each in known])

    async def ask(
        self, command: str, session: str | None = OWNER, **arguments: Any
    ) -> dict[str, Any]:
        call = CommandCall(session, 30.0)
        return await self._commands.execute(command, json.dumps(arguments), call)

    async def submit(self, session: str | None = OWNER) -> str:
        answer = await self.ask("job.submit", session, kind="synthesise", text="Hi.", name="hi")
        return str(answer["jobId"])


@pytest.fixture
async def asker(folder: JobFolder, stand_in: Path) -> AsyncIterator[Asker]:
    made = Asker(folder)
    await made.book.begin()
    yield made
    await made.book.aclose()


async def test_a_job_is_taken_at_once_and_listed(asker: Asker) -> None:
    answer = await asker.ask("job.submit", kind="synthesise", text="Hi.")
    assert answer == {"jobId": answer["jobId"], "state": "running"}
    behind = await asker.ask("job.submit", kind="synthesise", text="Hi.")
    third = await asker.ask("job.submit", kind="synthesise", text="Hi.", name="third\n[x]")
    assert (behind["state"], third["ahead"]) == ("queued", 1)
    jobs = (await asker.ask("job.list", state="open"))["jobs"]
    assert [each["jobId"] for each in jobs] == [third["jobId"], behind["jobId"], answer["jobId"]]
    assert jobs[0]["name"] == "third (x)"
    assert (await asker.ask("job.list", state="ended")) == {"jobs": []}
    assert (await asker.ask("job.status", job_id=third["jobId"]))["ahead"] == 1


async def test_whose_sessions_may_give_jobs(asker: Asker) -> None:
    await asker.submit(OWNER)
    await asker.submit(None)
    await asker.submit(ALICE)
    for stranger in (BOB, "agent:jarvis:discord:guild:7", "agent:jarvis:subagent:x", "nonsense"):
        with pytest.raises(OutOfReach, match="this session may give no jobs"):
            await asker.submit(stranger)


async def test_a_session_sees_its_own_jobs_and_the_owner_all(asker: Asker) -> None:
    alices, owners = await asker.submit(ALICE), await asker.submit(OWNER)
    assert [each["jobId"] for each in (await asker.ask("job.list", ALICE))["jobs"]] == [alices]
    assert len((await asker.ask("job.list", None))["jobs"]) == 2
    for command in ("job.status", "job.logs", "job.cancel", "container.exec"):
        more = {"args": ["ls"]} if command == "container.exec" else {}
        with pytest.raises(BadArguments, match="this session gave no such job"):
            await asker.ask(command, ALICE, job_id=owners, **more)
    assert (await asker.ask("job.status", OWNER, job_id=alices))["state"] in ("queued", "running")


async def test_a_session_transcribes_the_results_of_its_own_jobs_only(asker: Asker) -> None:
    ident = await asker.submit(OWNER)
    out = asker.book.folder.out(ident)
    out.mkdir(parents=True)
    (out / "speech.wav").write_bytes(b"RIFF")
    with pytest.raises(BadArguments, match="there is no such file"):
        await asker.ask("job.submit", ALICE, kind="transcribe", file=f"{ident}/speech.wav")
    await asker.ask("job.submit", OWNER, kind="transcribe", file=f"{ident}/speech.wav")


async def test_a_long_transcript_is_read_in_pages(asker: Asker) -> None:
    ident = await asker.submit()
    record = asker.book.find(ident)
    assert record is not None
    out = asker.book.folder.out(ident)
    out.mkdir(parents=True)
    text = "Größe zählt. " * 1_000
    (out / "transcript.txt").write_text(text, encoding="utf-8")
    size = len(text.encode())
    await eventually(lambda: record.started_at)
    asker.speech.end(record, files=[{"name": "transcript.txt", "size": size}])
    await eventually(lambda: record.state == "done")
    status = await asker.ask("job.status", job_id=ident)
    assert status["files"] == [
        {"name": "transcript.txt", "bytes": size, "path": str(out / "transcript.txt")}
    ]
    whole, cursor = status["text"], status["textGoesOnAt"]
    while True:
        page = await asker.ask("job.logs", job_id=ident, file="transcript.txt", cursor=cursor)
        whole, cursor = whole + page["text"], page["cursor"]
        if not page["more"]:
            break
    assert whole == text
    with pytest.raises(BadArguments, match=r"it made transcript\.txt"):
        await asker.ask("job.logs", job_id=ident, file="../job.json")


async def test_a_container_by_all_commands(asker: Asker) -> None:
    loop = "echo started; while true; do sleep 0.1; done"
    answer = await asker.ask(
        "job.submit", kind="container", image=IMAGE, args=["/bin/sh", "-c", loop]
    )
    ident = answer["jobId"]
    record = asker.book.find(ident)
    assert record is not None
    log = asker.book.folder.log_of(ident)
    await eventually(log.end, 20.0)
    page = await asker.ask("job.logs", job_id=ident)
    assert page == {"text": "started\n", "cursor": 8, "more": False, "ended": False}
    ran = await asker.ask("container.exec", job_id=ident, args=["/bin/echo", "hey"])
    assert ran == {"exitCode": 0, "output": "hey\n"}
    assert (await asker.ask("job.cancel", job_id=ident))["ending"] is True
    await eventually(lambda: record.state == "cancelled", 20.0)
    assert (await asker.ask("job.logs", job_id=ident, cursor=page["cursor"]))["ended"] is True
    with pytest.raises(CannotNow, match="no container of that job runs now"):
        await asker.ask("container.exec", job_id=ident, args=["/bin/echo"])


async def test_before_the_start_no_job_is_taken(folder: JobFolder) -> None:
    with pytest.raises(CannotNow, match="about to start"):
        await Asker(folder).submit()


@pytest.mark.parametrize("ident", ["", "0123", "../0123456789", "0123456789AB", "0123456789abc"])
async def test_ids_of_another_form_are_refused(asker: Asker, ident: str) -> None:
    with pytest.raises(CommandError):
        await asker.ask("job.status", job_id=ident)
