from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest

from configuration.errors import SettingsError
from network.environment import canonical, problems
from network.proxies import proxy_for
from server.settings import TtsSettings
from server.synthesis.client import HttpSynthesizer
from settings import load_settings
from tests.network.proxy_servers import socks5
from tests.server.sounds import pcm
from tests.server.synthesis.speaking import said
from tests.server.synthesis.speech_server import Reply, SpeechServer

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("settings.HOME", tmp_path)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
@pytest.mark.parametrize(
    "value", ["garbage:x:y", "http://", "://x", "socks4://box:1", "http://box:notaport", "ftp://x",
              "http://a b:1", "http://box:99999", "http://::1:3128", "localhost:3128#x"],
)  # fmt: skip
def test_a_proxy_that_no_client_takes_is_refused_with_its_place(name: str, value: str) -> None:
    [problem] = problems({name: value})
    assert problem.where == f"environment variable {name}"
    assert value in problem.details[0]
    assert "socks5://" in problem.details[1]


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("proxy:3128", "http://proxy:3128"),
        ("http://proxy:3128/", "http://proxy:3128"),
        (" “http://proxy:3128” ", "http://proxy:3128"),
        ("socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"),
        ("SOCKS5H://[::1]:1080", "socks5h://[::1]:1080"),
        ("http://me:p@ss@proxy:1", "http://me:p%40ss@proxy:1"),
    ],
)
def test_a_proxy_is_put_into_the_form_that_every_client_takes(
    value: str, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    load_settings()
    assert proxy_for("https://discord.com") == taken
    httpx.AsyncClient()  # reads the variable itself


def test_the_password_of_a_proxy_is_not_shown() -> None:
    for value in ("http://me:hunter2@box:x", "http://me:hun#ter2@box", "me:hunter2@box:x:y"):
        assert "ter2" not in str(problems({"HTTP_PROXY": value}))


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("localhost,127.0.0.1,::1", "localhost,127.0.0.1,::1"),
        ("fd00::/8", ""),
        ("fd00::/8,10.0.0.0/8", "fd00::5,10.1.2.3"),
        ("[fd00::]/8", "fd00::5"),
        ("[::1], [fd00::1]:8880", "::1,fd00::1"),
        ("::ffff:0:0/96 .example.org *.Example.org", ".example.org,*.example.org"),
        ("box:8880,*", "box:8880,*"),
        ("http://box", "box"),
        (".ä.example", ".xn--4ca.example"),
    ],
)
def test_no_proxy_is_put_into_the_form_that_every_client_takes(
    value: str, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ("box", *(("fd00::5", "10.1.2.3") if taken else ()))
    changed, told = canonical({"NO_PROXY": value}, hosts)
    assert changed.get("NO_PROXY", value) == taken
    assert told == []
    monkeypatch.setenv("NO_PROXY", taken)
    httpx.AsyncClient()


@pytest.mark.parametrize("entry", ["<local>", "http://x:yy", "a/b", "fd00::/999", "10.*"])
def test_what_no_client_understands_in_no_proxy_is_left_out_and_told(
    entry: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", f"box,{entry}")
    told: list[str] = []
    load_settings(on_notice=told.append)
    assert told == [f"environment variable NO_PROXY: left out {entry}"]
    httpx.AsyncClient()


def test_a_host_of_the_settings_in_a_network_of_no_proxy_needs_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "fd00::/8,192.168.0.0/16")
    monkeypatch.setenv("TTS_URL", "http://[fd00::7]:8880")
    monkeypatch.setenv("OPENCLAW_BASE_URL", "http://192.168.3.4:18789")
    load_settings()
    assert proxy_for("http://[fd00::7]:8880") is None
    assert proxy_for("http://192.168.3.4:18789") is None
    assert proxy_for("http://192.168.3.5") == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("SSL_CERT_FILE", None, "cannot be read"),
        ("SSL_CERT_FILE", "no certificate", "holds no certificate"),
        ("SSL_CERT_DIR", None, "no such folder"),
        ("SSL_CERT_DIR", "a file", "no such folder"),
        ("SSLKEYLOGFILE", None, "cannot be written"),
    ],
)
def test_certificates_that_are_not_there_are_refused(
    name: str, content: str | None, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "file"
    if content is not None:
        path.parent.mkdir()
        path.write_text(content)
    [problem] = problems({name: str(path)})
    assert problem.where == f"environment variable {name}"
    assert str(path) in problem.details[0]
    assert complaint in problem.details[2]


def test_certificates_that_are_there_are_taken(tmp_path: Path) -> None:
    known = ssl.get_default_verify_paths()
    file = known.cafile or known.openssl_cafile
    environ = {
        "SSL_CERT_DIR": f"{tmp_path / 'no'}:{tmp_path}",
        "SSLKEYLOGFILE": str(tmp_path / "k"),
    }
    if Path(file).is_file():
        environ["SSL_CERT_FILE"] = file
    assert problems(environ) == []


@pytest.mark.parametrize("value", ["huggingface.co", "http://hub:x", "https://hub/#"])
def test_the_hub_is_an_address(value: str) -> None:
    [problem] = problems({"HF_ENDPOINT": value})
    assert "environment variable HF_ENDPOINT" in problem.where


def test_the_hubs_key_can_be_sent_or_is_refused_unseen() -> None:
    assert canonical({"HF_TOKEN": "“hf_abc”"}) == ({"HF_TOKEN": "hf_abc"}, [])
    assert "hunter" not in str(problems({"HF_TOKEN": "hunter’2"}))
    assert problems({"HF_TOKEN": "hunter’2"}) != []


def test_nothing_given_is_nothing_wrong() -> None:
    environ = dict.fromkeys((*PROXIES, "SSL_CERT_FILE", "HF_ENDPOINT", "SSLKEYLOGFILE"), "")
    assert problems(environ) == []
    assert canonical(environ) == ({}, [])


def test_a_wrong_variable_is_told_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks4://box:1")
    monkeypatch.setenv("SERVER_PORT", "x")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "environment variable ALL_PROXY" in str(refused.value)
    assert "environment variable SERVER_PORT" in str(refused.value)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
async def test_speech_comes_through_a_socks_proxy(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = Reply([pcm(24_000)])
    async with SpeechServer(lambda _: reply) as server:
        port = int(server.url.rpartition(":")[2])
        async with socks5(port) as proxy:
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{proxy.port}")
            settings = TtsSettings(url="http://192.0.2.1:8880")
            async with HttpSynthesizer(settings) as synthesizer:
                assert (await said(synthesizer)).size
    assert proxy.asked_for
