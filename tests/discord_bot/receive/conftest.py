"""Every libopus of this machine, for tests that must pass with each of them."""

from __future__ import annotations

import ctypes

import discord.opus
import pytest

from discord_bot.receive.opus import candidates, load_libopus


def _there() -> dict[str, str]:
    """The path or name of each library that loads, by its version."""
    found: dict[str, str] = {}
    for name, _ in candidates():
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        library.opus_get_version_string.restype = ctypes.c_char_p
        found.setdefault(library.opus_get_version_string().decode(), name)
    return found


LIBRARIES = _there()


@pytest.fixture(params=list(LIBRARIES.values()), ids=list(LIBRARIES))
def opus_library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The loaded library, each of this machine in turn."""
    name: str = request.param
    monkeypatch.setattr(discord.opus, "_lib", discord.opus._lib)  # restored at the end
    load_libopus(name)
    return name
