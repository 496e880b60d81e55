"""The addresses that settings take are those that no client fails at."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.uri import parse_uri

from models.settings import ModelsSettings
from network.addresses import checked_host, checked_url
from openclaw_client.settings import OpenClawConfig
from server.settings import ServerSettings, TtsSettings

HTTP = ("http", "https")
TEXT = st.text(alphabet="ab1:/.[]@%#? \\-_ü☃\u200b“\"'~8", max_size=24)


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("Box", "box"),
        ("kokoro_tts", "kokoro_tts"),
        ("a-b.example.org.", "a-b.example.org."),
        ("10.0.0.5", "10.0.0.5"),
        ("１０.0.0.5", "10.0.0.5"),
        ("::1", "::1"),
        ("[FD00::1]", "fd00::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("faß.de", "xn--fa-hia.de"),
    ],
)
def test_hosts(given: str, host: str) -> None:
    assert checked_host(given) == host


@pytest.mark.parametrize(
    "given",
    ["", ".", "a..b", "-a", "a-", "a b", "a/b", "a" * 64, ".".join(["a" * 60] * 5), "256.1.1.1",
     "127.1", "1.2.3.4.5", "0x7f.1", "8880", "[::1", "::1::", "[v1.a]", "☃..net", "a\x00b", "a%31"],
)  # fmt: skip
def test_what_is_no_host(given: str) -> None:
    with pytest.raises(ValueError, match="is not "):
        checked_host(given)


@pytest.mark.parametrize(
    ("given", "host"),
    [("0.0.0.0", "0.0.0.0"), ("[::]", "::"), (" localhost\u200b", "localhost"), ("“::1”", "::1")],
)
def test_where_our_server_listens(given: str, host: str) -> None:
    assert ServerSettings(host=given).host == host


@pytest.mark.parametrize("given", ["http://0.0.0.0", "0.0.0.0:8090", "*", "a b", "[::]:8090", ""])
def test_where_it_cannot_listen(given: str) -> None:
    with pytest.raises(ValueError, match=r"host"):
        ServerSettings(host=given)


def http(url: str) -> str:
    return checked_url(url, HTTP, "http://gpu-box:8880", login=True)


@pytest.mark.parametrize(
    ("given_", "url"),
    [
        ("http://box", "http://box"),
        ("HTTP://Box:8880/V1/", "http://box:8880/V1"),
        ("http://box:", "http://box"),
        ("http://box:0080", "http://box:80"),
        ("http://box///", "http://box"),
        (" “http://box:8880” \ufeff", "http://box:8880"),
        ("'http://box'", "http://box"),
        ("http://bo\u200bx:8880\u200e", "http://box:8880"),
        ("http://[FD00::1]:8880", "http://[fd00::1]:8880"),
        ("http://[fe80::1%eth0]", "http://[fe80::1%eth0]"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("http://me:p@ss@box", "http://me:p%40ss@box"),
        ("http://me:%40@box/a%20b", "http://me:%40@box/a%20b"),
    ],
)
def test_addresses_in_the_form_that_clients_take(given_: str, url: str) -> None:
    assert http(given_) == url
    assert http(url) == url


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("", "must look like http://gpu-box:8880"),
        ("box:8880", "did you mean http://box:8880?"),
        ("8880", "did you mean http://127.0.0.1:8880?"),
        ("//box:8880", "did you mean http://box:8880?"),
        ("htp://box", "begin with http:// or https://"),
        ("ftp://box", "begin with http:// or https://"),
        ("http:box", "must look like"),
        ("http:/box", "must look like"),
        ("http://", "names no host"),
        ("http:///v1", "names no host"),
        ("http://:8880", "names no host"),
        ("http://box:notaport", "'notaport' is not a port"),
        ("http://box:99999", "'99999' is not a port"),
        ("http://box:0", "'0' is not a port"),
        ("http://box:-1", "'-1' is not a port"),
        ("http://box:８０", "is not a port"),
        ("http://box:8880:8881", "IPv6 address stands in brackets"),
        ("http://fd00::1", "IPv6 address stands in brackets"),
        ("http://::1:8880/v1", "IPv6 address stands in brackets"),
        ("http://[::1", "IPv6 address stands in brackets"),
        ("http://[::1]8880", "IPv6 address stands in brackets"),
        ("http://[::g]", "is not an IPv6 address"),
        ("http://999.1.1.1", "is not an IPv4 address"),
        ("http://box/#", "after a ? or #"),
        ("http://box/v1#top", "after a ? or #"),
        ("http://box?key=1", "after a ? or #"),
        ("http://a b:8880", r"U\+0020 (space), character 9"),
        ("http://box/a\tb", r"U\+0009"),
        ("http://box\x00", r"U\+0000 (a control character)"),
        ("http://a\\b", "reverse solidus"),
        ("http://<box>", "less-than sign"),
        ("http://bo“x", "is not the name of a host"),
    ],
)
def test_what_is_no_address_is_refused_with_why(wrong: str, complaint: str) -> None:
    complaint = complaint.replace("(", r"\(").replace(")", r"\)").replace("?", r"\?")
    with pytest.raises(ValueError, match=complaint):
        http(wrong)


@pytest.mark.parametrize("url", ["me:hunter2@box", "http://me:hun/ter2@box", "http://me:hunter2@"])
def test_a_password_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - what it says varies
        http(url)
    assert "ter2" not in str(refused.value)


def test_every_setting_that_is_an_address_takes_this_type() -> None:
    assert TtsSettings(url="http://box/#v1".partition("#")[0]).url == "http://box"
    assert ModelsSettings(hub_url="HTTPS://Mirror/").hub_url == "https://mirror"
    assert OpenClawConfig(base_url="ws://Box:1/").base_url == "ws://box:1"
    for make in (
        lambda: TtsSettings(url="http://box:x"),
        lambda: ModelsSettings(hub_url="http://box:x"),
        lambda: OpenClawConfig(base_url="http://box:x"),
    ):
        with pytest.raises(ValueError, match="'x' is not a port"):
            make()


@settings(max_examples=600, deadline=None)
@given(TEXT)
def test_no_client_fails_at_an_address_that_was_taken(text: str) -> None:
    try:
        url = http(f"http://{text}")
    except ValueError:
        return
    httpx.URL(url)
    httpx.AsyncClient(base_url=url, trust_env=False)
    if "@" not in url:  # the Gateway's address holds no login
        parse_uri(url.replace("http", "ws", 1))
    assert http(url) == url
