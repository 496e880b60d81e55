"""The table of the evaluation: endpoint rules on observed silences, set by set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.simulation import (
    Outcome,
    SimulatedPause,
    simulate,
    table,
)
from pipeline.language.utterance import Completeness
from pipeline.listening.endpoint_rule import EndpointRule

AGENTS_MS: Final = (0.0, 400.0, 800.0)
"""The times of three agents from the question to the first sentence."""
_HEADER: Final = (
    f"{'':<30}{'cut':>7}{'into':>7}{'800':>7}"
    + "".join(f"{f'{ms:.0f} ms':>14}" for ms in AGENTS_MS)
    + f"{'aborted':>9}"
)


def report(
    name: str,
    rows: Sequence[Observed],
    rules: Mapping[str, EndpointRule],
    *,
    natural: bool = False,
) -> dict[str, Any]:
    """Print the table of a set; returns its numbers. ``rules`` are by name, ours first."""
    pauses = table(rows, natural=natural)
    ends = [each for each in pauses if each.length_ms is None]
    voices = len({each.observed.sample.voice for each in pauses})
    print(f"\n{name}: {len(ends)} turns, {len(pauses) - len(ends)} pauses, {voices} voices")
    print(_HEADER)
    found: dict[str, Any] = {}
    for policy, rule in rules.items():
        outcomes = [simulate(pauses, rule, agent_ms) for agent_ms in AGENTS_MS]
        print(line(policy, outcomes))
        found[policy] = numbers(outcomes)
    calls = [each for each in ends if _is_whole_call(each)]
    if calls:
        ours, rule = next(iter(rules.items()))
        outcome = simulate(calls, rule, 0.0)
        print(
            f"whole questions and requests by name, {ours}, instant agent: {len(calls)}, "
            f"median {outcome.median_ms:.0f}, p90 {outcome.p90_ms:.0f} ms"
        )
        found["calls"] = {"turns": len(calls), "median_ms": round(outcome.median_ms, 1)}
    return {"turns": len(ends), "pauses": len(pauses) - len(ends), "policies": found}


def line(name: str, outcomes: Sequence[Outcome]) -> str:
    """A row: shares of the pauses, then the first sound, median and p90, for each agent."""
    first = outcomes[0]
    times = "".join(f"{one.median_ms:>8.0f} /{one.p90_ms:>4.0f}" for one in outcomes)
    return (
        f"{name:<30}{first.cut_share:>7.1%}{first.into_share:>7.1%}"
        f"{outcomes[-1].into_share:>7.1%}{times}{first.aborted_share:>9.0%}"
    )


def numbers(outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
    """The row as numbers, by the agent's time."""
    return {
        f"agent_{ms:.0f}_ms": {
            "cut_share": round(one.cut_share, 4),
            "into_share": round(one.into_share, 4),
            "aborted_share": round(one.aborted_share, 4),
            "median_ms": round(one.median_ms, 1),
            "p90_ms": round(one.p90_ms, 1),
        }
        for ms, one in zip(AGENTS_MS, outcomes, strict=True)
    }


def _is_whole_call(pause: SimulatedPause) -> bool:
    words = pause.observed.evidence.utterance
    whole = words is not None and words.completeness is Completeness.WHOLE
    return whole and pause.observed.called
