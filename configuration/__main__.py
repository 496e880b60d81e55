"""Write ``config.yaml`` and ``docs/settings.md`` anew: ``python -m configuration``."""

from __future__ import annotations

from typing import Final

from configuration.reference import render_table, render_yaml
from settings import HOME, SHORT_NAMES, Settings

CONFIG_HEADER: Final = """\
Every setting, with its default. Change a line, or delete it to have its default again.
An environment variable goes over a line in .env, and that over this file: the variable of
pipeline.stt.model_size is PIPELINE__STT__MODEL_SIZE. Tokens belong into .env: see .env.example.
"""


PAGE_HEADER: Final = """\
# Settings

Written by `python -m configuration` from the settings' own code. Everything is in
[config.yaml](../config.yaml) too, with its default. The environment goes over `.env`, that over
`config.yaml`: the variable of `pipeline.stt.model_size` is `PIPELINE__STT__MODEL_SIZE`. A wrong
name or a value that cannot be is refused at start, with the place and what is allowed.
"""


def config_text() -> str:
    """What ``config.yaml`` should say."""
    return render_yaml(Settings, CONFIG_HEADER)


def page_text() -> str:
    """What ``docs/settings.md`` should say."""
    return f"{PAGE_HEADER}\n{render_table(Settings, SHORT_NAMES)}\n"


def main() -> None:
    """Write both."""
    (HOME / "config.yaml").write_text(config_text(), encoding="utf-8")
    (HOME / "docs" / "settings.md").write_text(page_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
