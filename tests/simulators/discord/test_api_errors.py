from __future__ import annotations

from pydantic import ValidationError

from simulators.discord import api_errors
from simulators.discord.commands import Command


def test_every_wrong_field_has_its_place_in_the_answer() -> None:
    body = {"name": "x", "description": "X", "options": [{"type": 3, "name": "Bad"}]}
    try:
        Command.model_validate(body)
    except ValidationError as error:
        refusal = api_errors.invalid_form(error.errors(include_url=False))
    payload = refusal.payload()
    assert payload["code"] == 50035
    option = payload["errors"]["options"]["0"]
    assert "lower-case" in option["name"]["_errors"][0]["message"]
    assert option["description"]["_errors"][0]["code"] == "MISSING"
    assert "options.0.name" in str(refusal)


def test_what_a_correct_bot_may_meet_is_no_fault() -> None:
    assert not api_errors.missing_permissions().fault
    assert not api_errors.unknown(10008, "Message").fault
    assert api_errors.unknown_interaction().fault
    assert api_errors.empty_message().fault
