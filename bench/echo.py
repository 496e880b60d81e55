"""How well the bot tells its own echo from speech: `python -m bench.echo`.

Two voices of the bot pass through a loudspeaker (band, distortion) and a room with 150 to 500 ms of
reverberation, and arrive 80 to 400 ms late, in noise. Four other voices speak alone and over that
echo. The echo detector checks every 60 ms, as in a call. The table shows the share of checks that
found an echo, and how long after its onset speech over it was detected.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np

from bench.report import add_json_argument, write_json
from pipeline.audio import HEARD_RATE
from pipeline.echo.detector import EchoMemory, EchoResult
from pipeline.settings import BargeInSettings
from server.engines.espeak import EspeakEngine, EspeakVoice
from testing.echo_sounds import (
    CHECK_SAMPLES,
    STORY,
    TALK,
    Sound,
    echo_checks,
    echo_of,
    level,
    spoken,
)

BOT: Final = (EspeakVoice("en-gb-x-rp", "m3", 165, 35), EspeakVoice("en-us", "f2", 150, 60))
PEOPLE: Final = (
    EspeakVoice("en-us", "f4", 165, 50),
    EspeakVoice("en-gb-scotland", "m7", 165, 50),
    EspeakVoice("en-us", "Annie", 165, 50),
    EspeakVoice("en-gb", "m2", 165, 50),
)
PEOPLE_FROM_S: Final = 4.0


@dataclass(slots=True)
class EchoRow:
    """One kind of scene."""

    scene: str
    noise_db: int
    echo_share: float
    noticed_ms: float | None
    missed: int


def scene(
    kind: str, noise_db: int, played: Sound, person: Sound, seed: int
) -> tuple[float, float | None]:
    """The share of checks that found an echo, and when speech was detected, in ms."""
    rng = np.random.default_rng(seed)
    echo = echo_of(played, rng.uniform(80, 400), rng.uniform(0.15, 0.5), seed)
    noise = rng.normal(0, level(echo) * 10 ** (-noise_db / 20), played.size)
    voice = np.resize(person, played.size)
    voice = voice * level(echo) / level(voice)
    since = 0
    if kind == "a person alone":
        mic = voice + noise
    elif kind == "echo alone":
        mic = echo + noise
    else:
        since = int(PEOPLE_FROM_S * HEARD_RATE)
        gain = 10 ** (int(kind.split()[1]) / 20)
        mic = echo + noise
        mic[since:] += gain * voice[: mic.size - since]
    memory = EchoMemory(BargeInSettings().echo_likeness)
    after = [
        (at, found) for at, found in echo_checks(memory, mic, played) if at > since + CHECK_SAMPLES
    ]
    share = float(np.mean([found is EchoResult.ECHO for _, found in after]))
    noticed = next((at for at, found in after if found is EchoResult.SPEECH), None)
    return share, None if noticed is None else (noticed - since) * 1000 / HEARD_RATE


def measure(scenes: int) -> list[EchoRow]:
    kinds = ("echo alone", "a person alone", "person -6 dB", "person 0 dB", "person +6 dB")
    rows = []
    with EspeakEngine() as engine:
        played = [spoken(engine, STORY, voice) for voice in BOT]
        people = [spoken(engine, TALK, voice) for voice in PEOPLE]
    for kind in kinds:
        for noise_db in (30, 10):
            results = [
                scene(kind, noise_db, played[i % 2], people[i % 4], i) for i in range(scenes)
            ]
            times = [at for _, at in results if at is not None]
            over = kind.startswith("person")
            rows.append(
                EchoRow(
                    kind,
                    noise_db,
                    float(np.mean([share for share, _ in results])),
                    float(np.median(times)) if over and times else None,
                    scenes - len(times) if over else 0,
                )
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.echo")
    parser.add_argument("--scenes", type=int, default=8, help="scenes of each kind (8)")
    add_json_argument(parser)
    args = parser.parse_args()
    rows = measure(args.scenes)
    print(f"{'scene':<16} {'signal/noise':>12} {'found an echo':>14} {'noticed after':>14}")
    for row in rows:
        noticed = "" if row.noticed_ms is None else f"{row.noticed_ms:.0f} ms"
        missed = f", {row.missed} missed" if row.missed else ""
        print(f"{row.scene:<16} {row.noise_db:>9} dB {row.echo_share:>13.0%} {noticed:>14}{missed}")
    write_json(args.json, "echo", {"rows": [asdict(row) for row in rows]})


if __name__ == "__main__":
    main()
