from __future__ import annotations

from pathlib import Path

import pytest

from configuration.__main__ import config_text, main
from configuration.reference import BEGIN, END


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("configuration.__main__.HOME", tmp_path)
    return tmp_path


def test_both_are_written(home: Path) -> None:
    (home / "README.md").write_text(f"# Title\n{BEGIN}\nOLD TABLE\n{END}\nEnd.\n")
    assert main() is None
    assert (home / "config.yaml").read_text() == config_text()
    written = (home / "README.md").read_text()
    assert "| `openclaw.agent_id`<br>or `OPENCLAW_AGENT_ID` | `jarvis` |" in written
    assert "OLD TABLE" not in written
    assert written.endswith(f"{END}\nEnd.\n")


def test_without_a_readme_the_file_is_written_and_the_rest_is_said(home: Path) -> None:
    assert main() == "config.yaml is written; there is no README.md to put the table into"
    assert (home / "config.yaml").read_text() == config_text()


def test_a_readme_without_a_place_for_the_table_is_left_as_it_is(home: Path) -> None:
    (home / "README.md").write_text("# Title\n")
    words = main()
    assert words is not None
    assert "README.md is not: no lines" in words
    assert (home / "README.md").read_text() == "# Title\n"
