from __future__ import annotations

import pytest

from server.transcription.languages import language_code, language_name


@pytest.mark.parametrize(
    ("text", "code"),
    [("en", "en"), ("English", "en"), ("en-US", "en"), ("pt_BR", "pt"), (" DE ", "de"), ("", "")],
)
def test_names_and_tags_become_codes(text: str, code: str) -> None:
    assert language_code(text) == code


def test_codes_become_names() -> None:
    assert language_name("de") == "german"
    assert language_name("yue") == "cantonese"
    assert language_name("xx") == "xx"
