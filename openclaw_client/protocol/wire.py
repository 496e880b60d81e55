"""Base models for JSON from the Gateway, which tolerate malformed optional parts. No I/O."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any, TypeVar

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
from pydantic_core import from_json

from openclaw_client.errors import ProtocolViolation

PROTOCOL = 4
_COMPLAINT_LETTERS = 200


class WireModel(BaseModel):
    """Camel-case on the wire, strict about types, ignores unknown fields. No number is infinite or
    NaN, which JSON readers accept."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
    )


def or_else(default: Any) -> WrapValidator:
    """For a field that nothing depends on: if it is malformed, it becomes ``default``, and the rest
    of the payload is valid."""

    def read(value: Any, validate: ValidatorFunctionWrapHandler) -> Any:
        try:
            return validate(value)
        except ValidationError:
            return default

    return WrapValidator(read)


def valid_items(row: type[WireModel]) -> BeforeValidator:
    """For a list of such items: the malformed ones are left out."""
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


StringList = Annotated[list[str], BeforeValidator(_texts)]
"""A list of texts; other items are left out."""


def read_json(text: str | bytes) -> Any:
    """Parse a JSON value. Unlike ``json`` it refuses lone surrogates, NaN and deep nesting.

    Raises:
        ValueError: the text is no such value.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return from_json(raw, allow_inf_nan=False)


P = TypeVar("P", bound=WireModel)


def read_payload(model: type[P], payload: Any, what: str) -> P:
    """Validate a payload.

    Raises:
        ProtocolViolation: the payload does not fit; the text names ``what`` and the place.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise ProtocolViolation(
            f"{what} is not as protocol {PROTOCOL} has it: {describe_error(error)}"
        ) from None


def describe_error(error: ValidationError) -> str:
    """The first problem, without the value: it may hold speech or a secret."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "union_tag_invalid":
        return "at type: an unknown kind of frame"
    place = "/".join(str(part) for part in first["loc"])[:_COMPLAINT_LETTERS]
    return f"at {place}: {first['msg']}" if place else first["msg"]
