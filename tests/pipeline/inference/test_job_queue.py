"""The order in which a model's jobs run."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from pipeline.inference.job_queue import (
    FINALS_A_PLACE,
    PATIENCE_S,
    JobQueue,
    Priority,
    least_priority,
)


@dataclass(frozen=True)
class Job:
    key: Hashable
    priority: Priority = Priority.FINAL
    queued_at: float = 0.0


def queue(*jobs: Job, limit: int = 32) -> JobQueue[Job]:
    filled = JobQueue[Job](limit)
    for job in jobs:
        filled.add(job)
    return filled


def order(jobs: JobQueue[Job], now: float = 0.0) -> list[Hashable]:
    taken = []
    while (job := jobs.take(now, ())) is not None:
        taken.append(job.key)
    return taken


def test_the_highest_priority_comes_first_and_then_the_newest() -> None:
    jobs = queue(
        Job("over a reply", Priority.INTERRUPTION),
        Job("first to the agent", Priority.ADDRESSED),
        Job("old talk"),
        Job("for observers", Priority.PARTIAL),
        Job("second to the agent", Priority.ADDRESSED),
        Job("new talk"),
    )
    assert order(jobs) == [
        "second to the agent", "first to the agent", "new talk", "old talk", "over a reply",
        "for observers",
    ]  # fmt: skip


def test_a_turn_that_waited_long_comes_before_newer_talk_but_after_the_agents_speaker() -> None:
    jobs = queue(
        Job("oldest", queued_at=0.0),
        Job("old", queued_at=0.1),
        Job("partial", Priority.PARTIAL, queued_at=0.1),
        Job("new", queued_at=0.9),
        Job("newest", queued_at=1.1),
        Job("to the agent", Priority.ADDRESSED, queued_at=1.1),
    )
    now = PATIENCE_S + 0.15
    assert order(jobs, now) == ["to the agent", "oldest", "old", "newest", "new", "partial"]


def test_nine_talkers_do_not_keep_a_turn_waiting_beyond_its_patience() -> None:
    """New words arrive faster than they are transcribed, and each turn is reached in time."""
    jobs, job_s, waits = JobQueue[Job](32), 0.15, dict[Hashable, float]()
    arrivals = [Job((speaker, turn), queued_at=turn * 1.5 + speaker * 0.15)
                for turn in range(20) for speaker in range(9)]  # fmt: skip
    now = 0.0
    while len(waits) < len(arrivals):
        while arrivals[len(waits) + len(jobs) :][:1] and (
            arrivals[len(waits) + len(jobs)].queued_at <= now
        ):
            jobs.add(arrivals[len(waits) + len(jobs)])
        job = jobs.take(now, ())
        if job is not None:
            waits[job.key] = now - job.queued_at
        now += job_s
    assert max(waits.values()) < PATIENCE_S + 9 * job_s


def test_a_full_queue_drops_partials_and_no_turn() -> None:
    old, young = Job("old", Priority.PARTIAL), Job("young", Priority.PARTIAL)
    jobs = queue(old, young, limit=2)
    assert jobs.add(Job("turn 1")).dropped is old
    assert jobs.add(Job("turn 2")).dropped is young
    assert jobs.add(Job("turn 3")).dropped is None
    late = Job("late", Priority.PARTIAL)
    assert jobs.add(late).dropped is late


def test_the_queue_is_bounded_for_turns_too() -> None:
    jobs = queue(*(Job(number) for number in range(FINALS_A_PLACE * 2)), limit=2)
    dropped = jobs.add(Job("one too many")).dropped
    assert dropped == Job(0)
    assert len(jobs) == FINALS_A_PLACE * 2


def test_the_last_of_several_threads_is_kept_for_what_is_urgent() -> None:
    assert least_priority(1, 2, load=0.3) is Priority.INTERRUPTION
    assert least_priority(1, 2, load=0.5) is Priority.ADDRESSED
    assert least_priority(3, 4, load=0.5) is Priority.INTERRUPTION
    assert least_priority(3, 4, load=0.7) is Priority.ADDRESSED
    assert {least_priority(0, 2, load=0.9), least_priority(2, 4, load=0.9)} == {Priority.PARTIAL}
    assert least_priority(0, 1, load=0.9) is Priority.PARTIAL


def test_jobs_below_the_least_priority_wait() -> None:
    jobs = queue(Job("for observers", Priority.PARTIAL), Job("over a reply", Priority.INTERRUPTION))
    job = jobs.take(0.0, (), Priority.INTERRUPTION)
    assert job is not None
    assert job.key == "over a reply"
    assert jobs.take(0.0, (), Priority.INTERRUPTION) is None
    assert order(jobs) == ["for observers"]


def test_a_key_that_runs_is_passed_over() -> None:
    jobs = queue(Job("ann"), Job("ben"))
    taken = jobs.take(0.0, {"ben"})
    assert taken == Job("ann")
    assert jobs.take(0.0, {"ben"}) is None
