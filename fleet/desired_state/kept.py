"""What a bot keeps on disk of its desired configuration: the last that ran well, the one on trial,
the one that it refused, and what it has to tell the control plane."""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from configuration.desired.documents import NamedDocument
from configuration.desired.records import AckOutcome, EventLevel
from state import StateFile

log = logging.getLogger(__name__)

STATE_FILE: Final = "desired-state.json"
MOST_STARTS: Final = 3
"""Starts of a version on trial that may end before the trial does."""
_MOST_EVENTS: Final = 100
_MOST_REFUSED: Final = 20


class KeptVersion(BaseModel):
    """A version with its content, which may hold tokens."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    version: int
    hash: str
    document: dict[str, Any]

    def named(self) -> NamedDocument:
        return NamedDocument(f"version {self.version} of the control plane", self.document)


class KeptAck(BaseModel):
    """An answer to a version that the control plane has not got yet."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int
    hash: str
    outcome: AckOutcome
    reason: str = ""
    restart_needed: tuple[str, ...] = ()


class KeptEvent(BaseModel):
    """An event that the control plane has not got yet. ``at`` is Unix time in seconds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(default_factory=lambda: uuid.uuid4().hex)
    at: float = Field(default_factory=time.time)
    kind: str
    level: EventLevel = "info"
    text: str = ""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    good: KeptVersion | None = None
    trial: KeptVersion | None = None
    trial_starts: int = 0
    broken_before: tuple[str, ...] = ()
    refused: list[KeptAck] = Field(default_factory=list)
    """The versions that were refused since one ran well: their content is not tried again."""
    acks: list[KeptAck] = Field(default_factory=list)
    events: list[KeptEvent] = Field(default_factory=list)


class KeptState:
    """The file of one bot, ``desired-state.json`` (mode 0600). Every change is written at once."""

    def __init__(self, folder: Path) -> None:
        self._file = StateFile(folder / STATE_FILE, _Kept(), "the desired configuration")

    @property
    def good(self) -> KeptVersion | None:
        """The last version that ran well; None while none did."""
        return self._file.value.good

    @property
    def trial(self) -> KeptVersion | None:
        """The version that runs on trial, or will from the next start on."""
        return self._file.value.trial

    @property
    def broken_before(self) -> tuple[str, ...]:
        """The parts that were broken before the trial."""
        return self._file.value.broken_before

    @property
    def acks(self) -> list[KeptAck]:
        return list(self._file.value.acks)

    @property
    def events(self) -> list[KeptEvent]:
        return list(self._file.value.events)

    def refusal_of(self, version: KeptVersion) -> KeptAck | None:
        """The answer to a version of the same content, if it was refused and none ran since."""
        same = (each for each in self._file.value.refused if each.hash == version.hash)
        return next(same, None)

    def version_for_start(self) -> KeptVersion | None:
        """The version to start with; counts the start of one on trial, and gives it up after
        `MOST_STARTS`."""
        kept = self._file.value
        if kept.trial is None:
            return kept.good
        if kept.trial_starts >= MOST_STARTS:
            self.refuse(
                kept.trial,
                f"went back: the bot ended {MOST_STARTS} times before it had run well",
            )
            return kept.good
        kept.trial_starts += 1
        self._file.save()
        return kept.trial

    def versions_in_use(self) -> tuple[KeptVersion, ...]:
        """What the next start would try, in this order. Unlike `version_for_start` it counts no
        start and gives nothing up."""
        kept = self._file.value
        trial = kept.trial if kept.trial_starts < MOST_STARTS else None
        return tuple(each for each in (trial, kept.good) if each is not None)

    def begin_trial(self, version: KeptVersion, broken: tuple[str, ...]) -> None:
        """A version is tried from now, or from the next start on."""
        kept = self._file.value
        kept.trial, kept.trial_starts, kept.broken_before = version, 0, broken
        self._file.save()

    def accept(self, version: KeptVersion, restart_needed: tuple[str, ...] = ()) -> None:
        """A version runs well. One that needs a restart stays on trial for the next start."""
        kept = self._file.value
        if not restart_needed:
            kept.good, kept.trial, kept.trial_starts = version, None, 0
        kept.refused = []
        self._answer(version, "applied", restart_needed=restart_needed)
        needs = f"; a restart is needed for {', '.join(restart_needed)}" if restart_needed else ""
        self._add_event("config_applied", f"version {version.version} runs{needs}")
        self._file.save()

    def refuse(self, version: KeptVersion, reason: str) -> None:
        """A version is not used, or not any more."""
        kept = self._file.value
        if kept.trial is not None and kept.trial.hash == version.hash:
            kept.trial, kept.trial_starts = None, 0
        # An earlier version of the same content ran well: it stays the way back.
        if kept.good is not None and kept.good.version == version.version:
            kept.good = None
        answer = self._answer(version, "refused", reason)
        kept.refused = [*kept.refused, answer][-_MOST_REFUSED:]
        self._add_event("config_refused", f"version {version.version}: {reason}", "error")
        self._file.save()
        log.error("version %d of the configuration was refused: %s", version.version, reason)

    def add_event(self, kind: str, text: str, level: EventLevel = "info") -> None:
        """Something to tell the control plane."""
        self._add_event(kind, text, level)
        self._file.save()

    def delivered(self, acks: int = 0, events: int = 0) -> None:
        """The control plane has the first of these."""
        kept = self._file.value
        del kept.acks[:acks]
        del kept.events[:events]
        self._file.save()

    def _answer(
        self,
        version: KeptVersion,
        outcome: AckOutcome,
        reason: str = "",
        restart_needed: tuple[str, ...] = (),
    ) -> KeptAck:
        others = [each for each in self._file.value.acks if each.version != version.version]
        ack = KeptAck(
            version=version.version,
            hash=version.hash,
            outcome=outcome,
            reason=reason[:4_000],
            restart_needed=restart_needed,
        )
        self._file.value.acks = [*others, ack]
        return ack

    def _add_event(self, kind: str, text: str, level: EventLevel = "info") -> None:
        event = KeptEvent(kind=kind, text=text[:2_000], level=level)
        self._file.value.events = [*self._file.value.events, event][-_MOST_EVENTS:]
