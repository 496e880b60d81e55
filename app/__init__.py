"""Putting the bot together: the only place that knows every package."""

from __future__ import annotations

from app.node import voice_node
from app.run import run_bot
from app.services import Services, make_bot, services

__all__ = ["Services", "make_bot", "run_bot", "services", "voice_node"]
