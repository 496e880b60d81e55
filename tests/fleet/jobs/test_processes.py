"""Jobs that are processes: their orders, their outcome, and how they are found again."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from fleet.jobs.folder import JobFolder
from fleet.jobs.processes import ProcessJobs, ProcessNotStarted, WorkerSettings
from fleet.jobs.records import JobRecord, SynthesiseWork
from testing.waiting import eventually

WORKER = """
import json, os, sys, time
orders = json.loads(sys.stdin.readline())
text = orders["work"]["text"]
print("doing", text, flush=True)
if text == "sleep":
    time.sleep(60)
if text == "crash":
    os.kill(os.getpid(), 9)
with open(os.path.join(orders["out"], "result.txt"), "w") as file:
    file.write(text)
files = [{"name": "result.txt", "size": len(text)}]
with open(orders["outcome"], "w") as file:
    json.dump({"state": "done", "detail": orders["settings"]["config"], "files": files}, file)
"""
SETTINGS = WorkerSettings(input_bytes=1, url_hosts=(), nice=5, config="quick")


@pytest.fixture
def jobs(folder: JobFolder, tmp_path: Path) -> ProcessJobs:
    (tmp_path / "worker.py").write_text(WORKER)
    return ProcessJobs((sys.executable, "-S", str(tmp_path / "worker.py")), folder, SETTINGS)


def job(text: str) -> JobRecord:
    return JobRecord(
        id="0123456789ab", work=SynthesiseWork(text=text, voice="jarvis"), longest_s=60.0
    )


async def test_a_process_gets_its_orders_and_gives_its_outcome(
    jobs: ProcessJobs, folder: JobFolder
) -> None:
    record = job("hello")
    await jobs.start(record)
    outcome = await jobs.wait(record)
    assert (outcome.state, outcome.detail) == ("done", "quick")
    assert [(each.name, each.size) for each in outcome.files] == [("result.txt", 5)]
    assert (folder.out(record.id) / "result.txt").read_text() == "hello"
    assert folder.log_of(record.id).read(0, 100).text == "doing hello\n"


async def test_a_process_that_crashes_has_no_result(jobs: ProcessJobs) -> None:
    record = job("crash")
    await jobs.start(record)
    outcome = await jobs.wait(record)
    assert (outcome.state, outcome.lost_process) == ("lost", True)
    assert outcome.detail == "its process ended without a result (killed by SIGKILL)"


async def test_a_stopped_process_is_gone(jobs: ProcessJobs, folder: JobFolder) -> None:
    record = job("sleep")
    await jobs.start(record)
    await eventually(lambda: folder.log_of(record.id).end())
    watching = asyncio.create_task(jobs.wait(record))
    await jobs.stop(record)
    assert (await watching).state == "lost"
    assert record.pid is not None
    assert not psutil.pid_exists(record.pid)
    await jobs.stop(record)  # no error


async def test_another_process_with_the_same_number_is_left_alone(jobs: ProcessJobs) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    record = job("hello")
    record.pid, record.pid_created_at = other.pid, time.time() - 3_600
    assert (await jobs.wait(record)).state == "lost"
    await jobs.stop(record)
    assert other.returncode is None
    await other.communicate(b"\n")


async def test_the_process_of_an_earlier_run_is_watched(jobs: ProcessJobs) -> None:
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    record = job("hello")
    record.pid, record.pid_created_at = other.pid, psutil.Process(other.pid).create_time()
    watching = asyncio.create_task(jobs.wait(record))
    await asyncio.sleep(0.5)
    assert not watching.done()
    await other.communicate(b"\n")
    assert (await watching).lost_process


async def test_a_program_that_is_missing_is_said(folder: JobFolder) -> None:
    jobs = ProcessJobs(("/nonexistent/python",), folder, SETTINGS)
    with pytest.raises(ProcessNotStarted, match="its process does not start"):
        await jobs.start(job("hello"))
