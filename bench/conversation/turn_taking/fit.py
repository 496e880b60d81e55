"""Fit turn completion: ``python -m bench.conversation.turn_taking.fit [--recordings DIR]``.

The weights in ``pipeline/listening/turn_completion.json`` come from the tuning scenes in Kokoro's
tuning voices and from every second recorded prompt, with Smart Turn, Whisper base and SmolLM2:
nothing that is not public. ``--recordings`` adds a folder in the form of `bench.recordings`
(``prompts.json`` and its files). Each file is one turn, which is over with its last sound, and its
pauses are found in it.

Pauses that are over before a rule can act on them teach nothing and are left out. Samples of one
scene are never on both sides of the cross-validation, nor are those of one voice of Kokoro's.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.conversation.turn_taking.logistic import (
    Floats,
    Logistic,
    area_under_curve,
    fit,
    log_loss,
)
from bench.conversation.turn_taking.neural import VOICES, Making
from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.sample_maker import SampleMaker
from bench.conversation.turn_taking.samples import PEOPLE, PauseSample, Silence
from bench.conversation.turn_taking.scenes import load
from pipeline.listening.turn_completion import WEIGHTS_FILE, CompletionEvidence, features_of

PARTS: Final = ("sound", "closing", "words", "ending")
_PENALTIES: Final = (3.0, 10.0, 30.0)
_BORDER_COUNT: Final = 0.1
"""How much a turn that is broken off anywhere counts beside a pause where people make one."""
_BORDER_SCENES: Final = slice(None, None, 8)
"""The scenes that are broken off at every word: each costs ten transcriptions."""
_SHORTEST_MS: Final = 300.0
"""Shorter pauses are over before the shortest silence of a rule is noticed."""
_SCENE_FOLDS: Final = 5
_DIGITS: Final = 4
_SHIFTS: Final = ((Making.WHOLE, 0, None), (Making.WHOLE, 3, 214), (Making.PIECES, 5, 214))
"""Makings, the voices of a scene counted from its number, and how many scenes are spoken so."""
_ORIGIN: Final = (
    "Weights of pipeline/listening/turn_completion.py, in log-odds. Written by "
    "python -m bench.conversation.turn_taking.fit from the tuning scenes in Kokoro's tuning "
    "voices and half of the public prompts, with Smart Turn, Whisper base and SmolLM2."
)


@dataclass(frozen=True, slots=True)
class Table:
    """Features, ``float64[n, k]``, of the samples that have all of some parts."""

    names: tuple[str, ...]
    features: Floats
    over: Floats
    counts: Floats
    scenes: tuple[str, ...]
    voices: tuple[str, ...]


def combinations() -> Iterator[tuple[str, ...]]:
    """Every set of parts that can be there, in the order of `PARTS`: an ending needs words."""
    for chosen in product((True, False), repeat=len(PARTS)):
        parts = tuple(part for part, there in zip(PARTS, chosen, strict=True) if there)
        if parts and ("words" in parts or "ending" not in parts):
            yield parts


def table_of(rows: Iterable[Observed], parts: Sequence[str]) -> Table:
    """The samples that have all ``parts``, seen without the others."""
    used: list[tuple[Observed, dict[str, float]]] = []
    for row in rows:
        name, found = features_of(_only(row.evidence, parts))
        if name == "+".join(parts) and _teaches(row.sample):
            used.append((row, found))
    names = tuple(used[0][1])
    return Table(
        names,
        np.array([[found[name] for name in names] for _, found in used]),
        np.array([float(row.over) for row, _ in used]),
        np.array([_count(row.sample) for row, _ in used]),
        tuple(row.sample.group for row, _ in used),
        tuple(PEOPLE if row.sample.kind == PEOPLE else row.sample.voice for row, _ in used),
    )


def cross_validated(table: Table, penalty: float) -> Floats:
    """The probability of each sample by a model that has seen neither its scene nor its voice."""
    scene = np.array([sum(each.encode()) % _SCENE_FOLDS for each in table.scenes])
    voice = np.array(table.voices)
    recorded = voice == PEOPLE
    found = np.zeros(len(table.over))
    for one, other in product(range(_SCENE_FOLDS), sorted(set(table.voices))):
        held = (scene == one) & (voice == other)
        seen = (scene != one) & ((voice != other) | recorded)
        if held.any():
            model = fit(table.features[seen], table.over[seen], table.counts[seen], penalty)
            found[held] = model.probability(table.features[held])
    return found


def best(table: Table) -> tuple[Logistic, float, Floats]:
    """The model with the penalty that does best on what it has not seen; with those results."""
    tried = {penalty: cross_validated(table, penalty) for penalty in _PENALTIES}
    penalty = min(tried, key=lambda each: log_loss(tried[each], table.over, table.counts))
    model = fit(table.features, table.over, table.counts, penalty)
    return model, penalty, tried[penalty]


def as_data(table: Table, model: Logistic) -> dict[str, float]:
    """The weights by feature, "" for the constant, as `turn_completion` reads them."""
    pairs = zip(table.names, model.weights, strict=True)
    return {"": round(model.constant, _DIGITS)} | {
        name: round(float(weight), _DIGITS) for name, weight in pairs
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recordings", type=Path, help="also fit on these recordings")
    parser.add_argument("--output", type=Path, default=WEIGHTS_FILE)
    arguments = parser.parse_args()
    maker = SampleMaker()
    scenes, voices = load("tuning"), VOICES["tuning"]
    rows = maker.borders(scenes[_BORDER_SCENES], voices)
    for making, shift, count in _SHIFTS:
        rows += maker.scenes(scenes[:count], voices, making, shift)
    rows += maker.recordings(None, "tuning")
    if arguments.recordings:
        rows += maker.recordings(arguments.recordings)
    print(f"{len(rows)} samples; {maker.missing} scenes left out, whose clips are missing")
    models: dict[str, Any] = {}
    for parts in combinations():
        table = table_of(rows, parts)
        model, penalty, found = best(table)
        models["+".join(parts)] = as_data(table, model)
        real = table.counts == 1  # pauses and ends
        area = area_under_curve(found[real], table.over[real])
        loss = log_loss(found[real], table.over[real], table.counts[real])
        print(f"{'+'.join(parts):<28}{real.sum():>6} silences  AUC {area:.3f}  "
              f"log loss {loss:.3f}  penalty {penalty:g}")  # fmt: skip
    data = {"origin": _ORIGIN, "samples": len(rows), "models": models}
    arguments.output.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _teaches(sample: PauseSample) -> bool:
    return sample.silence in (Silence.END, Silence.BORDER) or sample.pause_ms >= _SHORTEST_MS


def _count(sample: PauseSample) -> float:
    return _BORDER_COUNT if sample.silence is Silence.BORDER else 1.0


def _only(evidence: CompletionEvidence, parts: Sequence[str]) -> CompletionEvidence:
    return replace(
        evidence,
        turn_probability=evidence.turn_probability if "sound" in parts else None,
        closing=evidence.closing if "closing" in parts else None,
        utterance=evidence.utterance if "words" in parts else None,
        ending=evidence.ending if "ending" in parts else None,
    )


if __name__ == "__main__":
    main()
