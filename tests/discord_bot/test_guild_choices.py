from __future__ import annotations

from discord_bot.guild_choices import GuildChoice, GuildChoices


def test_a_guild_that_chose_nothing_has_the_settings_defaults() -> None:
    assert GuildChoices("jarvis", "medium").of(1) == GuildChoice("jarvis", "medium")


def test_what_a_guild_chooses_is_kept_and_is_its_own() -> None:
    choices = GuildChoices("jarvis", "medium")
    choices.of(1).agent = "sage"
    choices.of(1).level = "high"
    assert choices.of(1) == GuildChoice("sage", "high")
    assert choices.of(2) == GuildChoice("jarvis", "medium")
