"""``GET /health``: is the server up, what speaks, and which version it is."""

from __future__ import annotations

from fastapi import APIRouter, Request

router = APIRouter()


@router.get("/health")
async def health(request: Request) -> dict[str, str]:
    """Answers only while the engine is open, so an answer means that it can speak."""
    return {"status": "healthy", "engine": "espeak-ng", "version": request.app.version}
