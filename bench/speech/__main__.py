"""Speech to text on people, neural voices and noises: ``python -m bench.speech``.

Prints word errors, exact prompts, loops, end marks, names, inventions and times: of the method
before (``shipped``), of ours (``ear``), and with ``--full`` of Whisper's own window of 30 s. The
names are in Kokoro voices, in the part that nothing was tuned on.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from bench.recordings import Recordings, RecordingsUnusable
from bench.report import add_json_argument, write_json
from bench.speech.ears import Ear, Ours, Remote, ShortWindow
from bench.speech.measure import Measurement, table
from bench.speech.names import MissingClip, Part, name_clips
from bench.speech.noises import noises
from models.errors import ModelError
from models.store import ModelStore
from pipeline.inference.expected_names import ExpectedNames
from settings import load_settings

NOT_SAID: Final = ExpectedNames(("Jarvis", "Sage"), ("Alice", "Bob"))
"""Names that no prompt and no meeting has."""

_SETS: Final = ("prompts", "noises", "meetings", "names")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR", help="prompts.json or meeting.rttm with files"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every n-th prompt only")
    parser.add_argument("--only", choices=_SETS, nargs="+", default=_SETS, help="these sets only")
    parser.add_argument("--part", choices=("tune", "test"), default="test", help="of the names")
    parser.add_argument("--full", action="store_true", help="also the window of 30 s (slow)")
    parser.add_argument("--remote", metavar="URL", help="also this server of speech to text")
    parser.add_argument("--show", action="store_true", help="print what was misheard")
    parser.add_argument("--model", default="base", metavar="SIZE", help="Whisper size or directory")
    add_json_argument(parser)
    arguments = parser.parse_args()
    try:
        measured = _measure(arguments)
    except (RecordingsUnusable, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    table(measured.numbers, print)
    if arguments.show:
        for name, numbers in measured.numbers.items():
            print(f"\n{name}:", *numbers.failures, sep="\n  ")
    write_json(
        arguments.json, "speech", {name: each.report() for name, each in measured.numbers.items()}
    )
    return 0


def _measure(arguments: argparse.Namespace) -> Measurement:
    own = load_settings()
    model = ModelStore(own.models).whisper_path(arguments.model)
    settings = own.pipeline.stt.model_copy(update={"threads": 1, "device": "cpu"})
    ears: dict[str, Ear] = {"shipped": ShortWindow(model, settings), "ear": Ours(model, settings)}
    if arguments.full:
        ears["full"] = ShortWindow(model, settings, 3000)
    if arguments.remote:
        for name, prompt in (("remote", False), ("remote, names", True)):
            ears[name] = Remote(arguments.remote, settings, prompt=prompt)
    recordings = Recordings.load(arguments.recordings)
    measurement = Measurement(ears)
    part: Part = arguments.part
    if "prompts" in arguments.only:
        measurement.prompts(recordings.prompts[:: arguments.every], NOT_SAID)
    if "noises" in arguments.only:
        measurement.noises(noises(), NOT_SAID)
    if "meetings" in arguments.only:
        measurement.gaps(recordings.meetings, NOT_SAID)
        measurement.meetings(recordings.meetings, NOT_SAID)
    if "names" not in arguments.only:
        return measurement
    try:
        measurement.names(name_clips(part))
    except MissingClip as missing:
        print(f"names are measured in part only: {missing}", file=sys.stderr)
    return measurement


if __name__ == "__main__":
    sys.exit(main())
