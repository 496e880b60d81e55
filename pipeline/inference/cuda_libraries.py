"""The libraries that CTranslate2 works on an NVIDIA GPU with, found where pip puts them.

CTranslate2 loads cuBLAS by its bare name at the first product on the GPU, and its own search path
ends beside itself: what pip installed into ``nvidia/cublas/lib`` is not on it. A library of that
name that is loaded already is taken, so they are loaded here before.
"""

from __future__ import annotations

import ctypes
import importlib.util
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

log = logging.getLogger(__name__)

_CUBLAS: Final = "libcublas.so.12"
_LIBRARIES: Final = (
    ("cuda_nvrtc", "libnvrtc.so.12"),
    ("cublas", "libcublasLt.so.12"),
    ("cublas", _CUBLAS),
)
"""The folder of the package, and the library; each after those that it needs itself."""


def load_cuda_libraries(folders: Sequence[Path] | None = None) -> str | None:
    """Load what is installed; why CTranslate2 could not work on a GPU afterwards, or None.

    ``folders`` stand in for those of the installed ``nvidia`` packages. Without them the system's
    own cuBLAS may do. On other systems than Linux nothing is done.
    """
    if sys.platform != "linux":
        return None
    for folder in _installed() if folders is None else folders:
        for package, name in _LIBRARIES:
            file = folder / package / "lib" / name
            if file.is_file():
                _load(file)
    try:
        ctypes.CDLL(_CUBLAS, mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        return f"cuBLAS 12 does not load ({error}); `make setup` installs it"
    return None


def _installed() -> list[Path]:
    # A namespace package: each of NVIDIA's wheels puts a folder of its own into it.
    spec = importlib.util.find_spec("nvidia")
    return [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []


def _load(file: Path) -> None:
    try:
        ctypes.CDLL(str(file), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        log.warning("%s does not load: %s", file, error)
