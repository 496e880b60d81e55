"""What bots ask and report, each with its own token."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import JSONResponse

from configuration.desired.documents import (
    Document,
    canonical,
    differences,
    shown_document,
)
from configuration.desired.errors import UnknownVersion
from configuration.desired.records import VersionRecord
from server.control.access import OwnBot, OwnOrOperator, State
from server.control.bodies import (
    AckBody,
    EventsBody,
    HeartbeatBody,
    MetricsBody,
    config_json,
)
from server.control.state import ControlState
from server.errors import ApiError

log = logging.getLogger(__name__)

router = APIRouter()

Wait = Annotated[float, Query(ge=0, le=300)]


@router.get("/bots/{bot_id}/config")
async def config(
    bot_id: str,
    asker: OwnOrOperator,
    state: State,
    response: Response,
    if_none_match: Annotated[str | None, Header()] = None,
    since: Annotated[int | None, Query(ge=1)] = None,
    wait: Wait = 0.0,
) -> Any:
    """The desired version: the whole document, or what changed since one that the bot has.

    With ``wait``, a bot that has the version already is answered when there is another, or after
    that many seconds with 304. A version with the content of the bot's, such as a rollback, is
    another one: the bot has to answer it.
    """
    known = (if_none_match or "").strip().removeprefix("W/").strip('"')

    def is_known(desired: VersionRecord) -> bool:
        return desired.hash == known and since in (None, desired.version)

    desired = await _desired(state, bot_id)
    if is_known(desired) and asker.kind == "bot" and wait:
        await state.news.wait(bot_id, min(wait, state.settings.long_poll_s))
        desired = await _desired(state, bot_id)
    headers = {"ETag": f'"{desired.hash}"', "Cache-Control": "no-store"}
    if is_known(desired):
        return Response(status_code=304, headers=headers)
    found = await state.store.version(bot_id, desired.version)
    if asker.kind == "operator":
        shown = shown_document(found.document, state.tree)
        return JSONResponse(config_json(found.record, shown), headers=headers)
    body = config_json(found.record, found.document)
    if since is not None and found.record.size >= state.settings.diff_from_bytes:
        body = await _smaller(state, found.record, found.document, since) or body
    return JSONResponse(body, headers=headers)


@router.post("/bots/{bot_id}/config_ack")
async def acknowledge(bot_id: OwnBot, body: AckBody, state: State) -> dict[str, Any]:
    """A bot has applied a version, or has refused it."""
    record = await state.store.acknowledge(
        bot_id,
        body.version,
        body.hash,
        body.outcome,
        reason=body.reason,
        restart_needed=body.restart_needed,
    )
    detail = f"version {record.version}" + (f": {body.reason}" if body.reason else "")
    log.info("bot %s: %s %s", bot_id, body.outcome, detail)
    await state.store.audit(f"bot:{bot_id}", "config_ack", bot_id, body.outcome, detail)
    return {"ok": True, "version": record.version}


@router.post("/bots/{bot_id}/heartbeat")
async def heartbeat(bot_id: OwnBot, body: HeartbeatBody, state: State) -> Any:
    """A bot is alive. 409 where it runs another configuration than it should."""
    desired = await state.store.heartbeat(bot_id, body.report())
    if desired is None or desired.hash == body.hash:
        return {"ok": True, "version": None if desired is None else desired.version}
    runs = "none" if body.version is None else f"version {body.version}"
    error = ApiError(
        f"{bot_id} runs {runs}, and should run version {desired.version}.",
        status=409,
        code="config_differs",
    )
    content = {"error": error.body, "version": desired.version, "hash": desired.hash}
    return JSONResponse(content, status_code=409)


@router.post("/bots/{bot_id}/metrics")
async def metrics(bot_id: OwnBot, body: MetricsBody, state: State) -> dict[str, Any]:
    """The latest numbers of a bot, in place of those before."""
    await state.store.note_metrics(bot_id, dict(body.values))
    return {"ok": True}


@router.post("/bots/{bot_id}/events")
async def events(bot_id: OwnBot, body: EventsBody, state: State) -> dict[str, Any]:
    """What happened on a bot; an event that is sent twice is stored once."""
    new = await state.store.add_events(bot_id, [each.event() for each in body.events])
    return {"ok": True, "new": new}


async def _desired(state: ControlState, bot_id: str) -> VersionRecord:
    desired = await state.store.desired(bot_id)
    if desired is None:
        raise ApiError(
            f"There is no configuration for {bot_id} yet.", status=404, code="no_configuration"
        )
    return desired


async def _smaller(
    state: ControlState, record: VersionRecord, document: Document, since: int
) -> dict[str, Any] | None:
    """The changes since a version, if it is kept, and they are smaller than the document."""
    try:
        base = await state.store.version(record.bot_id, since)
    except UnknownVersion:
        return None
    changes = [
        each.model_dump(mode="json", exclude_defaults=True)
        for each in differences(base.document, document)
    ]
    body = {
        "version": record.version,
        "hash": record.hash,
        "since": since,
        "base_hash": base.record.hash,
        "changes": changes,
    }
    return body if len(canonical(body)) < record.size else None
