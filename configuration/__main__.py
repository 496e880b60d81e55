"""Write ``config.yaml`` and the README's table of settings anew: ``python -m configuration``."""

from __future__ import annotations

import sys
from typing import Final

from configuration.reference import put_table, render_table, render_yaml
from settings import HOME, SHORT_NAMES, Settings

CONFIG_HEADER: Final = """\
Every setting, with its default. Change a line, or delete it to have its default again.
An environment variable goes over a line in .env, and that over this file: the variable of
pipeline.stt.model_size is PIPELINE__STT__MODEL_SIZE. Tokens belong into .env: see .env.example.
"""


def config_text() -> str:
    """What ``config.yaml`` should say."""
    return render_yaml(Settings, CONFIG_HEADER)


def readme_text(present: str) -> str:
    """What the README should say, given what it says.

    Raises:
        ValueError: it has no markers to put the table between.
    """
    return put_table(present, render_table(Settings, SHORT_NAMES))


def main() -> str | None:
    """Write both; returns what kept the README from being written."""
    (HOME / "config.yaml").write_text(config_text(), encoding="utf-8")
    readme = HOME / "README.md"
    try:
        text = readme_text(readme.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "config.yaml is written; there is no README.md to put the table into"
    except ValueError as error:
        return f"config.yaml is written, README.md is not: {error}"
    readme.write_text(text, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main())
