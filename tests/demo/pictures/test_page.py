from __future__ import annotations

import re

import pytest

from demo.pictures.__main__ import COULD_NOT_BEGIN, main
from demo.pictures.client_words import WORDS
from demo.pictures.markdown import Names
from demo.pictures.page import Part, ShownMessage, message_html, page
from demo.pictures.scenes import SCENES
from simulators.discord.locales import check_locale

ENGLISH = WORDS["en-US"]
NAMES = Names(channels={2: "general", 3: "Living room"}, voice=frozenset({3}))


def shown(message: ShownMessage, locale: str = "en-US") -> str:
    return message_html(message, NAMES, WORDS[locale])


def plain(markup: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def test_an_answer_names_who_ran_the_command() -> None:
    markup = shown(ShownMessage("Bot", "**Hi**", command="status", asker="A & B"))
    assert 'A &amp; B</b> used <span class="command">/status</span>' in markup
    assert "<strong>Hi</strong>" in markup


def test_only_an_ephemeral_message_is_marked() -> None:
    assert ENGLISH.only_you in plain(shown(ShownMessage("Bot", "x", ephemeral=True)))
    assert ENGLISH.only_you not in plain(shown(ShownMessage("Bot", "x")))


def test_the_client_writes_in_the_members_language() -> None:
    markup = shown(ShownMessage("Bot", "x", ephemeral=True, command="why", asker="Ben"), "de")
    assert "Nur du kannst das sehen" in markup
    assert "Ben hat /why verwendet" in plain(markup)


def test_only_a_bot_has_the_badge() -> None:
    assert "badge" in shown(ShownMessage("Bot", "x"))
    assert "badge" not in shown(ShownMessage("Ann", "x", bot=False))


def test_buttons_in_a_row() -> None:
    row = {
        "type": 1,
        "components": [
            {"type": 2, "style": 1, "label": "Hear me", "custom_id": "a"},
            {"type": 2, "style": 4, "label": "Forget <me>", "custom_id": "b", "disabled": True},
            {"type": 2, "style": 5, "label": "More", "url": "https://example.org"},
        ],
    }
    markup = shown(ShownMessage("Bot", "x", components=[row]))
    assert '<span class="button primary">Hear me</span>' in markup
    assert '<span class="button danger off">Forget &lt;me&gt;</span>' in markup
    assert '<span class="button secondary">More ↗</span>' in markup


@pytest.mark.parametrize(
    ("menu", "expected"),
    [
        ({"type": 3, "options": [{"label": "low"}, {"label": "high", "default": True}]}, "high"),
        ({"type": 3, "options": [{"label": "low"}], "placeholder": "Which?"}, "Which?"),
        ({"type": 3, "options": [{"label": "low"}]}, ENGLISH.choose),
        ({"type": 8, "default_values": [{"id": "3", "type": "channel"}]}, "🔊 Living room"),
        ({"type": 8, "default_values": []}, ENGLISH.choose),
        ({"type": 6, "default_values": [{"id": "4", "type": "role"}]}, "@unknown-role"),
        ({"type": 5, "default_values": [{"id": "4", "type": "user"}]}, "@unknown-user"),
    ],
)
def test_a_menu_shows_what_is_picked(menu: dict[str, object], expected: str) -> None:
    markup = shown(ShownMessage("Bot", components=[{"type": 1, "components": [menu]}]))
    assert f"{expected} ⌄" in plain(markup)


def test_components_of_version_2() -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "**Volume**"}],
        "accessory": {"type": 2, "style": 3, "label": "Louder"},
    }
    layout = {"type": 17, "components": [section, {"type": 14}, {"type": 10, "content": "end"}]}
    markup = shown(ShownMessage("Bot", components=[layout]))
    assert "<strong>Volume</strong>" in markup
    assert '<span class="button success">Louder</span>' in markup
    assert "<hr><div>end</div>" in markup


def test_embeds_and_files() -> None:
    embed = {
        "author": {"name": "Ann"},
        "title": "*T*",
        "description": "d <b>",
        "fields": [{"name": "n", "value": "v"}],
        "footer": {"text": "f"},
    }
    markup = shown(ShownMessage("Bot", embeds=[embed], files=["a&b.txt"]))
    assert "<h3><em>T</em></h3>" in markup
    assert plain(markup).endswith("Ann T d &lt;b&gt; n v f 📄 a&amp;b.txt")


def test_a_page_has_its_channels_and_theme() -> None:
    parts = [Part(2, [ShownMessage("Bot", "one")]), Part(3, [ShownMessage("Bot", "two")])]
    document = page(parts, NAMES, ENGLISH, light=True)
    assert '<body class="light">' in document
    body = plain(document[document.index("<body") : document.index("<script>")])
    assert re.fullmatch(r"#general B Bot APP one 🔊 Living room B Bot APP two", body)


def test_scenes_have_names_of_their_own_and_languages_of_discord() -> None:
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    for scene in SCENES:
        assert check_locale(scene.locale) in WORDS


def test_a_missing_browser_is_told_before_anything_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert main(["--fixture"]) == COULD_NOT_BEGIN
    assert "apt install chromium" in capsys.readouterr().err


def test_an_unknown_scene_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "there is no scene “nothing”" in capsys.readouterr().err
