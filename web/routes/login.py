"""Logging in and out."""

from __future__ import annotations

import asyncio
import math
from typing import Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from web.access import COOKIE
from web.guard import LARGEST_BODY
from web.routes.files import file_response, static_files
from web.site import Site, site_of

router = APIRouter()

_WRONG_S: Final = 0.5
"""How long a wrong password takes to be answered."""
_BODY_S: Final = 10.0
_NEXT: Final = {"talk": "/talk", "nodes": "/nodes"}
_REASON: Final = b"<!-- reason -->"
"""Where the form shows why it is shown again."""


@router.get("/login")
async def login_page(request: Request) -> Response:
    return file_response("login.html", request)


@router.post("/login")
async def log_in(request: Request) -> Response:
    """Take the password of the form, and go on to the page that asked for it."""
    site = site_of(request)
    address = request.client.host if request.client else ""
    wait_s = site.access.wait_s(address)
    if wait_s > 0:
        seconds = math.ceil(wait_s)
        why = f"There were too many wrong passwords. Wait {seconds} s, then try again."
        return _again(why, 429, {"Retry-After": str(seconds)})
    form = parse_qs((await _body(request)).decode("utf-8", "replace"), max_num_fields=4)
    cookie = site.access.log_in(form.get("password", [""])[0], address)
    if cookie is None:
        await asyncio.sleep(_WRONG_S)
        return _again("The password is wrong.", 401)
    onward = _NEXT.get(request.query_params.get("next", ""), "/")
    response = RedirectResponse(onward, 303)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=round(site.settings.session_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=_is_secure(request, site),
    )
    return response


@router.post("/logout")
async def log_out(request: Request) -> Response:
    site_of(request).access.log_out(request.cookies)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(COOKIE)
    return response


def _again(why: str, status: int, headers: dict[str, str] | None = None) -> Response:
    """The form once more, with why it is shown."""
    page = static_files()["login.html"]
    shown = page.content.replace(_REASON, f'<p role="alert">{why}</p>'.encode())
    return Response(shown, status, headers, page.kind)


def _is_secure(request: Request, site: Site) -> bool:
    """Whether the browser came by https, be it to a proxy in front."""
    own = site.settings.tls_certificate is not None
    return own or request.headers.get("origin", "").startswith("https://")


async def _body(request: Request) -> bytes:
    """The body; empty if it is too long, or does not come in time."""
    body = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > LARGEST_BODY:
                    return b""
    except TimeoutError:
        return b""
    return body
