from __future__ import annotations

from app.doctor.findings import Finding, Grade


def test_a_finding_is_a_line_and_its_advice_another() -> None:
    assert str(Finding(Grade.OK, "GPU", "none")) == "ok   GPU: none"
    assert str(Finding(Grade.FAIL, "x", "away", "do y")) == "fail x: away\n     -> do y"
