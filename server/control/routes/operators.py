"""What operators ask and order, each with a token of their own, and what readers see. No answer
holds a secret."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse

from configuration.desired.documents import (
    Document,
    canonical,
    shown_changes,
    shown_document,
    with_secrets,
)
from configuration.errors import SettingsError
from server.control.access import Operator, State, Viewer
from server.control.bodies import (
    NewBotBody,
    NewVersionBody,
    RollbackBody,
    bot_json,
    config_json,
    iso_time,
    version_json,
)
from server.control.state import ControlState
from server.errors import ApiError

log = logging.getLogger(__name__)

router = APIRouter()

Most = Annotated[int, Query(ge=1, le=1000)]


@router.get("/bots")
async def bots(_: Viewer, state: State) -> dict[str, Any]:
    """All bots."""
    return {"bots": [bot_json(each) for each in await state.store.bots()]}


@router.post("/bots", status_code=201)
async def add_bot(body: NewBotBody, operator: Operator, state: State) -> dict[str, Any]:
    """Add a bot; its token is in this answer, and in no other."""
    token = await state.store.add_bot(body.id)
    await _audit(state, operator.name, "bot_add", body.id)
    return {"id": body.id, "token": token}


@router.get("/bots/{bot_id}")
async def bot(bot_id: str, _: Viewer, state: State) -> dict[str, Any]:
    """One bot."""
    return bot_json(await state.store.bot(bot_id))


@router.delete("/bots/{bot_id}")
async def remove_bot(bot_id: str, operator: Operator, state: State) -> dict[str, Any]:
    """Remove a bot, with its versions."""
    await state.store.remove_bot(bot_id)
    await _audit(state, operator.name, "bot_remove", bot_id)
    return {"ok": True}


@router.post("/bots/{bot_id}/token")
async def renew_token(bot_id: str, operator: Operator, state: State) -> dict[str, Any]:
    """A new token for a bot; the one before is withdrawn."""
    token = await state.store.tokens.renew(bot_id)
    await _audit(state, operator.name, "token_renew", bot_id)
    return {"id": bot_id, "token": token}


@router.delete("/bots/{bot_id}/token")
async def withdraw_token(bot_id: str, operator: Operator, state: State) -> dict[str, Any]:
    """Withdraw a bot's token."""
    await state.store.tokens.withdraw(bot_id)
    await _audit(state, operator.name, "token_withdraw", bot_id)
    return {"ok": True}


@router.put("/bots/{bot_id}/config")
async def put_config(
    bot_id: str,
    body: NewVersionBody,
    operator: Operator,
    state: State,
    if_match: Annotated[str | None, Header()] = None,
    dry_run: bool = False,
) -> Any:
    """Make a configuration the next version. It is checked first, and refused with 422.

    With ``dry_run`` nothing is stored, and the answer has what would change.
    """
    before = await _content(state, bot_id)
    try:
        document = with_secrets(body.config, before, state.tree)
        await asyncio.to_thread(state.validate, document)
    except SettingsError as error:
        await _audit(state, operator.name, "config_put", bot_id, "refused", _places(error))
        return _refused(error)
    changes = [
        each.model_dump(mode="json", exclude_defaults=True)
        for each in shown_changes(before, document, state.tree)
    ]
    if dry_run:
        return {"changes": changes, "bytes": len(canonical(document))}
    known = None if if_match in (None, "*") else if_match.strip().strip('"')
    record = await state.store.put(
        bot_id, document, by=operator.name, note=body.note, if_hash=known
    )
    await _audit(state, operator.name, "config_put", bot_id, detail=f"version {record.version}")
    state.news.announce(bot_id)
    return JSONResponse(
        {**version_json(record), "changes": changes},
        status_code=201,
        headers={"ETag": f'"{record.hash}"'},
    )


@router.post("/bots/{bot_id}/rollback", status_code=201)
async def roll_back(
    bot_id: str, body: RollbackBody, operator: Operator, state: State
) -> dict[str, Any]:
    """Make the content of an earlier version the next one."""
    record = await state.store.roll_back(bot_id, by=operator.name, to=body.to, note=body.note)
    detail = f"version {record.version}, {record.origin}"
    await _audit(state, operator.name, "rollback", bot_id, detail=detail)
    state.news.announce(bot_id)
    return version_json(record)


@router.get("/bots/{bot_id}/versions")
async def versions(bot_id: str, _: Viewer, state: State) -> dict[str, Any]:
    """The versions that are kept, the newest first."""
    return {"versions": [version_json(each) for each in await state.store.versions(bot_id)]}


@router.get("/bots/{bot_id}/versions/{number}")
async def version(bot_id: str, number: int, _: Operator, state: State) -> dict[str, Any]:
    """One version, with its content."""
    found = await state.store.version(bot_id, number)
    return config_json(found.record, shown_document(found.document, state.tree))


@router.get("/bots/{bot_id}/diff")
async def diff(
    bot_id: str,
    _: Operator,
    state: State,
    old: Annotated[int, Query(alias="from", ge=1)],
    new: Annotated[int, Query(alias="to", ge=1)],
) -> dict[str, Any]:
    """What differs between two versions."""
    before = (await state.store.version(bot_id, old)).document
    after = (await state.store.version(bot_id, new)).document
    changes = shown_changes(before, after, state.tree)
    dumped = [each.model_dump(mode="json", exclude_defaults=True) for each in changes]
    return {"from": old, "to": new, "changes": dumped}


@router.get("/bots/{bot_id}/events")
async def events(
    bot_id: str,
    _: Operator,
    state: State,
    after: Annotated[int, Query(ge=0)] = 0,
    most: Most = 200,
) -> dict[str, Any]:
    """Events after a number, the oldest first."""
    found = await state.store.events(bot_id, after, most)
    rows = [
        {"number": each.number, **asdict(each.event), "at": iso_time(each.event.at)}
        for each in found
    ]
    return {"events": rows, "next": found[-1].number if found else after}


@router.get("/audit")
async def audit(_: Operator, state: State, most: Most = 100) -> dict[str, Any]:
    """The newest commands, the newest first."""
    rows = [{**asdict(each), "at": iso_time(each.at)} for each in await state.store.audit_log(most)]
    return {"audit": rows}


async def _content(state: ControlState, bot_id: str) -> Document:
    """The desired document; empty without one."""
    desired = await state.store.desired(bot_id)
    if desired is None:
        return {}
    return (await state.store.version(bot_id, desired.version)).document


async def _audit(
    state: ControlState,
    operator: str,
    action: str,
    bot_id: str,
    outcome: str = "done",
    detail: str = "",
) -> None:
    log.info("operator %s: %s of %s: %s %s", operator, action, bot_id, outcome, detail)
    await state.store.audit(f"operator:{operator}", action, bot_id, outcome, detail)


def _places(error: SettingsError) -> str:
    return "; ".join(each.where for each in error.problems)


def _refused(error: SettingsError) -> JSONResponse:
    """422 with every problem, at its path."""
    count = len(error.problems)
    refused = ApiError(
        f"{count} setting{'' if count == 1 else 's'} cannot be used; see problems.",
        status=422,
        code="invalid_configuration",
    )
    problems = [{"where": each.where, "details": list(each.details)} for each in error.problems]
    return JSONResponse({"error": refused.body, "problems": problems}, status_code=422)
