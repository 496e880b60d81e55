from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from server.protection.errors import KeysUnusable
from server.protection.keys import KeyFile, KeyRing


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "state" / "speech-keys.json")


def later(monkeypatch: pytest.MonkeyPatch, seconds: float = 2.0) -> None:
    now = time.monotonic() + seconds
    monkeypatch.setattr("server.protection.keys.time.monotonic", lambda: now)


def test_a_key_opens_and_its_file_does_not_tell_it(file: KeyFile) -> None:
    key = file.add("laptop")
    assert KeyRing(file).name_of(key) == "laptop"
    assert key not in file.path.read_text()
    assert len(key) > 40
    if os.name == "posix":
        assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wrong", ["", "ocv-", "é", "x" * 10_000, "ocv-" + "A" * 43])
def test_any_other_key_does_not(file: KeyFile, wrong: str) -> None:
    file.add("laptop")
    assert KeyRing(file).name_of(wrong) is None


def test_several_keys_have_their_names(file: KeyFile) -> None:
    keys = {name: file.add(name) for name in ("laptop", "ci.server_2", "a-b")}
    ring = KeyRing(file, own="of the bot")
    assert {name: ring.name_of(key) for name, key in keys.items()} == {name: name for name in keys}
    assert ring.name_of("of the bot") == "bot"
    assert list(file.created()) == ["a-b", "ci.server_2", "laptop"]


def test_without_any_key_the_ring_is_empty(file: KeyFile) -> None:
    assert not KeyRing(file)
    assert not KeyRing()
    assert KeyRing(own="x")


@pytest.mark.parametrize("name", ["", "-x", "two words", "../x", "x" * 65, "a\nb"])
def test_a_bad_name_is_refused_with_the_rule(file: KeyFile, name: str) -> None:
    with pytest.raises(KeysUnusable, match="letters, digits"):
        file.add(name)
    assert not file.path.exists()


def test_a_name_is_given_once_and_an_unknown_one_cannot_be_removed(file: KeyFile) -> None:
    file.add("laptop")
    with pytest.raises(KeysUnusable, match="already"):
        file.add("laptop")
    with pytest.raises(KeysUnusable, match="there are: laptop"):
        file.remove("desktop")


def test_a_running_server_learns_of_new_and_of_removed_keys(
    file: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = file.add("first")
    ring = KeyRing(file)
    second = file.add("second")
    file.remove("first")
    assert ring.name_of(first) == "first"
    later(monkeypatch)
    assert ring.name_of(first) is None
    assert ring.name_of(second) == "second"


def test_a_running_server_never_opens_itself(
    file: KeyFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = file.add("only")
    ring = KeyRing(file)
    file.remove("only")
    later(monkeypatch)
    assert ring
    assert ring.name_of(key) is None
    assert "no keys now" in caplog.text


@pytest.mark.parametrize("content", ["", "{", "[]", '{"keys": {"x": {"sha256": "no"}}}'])
def test_a_broken_file_is_an_error_and_stays(
    file: KeyFile, content: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = file.add("laptop")
    ring = KeyRing(file)
    file.path.write_text(content)
    for use in (file.created, file.digests, lambda: file.add("x"), lambda: KeyRing(file)):
        with pytest.raises(KeysUnusable, match=r"speech-keys\.json.*keys add"):
            use()
    assert file.path.read_text() == content
    later(monkeypatch)
    assert ring.name_of(key) == "laptop"
    assert "stay as they were" in caplog.text
