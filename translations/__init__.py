"""What the bot writes to people, in their languages.

A text is made where something happens, without a language, and becomes words where it is sent:

    text = message("I am in {channel}.", channel=channel.mention)
    text.to("de")

English is the source and stands in the code. The other languages stand in
``locales/<language>/LC_MESSAGES/bot.po``; ``python -m translations.extract`` brings them up to
date with the code. docs/translations.md explains both.
"""

from translations.languages import LANGUAGES, SOURCE, language_of
from translations.text import (
    Text,
    ago,
    bold,
    catalogued,
    clause,
    duration,
    exact_duration,
    joined,
    language_name,
    lines,
    listing,
    message,
    number,
    plural,
    sentences,
    shortened,
    small,
    verbatim,
)

__all__ = [
    "LANGUAGES",
    "SOURCE",
    "Text",
    "ago",
    "bold",
    "catalogued",
    "clause",
    "duration",
    "exact_duration",
    "joined",
    "language_name",
    "language_of",
    "lines",
    "listing",
    "message",
    "number",
    "plural",
    "sentences",
    "shortened",
    "small",
    "verbatim",
]
