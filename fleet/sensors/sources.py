"""Finds the sources that the settings name: our own, and those of other packages.

Another package registers a source by an entry point of the group ``openclaw_voice.sensors``, or the
settings name ``package.module:function``. Either is a function without arguments that returns a
`SensorSource`. One that cannot be had costs only itself: `list_sensors` and the log say why.
"""

from __future__ import annotations

import importlib
import logging
import re
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import Any, Final, NoReturn

from fleet.sensors.gpu import GpuSource
from fleet.sensors.machine import MachineSource
from fleet.sensors.readings import SensorSource, SensorUnavailable
from fleet.sensors.rooms import ROOMS

log = logging.getLogger(__name__)

GROUP: Final = "openclaw_voice.sensors"
_OURS: Final[dict[str, Callable[[], SensorSource]]] = {
    "machine": MachineSource,
    "gpu": GpuSource,
}
_DOTTED: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class MissingSource:
    """Stands for a source that cannot be had, and says why."""

    def __init__(self, name: str, why: str) -> None:
        self.name = name
        self._why = why

    async def read(self) -> NoReturn:
        raise SensorUnavailable(self._why)


def check_name(name: str) -> str:
    """A name of the settings, if it can be a source's.

    Raises:
        ValueError: it is none of ours, of no other package, and no dotted path.
    """
    if name in _OURS or name == ROOMS or _DOTTED.fullmatch(name):
        return name
    others = sorted(each.name for each in entry_points(group=GROUP))
    if name in others:
        return name
    known = ", ".join([*_OURS, ROOMS, *others])
    raise ValueError(
        f"there is no source {name!r}; there are {known}, and functions such as "
        "my_package.my_module:make_source"
    )


def make_sources(names: Sequence[str]) -> list[SensorSource]:
    """The sources of those names, without `ROOMS`: its owner needs it for itself."""
    return [_made(name) for name in names if name != ROOMS]


def _made(name: str) -> SensorSource:
    try:
        source = _maker(name)()
    except Exception as error:
        log.exception("the source %s of fleet.sensors.sources cannot be made", name)
        return MissingSource(name, f"it cannot be made: {type(error).__name__}: {error}")
    wrong = _wrong_with(source)
    return source if not wrong else MissingSource(name, f"it is no source: {wrong}")


def _maker(name: str) -> Callable[[], Any]:
    if (ours := _OURS.get(name)) is not None:
        return ours
    for each in entry_points(group=GROUP):
        if each.name == name:
            found: Callable[[], Any] = each.load()
            return found
    module, _, function = name.partition(":")
    made: Callable[[], Any] = getattr(importlib.import_module(module), function)
    return made


def _wrong_with(source: object) -> str:
    if not isinstance(getattr(source, "name", None), str):
        return "it has no name"
    if not callable(getattr(source, "read", None)):
        return "it has no function read"
    return ""
