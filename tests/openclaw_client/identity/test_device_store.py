from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from openclaw_client import DeviceStoreError, OpenClawConfig
from openclaw_client.identity.device_store import KEY_FILE, TOKENS_FILE, DeviceStore, DeviceToken
from openclaw_client.protocol.handshake import OPERATOR
from tests.state.limits import no_more_files

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
    assert "other users of this machine could read" in caplog.text


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


def test_damaged_tokens_are_put_aside(store: DeviceStore, caplog: pytest.LogCaptureFixture) -> None:
    store.keep_token(URL, TOKEN)
    path = store.folder / TOKENS_FILE
    path.write_text('{"gateways": {"wss://x": {"token": "issued-9d2c"}}}')
    assert store.token(URL) is None
    assert "put aside" in caplog.text
    assert "issued-9d2c" not in caplog.text
    store.keep_token(URL, TOKEN)
    assert store.token(URL) == TOKEN


@pytest.mark.parametrize(
    "content", [b"\xff\xfe{}", b"", b"[]", b'{"version": 2}', b'{"gateways": {']
)
def test_tokens_of_any_other_shape_do_not_end_the_connection(
    store: DeviceStore, content: bytes
) -> None:
    store.keep_token(URL, TOKEN)
    path = store.folder / TOKENS_FILE
    path.write_bytes(content)
    assert store.token(URL) is None
    (aside,) = store.folder.glob(f"{TOKENS_FILE}.broken-*")
    assert aside.read_bytes() == content
    store.keep_token(URL, TOKEN)
    assert DeviceStore(store.folder).token(URL) == TOKEN


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_key_of_any_other_shape_is_for_its_owner_to_mend(
    store: DeviceStore, content: bytes
) -> None:
    store.key()
    path = store.folder / KEY_FILE
    path.write_bytes(content)
    with pytest.raises(DeviceStoreError, match="holds no device key") as told:
        DeviceStore(store.folder).key()
    assert told.value.final
    assert path.read_bytes() == content


def test_a_key_that_cannot_be_opened_at_present_may_be_asked_for_again(store: DeviceStore) -> None:
    key = store.key()
    again = DeviceStore(store.folder)
    with no_more_files(), pytest.raises(DeviceStoreError) as told:
        again.key()
    assert not told.value.final
    assert again.key().id == key.id


def test_in_a_folder_that_takes_nothing_key_and_tokens_last_as_long_as_the_bot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    store = DeviceStore(tmp_path / "file")
    assert store.key().id == store.key().id
    assert "openclaw.state_dir" in caplog.text
    for number in range(20):
        store.keep_token(URL, DeviceToken(token=SecretStr(f"token-{number}"), scopes=()))
    store.keep_token(URL, TOKEN)
    assert store.token(URL) == TOKEN
    assert len(caplog.messages) < 8, "told, and not at each attempt"
    store.forget_token(URL)
    assert store.token(URL) is None


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
