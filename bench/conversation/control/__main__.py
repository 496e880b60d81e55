"""What stops a reply: ``python -m bench.conversation.control``.

Scores the words that ask for silence on the phrases of each language, as they are written and
without marks and capitals. With ``--audio`` the phrases of `audio.yaml`, or of the file of another
``--language``, are heard in neural voices by Whisper first.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.conversation.control.heard import FILES, HeardPhrase, heard_phrases
from bench.conversation.control.phrases import LANGUAGES, PARTS, phrases
from bench.conversation.control.score import ControlScore, score
from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.inference.whisper import load_transcriber
from settings import load_settings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--verbose", action="store_true", help="also what was misjudged")
    parser.add_argument("--audio", action="store_true", help="as Whisper hears neural voices")
    parser.add_argument(
        "--language", choices=FILES, default="en", help="with --audio, the language"
    )
    add_json_argument(parser)
    arguments = parser.parse_args()
    if arguments.audio:
        voices = report_heard(arguments.verbose, arguments.language)
        write_json(arguments.json, "control_audio", {"voices": voices})
        return
    rows = report(PARTS if arguments.part is None else (arguments.part,), arguments.verbose)
    write_json(arguments.json, "control", {"phrases": rows})


def report(parts: Sequence[str], verbose: bool) -> list[dict[str, Any]]:
    """Print the table; returns its rows."""
    print(f"{'':<26}{'phrases':>8}{'recall':>9}{'precision':>11}")
    rows = []
    for language in LANGUAGES:
        for part in parts:
            for plain in (False, True):
                chosen = [each for each in phrases(language) if each.part == part]
                found = score(chosen, plain=plain)
                _print(f"{language} {part}{', no marks' if plain else ''}", found, verbose)
                rows.append(
                    {"language": language, "part": part, "no_marks": plain, **asdict(found)}
                )
    return rows


def report_heard(verbose: bool, language: str = "en") -> list[dict[str, Any]]:
    """Print how many phrases of each voice are taken rightly; returns the rows."""
    settings = load_settings()
    store = ModelStore(settings.models)
    stt = load_transcriber(settings.pipeline.stt, store.whisper_path)
    heard = [*heard_phrases(stt, language)]
    print(f"{'':<26}{'stops':>8}{'found':>7}{'others':>8}{'taken':>7}")
    rows = [
        _print_voice(f"{part}, {voice}", [each for each in heard if each.voice == voice])
        for part, voice in dict.fromkeys((each.part, each.voice) for each in heard)
    ]
    rows += [
        _print_voice(f"{part}, all", [each for each in heard if each.part == part])
        for part in PARTS
        if any(each.part == part for each in heard)
    ]
    if verbose:
        for each in heard:
            if not each.right:
                print(f"    {each.voice}: {each.text} was heard as {each.heard!r}")
    return rows


def _print_voice(name: str, heard: Sequence[HeardPhrase]) -> dict[str, Any]:
    stops = [each for each in heard if each.stops]
    others = [each for each in heard if not each.stops]
    found, taken = (sum(each.taken for each in half) for half in (stops, others))
    print(f"{name:<26}{len(stops):>8}{found:>7}{len(others):>8}{taken:>7}")
    return {
        "name": name,
        "stops": len(stops),
        "found": found,
        "others": len(others),
        "taken": taken,
    }


def _print(name: str, found: ControlScore, verbose: bool) -> None:
    print(f"{name:<26}{found.phrases:>8}{found.recall:>9.1%}{found.precision:>11.1%}")
    if verbose:
        for text in found.missed:
            print(f"    not taken for a stop: {text}")
        for text in found.wrong:
            print(f"    taken for a stop: {text}")


if __name__ == "__main__":
    main()
