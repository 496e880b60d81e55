"""What a control plane may set on a machine."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from configuration.schema import dotted
from fleet.desired_state.settings import (
    PROTECTED_BY_DEFAULT,
    DesiredStateSettings,
    protected_problems,
)


@pytest.mark.parametrize("path", PROTECTED_BY_DEFAULT, ids=dotted)
def test_what_may_cost_the_machine_needs_leave_of_the_machine(path: tuple[str, ...]) -> None:
    document: dict[str, object] = {"logging": {"level": "DEBUG"}}
    inner = document
    for name in path[:-1]:
        inner = inner.setdefault(name, {})  # type: ignore[assignment]
    inner[path[-1]] = "x"
    default, allowing = DesiredStateSettings(), DesiredStateSettings(allowed=(dotted(path),))
    (problem,) = protected_problems(document, default.protected_paths)
    assert dotted(path) in str(problem)
    assert protected_problems(document, allowing.protected_paths) == []


def test_only_what_is_protected_by_default_can_be_allowed() -> None:
    with pytest.raises(ValidationError, match="state_dir is not one of those"):
        DesiredStateSettings(allowed=("openclaw.state_dir",))
