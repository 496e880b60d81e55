"""Each fault that a catalogue can have is found."""

from __future__ import annotations

import pytest
from babel.messages import Catalog

from translations.check import problems
from translations.source_texts import SourceText

TEXT = SourceText("Use `/join` in **{channel}**.", "a.py", 1)
PLURAL = SourceText("{count} day", "a.py", 2, many="{count} days")
OPTION = SourceText("channel", "a.py", 3, context="option")


def faults(string: str, text: SourceText = TEXT, **options: object) -> list[str]:
    catalog = Catalog(locale="de")
    catalog.add(text.text, string, context=text.context, **options)  # type: ignore[arg-type]
    return list(problems(catalog, [text]))


def test_a_right_translation_has_none() -> None:
    assert faults("In **{channel}** hilft `/join`.") == []
    assert faults("kanal", OPTION) == []


@pytest.mark.parametrize(
    ("string", "fault"),
    [
        ("", "not translated"),
        ("Nimm `/join` in **dem Kanal**.", "lacks the placeholder channel"),
        ("Nimm `/join` in **{kanal}**.", "unknown placeholder kanal"),
        ("Nimm `/join` in **{channel}** {.", "brace"),
        ("Nimm `/beitreten` in **{channel}**.", "other commands"),
        ("Nimm `/join` in {channel}.", "other markup"),
        ("Nimm `/join` in **{channel}**. ", "white space"),
    ],
)
def test_a_wrong_translation_is_found(string: str, fault: str) -> None:
    assert any(fault in each for each in faults(string))


@pytest.mark.parametrize("name", ["Kanal", "der kanal", "k" * 33, "kanal!"])
def test_an_option_must_have_a_name_that_discord_takes(name: str) -> None:
    assert any("option" in each for each in faults(name, OPTION))


def test_a_message_must_name_an_option_as_the_catalogue_does() -> None:
    named = SourceText("Name one: `/join channel:`.", "a.py", 4)
    catalog = Catalog(locale="de")
    catalog.add("channel", "kanal", context="option")
    catalog.add(named.text, "Nenne einen: `/join kanal:`.")
    assert list(problems(catalog, [OPTION, named])) == []
    catalog[named.text].string = "Nenne einen: `/join channel:`."
    (found,) = problems(catalog, [OPTION, named])
    assert found.startswith("names its options otherwise than kanal")


def test_fuzzy_missing_unused_and_left_over_are_found() -> None:
    assert any("fuzzy" in each for each in faults("`/join` **{channel}**", flags=["fuzzy"]))
    assert list(problems(Catalog(locale="de"), [TEXT])) == [f"missing: {TEXT.text!r}"]
    catalog = Catalog(locale="de")
    catalog.add("Gone.", "Weg.")
    assert list(problems(catalog, [])) == ["unused: 'Gone.'"]
    del catalog["Gone."]
    catalog.obsolete["Gone."] = Catalog(locale="de").add("Gone.", "Weg.")
    assert list(problems(catalog, [])) == ["left over: 'Gone.'"]


def test_each_plural_form_is_looked_at() -> None:
    def of(*forms: str) -> list[str]:
        catalog = Catalog(locale="de")
        catalog.add(("{count} day", "{count} days"), forms)
        return list(problems(catalog, [PLURAL]))

    assert of("{count} Tag", "{count} Tage") == []
    assert of("ein Tag", "{count} Tage") == [], "the number may be a word"
    assert any("plural forms" in each for each in of("{count} Tag"))
    assert any("not translated" in each for each in of("{count} Tag", ""))
    assert any("unknown" in each for each in of("{count} Tag", "{number} Tage"))


def test_a_plural_on_one_side_alone_is_found() -> None:
    catalog = Catalog(locale="de")
    catalog.add("{count} day", "{count} Tag")
    assert any("alone" in each for each in problems(catalog, [PLURAL]))
