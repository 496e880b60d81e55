from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.configuration.example import Example, Gateway


def test_the_environment_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY", '{"base_url": "ws://elsewhere"}')
    monkeypatch.setenv("PIPELINE", "not even JSON")
    assert Example().gateway.base_url == "ws://127.0.0.1:1"


def test_arguments_go_over_the_defaults() -> None:
    assert Example(gateway=Gateway(base_url="ws://there")).gateway.base_url == "ws://there"
    assert Example.model_validate({"pipeline": {"quiet": True}}).pipeline.quiet


def test_what_is_no_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Example.model_validate({"colour": "red"})
