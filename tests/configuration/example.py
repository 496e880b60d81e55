"""A small tree of settings, with one of every kind that the loader supports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from configuration.loader import SettingsTree
from configuration.names import SettingNames
from configuration.schema import tree

CONFIG = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Stt(BaseModel):
    """Speech to text."""

    model_config = CONFIG

    model_size: Literal["auto", "tiny", "small"] = "auto"
    """Larger hears better and
    takes longer.

    A second paragraph that no table has room for."""
    wait_ms: int = Field(default=200, ge=50, le=2000)
    """How long to wait."""
    share: float = Field(default=0.5, gt=0, lt=1)
    words: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """Words | names to expect."""
    threads: Annotated[int, Field(ge=1)] | None = None
    low: int = 1
    high: int = 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low ({self.low}) is above high ({self.high})")
        if self.low < -8:
            raise ValueError("low: must not be far below zero")
        return self


class Pipeline(BaseModel):
    """The conversation."""

    model_config = CONFIG

    stt: Stt = Stt()
    quiet: bool = False


class Gateway(BaseModel):
    """The other end."""

    model_config = CONFIG

    base_url: str = "ws://127.0.0.1:1"
    """Where it is."""
    token: SecretStr | None = None
    """A secret."""
    more_tokens: tuple[SecretStr, ...] = ()
    home: Path = Path("data")

    @field_validator("token")
    @classmethod
    def _long_enough(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < 8:
            raise ValueError(f"{token.get_secret_value()} is too short")
        return token


class Agent(BaseModel):
    """Someone to talk with."""

    model_config = CONFIG

    voice: str = "plain"
    """How it sounds."""
    speed: float = Field(default=1.0, ge=0.5, le=2)


class Example(SettingsTree):
    gateway: Gateway = Gateway()
    agents: Mapping[str, Agent] = Field(
        default={"jarvis": Agent(voice="deep"), "sage": Agent(voice="soft")}, min_length=1
    )
    """Who is there."""
    pipeline: Pipeline = Pipeline()


SHORT_NAMES = {"GATEWAY_TOKEN": ("gateway", "token"), "GATEWAY_URL": ("gateway", "base_url")}
ALIASES = {"GATEWAY_KEY": ("gateway", "token"), "MODEL": ("pipeline", "stt", "model_size")}
NAMES = SettingNames(tree(Example), SHORT_NAMES, ALIASES)
