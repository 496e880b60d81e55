"""Opening an ONNX model."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ModelUnavailable
from pipeline.inference.onnx_session import open_session


def test_a_session_runs_in_the_thread_that_calls_it(silero_path: Path) -> None:
    session = open_session(silero_path, "voice")
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert session.get_providers() == ["CPUExecutionProvider"]


def test_a_directory_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="voice: there is no file"):
        open_session(tmp_path, "voice")


def test_the_reason_of_the_runtime_is_passed_on(tmp_path: Path) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"\x00" * 64)
    with pytest.raises(ModelUnavailable, match="does not load") as caught:
        open_session(file, "voice")
    assert caught.value.__cause__ is not None
