"""Opening a small ONNX model on the CPU, one thread a call."""

from __future__ import annotations

import os
from pathlib import Path

import onnxruntime as ort

from pipeline.errors import ModelUnavailable


def open_session(path: str | os.PathLike[str], what: str) -> ort.InferenceSession:
    """Load ``path``; ``what`` names the model in errors.

    One thread: these models take 0.07 to 30 ms, and a second thread costs more than it saves
    (two threads on two shared cores: 90 ms at p95 instead of 28).

    Raises:
        ModelUnavailable: the file is missing, or is no model that onnxruntime can run.
    """
    file = Path(path)
    if not file.is_file():
        raise ModelUnavailable(
            f"{what}: there is no file {file}; run `python run.py models fetch` to get it"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own tree has no public base
        raise ModelUnavailable(
            f"{what}: {file} does not load ({error}); delete it and run "
            "`python run.py models fetch` again"
        ) from error
