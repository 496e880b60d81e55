"""``GET /health``: the server's state, engine and version."""

from __future__ import annotations

from fastapi import APIRouter, Request

router = APIRouter()


@router.get("/health")
async def health(request: Request) -> dict[str, str]:
    """The server responds only while its engine is open, so a response means that it can speak."""
    return {"status": "healthy", "engine": "espeak-ng", "version": request.app.version}
