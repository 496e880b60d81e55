"""The arguments of a replay, and the agents that they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from configuration.names import nearest_name
from pipeline.personas import personas
from pipeline.ports import Persona
from settings import Settings


class UnusableReplay(Exception):
    """The arguments do not fit together; the message says what to change."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The arguments of the command. ``answer`` is the agents'; None is `app.replay.runs.ANSWER`."""

    paths: tuple[Path, ...]
    agents: tuple[str, ...] = ()
    answer: str | None = None
    answer_after_s: float = 0.0
    gateway: bool = False
    json: bool = False


def chosen_personas(settings: Settings, names: Sequence[str]) -> Mapping[str, Persona]:
    """The agents of a replay, the current one first; without names those of the settings.

    Raises:
        UnusableReplay: the settings have no such agent.
    """
    known = personas(settings.agents, settings.openclaw.agent_id)
    if not names:
        first = settings.openclaw.agent_id
        return {first: known[first], **known}
    if unknown := [name for name in names if name not in known]:
        raise UnusableReplay(f"the settings have {no_such('agent', unknown[0], known)}")
    return {name: known[name] for name in names}


def no_such(what: str, name: str, known: Iterable[str]) -> str:
    """ "no agent 'jarviss': they are jarvis, sage; did you mean jarvis?" """
    names = list(known)
    near = nearest_name(name, names)
    guess = f"; did you mean {near}?" if near is not None else ""
    return f"no {what} {name!r}: they are {', '.join(names)}{guess}"
