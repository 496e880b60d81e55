"""The report of a benchmark: its numbers as JSON, or as a table in a page of the docs."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    """Add the ``--json`` option of all benchmarks."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers here")


def write_json(path: Path | None, name: str, numbers: dict[str, Any]) -> None:
    """Write ``numbers`` with the machine and the date; a path of None writes nothing."""
    if path is None:
        return
    report = {"name": name, "date": now(), "machine": machine(), **numbers}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def add_page_argument(parser: argparse.ArgumentParser) -> None:
    """Add the ``--page`` option of the benchmarks whose results stand in the docs."""
    parser.add_argument(
        "--page", type=Path, metavar="FILE", help="also write the table into this page, such as "
        "docs/faults.md, between its marks"
    )  # fmt: skip


def write_table(
    page: Path | None,
    name: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    after: Sequence[str] = (),
) -> None:
    """Write a table with the machine and the date into a page, between the marks
    ``<!-- name -->`` and ``<!-- end of name -->``; a path of None writes nothing.

    Raises:
        ValueError: the page has no such marks.
    """
    if page is None:
        return
    text = page.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    if begin not in text or end not in text:
        raise ValueError(f"{page} has no marks {begin.strip()} and {end} for the table")
    cores, python = os.cpu_count(), platform.python_version()
    lines = [f"{cores} cores, {platform.machine()}, Python {python}, {now()[:10]}.", ""]
    lines += ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(each) for each in row) + " |" for row in rows]
    lines += ["", *after] if after else []
    before, rest = text.partition(begin)[0], text.partition(end)[2]
    page.write_text(before + begin + "\n".join(lines) + "\n" + end + rest, encoding="utf-8")


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def machine() -> str:
    """The machine in words: processor, cores, Python."""
    return f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())
