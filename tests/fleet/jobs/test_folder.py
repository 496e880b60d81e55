"""The files of jobs: records, and which files a job may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fleet.jobs.errors import JobsUnusable
from fleet.jobs.folder import JobFolder, readable_file, result_file
from fleet.jobs.records import JobRecord, SynthesiseWork

ID = "0123456789ab"


def record(ident: str = ID, **more: object) -> JobRecord:
    work = SynthesiseWork(text="Good evening.", voice="jarvis")
    return JobRecord.model_validate({"id": ident, "work": work, "longest_s": 60.0, **more})


def test_records_are_kept_in_order(folder: JobFolder) -> None:
    folder.save(record("b" * 12, asked_at=2.0))
    folder.save(record("a" * 12, asked_at=1.0, session_key="agent:jarvis:main"))
    loaded = folder.load()
    assert [each.id for each in loaded] == ["a" * 12, "b" * 12]
    assert loaded[0] == record("a" * 12, asked_at=1.0, session_key="agent:jarvis:main")


def test_a_damaged_record_is_put_aside(folder: JobFolder) -> None:
    folder.save(record())
    (folder.of(ID) / "job.json").write_text("{")
    assert folder.load() == []
    assert list(folder.of(ID).glob("job.json.broken-*"))


def test_a_job_is_removed_with_its_files(folder: JobFolder) -> None:
    folder.save(record())
    folder.log_of(ID).append(b"x")
    folder.remove([record()])
    assert not folder.of(ID).exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_text("")
    with pytest.raises(JobsUnusable, match="cannot be used for jobs"):
        JobFolder(tmp_path / "jobs", log_bytes=1).prepare()


class TestReadable:
    @pytest.fixture
    def there(self, folder: JobFolder, tmp_path: Path) -> JobFolder:
        (folder.inbox / "deep").mkdir()
        (folder.inbox / "deep" / "a.wav").write_bytes(b"1234")
        (tmp_path / "secret.wav").write_bytes(b"1234")
        (folder.inbox / "out.wav").symlink_to(tmp_path / "secret.wav")
        (folder.inbox / "in.wav").symlink_to(folder.inbox / "deep" / "a.wav")
        os.mkfifo(folder.inbox / "pipe.wav")
        folder.out(ID).mkdir(parents=True)
        (folder.out(ID) / "speech.opus").write_bytes(b"12")
        (folder.out(ID) / "link.opus").symlink_to(tmp_path / "secret.wav")
        return folder

    def read(self, there: JobFolder, name: str, most_bytes: int = 100) -> Path:
        return readable_file(name, [there.inbox], there.root, most_bytes, lambda ident: ident == ID)

    def test_a_file_below_the_folder(self, there: JobFolder) -> None:
        expected = (there.inbox / "deep" / "a.wav").resolve()
        assert self.read(there, "deep/a.wav") == expected
        assert self.read(there, str(there.inbox / "deep" / "a.wav")) == expected
        assert self.read(there, "in.wav") == expected

    def test_the_result_of_a_job(self, there: JobFolder) -> None:
        assert self.read(there, f"{ID}/speech.opus") == there.out(ID) / "speech.opus"

    def test_the_result_of_a_job_that_another_session_gave(self, there: JobFolder) -> None:
        other = "f" * 12
        there.out(other).mkdir(parents=True)
        (there.out(other) / "speech.opus").write_bytes(b"12")
        with pytest.raises(ValueError, match="there is no such file"):
            self.read(there, f"{other}/speech.opus")
        for job in (ID, other):  # nor by its path, where the owner's folders hold the state
            path = str(there.out(job) / "speech.opus")
            with pytest.raises(ValueError, match="there is no such file"):
                readable_file(path, [there.root.parent], there.root, 100, lambda ident: True)

    @pytest.mark.parametrize(
        "name",
        [
            "out.wav", "../../secret.wav", "/etc/passwd", "deep", ".", "", "pipe.wav", "no.wav",
            "a\0b", f"{ID}/link.opus", f"{ID}/../job.json", f"{ID}/", f"{ID}/no.opus",
            "x" * 5_000, "deep/../../../secret.wav",
        ],
    )  # fmt: skip
    def test_nothing_else(self, there: JobFolder, name: str) -> None:
        with pytest.raises(ValueError, match="there is no such file"):
            self.read(there, name)

    def test_a_large_file_is_refused_with_its_size(self, there: JobFolder) -> None:
        with pytest.raises(ValueError, match=r"fleet\.jobs\.input_mb"):
            self.read(there, "deep/a.wav", most_bytes=3)


@pytest.mark.parametrize("name", ["..", "", ".", "a/b", "/etc/passwd", "\0"])
def test_a_result_is_a_plain_name(tmp_path: Path, name: str) -> None:
    assert result_file(tmp_path, name) is None
