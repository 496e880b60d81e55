from __future__ import annotations

from pathlib import Path

from configuration.errors import Problem
from configuration.layer import read_text


def test_text_is_read_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes("\ufeffa: ü\n".encode())
    assert read_text(file) == "a: ü\n"


def test_a_missing_file_says_which(tmp_path: Path) -> None:
    problem = read_text(tmp_path / "none.yaml")
    assert isinstance(problem, Problem)
    assert problem.where == str(tmp_path / "none.yaml")
    assert problem.details == ("there is no such file",)


def test_a_folder_cannot_be_read(tmp_path: Path) -> None:
    problem = read_text(tmp_path)
    assert isinstance(problem, Problem)
    assert problem.details[0].startswith("cannot be read: ")


def test_what_is_not_utf8_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"A=1\nB=\xff\n")
    problem = read_text(file)
    assert isinstance(problem, Problem)
    assert problem.where == f"{file} line 2"
