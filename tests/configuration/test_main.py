from __future__ import annotations

from pathlib import Path

import pytest

from configuration.__main__ import config_text, main, page_text


def test_both_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configuration.__main__.HOME", tmp_path)
    (tmp_path / "docs").mkdir()
    main()
    assert (tmp_path / "config.yaml").read_text() == config_text()
    page = (tmp_path / "docs" / "settings.md").read_text()
    assert page == page_text()
    assert page.startswith("# Settings\n")
    assert "\n## openclaw\n" in page
    assert "| `openclaw.agent_id`<br>or `OPENCLAW_AGENT_ID` | `jarvis` |" in page
