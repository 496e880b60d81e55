"""The JSON report of a benchmark: its numbers, the machine and the date."""

from __future__ import annotations

import argparse
import json
import os
import platform
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
