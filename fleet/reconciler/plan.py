"""What has to change at a Gateway: its configuration, and its cron jobs. No I/O."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from configuration.desired.documents import REDACTED as HIDDEN
from configuration.desired.documents import DocumentChange
from configuration.schema import Path, dotted
from fleet.reconciler.desired import CronDeclaration

REDACTED: Final = "__OPENCLAW_REDACTED__"
"""What the Gateway shows in place of a secret."""
_SECRET_NAME: Final = re.compile(r"token|secret|password|api_?key|credential", re.IGNORECASE)
_LONGEST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A value of the configuration that differs. ``lost`` are entries that a list would lose."""

    change: DocumentChange
    before: Any
    lost: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return dotted(self.change.path)

    def __str__(self) -> str:
        """On one line, without secrets."""
        if self.change.removed:
            return f"- {self.path}: {_shown(self.change.path, self.before)}"
        new = _shown(self.change.path, self.change.value)
        if self.before is None:
            return f"+ {self.path}: {new}"
        return f"~ {self.path}: {_shown(self.change.path, self.before)} -> {new}"


@dataclass(frozen=True, slots=True)
class CronChange:
    """A cron job to create, to update or to remove. ``ident`` is the Gateway's, if it has one."""

    action: Literal["create", "update", "remove"]
    name: str
    params: Mapping[str, Any]
    ident: str | None = None
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        sign = {"create": "+", "update": "~", "remove": "-"}[self.action]
        what = f": {', '.join(self.fields)}" if self.fields else ""
        return f"{sign} cron {self.name}{what}"


def config_changes(
    desired: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, str]
) -> list[ConfigChange]:
    """What of ``desired`` differs in ``current``; null in ``desired`` removes a key.

    ``secrets`` has the hashes of the secrets that were set last, by their paths: the Gateway does
    not show them, so only a changed one differs.
    """
    return list(_config_changes((), desired, current, secrets))


def merge_patch(changes: Iterable[ConfigChange]) -> dict[str, Any]:
    """The object of `config.patch` with only these changes; null removes a key."""
    patch: dict[str, Any] = {}
    for each in changes:
        *above, last = each.change.path
        at = patch
        for name in above:
            at = at.setdefault(name, {})
        at[last] = None if each.change.removed else each.change.value
    return patch


def lists_in_need(changes: Iterable[ConfigChange], allowed: Sequence[str]) -> list[ConfigChange]:
    """Changes of lists that lose entries, and are not allowed to."""
    return [each for each in changes if each.lost and each.path not in allowed]


def secret_hashes(desired: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, str]:
    """The hashes of the secrets in ``desired`` that ``current`` does not show."""
    found: dict[str, str] = {}

    def walk(path: Path, want: Any, have: Any) -> None:
        if isinstance(want, Mapping):
            for name, inner in want.items():
                walk((*path, name), inner, have.get(name) if isinstance(have, Mapping) else None)
        elif have == REDACTED and want is not None:
            found[dotted(path)] = _digest(want)

    walk((), desired, current)
    return found


def cron_changes(
    declared: Iterable[CronDeclaration], jobs: Iterable[Mapping[str, Any]], owner: str
) -> list[CronChange]:
    """What makes the jobs of ``owner`` those that are declared. No other job is touched."""
    prefix = f"{owner}:"
    mine = {
        str(job["declarationKey"]): job
        for job in jobs
        if str(job.get("declarationKey", "")).startswith(prefix)
    }
    changes: list[CronChange] = []
    for each in declared:
        key = prefix + each.name
        params = each.params(key)
        job = mine.pop(key, None)
        if job is None:
            changes.append(CronChange("create", each.name, params))
        elif fields := tuple(name for name in params if not _fits(params[name], job.get(name))):
            changes.append(CronChange("update", each.name, params, str(job["id"]), fields))
    for key, job in sorted(mine.items()):
        changes.append(CronChange("remove", key.removeprefix(prefix), {}, str(job["id"])))
    return changes


def _config_changes(
    at: Path, desired: Mapping[str, Any], current: Mapping[str, Any], secrets: Mapping[str, str]
) -> Iterator[ConfigChange]:
    for name, want in desired.items():
        path, have = (*at, name), current.get(name)
        if want is None:
            if name in current:
                yield ConfigChange(DocumentChange(path=path, removed=True), have)
        elif isinstance(want, Mapping) and (have is None or isinstance(have, Mapping)):
            yield from _config_changes(path, want, have or {}, secrets)
            if not want and have is None:
                yield ConfigChange(DocumentChange(path=path, value={}), None)
        elif have == REDACTED:
            if secrets.get(dotted(path)) != _digest(want):
                yield ConfigChange(DocumentChange(path=path, value=want), have)
        elif not _same(want, have):
            lost = _lost(want, have)
            yield ConfigChange(DocumentChange(path=path, value=want), have, lost)


def _same(want: Any, have: Any) -> bool:
    """Equal, but for secrets inside lists, which the Gateway does not show."""
    if have == REDACTED:
        return True
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        return want.keys() == have.keys() and all(_same(want[name], have[name]) for name in want)
    if isinstance(want, list) and isinstance(have, list):
        return len(want) == len(have) and all(map(_same, want, have))
    return bool(want == have) and isinstance(want, bool) == isinstance(have, bool)


def _lost(want: Any, have: Any) -> tuple[str, ...]:
    if not isinstance(have, list):
        return ()
    new = want if isinstance(want, list) else []
    return tuple(json.dumps(each)[:80] for each in have if each not in new)


def _fits(want: Any, have: Any) -> bool:
    """Whether a job has what is declared; the Gateway adds fields of its own."""
    if isinstance(want, Mapping):
        return isinstance(have, Mapping) and all(
            _fits(value, have.get(name)) for name, value in want.items()
        )
    return bool(want == have)


def _shown(path: Path, value: Any) -> str:
    def hidden(name: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {inner: hidden(inner, each) for inner, each in value.items()}
        if isinstance(value, list):
            return [hidden(name, each) for each in value]
        return HIDDEN if isinstance(value, str) and _SECRET_NAME.search(name) else value

    text = json.dumps(hidden(path[-1], value), ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
