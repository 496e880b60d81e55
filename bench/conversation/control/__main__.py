"""What stops a reply: ``python -m bench.conversation.control``.

Scores the words that ask for silence on the phrases of each language, as they are written and
without marks and capitals. With ``--audio`` the phrases of `audio.yaml` are heard in neural voices
by Whisper first.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from bench.conversation.control.phrases import LANGUAGES, PARTS, phrases
from bench.conversation.control.score import ControlScore, score
from bench.report import add_json_argument, write_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--verbose", action="store_true", help="also what was misjudged")
    add_json_argument(parser)
    arguments = parser.parse_args()
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


def _print(name: str, found: ControlScore, verbose: bool) -> None:
    print(f"{name:<26}{found.phrases:>8}{found.recall:>9.1%}{found.precision:>11.1%}")
    if verbose:
        for text in found.missed:
            print(f"    not taken for a stop: {text}")
        for text in found.wrong:
            print(f"    taken for a stop: {text}")


if __name__ == "__main__":
    main()
