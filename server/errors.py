"""What can go wrong in the speech server.

ServerError
├── ServerNotStarted     the address is taken, or the application failed to start
└── ApiError             a request that is answered with an error, in OpenAI's shape
"""

from __future__ import annotations


class ServerError(Exception):
    """Base of everything the server raises on purpose."""


class ServerNotStarted(ServerError):
    """The server does not listen; the text says on which address and why."""


class ApiError(ServerError):
    """Refuse the request at hand with ``status`` and a body in OpenAI's shape.

    ``param`` names the field at fault; ``code`` is for programs, the message for people.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code
