"""A wheel of one data file, and pip told to look for wheels in one folder only."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.sources import WheelMember

MEMBER = "carrier/data/model.onnx"


@dataclass(frozen=True)
class Wheel:
    path: Path
    size: int
    sha256: str

    def source(self, *, sha256: str | None = None, member: str = MEMBER) -> WheelMember:
        return WheelMember("carrier==1.0", self.size, sha256 or self.sha256, member)


def build_wheel(folder: Path, data: bytes) -> Wheel:
    """``carrier-1.0-py3-none-any.whl`` with ``data`` as its `MEMBER`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "carrier-1.0-py3-none-any.whl"
    info = "carrier-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, data)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return Wheel(path, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def only_wheels_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find nothing but what lies in ``folder``."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
