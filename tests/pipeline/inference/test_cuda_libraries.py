"""With libraries of the real names, made by a C compiler, where pip puts NVIDIA's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.inference.cuda_libraries import load_cuda_libraries

COMPILER = shutil.which("cc") or shutil.which("gcc")
ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux", reason="needs Linux and a C compiler"
)

# A library that is loaded stays so: this goes on in a process of its own.
CODE = """
import ctypes, sys
from pathlib import Path
from pipeline.inference.cuda_libraries import load_cuda_libraries
print(load_cuda_libraries([Path(sys.argv[1])]))
print(ctypes.CDLL("libcublas.so.12").answer())
"""


def build(folder: Path, package: str, name: str, code: str, *needs: str) -> Path:
    library = folder / package / "lib" / name
    library.parent.mkdir(parents=True, exist_ok=True)
    source = library.with_suffix(".c")
    source.write_text(code)
    assert COMPILER is not None
    command = [COMPILER, "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", str(library), str(source)]
    subprocess.run([*command, *(str(library.parent / need) for need in needs)], check=True)
    return library


def load(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CODE, str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_library_in_a_wheel_is_found_afterwards_by_its_bare_name(tmp_path: Path) -> None:
    build(tmp_path, "cublas", "libcublasLt.so.12", "int lt(void) { return 41; }")
    code = "int lt(void); int answer(void) { return lt() + 1; }"
    build(tmp_path, "cublas", "libcublas.so.12", code, "libcublasLt.so.12")
    done = load(tmp_path)
    assert (done.stdout.split(), done.returncode) == (["None", "42"], 0), done.stderr


def test_without_any_it_is_said_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    done = load(tmp_path)
    if done.returncode == 0 or "AttributeError" in done.stderr:
        pytest.skip("the system has a cuBLAS of its own")
    assert "libcublas.so.12" in done.stdout
    assert "make setup" in done.stdout


def test_a_library_that_does_not_load_is_no_crash(tmp_path: Path) -> None:
    file = tmp_path / "cublas" / "lib" / "libcublas.so.12"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no library at all")
    done = load(tmp_path)
    assert f"{file} does not load" in done.stderr
    assert "ImportError" not in done.stderr


def test_no_package_of_nvidia_is_no_crash() -> None:
    load_cuda_libraries([])
