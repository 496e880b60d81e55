"""What can go wrong in making speech.

TtsError
├── EngineUnavailable    the engine's library or its data do not load
├── UnknownVoice         the engine has no such language or variant
├── SynthesisFailed      the engine gave up on a text it had accepted
└── Undecodable          a server's bytes are no audio
"""

from __future__ import annotations


class TtsError(Exception):
    """Base of everything a speech engine raises on purpose."""


class EngineUnavailable(TtsError):
    """The engine's library or its data do not load; the text says which file and what to do."""


class UnknownVoice(TtsError):
    """The engine has no such language or variant; the text names the nearest it has."""


class SynthesisFailed(TtsError):
    """The engine reported an error in the middle of a text."""


class Undecodable(TtsError, ValueError):
    """The bytes are no audio that can be decoded; the text says what they looked like."""
