"""What a Gateway should be, in a YAML file.

config:                      # parts of openclaw.json; what is not named stays as it is
  agents:
    entries:
      jarvis: {name: Jarvis}
  tools: {alsoAllow: [openclaw-voice]}
replace: [tools.alsoAllow]   # lists that may lose entries
cron:
  - name: good-night         # the rest is that of OpenClaw's cron.add
    agentId: jarvis
    schedule: {kind: cron, expr: "0 22 * * *"}
    sessionTarget: isolated
    payload: {kind: agentTurn, message: Say good night in the living room.}
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from configuration.unique_keys import load_yaml
from fleet.reconciler.errors import DesiredFileUnusable

_MOST_BYTES: Final = 1_000_000
_EXAMPLE: Final = "it has config, replace and cron; docs/control-plane.md has an example"


class CronDeclaration(BaseModel):
    """A cron job as `cron.add` takes it. ``name`` is its identity in the file."""

    model_config = ConfigDict(extra="allow", frozen=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    schedule: dict[str, Any]
    payload: dict[str, Any]

    @model_validator(mode="after")
    def _has_no_key(self) -> Self:
        if {"declarationKey", "id"} & (self.model_extra or {}).keys():
            raise ValueError("declarationKey and id are chosen by the reconciler and the Gateway")
        return self

    def params(self, key: str) -> dict[str, Any]:
        """The params of `cron.add`; those that it requires and the file leaves out are set."""
        defaults = {"sessionTarget": "isolated", "wakeMode": "now", "enabled": True}
        return {**defaults, **self.model_dump(), "declarationKey": key}


class DesiredGateway(BaseModel):
    """The content of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    config: dict[str, Any] = Field(default_factory=dict)
    replace: tuple[str, ...] = ()
    cron: tuple[CronDeclaration, ...] = ()

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = [job.name for job in self.cron]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"cron: these names come twice: {', '.join(twice)}")
        return self


def read_desired(file: Path) -> DesiredGateway:
    """
    Raises:
        DesiredFileUnusable: the text says what is wrong, and where.
    """
    try:
        content = file.expanduser().read_bytes()
    except OSError as error:
        raise DesiredFileUnusable(f"{file} cannot be read: {error.strerror or error}") from error
    if len(content) > _MOST_BYTES:
        raise DesiredFileUnusable(f"{file} has more than {_MOST_BYTES} bytes")
    try:
        found = load_yaml(content)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark is not None else ""
        words = getattr(error, "problem", None) or type(error).__name__
        raise DesiredFileUnusable(f"{file}{where} is not valid YAML: {words}") from error
    try:
        return DesiredGateway.model_validate(found or {})
    except ValidationError as error:
        raise DesiredFileUnusable(f"{file}: {'; '.join(_problems(error))}; {_EXAMPLE}") from None


def _problems(error: ValidationError) -> Iterable[str]:
    for each in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in each["loc"])
        yield f"{place}: {each['msg']}" if place else each["msg"]
