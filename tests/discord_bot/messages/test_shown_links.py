"""Links that show one address and lead to another."""

from __future__ import annotations

import pytest

from discord_bot.messages.shown_links import show_addresses


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "See [https://bank.example](https://evil.example/login).",
            "See https://bank.example (<https://evil.example/login>).",
        ),
        ("[bank.example](<https://evil.example>)", "bank.example (<https://evil.example>)"),
        (
            '[pay at BANK.example now](http://evil.example "bank.example")',
            "pay at BANK.example now (<http://evil.example>)",
        ),
        (
            "[bank.example](https://bank.example@evil.example/)",
            "bank.example (<https://bank.example@evil.example/>)",
        ),
        ("[bank.example](http://[evil)", "bank.example (<http://[evil>)"),
        (
            "[discord.gg/nice](https://discord.gg.evil.example)",
            "discord.gg/nice (<https://discord.gg.evil.example>)",
        ),
    ],
)
def test_both_addresses_are_shown(text: str, shown: str) -> None:
    assert show_addresses(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "[the docs](https://docs.example/page)",
        "[https://bank.example/a](https://bank.example/b)",
        "[bank.example](https://BANK.example)",
        "https://bank.example",
        "`[https://bank.example](https://evil.example)`",
        "```\n[https://bank.example](https://evil.example)\n```",
        "[1] and (2)",
        "",
    ],
)
def test_what_hides_nothing_stays(text: str) -> None:
    assert show_addresses(text) == text
