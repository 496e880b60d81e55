from __future__ import annotations

import pytest

from network.hosts import checked_host
from server.settings import ServerSettings


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
    with pytest.raises(ValueError, match="is no "):
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
