"""How well the bot finds what is addressed to it: ``python -m bench.conversation.addressee``.

Scores the rules on the addressee set, part by part and level by level.
"""

from __future__ import annotations

import argparse

from bench.conversation.addressee.scenes import PARTS, cases
from bench.conversation.addressee.score import all_levels, kinds_table, mistakes, numbers, table
from bench.report import add_json_argument, write_json


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--verbose", action="store_true", help="also what was misjudged, and why")
    add_json_argument(parser)
    arguments = parser.parse_args()
    found = {}
    for part in PARTS if arguments.part is None else (arguments.part,):
        scores = all_levels(cases(part))
        found[part] = numbers(scores)
        print(f"{part}\n\n{table(scores)}\n\n{kinds_table(scores)}\n")
        if arguments.verbose:
            print(f"{mistakes(scores)}\n")
    print("kinds: answered / to be answered, + answered that was not to be")
    write_json(arguments.json, "addressee", {"parts": found})


if __name__ == "__main__":
    main()
