"""Models of what comes over the wire, and how much of it may be malformed. No I/O."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Camel-case on the wire, strict about types, deaf to fields it does not know. No number is
    infinite or NaN, which JSON readers let pass."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
    )


def or_else(default: Any) -> WrapValidator:
    """For a field that nothing depends on: where it is malformed, it is ``default``, and the rest
    of the payload holds."""

    def read(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validate(value)
        except ValidationError:
            return default

    return WrapValidator(read)


def readable(row: type[Wire]) -> BeforeValidator:
    """For a list of such rows: those that are malformed are left out, and the others hold."""
    one = TypeAdapter(row)

    def read(value: Any) -> Any:
        if not isinstance(value, list):
            return value
        rows = []
        for each in value:
            with suppress(ValidationError):
                rows.append(one.validate_python(each))
        return rows

    return BeforeValidator(read)


def _texts(value: Any) -> Any:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else value


Texts = Annotated[list[str], BeforeValidator(_texts)]
"""A list of texts: what is none is left out."""
