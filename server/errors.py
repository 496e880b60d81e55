"""The errors of the speech server and of speech synthesis.

ServerError
├── ServerNotStarted         the address is in use, or the application does not start
├── ApiError                 a request that is answered with an error in OpenAI's shape
├── UnreadableMedia          an uploaded file has no audio that can be read
│   └── MediaTooLong         it has more than the settings allow
├── ListeningUnavailable     a model for speech to text is missing or does not load
└── TtsError
    ├── EngineUnavailable    the engine's library or its data do not load
    ├── UnknownVoice         the engine has no such language or variant
    ├── SynthesisFailed      the engine failed on a text
    └── Undecodable          a response is not audio
"""

from __future__ import annotations


class ServerError(Exception):
    """Base of all errors that this package raises."""


class ServerNotStarted(ServerError):
    """The server does not listen; the text names the address and the reason."""


class ApiError(ServerError):
    """Rejects the current request with ``status`` and a body in OpenAI's shape.

    ``param`` names the field at fault. ``code`` is for programs, the message for people.
    ``retry_after_s`` is when a request that came at a bad time may come again.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}

    @property
    def body(self) -> dict[str, str | None]:
        """OpenAI's error object."""
        return {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }


class UnreadableMedia(ServerError):
    """An uploaded file has no audio that can be read; the text says why."""


class MediaTooLong(UnreadableMedia):
    """An uploaded file has more audio than the settings allow."""


class ListeningUnavailable(ServerError):
    """Speech to text lacks a model; the text says what to do."""


class TtsError(ServerError):
    """Base of the errors of speech engines and audio decoders."""


class EngineUnavailable(TtsError):
    """The engine's library or data do not load; the text names the file and the remedy."""


class UnknownVoice(TtsError):
    """The engine has no such language or variant; the text names the nearest ones."""


class SynthesisFailed(TtsError):
    """The engine reported an error while it spoke a text."""


class Undecodable(TtsError, ValueError):
    """The bytes cannot be decoded as audio; the text says how they begin."""
