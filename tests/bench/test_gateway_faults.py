"""A short run of turns under faults in virtual time: no answer is lost or repeated."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from bench import gateway_faults
from bench.answer_check import AnswerResult
from bench.fault_plan import FaultPlan
from bench.gateway_faults import FaultRun, fault_run, table
from bench.gateways import restartable_simulator


async def run_of(turns: int, seed: int) -> FaultRun:
    async with restartable_simulator() as gateway:
        return await fault_run(gateway, turns, seed, gap_s=(0.5, 2.0))


@pytest.mark.virtual_time(sockets=True)
async def test_under_all_faults_every_question_is_answered_once_or_told_of() -> None:
    run = await run_of(turns=64, seed=3)
    assert {fault.kind for fault in run.faults} >= set(FaultPlan.KINDS)
    assert len(run.answers) == 64
    assert run.count(AnswerResult.LOST) == run.count(AnswerResult.TWICE) == 0
    assert run.count(AnswerResult.ANSWERED) + run.count(AnswerResult.TOLD) == 64
    assert run.count(AnswerResult.ANSWERED) > 10
    assert all(answer.why for answer in run.answers if answer.result is AnswerResult.TOLD)


def test_the_exit_status_tells_of_a_loss(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "faults.json"
    monkeypatch.setattr(sys, "argv", ["faults", "--turns", "8", "--json", str(report)])
    with pytest.raises(SystemExit) as good:
        gateway_faults.main()
    assert good.value.code == 0
    assert json.loads(report.read_text())["by_fault"]["all"]["lost"] == 0
    assert "twice" in capsys.readouterr().out

    monkeypatch.setattr(gateway_faults, "CHAPTERS", 5)
    monkeypatch.setattr(gateway_faults, "_PATIENCE_S", 0.1)
    with pytest.raises(SystemExit) as bad:
        gateway_faults.main()
    assert bad.value.code == 1


@pytest.mark.virtual_time(sockets=True)
async def test_the_table_has_a_row_for_each_fault() -> None:
    rows = table(await run_of(turns=8, seed=1)).splitlines()
    assert [row.split("  ")[0].strip() for row in rows[1:]] == [*FaultPlan.KINDS, "all"]
