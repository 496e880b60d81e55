"""Devices for speech to text; CUDA libraries, built by a C compiler under their real names."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ModelUnavailable
from pipeline.inference.devices import (
    choose_at_once,
    choose_compute_type,
    choose_device,
    choose_threads,
    cpu_settings,
    load_cuda_libraries,
    usable_settings,
    whisper_size,
)
from pipeline.settings import SttSettings

COUNT = "ctranslate2.get_cuda_device_count"


def test_a_transcription_leaves_half_of_the_cores_to_the_others() -> None:
    found = [choose_threads(0, cores) for cores in (1, 2, 3, 4, 8, 64)]
    assert found == [1, 1, 1, 2, 4, 4]
    assert choose_threads(3, 2) == 3, "what the settings say"
    assert 1 <= choose_threads(0) <= 4


def test_transcriptions_at_a_time_fill_the_cores_but_not_a_gpu() -> None:
    cores = (1, 2, 4, 8, 64)
    found = [choose_at_once(0, "cpu", choose_threads(0, each), each) for each in cores]
    assert found == [1, 2, 2, 2, 4]
    assert choose_at_once(3, "cpu", 1, 2) == 3, "what the settings say"
    assert choose_at_once(3, "cuda", 1, 8) == 1


def test_auto_suits_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(COUNT, lambda: 0)
    assert choose_device("auto") == "cpu"
    with pytest.raises(ModelUnavailable, match="no CUDA device"):
        choose_device("cuda")
    monkeypatch.setattr(COUNT, lambda: 1)
    assert choose_device("auto") == choose_device("cuda") == "cuda"
    assert choose_device("cpu") == "cpu"
    assert choose_compute_type("auto", "cpu") == "int8"
    assert choose_compute_type("auto", "cuda") == "float16"
    assert choose_compute_type("float32", "cuda") == "float32"


@pytest.mark.parametrize(
    ("settings", "gpus", "size"),
    [
        (SttSettings(), 0, "base"),
        (SttSettings(), 1, "large-v3-turbo"),
        (SttSettings(device="cpu"), 1, "base"),
        # An explicit device that is missing: the Transcriber refuses it.
        (SttSettings(device="cuda"), 0, "large-v3-turbo"),
        (SttSettings(model_size="tiny", device="cuda"), 0, "tiny"),
    ],
)
def test_the_size_that_auto_means_suits_the_device(
    settings: SttSettings, gpus: int, size: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(COUNT, lambda: gpus)
    assert whisper_size(settings) == size


def test_cpu_settings_drop_a_compute_type_that_the_cpu_lacks() -> None:
    assert cpu_settings(SttSettings(compute_type="float16")).compute_type == "auto"
    assert cpu_settings(SttSettings(compute_type="int8")).compute_type == "int8"
    assert cpu_settings(SttSettings(beam_size=3)).beam_size == 3


@pytest.mark.parametrize(
    ("device", "gpus", "missing", "goes_by"),
    [
        ("auto", 0, "no cuBLAS", "auto"),
        ("auto", 1, None, "auto"),
        ("auto", 1, "no cuBLAS", "cpu"),
        ("cuda", 1, "no cuBLAS", "cuda"),
    ],
)
def test_auto_uses_the_cpu_where_cublas_is_missing(
    device: str, gpus: int, missing: str | None, goes_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(COUNT, lambda: gpus)
    monkeypatch.setattr("pipeline.inference.devices.load_cuda_libraries", lambda: missing)
    settings, why = usable_settings(SttSettings.model_validate({"device": device}))
    assert settings.device == goes_by
    assert why == (missing if goes_by == "cpu" else None)


COMPILER = shutil.which("cc") or shutil.which("gcc")
ROOT = Path(__file__).parents[3]

needs_compiler = pytest.mark.skipif(
    COMPILER is None or sys.platform != "linux", reason="needs Linux and a C compiler"
)

# A library stays loaded, so the test loads it in another process.
CODE = """
import ctypes, sys
from pathlib import Path
from pipeline.inference.devices import load_cuda_libraries
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


@needs_compiler
def test_a_loaded_library_is_found_by_its_bare_name(tmp_path: Path) -> None:
    build(tmp_path, "cublas", "libcublasLt.so.12", "int lt(void) { return 41; }")
    code = "int lt(void); int answer(void) { return lt() + 1; }"
    build(tmp_path, "cublas", "libcublas.so.12", code, "libcublasLt.so.12")
    done = load(tmp_path)
    assert (done.stdout.split(), done.returncode) == (["None", "42"], 0), done.stderr


@needs_compiler
def test_a_missing_cublas_is_named_with_what_to_do(tmp_path: Path) -> None:
    done = load(tmp_path)
    if done.returncode == 0 or "AttributeError" in done.stderr:
        pytest.skip("the system has a cuBLAS of its own")
    assert "libcublas.so.12" in done.stdout
    assert "make setup" in done.stdout


@needs_compiler
def test_a_library_that_does_not_load_is_logged(tmp_path: Path) -> None:
    file = tmp_path / "cublas" / "lib" / "libcublas.so.12"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no library at all")
    done = load(tmp_path)
    assert f"{file} does not load" in done.stderr
    assert "ImportError" not in done.stderr


@needs_compiler
def test_missing_nvidia_packages_raise_nothing() -> None:
    load_cuda_libraries([])
