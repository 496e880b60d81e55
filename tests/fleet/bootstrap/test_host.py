"""What a machine must have, and what is said of one that has not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.host import probe, read_facts

GOOD = {
    "home": "/home/pi",
    "uid": "1000",
    "system": "Linux",
    "architecture": "aarch64",
    "python": "/usr/bin/python3",
    "version": "Python 3.11.2",
    "any_python": "Python 3.11.2",
    "folder": "/home/pi/node",
    "current": "",
    "near": "/home/pi",
    "writable": "yes",
    "free_kb": "9000000",
    "system_units": "running",
    "user_units": "running",
}


def printed(**changes: str | None) -> str:
    values = {**GOOD, **changes}
    return "".join(f"{name}={value}\n" for name, value in values.items() if value is not None)


def test_the_best_unit_is_chosen() -> None:
    assert read_facts(printed()).service(None) == "user"
    assert read_facts(printed(uid="0")).service(None) == "system"
    assert read_facts(printed(user_units="offline")).service(None) == "none"
    assert read_facts(printed(uid="0", system_units="offline")).service(None) == "none"
    assert read_facts(printed(uid="0")).service("user") == "user"


def test_an_earlier_installation_is_known() -> None:
    facts = read_facts(printed(exists="yes", current="releases/0.1.0-abc", joined="yes"))
    assert (facts.exists, facts.current, facts.joined) == (True, "releases/0.1.0-abc", True)
    assert facts.free_mb == 8789


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system": "FreeBSD"}, "not on FreeBSD"),
        ({"architecture": "armv6l"}, "no packages for the architecture armv6l"),
        ({"python": None, "any_python": "Python 3.9.2"}, "python3 is: Python 3.9.2"),
        ({"missing": "gzip"}, "gzip is missing there"),
        ({"exists": "yes", "foreign": "yes"}, "is no installation of this command"),
        ({"writable": None}, "/home/pi is not writable there"),
        ({"free_kb": "1000000"}, "has 976 MB free there; the packages need 3000 MB"),
        ({"free_kb": "x"}, "has 0 MB free"),
        ({"home": None}, "no usable shell"),
    ],
)
def test_a_machine_that_cannot_be_a_node_is_told_why(
    changes: dict[str, str | None], said: str
) -> None:
    with pytest.raises(BootstrapFailed) as caught:
        read_facts(printed(**changes))
    assert said in str(caught.value)


def test_the_probe_changes_nothing_and_is_understood(tmp_path: Path) -> None:
    script = probe("~/deep/node")
    done = subprocess.run(
        ["sh", "-s"],
        input=f"set -eu\n{script}",
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    assert done.returncode == 0, done.stderr
    assert f"folder={tmp_path}/deep/node\n" in done.stdout
    assert f"near={tmp_path}\n" in done.stdout
    assert list(tmp_path.iterdir()) == []
