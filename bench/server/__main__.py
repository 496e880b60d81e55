"""The speech server under load and under attack: ``python -m bench.server``.

Prints first byte and throughput of speech and of transcription at 1, 4 and 16 clients; the memory
under attacks, and how long "Hello there." of another client waits meanwhile; and how late the bot's
frames are beside its own server. ``--floor PYTHON`` also measures kokoro-onnx alone, with the
Python of an environment that has it; ``--tree DIR`` attacks the server of another checkout too.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench.report import add_json_argument, write_json
from bench.server.attacks import attacked, attacks
from bench.server.frames import frames_beside_the_server
from bench.server.server_process import ROOT, speech_server_process
from bench.server.throughput import (
    CLIENTS,
    Rate,
    recording,
    sentences,
    speech_rate,
    transcription_rate,
)
from models.registry import KOKORO
from models.store import ModelStore
from settings import Settings, load_settings

PARTS: Final = ("speech", "transcription", "attacks", "frames")
_VOICES: Final = {"Kokoro": "kokoro:bm_george", "espeak-ng": "espeak:en-gb"}
_ATTACK_VOICE: Final = "espeak:en-gb"
"""The engine that fills a buffer fastest, and whose own time is the least."""
_ATTACKED: Final = {"SERVER__ENGINE": "espeak"}
_SPEAKS_ONLY: Final = {"SERVER__TRANSCRIPTION__ENABLED": "false"}
"""Another checkout may not have this setting."""
_PREPARATION_S: Final = 15.0
"""After its first request, the server prepares a voice of Kokoro while nobody asks for speech."""
_FLOOR_SENTENCES: Final = 2_000


async def measure(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    """The numbers of the chosen parts."""
    found: dict[str, Any] = {}
    seconds = arguments.seconds
    if "speech" in arguments.only:
        found["speech"] = await _speech(settings, seconds, arguments.floor)
    if "transcription" in arguments.only:
        found["transcription"] = await _transcription(seconds)
    if "attacks" in arguments.only:
        found["attacks"] = await _attacks(ROOT, seconds, arguments.attacks)
        if arguments.tree is not None:
            found["attacks_on_the_other_tree"] = await _attacks(
                arguments.tree, seconds, arguments.attacks
            )
    if "frames" in arguments.only:
        late = await frames_beside_the_server(settings, seconds / 2, rounds=3)
        found["frames"] = {case: each.numbers() for case, each in sorted(late.items())}
        _print_frames(found["frames"])
    return found


async def _speech(
    settings: Settings, seconds: float, floor: Path | None
) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    async with speech_server_process(variables=_SPEAKS_ONLY) as server:
        for name, voice in _VOICES.items():
            await speech_rate(server.url, 1, 1.0, voice)  # the first request loads the voice
            await asyncio.sleep(_PREPARATION_S)
            found[name] = [
                (await speech_rate(server.url, clients, seconds, voice)).numbers()
                for clients in CLIENTS
            ]
            _print_rates(f"speech, {name}", found[name])
    if floor is not None:
        found["kokoro-onnx alone"] = _floor(settings, floor, seconds)
        _print_rates("speech, kokoro-onnx alone (no server)", found["kokoro-onnx alone"])
    return found


async def _transcription(seconds: float) -> list[dict[str, Any]]:
    async with speech_server_process() as server:
        audio = await recording(server.url, "jarvis")
        rates = [
            (await transcription_rate(server.url, clients, seconds, audio)).numbers()
            for clients in CLIENTS
        ]
    _print_rates("transcription, of some ten seconds", rates)
    return rates


async def _attacks(tree: Path, seconds: float, names: Sequence[str] | None) -> list[dict[str, Any]]:
    """Each attack on a server of its own, which keeps nothing of the one before."""
    results = []
    sys.stdout.write(
        f"\nattacks on {'this server' if tree == ROOT else tree}: memory in MiB; wait of "
        f'"Hello there." in s\n{"":<34}{"before":>8}{"at most":>8}{"after":>8}{"usual":>8}'
        f"{'median':>8}{'longest':>8}{'refused':>8}  attackers got\n"
    )
    for name, attack in attacks(_ATTACK_VOICE).items():
        if names is not None and not any(part in name for part in names):
            continue
        variables = {**_ATTACKED, **(_SPEAKS_ONLY if tree == ROOT else {})}
        async with speech_server_process(tree, variables) as server:
            await speech_rate(server.url, 1, 1.0, _ATTACK_VOICE)
            result = (await attacked(name, attack, server, 2 * seconds)).numbers()
        results.append(result)
        sys.stdout.write(
            f"{name:<34}{result['before_mib']:>8}{result['most_mib']:>8}{result['after_mib']:>8}"
            f"{result['usual_s']:>8}{_or_dash(result['hello_median_s']):>8}"
            f"{_or_dash(result['hello_longest_s']):>8}"
            f"{result['refused']:>8}  {result['statuses']}\n"
        )
        sys.stdout.flush()
    return results


def _floor(settings: Settings, python: Path, seconds: float) -> list[dict[str, Any]]:
    folder = ModelStore(settings.models).path(KOKORO.name)
    (model,) = folder.glob("*.onnx")
    script = Path(__file__).parent / "bare_kokoro.py"
    voice = _VOICES["Kokoro"].partition(":")[2]
    command = [python, script, model, folder / "voices", voice, seconds, *CLIENTS]
    texts = json.dumps([*itertools.islice(sentences(), _FLOOR_SENTENCES)])
    ended = subprocess.run(
        [str(each) for each in command],
        input="\n".join([texts] * len(CLIENTS)),
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        Rate(
            each["clients"],
            first_byte_ms=each["ms"],  # it gives a sentence as a whole
            total_ms=each["ms"],
            audio_s=each["audio_s"],
            took_s=each["took_s"],
        ).numbers()
        for each in map(json.loads, ended.stdout.splitlines())
    ]


def _or_dash(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:.2f}"


def _print_rates(name: str, rates: Sequence[Mapping[str, Any]]) -> None:
    sys.stdout.write(
        f"\n{name}\n{'clients':>8}{'requests':>10}{'refused':>9}{'first byte p50':>16}{'p95':>8}"
        f"{'whole p50':>11}{'p95':>8}{'audio s/s':>11}\n"
    )
    for rate in rates:
        figures = (
            f"{rate.get(key, '-'):>{width}}"
            for key, width in (
                ("clients", 8),
                ("requests", 10),
                ("refused", 9),
                ("first_byte_p50_ms", 16),
                ("first_byte_p95_ms", 8),
                ("total_p50_ms", 11),
                ("total_p95_ms", 8),
                ("audio_seconds_per_second", 11),
            )
        )
        sys.stdout.write("".join(figures) + "\n")
    sys.stdout.flush()


def _print_frames(frames: Mapping[str, Mapping[str, Any]]) -> None:
    sys.stdout.write(f"\nlateness of 20 ms frames, in ms\n{'':<18}{'frames':>8}")
    columns = [
        f"{where}_{what}"
        for where in ("loop", "thread")
        for what in ("p50_ms", "p99_ms", "max_ms", "over_20_ms")
    ]
    sys.stdout.write("".join(f"{column.removesuffix('_ms'):>16}" for column in columns) + "\n")
    for case, figures in frames.items():
        row = "".join(f"{figures[column]:>16}" for column in columns)
        sys.stdout.write(f"{case:<18}{figures['frames']:>8}{row}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.server", description=__doc__.partition("\n")[0] if __doc__ else None
    )
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts only")
    parser.add_argument("--attacks", nargs="+", metavar="NAME", help="of these names only")
    parser.add_argument("--floor", type=Path, metavar="PYTHON", help="one that has kokoro-onnx")
    parser.add_argument("--tree", type=Path, metavar="DIR", help="attack this checkout too")
    add_json_argument(parser)
    arguments = parser.parse_args()
    found = asyncio.run(measure(arguments, load_settings()))
    write_json(arguments.json, "server", found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
