"""Which machine is meant."""

from __future__ import annotations

import pytest

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.target import Target, parse_target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("box2", Target("box2")),
        ("pi@box2.local", Target("box2.local", "pi")),
        ("pi@10.0.0.5:2222", Target("10.0.0.5", "pi", 2222)),
        ("ssh://pi@box2:22/", Target("box2", "pi", 22)),
        ("pi@[fe80::1%eth0]:22", Target("fe80::1%eth0", "pi", 22)),
        (" pi@box2 ", Target("box2", "pi")),
    ],
)
def test_a_machine(text: str, target: Target) -> None:
    assert parse_target(text) == target
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@box",
        "pi@",
        "-oProxyCommand=x",
        "pi@-box",
        "a b@c",
        "pi@box:0",
        "pi@box:70000",
        "x" * 900,
    ],
)
def test_no_machine(text: str) -> None:
    with pytest.raises(BootstrapFailed):
        parse_target(text)
