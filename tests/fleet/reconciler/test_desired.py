"""The file of what a Gateway should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.reconciler.desired import __doc__ as example
from fleet.reconciler.desired import read_desired
from fleet.reconciler.errors import DesiredFileUnusable


def test_the_example_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text((example or "").partition("\n\n")[2])
    desired = read_desired(file)
    assert desired.config["tools"] == {"alsoAllow": ["openclaw-voice"]}
    assert desired.replace == ("tools.alsoAllow",)
    (job,) = desired.cron
    params = job.params("box:good-night")
    assert params["declarationKey"] == "box:good-night"
    assert (params["agentId"], params["wakeMode"]) == ("jarvis", "now")


def test_an_empty_file_wants_nothing(tmp_path: Path) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text("# nothing yet\n")
    assert read_desired(file).config == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("config: [1]", "config: Input should be a valid dictionary"),
        ("confg: {}", "confg: Extra inputs are not permitted"),
        ("config: {a: 1", "line"),
        ("cron: []\nconfig: {}\ncron: []", "the key 'cron' on line 3 is already on line 1"),
        ("cron: [{name: a b, schedule: {}, payload: {}}]", "cron.0.name"),
        ("cron: [{name: a, schedule: {}}]", "cron.0.payload: Field required"),
        ("cron: [{name: a, schedule: {}, payload: {}, id: x}]", "declarationKey and id"),
        (
            "cron: [{name: a, schedule: {}, payload: {}}, {name: a, schedule: {}, payload: {}}]",
            "come twice: a",
        ),
    ],
)
def test_a_wrong_file_is_refused_by_its_place(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "gateway.yaml"
    file.write_text(text)
    with pytest.raises(DesiredFileUnusable) as refused:
        read_desired(file)
    assert words in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DesiredFileUnusable, match="No such file"):
        read_desired(tmp_path / "none.yaml")
