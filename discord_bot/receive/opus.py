"""Finds and loads libopus, also on a machine without a system library.

discord.py uses only ``ctypes.util.find_library``, and fails only at the first frame. That function
finds nothing on a slim image and, on musl or Nix, not even an installed library. This search also
covers the library in PyAV's wheel, and runs at start.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import discord.opus

from discord_bot.receive.errors import OpusNotFound

_SONAMES: Final = ("libopus.so.0", "libopus.0.dylib")
_IN_PYAV_WHEEL: Final = (
    ("av.libs", "libopus*"),  # Linux and Windows: beside the package
    ("av/.dylibs", "libopus*"),  # macOS: inside it
)


def load_libopus(path: str | None = None) -> str:
    """Load libopus for this process, once; returns a description of the library for the log.

    A configured ``path`` is never replaced by another library.

    Raises:
        OpusNotFound: the text lists everything that was tried, and says what to do.
    """
    if path:
        return _load_configured(path)
    if discord.opus.is_loaded():
        return _describe("already loaded")
    if discord.opus._load_default():
        return _describe("the system's")
    tried = ["the system's library search"]
    for name, origin in candidates():
        tried.append(name)
        if _try(name) is None:
            return _describe(origin)
    raise OpusNotFound(
        f"libopus was not found (tried: {', '.join(tried)}). Install it (Debian: apt install "
        "libopus0, macOS: brew install opus), or reinstall the PyAV wheel that carries one "
        "(pip install --force-reinstall av), or set the path of a libopus in the settings."
    )


def libopus() -> ctypes.CDLL:
    """The loaded library; loads one by the default search if there is none yet.

    Raises:
        OpusNotFound: see `load_libopus`.
    """
    if not discord.opus.is_loaded():
        load_libopus()
    library: ctypes.CDLL = discord.opus._lib
    return library


def _load_configured(path: str) -> str:
    reason = _try(path)
    if reason is not None:
        raise OpusNotFound(
            f"The libopus set in the settings, {path!r}, cannot be loaded: {reason}. "
            "Correct the path, or remove the setting to let the bot search."
        )
    return _describe("set in the settings")


def candidates() -> Iterator[tuple[str, str]]:
    """The places of the search, in order: a name to load, and its origin.

    Files in wheels exist; a system library may not.
    """
    for soname in _SONAMES:
        yield soname, "the system's"
    spec = importlib.util.find_spec("av")  # finds the wheel without importing all of FFmpeg
    for place in (spec.submodule_search_locations or []) if spec else []:
        for folder, pattern in _IN_PYAV_WHEEL:
            for found in sorted(Path(place).parent.joinpath(folder).glob(pattern)):
                yield str(found), "from the PyAV wheel"


def _try(name: str) -> str | None:
    """Load one library; returns why that failed, or None."""
    try:
        discord.opus.load_opus(name)
    except (OSError, AttributeError) as e:  # missing or not loadable; not libopus
        return str(e)
    return None


def _describe(origin: str) -> str:
    name = Path(libopus()._name).name
    version: bytes = libopus().opus_get_version_string()
    return f"{version.decode()} ({name}, {origin}, {sys.platform})"
