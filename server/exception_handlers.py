"""Exception handlers that answer every error in OpenAI's shape.

``{"error": {"message", "type", "param", "code"}}``, also for FastAPI's own errors.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from server.errors import ApiError

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Add the handlers to ``app``."""

    @app.exception_handler(ApiError)
    async def _refused(_request: Request, error: ApiError) -> JSONResponse:
        return _body(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return _body(first_problem(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        phrase = HTTPStatus(error.status_code).phrase
        return _body(
            ApiError(
                f"{phrase}: {request.method} {request.url.path}",
                status=error.status_code,
                code=phrase.lower().replace(" ", "_"),
            )
        )

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return _body(
            ApiError(
                "The server failed on this request; see its log.",
                status=500,
                kind="server_error",
                code="internal_error",
            )
        )


def _body(error: ApiError) -> JSONResponse:
    return JSONResponse({"error": error.body}, status_code=error.status, headers=error.headers)


def first_problem(problems: Sequence[Mapping[str, Any]]) -> ApiError:
    """The first of pydantic's problems with a request, as OpenAI's error."""
    problem = problems[0]
    field = ".".join(str(part) for part in problem["loc"] if part != "body")
    if problem["type"] == "json_invalid" or not field:
        return ApiError(
            f"The body is not a valid JSON object: {problem['msg']}.", code="invalid_json"
        )
    code = "missing_field" if problem["type"] == "missing" else "invalid_value"
    return ApiError(f"{field}: {problem['msg']}.", param=field, code=code)
