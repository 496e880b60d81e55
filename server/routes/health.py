"""``GET /health``: the server's state, engine and version."""

from __future__ import annotations

from fastapi import APIRouter, Request

from server.state import engine_of

router = APIRouter()


@router.get("/health")
async def health(request: Request) -> dict[str, str]:
    """The server responds only while its engine is open, so a response means that it can speak."""
    engine = engine_of(request.app).label
    return {"status": "healthy", "engine": engine, "version": request.app.version}
