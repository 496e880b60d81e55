"""What the conversation reports in English has a message in every language."""

from __future__ import annotations

import inspect

import pytest

from discord_bot.messages import reasons
from discord_bot.messages.reasons import reason_text, reasons_text
from pipeline.addressee.bot_turns import ENOUGH, NO_BOT
from pipeline.addressee.classifier import Feature
from pipeline.echo.guard import ECHO
from pipeline.listening.open_calls import BEHIND_A_STOP, ONLY_CALLS
from pipeline.speaking import notices
from server.synthesis.faults import Fault
from translations import LANGUAGES, SOURCE

FIXED = [
    *(feature.reason for feature in Feature),
    *(fault.value for fault in Fault),
    ECHO,
    ONLY_CALLS,
    BEHIND_A_STOP,
    NO_BOT,
    ENOUGH,
    *(
        " ".join(sentences)
        for name, sentences in vars(notices).items()
        if name.isupper() and not name.startswith("_") and isinstance(sentences, tuple)
    ),
]
FORMED = [
    "although it is a question",
    'called by name, heard as "Charvis"',
    "it calls Ben, who is here",
    "it calls Sage, another agent",
    "it calls Sage, another agent that answers here",
    "it calls Zoe, who is not in this room",
    "31% likely to be for the agent, and level medium needs 50%",
    "the agent was asked, and did not answer within 1.5 s",
    "the agent itself says that it was not meant",
    "the rules decided otherwise",
    "too short (180 ms)",
    "no speech (probability 0.91)",
    "repeats itself (compression 2.9)",
    "too unsure (log-probability -1.42)",
    "a phrase made up on silence (loudest -52 dB)",
    "a line that Whisper makes up",
    "an echo of the expected names",
    "no words in it",
]


@pytest.mark.parametrize("reason", [*FIXED, *FORMED])
def test_a_reason_is_known_and_translated(reason: str) -> None:
    text = reason_text(reason)
    assert type(text).__name__ == "_Message", "a reason without a message: add it to reasons.py"
    assert all(text.to(language) != text.to(SOURCE) for language in LANGUAGES if language != SOURCE)


def test_reasons_of_the_classifier_are_complete() -> None:
    """Those that are no feature: compared with the literals of its module."""
    from pipeline.addressee import classifier

    code = inspect.getsource(classifier._decided_by_one_feature)
    fixed = [line.split('"')[1] for line in code.splitlines() if '"' in line and "{" not in line]
    told = [each for each in fixed if " " in each]
    assert len(told) >= 5
    assert all(type(reason_text(each)).__name__ == "_Message" for each in told)


@pytest.mark.parametrize(
    ("reason", "german"),
    [
        ("although it is a question", "obwohl: es ist eine Frage"),
        ("it calls Ben, who is here", "es ruft Ben, und Ben ist hier"),
        ("31% likely to be for the agent, and level medium needs 50%", "mittel braucht 50%"),
    ],
)
def test_what_stands_in_a_reason_is_kept(reason: str, german: str) -> None:
    assert german in reason_text(reason).to("de")


def test_plainer_words_replace_those_for_operators() -> None:
    plainer = "it points at something that I cannot see"
    assert str(reason_text("it points at something that only people see")) == plainer
    assert {each for each in reasons._PLAINER if each.startswith("it ")} <= set(FIXED)


def test_an_unknown_reason_stays_as_it_is() -> None:
    assert reason_text("something new").to("de") == "something new"
    assert reason_text("although something new").to("de") == "obwohl: something new"


def test_several_reasons_follow_each_other() -> None:
    assert reasons_text(["it is a question", "x"]).to("de") == "es ist eine Frage; x"
