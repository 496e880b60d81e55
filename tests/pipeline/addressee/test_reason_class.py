"""Each reason has a class, and no class has anything that was said."""

from __future__ import annotations

import pytest

from pipeline.addressee.classifier import Feature
from pipeline.addressee.reason_class import OTHER, reason_class
from pipeline.language.voice_commands import CommandKind


def test_every_feature_and_every_command_has_a_class() -> None:
    for feature in Feature:
        assert reason_class((feature.reason, "although it is a question")) == feature.name.lower()
    for kind in CommandKind:
        assert reason_class((kind.value,)) == "command"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("called by name", "called_by_name"),
        ('called by name, heard as "secret"', "called_by_name"),
        ("it calls Secret, who is here", "calls_another"),
        ("it calls Secret, another agent that answers here", "calls_another"),
        ("the agent itself says that it was meant", "second_opinion"),
        ("it only shows that they are listening", "backchannel"),
        ("a reason of a later version: secret", OTHER),
    ],
)
def test_a_class_holds_no_name_and_no_word(reason: str, expected: str) -> None:
    assert reason_class((reason,)) == expected


def test_without_a_reason_the_class_is_other() -> None:
    assert reason_class(()) == OTHER
