from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from openclaw_client import DeviceStoreError, OpenClawConfig
from openclaw_client.device_store import KEY_FILE, TOKENS_FILE, DeviceStore, DeviceToken
from openclaw_client.roles import OPERATOR

URL = "wss://gateway.example"
TOKEN = DeviceToken(token=SecretStr("issued-9d2c"), scopes=OPERATOR.scopes)


@pytest.fixture
def store(tmp_path: Path) -> DeviceStore:
    return DeviceStore(tmp_path / "state")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_for_this_user_alone(store: DeviceStore) -> None:
    key = store.key()
    assert DeviceStore(store.folder).key().id == key.id == store.key().id
    assert mode(store.folder / KEY_FILE) == 0o600
    assert mode(store.folder) == 0o700


def test_nothing_is_written_before_it_is_needed(store: DeviceStore) -> None:
    assert store.token(URL) is None
    store.forget_token(URL)
    assert not store.folder.exists()


def test_tokens_are_kept_by_their_gateway(store: DeviceStore) -> None:
    store.keep_token(URL, TOKEN)
    store.keep_token("wss://other.example", DeviceToken(token=SecretStr("x"), scopes=()))
    again = DeviceStore(store.folder)
    assert again.token(URL) == TOKEN
    assert mode(store.folder / TOKENS_FILE) == 0o600
    again.forget_token(URL)
    assert store.token(URL) is None
    assert store.token("wss://other.example") is not None
    assert [path.name for path in store.folder.iterdir()] == [TOKENS_FILE], "no drafts are left"


def test_a_key_that_others_may_read_is_shut(
    store: DeviceStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.key()
    path = store.folder / KEY_FILE
    path.chmod(0o644)
    DeviceStore(store.folder).key()
    assert mode(path) == 0o600
    assert "open to other users" in caplog.text


def test_of_two_that_make_a_key_at_once_one_is_taken_by_both(
    store: DeviceStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    winner = DeviceStore(store.folder).key()
    monkeypatch.setattr(Path, "exists", lambda path: False)  # looked a moment too early
    assert store.key().id == winner.id


def test_a_damaged_key_is_not_replaced_behind_the_owners_back(store: DeviceStore) -> None:
    store.key()
    path = store.folder / KEY_FILE
    path.write_bytes(b"not a key")
    with pytest.raises(DeviceStoreError, match=r"device-key\.pem holds no device key.*delete it"):
        DeviceStore(store.folder).key()
    assert path.read_bytes() == b"not a key"


def test_damaged_tokens_are_passed_over(
    store: DeviceStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.keep_token(URL, TOKEN)
    path = store.folder / TOKENS_FILE
    path.write_text('{"gateways": {"wss://x": {"token": "issued-9d2c"}}}')
    assert store.token(URL) is None
    assert "passed over" in caplog.text
    assert "issued-9d2c" not in caplog.text
    store.keep_token(URL, TOKEN)
    assert store.token(URL) == TOKEN


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DeviceStoreError, match=r"cannot be used .*openclaw\.state_dir"):
        DeviceStore(tmp_path / "file").key()


def test_whose_folder_it_is(
    state_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DeviceStore.of(OpenClawConfig()).folder == state_home / "openclaw-voice"
    assert DeviceStore.of(OpenClawConfig(state_dir=tmp_path)).folder == tmp_path
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    expected = tmp_path / ".local" / "state" / "openclaw-voice"
    assert DeviceStore.of(OpenClawConfig()).folder == expected


def test_no_token_shows_itself(store: DeviceStore, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    store.keep_token(URL, TOKEN)
    assert "issued-9d2c" not in f"{store.token(URL)!r} {store!r} {vars(store)}" + caplog.text


def test_each_role_has_a_token_of_its_own(tmp_path: Path) -> None:
    store = DeviceStore(tmp_path)
    nodes = DeviceToken(token=SecretStr("for-the-node"), scopes=())
    store.keep_token(URL, TOKEN)
    store.keep_token(URL, nodes, "node")
    again = DeviceStore(tmp_path)
    assert (again.token(URL), again.token(URL, "node")) == (TOKEN, nodes)
    again.forget_token(URL, "node")
    assert (store.token(URL), store.token(URL, "node")) == (TOKEN, None)
