"""Where a token may travel in the clear."""

from __future__ import annotations

import pytest

from openclaw_client.transport.addresses import is_private_host


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.17.0.2",
        "192.168.0.9",
        "169.254.1.1",
        "100.64.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:192.168.0.9",
    ],
)
def test_this_machine_and_private_networks(host: str) -> None:
    assert is_private_host(host) is True


@pytest.mark.parametrize("host", ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_public_internet(host: str) -> None:
    assert is_private_host(host) is False


@pytest.mark.parametrize("host", ["gateway", "gateway.example.org", "127.0.0.1.example.org", ""])
def test_a_name_is_not_judged_by_its_looks(host: str) -> None:
    assert is_private_host(host) is None
