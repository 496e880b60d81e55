"""Discord's answers to requests it refuses.

Codes and shapes are those of the API reference, "JSON Error Codes" and "Error Messages".
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from simulators.discord.errors import ApiRefusal


def unauthorized() -> ApiRefusal:
    return ApiRefusal(401, 0, "401: Unauthorized")


def unknown_route() -> ApiRefusal:
    return ApiRefusal(404, 0, "404: Not Found")


def missing_access() -> ApiRefusal:
    return ApiRefusal(403, 50001, "Missing Access", fault=False)


def missing_permissions() -> ApiRefusal:
    return ApiRefusal(403, 50013, "Missing Permissions", fault=False)


def cannot_message() -> ApiRefusal:
    return ApiRefusal(403, 50007, "Cannot send messages to this user", fault=False)


def unknown(code: int, what: str) -> ApiRefusal:
    """10003 channel, 10004 guild, 10007 member, 10008 message and the like."""
    return ApiRefusal(404, code, f"Unknown {what}", fault=False)


def too_many_commands(most: int) -> ApiRefusal:
    return ApiRefusal(400, 30032, f"Maximum number of application commands reached ({most})")


def not_the_author() -> ApiRefusal:
    return ApiRefusal(403, 50005, "Cannot edit a message authored by another user")


def wrong_channel_type() -> ApiRefusal:
    return ApiRefusal(400, 50024, "Cannot execute action on this channel type")


def thread_archived() -> ApiRefusal:
    return ApiRefusal(400, 50083, "Thread is archived", fault=False)


def thread_locked() -> ApiRefusal:
    return ApiRefusal(403, 160005, "Thread is locked", fault=False)


def stage_is_open() -> ApiRefusal:
    return ApiRefusal(400, 150006, "The Stage is already open")


def has_a_thread() -> ApiRefusal:
    return ApiRefusal(400, 160004, "A thread has already been created for this message")


def unknown_interaction() -> ApiRefusal:
    return ApiRefusal(404, 10062, "Unknown interaction")


def already_acknowledged() -> ApiRefusal:
    return ApiRefusal(400, 40060, "Interaction has already been acknowledged.")


def unknown_webhook() -> ApiRefusal:
    return ApiRefusal(404, 10015, "Unknown Webhook")


def invalid_webhook_token() -> ApiRefusal:
    return ApiRefusal(401, 50027, "Invalid Webhook Token")


def empty_message() -> ApiRefusal:
    return ApiRefusal(400, 50006, "Cannot send an empty message")


def invalid_form(problems: Iterable[ErrorDetails]) -> ApiRefusal:
    """A body with wrong fields; the answer has each error at its place in the tree."""
    tree: dict[str, Any] = {}
    words = []
    for problem in problems:
        at = tree
        for step in problem["loc"]:
            at = at.setdefault(str(step), {})
        code = problem["type"].upper()
        at.setdefault("_errors", []).append({"code": code, "message": problem["msg"]})
        words.append(f"{'.'.join(map(str, problem['loc'])) or 'body'}: {problem['msg']}")
    return ApiRefusal(400, 50035, f"Invalid Form Body ({'; '.join(words)})", errors=tree)


def wrong_field(place: str, message: str) -> ApiRefusal:
    """One wrong field."""
    where = {"_errors": [{"code": "BASE_TYPE_BAD", "message": message}]}
    return ApiRefusal(400, 50035, f"Invalid Form Body ({place}: {message})", errors={place: where})
