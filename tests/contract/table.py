"""The table of contract cases in docs/gateway-contract.md, with the results of each Gateway.

A run with ``--record`` enters its results; test_table.py checks that no case is missing.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.contract import gateway as package

DOCUMENT = Path(__file__).parents[2] / "docs" / "gateway-contract.md"
GATEWAYS = ("simulator", "real")
PASSED, FAILED, UNKNOWN = "pass", "FAIL", "not run"
_BEGIN = "<!-- contract cases: begin (pytest tests/contract --record) -->"
_END = "<!-- contract cases: end -->"


@dataclass(frozen=True, slots=True)
class Case:
    """One test function; the first paragraph of its docstring says what it shows."""

    group: str
    text: str

    @classmethod
    def of(cls, function: object) -> Case:
        module = inspect.getmodule(function)
        name = module.__name__.rsplit(".", 1)[-1] if module is not None else ""
        return cls(name.removeprefix("test_"), " ".join((inspect.getdoc(function) or "").split()))


Results = dict[Case, dict[str, str]]
"""By gateway: pass, FAIL or not run."""


def all_cases() -> list[Case]:
    """In the order of the files, and in each from top to bottom."""
    cases = []
    for found in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        if found.name.startswith("test_"):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            functions = [
                function
                for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
                if name.startswith("test_") and function.__module__ == module.__name__
            ]
            functions.sort(key=lambda function: function.__code__.co_firstlineno)
            cases += [Case.of(function) for function in functions]
    return cases


def read(document: str) -> Results:
    """What the document has."""
    _, _, rest = document.partition(_BEGIN)
    results: Results = {}
    for line in rest.partition(_END)[0].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 2 + len(GATEWAYS) and cells[-1] in (PASSED, FAILED, UNKNOWN):
            outcomes = dict(zip(GATEWAYS, cells[2:], strict=True))
            results[Case(cells[0], cells[1])] = outcomes
    return results


def written(document: str, results: Mapping[Case, Mapping[str, str]], cases: Iterable[Case]) -> str:
    """The document with a table of these cases."""
    rows = [
        f"| group | case | {' | '.join(GATEWAYS)} |",
        f"| --- | --- |{' --- |' * len(GATEWAYS)}",
    ]
    for case in cases:
        outcomes = results.get(case, {})
        cells = [case.group, case.text, *(outcomes.get(name, UNKNOWN) for name in GATEWAYS)]
        rows.append(f"| {' | '.join(cells)} |")
    before, _, rest = document.partition(_BEGIN)
    after = rest.partition(_END)[2]
    return f"{before}{_BEGIN}\n\n" + "\n".join(rows) + f"\n\n{_END}{after}"


def record(gateway: str, passed: Mapping[Case, bool]) -> None:
    """Enter the results of a run at one gateway; cases that it left out keep theirs."""
    document = DOCUMENT.read_text(encoding="utf-8")
    results = read(document)
    for case, good in passed.items():
        results.setdefault(case, {})[gateway] = PASSED if good else FAILED
    DOCUMENT.write_text(written(document, results, all_cases()), encoding="utf-8")
