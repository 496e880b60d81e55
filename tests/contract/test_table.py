"""docs/gateway-contract.md lists every contract case, and both Gateways pass each."""

from __future__ import annotations

from tests.contract.table import DOCUMENT, GATEWAYS, PASSED, all_cases, read, written


def test_every_case_says_what_it_shows() -> None:
    cases = all_cases()
    assert len(cases) > 60
    assert all(case.text for case in cases)
    assert len(set(cases)) == len(cases)
    assert not any("|" in case.text for case in cases)


def test_the_list_is_whole_and_every_case_passes() -> None:
    listed = read(DOCUMENT.read_text(encoding="utf-8"))
    assert list(listed) == all_cases()
    for case, outcomes in listed.items():
        assert outcomes == dict.fromkeys(GATEWAYS, PASSED), case


def test_what_is_written_can_be_read() -> None:
    first, second = all_cases()[:2]
    results = {first: {"simulator": "pass", "real": "FAIL"}}
    document = written("before\n", results, [first, second])
    assert document.startswith("before\n")
    assert read(document) == {
        first: {"simulator": "pass", "real": "FAIL"},
        second: {"simulator": "not run", "real": "not run"},
    }
    assert written(document, read(document), [first, second]) == document
