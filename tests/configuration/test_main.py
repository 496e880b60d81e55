from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configuration.__main__ import main, render_page, render_yaml
from configuration.loader import compose
from configuration.yaml_file import parse_yaml
from tests.configuration.example import NAMES, SHORT_NAMES, Example


def test_main_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configuration.__main__.HOME", tmp_path)
    (tmp_path / "docs").mkdir()
    main()
    assert "\n  agent_id: jarvis\n" in (tmp_path / "config.yaml").read_text()
    page = (tmp_path / "docs" / "settings.md").read_text()
    assert page.startswith("# Settings\n")
    assert "\n## openclaw\n" in page
    assert "| `openclaw.agent_id`<br>or `OPENCLAW_AGENT_ID` | `jarvis` |" in page


def test_the_written_file_gives_the_defaults_when_read() -> None:
    text = render_yaml(Example, "Two lines\nof header.")
    assert text.startswith("# Two lines\n# of header.\n")
    layer = parse_yaml(text, "config.yaml", NAMES)
    assert compose(Example, layer) == Example()
    assert len(layer.given) > 10


def test_each_key_has_its_description_and_allowed_values_above() -> None:
    lines = render_yaml(Example, "").splitlines()
    at = lines.index("    model_size: auto")
    assert lines[at - 2 : at] == [
        "    # Larger hears better and takes longer.",
        "    # Allowed: one of auto, tiny, small.",
    ]
    assert lines[lines.index("  stt:") - 1] == "  # Speech to text."


def test_a_setting_without_default_is_commented_out_and_secrets_are_left_out() -> None:
    text = render_yaml(Example, "")
    assert "    #threads:\n" in text
    assert "token" not in text
    assert "more_tokens" not in text


def test_only_the_first_entry_has_comments() -> None:
    text = render_yaml(Example, "")
    assert text.count("# How it sounds.") == 1
    assert yaml.safe_load(text)["agents"] == {
        "jarvis": {"voice": "deep", "speed": 1.0},
        "sage": {"voice": "soft", "speed": 1.0},
    }


def test_the_table_has_a_row_for_every_setting() -> None:
    table = render_page(Example, SHORT_NAMES, "")
    assert (
        "| `pipeline.stt.wait_ms` | `200` | a whole number from 50 to 2000 (milliseconds) "
        "| How long to wait. |" in table
    )
    assert "| `gateway.token`<br>only as `GATEWAY_TOKEN` | none | text | A secret. |" in table
    assert "| `gateway.more_tokens`<br>only as `GATEWAY__MORE_TOKENS` |" in table
    assert "| `gateway.base_url`<br>or `GATEWAY_URL` |" in table
    assert "| `agents.<name>.voice` | `plain` |" in table
    assert "Words \\| names to expect." in table
