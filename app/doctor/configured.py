"""The settings: whether they can be used, and what people should know of them."""

from __future__ import annotations

from pathlib import Path

from app.doctor.findings import Finding, Grade
from configuration.errors import SettingsError
from settings import Settings, load_settings


def check_settings(config: Path | None) -> tuple[list[Finding], Settings | None]:
    """What there is to say of the settings; None where they cannot be used."""
    told: list[str] = []
    try:
        settings = load_settings(config, tell=told.append)
    except SettingsError as error:
        advice = "correct what is listed above, each at its place"
        return [Finding(Grade.FAIL, "settings", str(error), advice)], None
    if not told:
        words = "config.yaml, .env and environment are valid"
        return [Finding(Grade.OK, "settings", words)], settings
    return [Finding(Grade.WARN, "settings", words) for words in told], settings
