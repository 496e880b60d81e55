"""What can go wrong in a conversation.

PipelineError
├── AgentError
│   ├── AgentUnavailable     nothing answers, or it failed
│   │   ├── AgentRefused     and asking again does not change that: a person has to act
│   │   └── AgentStopped     another client stopped its run
│   ├── AgentLost            the connection broke, and the answer could not be found again
│   └── AgentTimeout         it did not finish in time
├── SpeechUnavailable        no audio could be had for a sentence
├── WordsUnavailable         a server of speech to text gave no answer
├── ModelUnavailable         a model's weights are missing or will not load
└── Superseded               a queued job gave way to a newer one
"""

from __future__ import annotations


class PipelineError(Exception):
    """Base of everything the pipeline raises on purpose."""


class AgentError(PipelineError):
    """The agent gave no complete answer."""


class AgentUnavailable(AgentError):
    """Nothing answers at the Gateway, or the agent failed; it may be another time."""


class AgentRefused(AgentUnavailable):
    """Asking again has the same result until a person mends what the text names.

    ``unwilling`` is an agent that could answer, and declined to.
    """

    def __init__(self, message: str, *, unwilling: bool = False) -> None:
        super().__init__(message)
        self.unwilling = unwilling


class AgentStopped(AgentUnavailable):
    """Another client stopped the run before its end."""


class AgentLost(AgentError):
    """The connection broke in mid-answer, and the rest of it could not be had."""


class AgentTimeout(AgentError):
    """The agent did not finish within the time that the settings give it."""


class SpeechUnavailable(PipelineError):
    """The speech server gave no audio for a sentence, or not all of it.

    The text is for the operator. ``reason`` is for the people in the call: the same in plain words,
    without any address; it may be empty.
    """

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason


class WordsUnavailable(PipelineError):
    """A server of speech to text did not answer, or refused; the text names it and says why."""


class ModelUnavailable(PipelineError):
    """A model's weights are missing, damaged or will not load; the text says what to do."""


class DeviceUnusable(ModelUnavailable):
    """The GPU is missing, or a library or the memory for it; the text says what to do."""


class Superseded(PipelineError):
    """A queued job was dropped for a newer one of the same speaker, or for lack of room."""
