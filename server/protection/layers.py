"""All protection of the speech server around its application."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from server.protection.access_log import AccessLog
from server.protection.admission import RequestAdmission
from server.protection.authentication import Authentication
from server.protection.bodies import BodyLimits
from server.protection.disconnects import CancelledWithClient
from server.protection.keys import KeyRing
from server.protection.settings import LimitSettings
from server.protection.sites import KnownSites
from server.protection.turns import AT_ONCE


def protected(
    app: ASGIApp,
    limits: LimitSettings,
    keys: KeyRing,
    origins: Sequence[str] = (),
    speech_at_once: int = AT_ONCE,
) -> ASGIApp:
    """``app`` behind its protection. ``origins`` are the sites whose pages may use it; * is any.
    ``speech_at_once`` is how many texts its engine speaks at once.

    From the outside in: the log sees every request; a browser's preflight carries no key; what
    pages of other sites send is refused; a request without a key takes no place; a body is read
    within its limits.
    """
    app = BodyLimits(app, limits)
    app = CancelledWithClient(app)
    app = RequestAdmission(app, limits, speech_at_once)
    app = Authentication(app, keys)
    app = KnownSites(app, origins)
    if origins:
        app = CORSMiddleware(
            app,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["Retry-After"],
            max_age=600,
        )
    return AccessLog(app)
