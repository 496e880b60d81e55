"""The form of a folder of recordings, and the packages of the public ones."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import av
import numpy as np
import pytest

from bench import recording_packages
from bench.recording_packages import PackageUnavailable, digest_of, meeting_excerpts, texts_in
from bench.recordings import Recordings, RecordingsUnusable, Segment, fetch, read_audio
from pipeline.audio import HEARD_RATE, Samples
from tests.models.wheels import only_wheels_in

RTTM = "SPEAKER talk 1 {begin} {length} <NA> <NA> {speaker} <NA> <NA>\n"


def tone(seconds: float, rate: int = HEARD_RATE) -> Samples:
    wave = 0.25 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
    return wave.astype(np.float32)


def write(path: Path, audio: Samples, rate: int = HEARD_RATE, layout: str = "mono") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    codec = {".wav": "pcm_s16le", ".flac": "flac", ".g722": "g722"}[path.suffix]
    pcm = np.round(audio * 32767).astype(np.int16)
    with av.open(str(path), "w", format=path.suffix[1:]) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        channels = 2 if layout == "stereo" else 1
        frame = av.AudioFrame.from_ndarray(np.repeat(pcm, channels)[np.newaxis], "s16", layout)
        frame.sample_rate, frame.pts = rate, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def prompts_json(folder: Path, *lines: tuple[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([{"file": file, "text": text} for file, text in lines])
    (folder / "prompts.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("inside", ["", "prompts"])
def test_prompts_lie_in_the_folder_or_in_its_subfolder(tmp_path: Path, inside: str) -> None:
    write(tmp_path / inside / "one.flac", tone(0.5))
    write(tmp_path / inside / "two.wav", tone(1.0))
    prompts_json(tmp_path / inside, ("two.wav", "Two, two."), ("one.flac", "One."))
    found = Recordings.load(tmp_path)
    assert [(prompt.id, prompt.text) for prompt in found.prompts] == [
        ("two", "Two, two."),
        ("one", "One."),
    ]
    assert [prompt.audio.size for prompt in found.prompts] == [HEARD_RATE, HEARD_RATE // 2]
    assert found.meetings == ()


def test_a_meeting_has_who_speaks_when(tmp_path: Path) -> None:
    write(tmp_path / "talk.wav", tone(2.0))
    (tmp_path / "meeting.rttm").write_text(
        ";; a comment\n"
        + RTTM.format(begin=1.25, length=0.5, speaker="Bob")
        + RTTM.format(begin=0.5, length=1.0, speaker="Alice"),
        encoding="utf-8",
    )
    (meeting,) = Recordings.load(tmp_path).meetings
    assert meeting.name == "talk"
    assert meeting.audio.size == 2 * HEARD_RATE
    assert meeting.segments == (Segment("Alice", 0.5, 1.5), Segment("Bob", 1.25, 1.75))


@pytest.mark.parametrize(
    ("name", "rate", "layout"),
    [("48.wav", 48_000, "stereo"), ("8.flac", 8000, "mono"), ("16.g722", HEARD_RATE, "mono")],
)
def test_audio_of_any_rate_is_heard_at_16_khz(
    tmp_path: Path, name: str, rate: int, layout: str
) -> None:
    write(tmp_path / name, tone(1.0, rate), rate, layout)
    audio = read_audio(tmp_path / name)
    assert audio.dtype == np.float32
    assert abs(audio.size - HEARD_RATE) < HEARD_RATE // 100
    loudest = np.argmax(np.abs(np.fft.rfft(audio))) * HEARD_RATE / audio.size
    assert abs(loudest - 440) < 5
    assert float(np.max(np.abs(audio))) == pytest.approx(0.25, abs=0.03)


def refused(folder: Path) -> str:
    with pytest.raises(RecordingsUnusable) as told:
        Recordings.load(folder)
    return str(told.value)


def test_a_folder_without_recordings_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    assert "neither prompts.json nor meeting.rttm" in refused(tmp_path)
    assert "no/where is not a folder" in refused(Path("no/where"))


def test_a_missing_or_wrong_audio_file_is_named(tmp_path: Path) -> None:
    prompts_json(tmp_path, ("gone.wav", "Gone."))
    assert "gone.wav is missing" in refused(tmp_path)
    (tmp_path / "gone.wav").write_bytes(b"no audio at all" * 100)
    assert "gone.wav is not an audio file" in refused(tmp_path)


@pytest.mark.parametrize("text", ["{}", "[", '[{"file": "a.wav"}]', "[1]", "\x00\xff"])
def test_another_prompts_json_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "prompts.json").write_text(text, encoding="utf-8")
    assert 'prompts.json is not a list of {"file"' in refused(tmp_path)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("SPEAKER talk 1 0.5\n", "line 1 is not a SPEAKER line"),
        (RTTM.format(begin="soon", length=1, speaker="A"), "line 1 is not a SPEAKER line"),
        (RTTM.format(begin="nan", length=1, speaker="A"), "line 1 has an impossible time"),
        (RTTM.format(begin=1, length=-1, speaker="A"), "line 1 has an impossible time"),
        ("nothing\n", "has no line that begins with SPEAKER"),
        (RTTM.format(begin=0, length=1, speaker="A"), "has no audio of talk"),
    ],
)
def test_a_wrong_meeting_is_refused_with_its_place(tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "meeting.rttm").write_text(line, encoding="utf-8")
    assert problem in refused(tmp_path)


def test_texts_are_read_without_comments_and_with_colons_in_them() -> None:
    listing = "; Core: sounds\n\nadded: Added.\ndigits/1: one\nnote: Note: this.\n"
    assert texts_in(listing) == {"added": "Added.", "digits/1": "one", "note": "Note: this."}


def sdist(folder: Path, files: dict[str, bytes]) -> str:
    """``carrier-1.0.tar.gz`` whose build backend does not exist; returns its sha256."""
    backend = b'[build-system]\nrequires = []\nbuild-backend = "no_such_backend"\n'
    info = b"Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\n"
    folder.mkdir()
    path = folder / "carrier-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in {"pyproject.toml": backend, "PKG-INFO": info, **files}.items():
            member = tarfile.TarInfo(f"carrier-1.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_meetings_come_from_a_source_distribution_that_is_never_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "talk.wav", tone(1.0))
    data = (tmp_path / "talk.wav").read_bytes()
    rttm = RTTM.format(begin=0, length=1, speaker="A")
    sha256 = sdist(
        tmp_path / "links",
        {
            "tests/data/talk.wav": data,
            "tests/data/empty.wav": data,
            "tests/data/debug.train.rttm": rttm.encode(),
        },
    )
    only_wheels_in(tmp_path / "links", monkeypatch)
    monkeypatch.setattr(recording_packages, "MEETINGS", "carrier==1.0")
    monkeypatch.setattr(recording_packages, "MEETINGS_SHA256", sha256)
    with meeting_excerpts() as (files, found):
        assert {name: path.read_bytes() for name, path in files.items()} == {"talk": data}
        assert found == rttm
    monkeypatch.setattr(recording_packages, "MEETINGS_SHA256", "0" * 64)
    with pytest.raises(PackageUnavailable, match="carrier"), meeting_excerpts():
        pass


def test_the_digest_of_files_depends_on_names_and_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"1")
    other.write_bytes(b"2")
    digests = {
        digest_of(files)
        for files in ({"a": one, "b": other}, {"b": one, "a": other}, {"a": one}, {"a": other}, {})
    }
    assert len(digests) == 5
    assert digest_of({"b": other, "a": one}) == digest_of({"a": one, "b": other})


def test_without_apt_and_index_the_error_names_both_packages_and_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_wheels_in(tmp_path / "empty", monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecordingsUnusable) as told:
        fetch(tmp_path / "recordings", lambda _: None)
    assert "this machine has no apt" in str(told.value)
    assert "pyannote.audio==4.0.0 cannot be downloaded" in str(told.value)
    assert "name a folder that has prompts.json or meeting.rttm" in str(told.value)
    assert list((tmp_path / "recordings").iterdir()) == []
