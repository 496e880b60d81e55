"""The settings of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

from configuration.text import cleaned, visible
from database.location import CONTROL_FILE, FILE, IN_MEMORY, Location, located


def _checked(secret: SecretStr) -> SecretStr:
    url = visible(cleaned(secret.get_secret_value()))
    located(url)
    return SecretStr(url)


DatabaseUrl: TypeAlias = Annotated[SecretStr, AfterValidator(_checked)]
"""The URL of a database. A secret, since it may hold a password."""


class DatabaseSettings(BaseModel):
    """The database with the servers' settings, the members' choices and the transcripts."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    url: DatabaseUrl | None = None
    """URL of a PostgreSQL database, postgresql://USER:PASSWORD@HOST/NAME, or of an SQLite file,
    sqlite:///FOLDER/FILE.db. Empty keeps the file openclaw-voice.db in `openclaw.state_dir`;
    sqlite:// keeps nothing beyond the bot's end."""
    control_url: DatabaseUrl | None = None
    """The same for the control plane (`run.py control`), which needs a database of its own. Empty
    keeps the file control-plane.db in `openclaw.state_dir`."""

    def location(self, folder: Path | None) -> Location:
        """Where the database is; ``folder`` is that of the bot's state, None keeps nothing."""
        if self.url is not None:
            return located(self.url.get_secret_value())
        return IN_MEMORY if folder is None else Location(folder / FILE)

    def control_location(self, folder: Path) -> Location:
        """Where the database of the control plane is."""
        if self.control_url is not None:
            return located(self.control_url.get_secret_value())
        return Location(folder / CONTROL_FILE)
