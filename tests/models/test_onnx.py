from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.errors import LoadFailed
from models.onnx import session
from models.registry import SILERO_VAD


def test_a_real_model_loads_and_runs_with_one_thread() -> None:
    path = SILERO_VAD.sources[0].locate()
    assert path is not None
    vad = session(path)
    assert vad.get_providers() == ["CPUExecutionProvider"]
    options = vad.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    feeds = {
        "input": np.zeros((1, 576), np.float32),
        "state": np.zeros((2, 1, 128), np.float32),
        "sr": np.array(16000, np.int64),
    }
    names = {node.name for node in vad.get_inputs()}
    probability, _ = vad.run(None, {name: feeds[name] for name in names})
    assert 0.0 <= float(probability[0, 0]) < 0.1


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(LoadFailed, match=r"broken\.onnx.*models verify"):
        session(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LoadFailed, match=r"no model at .*none\.onnx"):
        session(tmp_path / "none.onnx")
