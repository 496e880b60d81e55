"""Who sends a request: a bot with its own token, an operator, or a reader."""

from __future__ import annotations

import math
from typing import Annotated, Final, TypeAlias

from fastapi import Depends, Request

from configuration.desired.records import TokenHolder
from server.control.state import ControlState, control_of
from server.errors import ApiError
from server.protection.authentication import key_in

_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="openclaw-voice control"'}


def _state(request: Request) -> ControlState:
    return control_of(request.app)


State: TypeAlias = Annotated[ControlState, Depends(_state)]


async def _holder(request: Request, state: State) -> TokenHolder:
    """
    Raises:
        ApiError: 401 without a token or with a wrong one, 429 for too many requests.
    """
    token = key_in(request.headers.get("authorization", "").encode("latin-1", "replace"))
    found = await state.store.tokens.holder(token) if token else None
    if found is None:
        words = (
            "Incorrect token, or a withdrawn one."
            if token
            else "No token. Send it as a header: Authorization: Bearer TOKEN."
        )
        error = ApiError(words, status=401, code="invalid_token" if token else "missing_token")
        error.headers.update(_CHALLENGE)
        raise error
    who = f"{found.kind}:{found.name}"
    request.scope.setdefault("state", {})["key_name"] = who
    if wait_s := state.rate.take(who):
        raise ApiError(
            f"More than {state.settings.requests_per_minute} requests in a minute.",
            status=429,
            code="too_many_requests",
            retry_after_s=math.ceil(wait_s),
        )
    return found


Holder: TypeAlias = Annotated[TokenHolder, Depends(_holder)]


async def _operator(holder: Holder) -> TokenHolder:
    if holder.kind != "operator":
        raise ApiError("This needs the token of an operator.", status=403, code="not_an_operator")
    return holder


async def _viewer(holder: Holder) -> TokenHolder:
    if holder.kind not in ("operator", "reader"):
        raise ApiError(
            "This needs the token of an operator or reader.", status=403, code="not_a_reader"
        )
    return holder


async def _own_bot(bot_id: str, holder: Holder) -> str:
    """A bot acts for itself alone; operators and readers for none."""
    if holder.kind != "bot" or holder.bot_id != bot_id:
        raise ApiError(
            f"This needs the token of the bot {bot_id[:64]}.", status=403, code="not_yours"
        )
    return bot_id


async def _own_or_operator(bot_id: str, holder: Holder) -> TokenHolder:
    if holder.kind != "operator" and holder.bot_id != bot_id:
        raise ApiError(
            f"This needs the token of the bot {bot_id[:64]}, or of an operator.",
            status=403,
            code="not_yours",
        )
    return holder


Operator: TypeAlias = Annotated[TokenHolder, Depends(_operator)]
OwnBot: TypeAlias = Annotated[str, Depends(_own_bot)]
Viewer: TypeAlias = Annotated[TokenHolder, Depends(_viewer)]
"""Who sees how the bots are: an operator, or a reader."""
OwnOrOperator: TypeAlias = Annotated[TokenHolder, Depends(_own_or_operator)]
"""The bot itself, which gets its secrets, or an operator, who gets none."""
