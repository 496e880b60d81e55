"""Words that stop a reply and that the decoder wrote as others: "Guayet." for "Quiet!".

Whisper spells a single short word by its sound alone. With such words in the text before, it hears
them. So a short utterance over a reply is decoded again with them in the prompt. What it gives
counts only if it asks for silence, and looks a little like what was heard without the prompt.

Of 81 short stops in the eight neural voices for tuning, 74 were taken for one without this, and 79
with it. Of 94 other short utterances (murmurs, laughter, "the bus stop") the prompt made one a
stop ("Ha ha ha", heard as "So sorry"); the likeness refuses it.
"""

from __future__ import annotations

from typing import Final

from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.whisper_vocabulary import WhisperVocabulary
from pipeline.language.lexicons.control import CONTROL
from pipeline.language.likeness import likeness
from pipeline.language.stop_words import silence_asked
from pipeline.language.vocative import plain_words

_SENTENCES: Final = {
    "en": ("Stop.", "Wait.", "{}, stop.", "Be quiet.", "Shut up.", "Hold on.", "That's enough."),
    "de": ("Stopp.", "Warte.", "{}, hör auf.", "Sei still.", "Halt.", "Moment.", "Das reicht."),
    "fr": ("Stop.", "Attends.", "{}, arrête.", "Tais-toi.", "Silence.", "Ça suffit."),
    "es": ("Para.", "Espera.", "{}, basta.", "Cállate.", "Silencio.", "Ya está bien."),
    "pt": ("Para.", "Espera.", "{}, chega.", "Cala a boca.", "Silêncio.", "Fica quieto."),
}
_SENTENCE_S: Final = 1.0
_MOST_WORDS: Final = 5
_LONGEST_NAME: Final = 40
_LONGEST_S: Final = 3.5
"""With the silence around it; longer audio holds more than a stop."""
_ALIKE: Final = 0.62


def may_hold_a_stop(text: str, language: str, duration_s: float, names: ExpectedNames) -> bool:
    """Whether a text is short, and not a stop as it is written."""
    if not names.stops or language not in _SENTENCES or duration_s > _LONGEST_S:
        return False
    words = plain_words(text)
    return 0 < len(words) <= _MOST_WORDS and not _asks_silence(text, language, names)


def stop_prompt(names: ExpectedNames, language: str, vocabulary: WhisperVocabulary) -> list[int]:
    """Tokens of a text before that has words for a stop in it, with timestamps."""
    name = names.agents[0][:_LONGEST_NAME] if names.agents else "Okay"
    tokens: list[int] = []
    for index, sentence in enumerate(_SENTENCES[language]):
        tokens.append(vocabulary.timestamp(index * _SENTENCE_S))
        tokens += vocabulary.encode(f" {sentence.format(name)}")
        tokens.append(vocabulary.timestamp((index + 1) * _SENTENCE_S))
    return vocabulary.as_previous_text(tokens)


def is_the_stop(text: str, prompted: str, language: str, names: ExpectedNames) -> bool:
    """Whether ``prompted`` asks for silence and may be what ``text`` was heard as."""
    heard, other = ("".join(plain_words(each)) for each in (text, prompted))
    return _asks_silence(prompted, language, names) and likeness(heard, other) >= _ALIKE


def _asks_silence(text: str, language: str, names: ExpectedNames) -> bool:
    agents = {word for name in names.agents for word in plain_words(name)}
    rest = " ".join(word for word in plain_words(text) if word not in agents)
    return bool(rest) and silence_asked(rest, CONTROL[language]) is not None
