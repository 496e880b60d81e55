"""ONNX models, loaded the way this house runs them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import onnxruntime

from models.errors import LoadFailed

_ERRORS_ONLY: Final = 3


def session(path: Path) -> onnxruntime.InferenceSession:
    """An inference session on the CPU with one thread: models this small are slower with more.

    Raises:
        LoadFailed: the file is missing, or onnxruntime does not take it.
    """
    if not path.is_file():
        raise LoadFailed(f"there is no model at {path}: run `python run.py models fetch`")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(
            str(path), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:
        # Its fifteen errors share no base but Exception.
        raise LoadFailed(
            f"onnxruntime does not take {path} ({type(error).__name__}: {error}): "
            "run `python run.py models verify`"
        ) from error
