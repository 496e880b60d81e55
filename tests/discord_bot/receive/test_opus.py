from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import discord.opus
import pytest

from discord_bot.receive import opus
from discord_bot.receive.errors import OpusNotFound
from discord_bot.receive.opus import libopus, load_libopus


@pytest.fixture(autouse=True)
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = discord.opus._lib
    gc.collect()  # discord.py's encoders of other tests: without a library they cannot be freed
    monkeypatch.setattr(discord.opus, "_lib", None)
    yield
    discord.opus._lib = before


@pytest.fixture
def no_system_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.opus, "_load_default", lambda: False)
    monkeypatch.setattr(opus, "_SONAMES", ("libopus-that-nobody-has.so.0",))


@pytest.mark.usefixtures("no_system_library")
def test_a_machine_without_libopus_gets_the_one_in_the_pyav_wheel() -> None:
    told = load_libopus()
    assert told.startswith("libopus 1.")
    assert "PyAV" in told
    assert discord.opus.is_loaded()


def test_it_is_loaded_once() -> None:
    load_libopus()
    library = libopus()
    assert "already loaded" in load_libopus()
    assert libopus() is library


@pytest.mark.usefixtures("no_system_library")
def test_a_configured_library_is_taken() -> None:
    load_libopus()
    path = libopus()._name
    assert "settings" in load_libopus(path)


def test_a_configured_library_is_never_replaced_by_another(tmp_path: Path) -> None:
    missing = str(tmp_path / "libopus.so")
    with pytest.raises(OpusNotFound, match=r"libopus\.so.*Correct the path"):
        load_libopus(missing)
    assert not discord.opus.is_loaded()


def test_a_configured_file_that_is_no_libopus_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "libopus.so"
    wrong.write_bytes(b"not a library")
    with pytest.raises(OpusNotFound):
        load_libopus(str(wrong))


@pytest.mark.usefixtures("no_system_library")
def test_when_there_is_none_the_error_says_what_was_tried_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opus, "_IN_PYAV_WHEEL", ())
    with pytest.raises(OpusNotFound) as failure:
        load_libopus()
    text = str(failure.value)
    assert "libopus-that-nobody-has.so.0" in text
    assert "apt install libopus0" in text


def test_the_first_use_loads_it() -> None:
    assert libopus().opus_get_version_string().startswith(b"libopus")
