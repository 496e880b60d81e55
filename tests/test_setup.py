"""scripts/setup.sh: what it has uv install, with a uv and a driver that only say that they ran."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CUBLAS = Path(".venv/lib/python3.12/site-packages/nvidia/cublas")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout, and a folder for PATH with a uv that writes its arguments down."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    program(tmp_path, "uv", 'echo "$@" > asked')
    return tmp_path


def program(clone: Path, name: str, code: str) -> None:
    file = clone / "bin" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{code}\n")
    file.chmod(0o755)


def set_up(clone: Path, mode: str, *, gpu: str | None = None) -> str:
    """What uv was asked for."""
    environ = {name: value for name, value in os.environ.items() if name != "GPU"}
    environ["PATH"] = f"{clone / 'bin'}{os.pathsep}{environ['PATH']}"
    if gpu is not None:
        environ["GPU"] = gpu
    script = str(clone / "scripts" / "setup.sh")
    subprocess.run(["sh", script, mode], env=environ, check=True, capture_output=True)
    return (clone / "asked").read_text()


@pytest.fixture
def driver(clone: Path) -> None:
    program(clone, "nvidia-smi", "echo GPU 0: one")


@pytest.fixture
def cublas(clone: Path) -> None:
    (clone / CUBLAS).mkdir(parents=True)


@pytest.mark.usefixtures("driver")
def test_what_a_gpu_needs_comes_with_make_setup_where_there_is_a_driver(clone: Path) -> None:
    assert "--group gpu" in set_up(clone, "run", gpu="auto")
    assert "--group gpu" not in set_up(clone, "run")
    assert "--group gpu" not in set_up(clone, "run", gpu="0")


@pytest.mark.usefixtures("cublas")
@pytest.mark.parametrize("mode", ["run", "dev", "bench"])
def test_what_a_gpu_needs_is_kept_by_every_target(mode: str, clone: Path) -> None:
    assert "--group gpu" in set_up(clone, mode)
    assert "--group gpu" in set_up(clone, mode, gpu="auto")
    assert "--group gpu" not in set_up(clone, mode, gpu="0")


def test_it_can_be_asked_for_without_a_driver(clone: Path) -> None:
    asked = set_up(clone, "run", gpu="1")
    assert "--group gpu" in asked
    assert "--frozen --no-dev" in asked


def test_another_word_is_refused(clone: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        set_up(clone, "run", gpu="yes please")
    assert not (clone / "asked").exists()


def test_the_makefile_has_the_readmes_targets_and_none_needs_another_first(tmp_path: Path) -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("there is no make here")
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for target in ("setup", "doctor", "run", "demo", "test"):
        planned = subprocess.run(
            [make, "-n", target], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        assert "scripts/setup.sh" in planned, target
