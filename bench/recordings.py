"""Recordings of people for the evaluations: ``python -m bench.recordings [FOLDER]``.

Without a folder, the public recordings are downloaded once into `FOLDER` from the packages that
distribute them (`bench.recording_packages`):

- 554 prompts of one professional speaker (Allison Smith, CC BY-SA 3.0), from Debian;
- 14 excerpts of 30 s of meetings of four (AMI corpus, CC BY 4.0), from the source distribution of
  ``pyannote.audio``.

A folder of one's own has the same form: ``prompts.json`` with the files that it names, or
``meeting.rttm`` with a file for each recording in it, or both. Each lies in the folder itself, or
in its subfolders ``prompts`` and ``meeting``. FFmpeg has to know the format of the files.
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from bench.recording_packages import PackageUnavailable, debian_prompts, meeting_excerpts
from pipeline.audio import HEARD_RATE, Pcm16, Samples

FOLDER: Final = Path(".cache/bench/recordings")

_PROMPTS: Final = Path("prompts", "prompts.json")
_MEETING: Final = Path("meeting", "meeting.rttm")
_SUFFIXES: Final = (".flac", ".wav", ".ogg", ".opus", ".mp3", ".m4a", ".g722")
_RTTM_FIELDS: Final = 8
"""Up to the speaker; a file may leave out the last two fields."""


class RecordingsUnusable(Exception):
    """Recordings are missing or wrong; the text names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One person saying known words: ``float32[n]``, 16 kHz."""

    id: str
    text: str
    audio: Samples


@dataclass(frozen=True, slots=True)
class Segment:
    """Speech of one speaker in a meeting, in seconds from the start of its audio."""

    speaker: str
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Meeting:
    """Several people in one microphone: ``float32[n]``, 16 kHz, and who speaks when."""

    name: str
    audio: Samples
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Prompts in the order of their file, meetings in that of their names."""

    prompts: tuple[Prompt, ...]
    meetings: tuple[Meeting, ...]

    @classmethod
    def load(cls, folder: Path | None = None, say: Callable[[str], None] = print) -> Recordings:
        """Read ``folder``; without one, the public recordings, downloaded first if missing.

        Raises:
            RecordingsUnusable: a file is missing or wrong, or a download failed.
        """
        if folder is None:
            folder = FOLDER
            fetch(folder, say)
        if not folder.is_dir():
            raise RecordingsUnusable(f"{folder} is not a folder")
        prompts, meeting = _place(folder, _PROMPTS), _place(folder, _MEETING)
        if prompts is None and meeting is None:
            raise RecordingsUnusable(
                f"{folder} has neither prompts.json nor meeting.rttm; one of them is needed, with "
                "its audio files beside it"
            )
        return cls(
            _read_prompts(prompts) if prompts else (), _read_meetings(meeting) if meeting else ()
        )


def fetch(folder: Path, say: Callable[[str], None]) -> None:
    """Download what ``folder`` lacks of the public recordings.

    Raises:
        RecordingsUnusable: a package could not be had; the text says why, for each of them.
    """
    failures: list[str] = []
    for index, write in ((_PROMPTS, _write_prompts), (_MEETING, _write_meetings)):
        place = folder / index.parent
        if (place / index.name).is_file():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="partial-") as partial:
            try:
                say(f"{index.parent.name}: {write(Path(partial))}")
            except PackageUnavailable as error:
                failures.append(str(error))
                continue
            # A folder without its index is what an earlier version or a user left there.
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(partial, place)
    if failures:
        reasons = "".join(f"\n  {failure}" for failure in failures)
        raise RecordingsUnusable(
            f"public recordings could not be downloaded:{reasons}\n"
            "Or name a folder that has prompts.json or meeting.rttm with audio files"
        )


def read_audio(path: Path) -> Samples:
    """An audio file as ``float32[n]``, 16 kHz mono.

    Raises:
        RecordingsUnusable: it is missing, or FFmpeg cannot read it.
    """
    if not path.is_file():
        raise RecordingsUnusable(f"{path} is missing")
    # FFmpeg recognises most formats by their content; G.722 has no header.
    given = "g722" if path.suffix == ".g722" else None
    parts: list[Pcm16] = []
    try:
        with av.open(str(path), format=given) as container:
            # In 16 bits: FFmpeg makes the sum of two channels louder in floating point.
            resampler = av.AudioResampler("s16", "mono", HEARD_RATE)
            for frame in container.decode(audio=0):
                parts += [part.to_ndarray()[0] for part in resampler.resample(frame)]
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.FFmpegError, IndexError) as error:
        raise RecordingsUnusable(
            f"{path} is not an audio file that FFmpeg knows: {error}"
        ) from error
    if not parts:
        raise RecordingsUnusable(f"{path} has no audio")
    return np.concatenate(parts).astype(np.float32) / np.float32(32768)


class _PromptLine(BaseModel):
    file: str
    text: str


_PROMPT_LINES: Final = TypeAdapter(list[_PromptLine])


def _place(folder: Path, index: Path) -> Path | None:
    for place in (folder / index.name, folder / index):
        if place.is_file():
            return place
    return None


def _read_prompts(index: Path) -> tuple[Prompt, ...]:
    try:
        lines = _PROMPT_LINES.validate_json(index.read_bytes())
    except ValidationError as error:
        raise RecordingsUnusable(
            f'{index} is not a list of {{"file": ..., "text": ...}}: {error.errors()[0]["msg"]}'
        ) from error
    return tuple(
        Prompt(Path(line.file).stem, line.text, read_audio(index.parent / line.file))
        for line in lines
    )


def _read_meetings(index: Path) -> tuple[Meeting, ...]:
    meetings: dict[str, list[Segment]] = {}
    for number, line in enumerate(index.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("SPEAKER"):
            name, segment = _segment(line, f"{index}, line {number}")
            meetings.setdefault(name, []).append(segment)
    if not meetings:
        raise RecordingsUnusable(f"{index} has no line that begins with SPEAKER")
    return tuple(
        Meeting(
            name,
            read_audio(_audio_of(index.parent, name)),
            tuple(sorted(meetings[name], key=lambda segment: segment.begin_s)),
        )
        for name in sorted(meetings)
    )


def _segment(line: str, where: str) -> tuple[str, Segment]:
    """A line of RTTM (NIST Rich Transcription 2009, appendix A): its recording and its speech."""
    fields = line.split()
    try:
        name, begin_s, length_s = fields[1], float(fields[3]), float(fields[4])
        speaker = fields[_RTTM_FIELDS - 1]
    except (IndexError, ValueError) as error:
        raise RecordingsUnusable(f"{where} is not a SPEAKER line of RTTM: {line!r}") from error
    if not (math.isfinite(begin_s + length_s) and begin_s >= 0 and length_s >= 0):
        raise RecordingsUnusable(f"{where} has an impossible time: {line!r}")
    return name, Segment(speaker, begin_s, begin_s + length_s)


def _audio_of(folder: Path, name: str) -> Path:
    for suffix in _SUFFIXES:
        if (path := folder / f"{name}{suffix}").is_file():
            return path
    raise RecordingsUnusable(f"{folder} has no audio of {name}: one of {', '.join(_SUFFIXES)}")


def _write_prompts(folder: Path) -> str:
    lines: list[Mapping[str, str]] = []
    with debian_prompts() as (files, texts):
        for name, path in sorted(files.items()):
            text = texts.get(name, "")
            # A text in brackets describes a sound that is not speech.
            if text and "[" not in text:
                file = f"{name.replace('/', '_')}.flac"
                _write_flac(folder / file, read_audio(path))
                lines.append({"file": file, "text": text})
    (folder / _PROMPTS.name).write_text(json.dumps(lines, indent=1), encoding="utf-8")
    return f"{len(lines)} prompts (Allison Smith, CC BY-SA 3.0)"


def _write_meetings(folder: Path) -> str:
    with meeting_excerpts() as (files, rttm):
        for name, path in files.items():
            _write_flac(folder / f"{name}.flac", read_audio(path))
        (folder / _MEETING.name).write_text(rttm, encoding="utf-8")
    return f"{len(files)} excerpts of meetings (AMI corpus, CC BY 4.0)"


def _write_flac(path: Path, audio: Samples) -> None:
    pcm = np.clip(np.round(audio * 32768), -32768, 32767).astype(np.int16)
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=HEARD_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(pcm[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.pts = HEARD_RATE, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="check this folder; download nothing")
    arguments = parser.parse_args()
    try:
        found = Recordings.load(arguments.folder)
    except RecordingsUnusable as error:
        print(error, file=sys.stderr)
        return 1
    seconds = sum(prompt.audio.size for prompt in found.prompts) / HEARD_RATE
    print(f"{len(found.prompts)} prompts, {seconds / 60:.1f} minutes")
    seconds = sum(meeting.audio.size for meeting in found.meetings) / HEARD_RATE
    speakers = {segment.speaker for meeting in found.meetings for segment in meeting.segments}
    print(f"{len(found.meetings)} meetings, {seconds / 60:.1f} minutes, {len(speakers)} speakers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
