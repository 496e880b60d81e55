"""``python -m configuration``: write ``config.yaml`` and ``docs/settings.md`` from the models."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import BaseModel

from configuration.schema import Path, Section, Setting, dotted, tree, variable_name
from settings import HOME, SHORT_NAMES, Settings

_WIDTH: Final = 98

CONFIG_HEADER: Final = """\
Every setting, with its default. Change a line, or delete it to have its default again.
The environment overrides .env, which overrides this file: the variable of
pipeline.stt.model_size is PIPELINE__STT__MODEL_SIZE. Tokens belong in .env: see .env.example.
"""

PAGE_HEADER: Final = """\
# Settings

Written by `python -m configuration` from the settings' own code. Everything is in
[config.yaml](../config.yaml) too, with its default. The environment overrides `.env`, which
overrides `config.yaml`. The variable of `pipeline.stt.model_size` is `PIPELINE__STT__MODEL_SIZE`.
A wrong name or an invalid value is refused at start, with the place and what is allowed.
"""


def main() -> None:
    """Write both files."""
    config, page = HOME / "config.yaml", HOME / "docs" / "settings.md"
    config.write_text(render_yaml(Settings, CONFIG_HEADER), encoding="utf-8")
    page.write_text(render_page(Settings, SHORT_NAMES, PAGE_HEADER), encoding="utf-8")


def render_yaml(model: type[BaseModel], header: str) -> str:
    """The text of ``config.yaml``; keys without a default are commented out."""
    lines = [*(f"# {line}" for line in header.splitlines()), *_yaml_of(tree(model), model(), 0)]
    return "\n".join(lines) + "\n"


def render_page(model: type[BaseModel], short_names: Mapping[str, Path], header: str) -> str:
    """The text of ``docs/settings.md``: one table for each top-level section."""
    shorts = {path: name for name, path in short_names.items()}
    parts = [header]
    for child in tree(model).children():
        rows = [_row(setting, default, shorts) for setting, default in _defaults(child, model())]
        parts += [
            "\n".join(
                [
                    f"## {dotted(child.path)}\n",
                    "| setting | default | allowed | why |",
                    "| --- | --- | --- | --- |",
                    *rows,
                    "",
                ]
            )
        ]
    return "\n".join(parts)


def _yaml_of(section: Section, values: BaseModel, indent: int) -> Iterator[str]:
    margin = " " * indent
    for child in section.children():
        name = child.path[-1]
        value = getattr(values, name)
        if isinstance(child, Setting):
            if not child.is_secret:
                yield from _comment(child.description, margin)
                yield from _comment(f"Allowed: {child.allowed}.", margin)
                unset = value is None
                yield f"{margin}#{name}:" if unset else f"{margin}{name}: {_flow(child, value)}"
            continue
        if indent <= 2:
            yield ""
        yield from _comment(child.description, margin)
        yield f"{margin}{name}:"
        if child.is_mapping:
            yield from _entries(child, value, indent + 2)
        else:
            yield from _yaml_of(child, value, indent + 2)


def _entries(section: Section, values: Mapping[str, BaseModel], indent: int) -> Iterator[str]:
    """The default entries of a mapping; only the first has comments."""
    for number, (name, value) in enumerate(values.items()):
        yield f"{' ' * indent}{name}:"
        for line in _yaml_of(Section((*section.path, name), section.model), value, indent + 2):
            if number == 0 or not line.lstrip().startswith("# "):
                yield line


def _comment(text: str, margin: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text.replace("``", "`"),
        _WIDTH,
        initial_indent=f"{margin}# ",
        subsequent_indent=f"{margin}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flow(setting: Setting, value: Any) -> str:
    """A value on one line of YAML."""
    plain = setting.to_json(value)
    text = yaml.safe_dump(plain, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("...").rstrip("\n")


def _defaults(node: Setting | Section, values: Any) -> Iterator[tuple[Setting, Any]]:
    """Every setting from ``node`` down, with its default. ``values`` is the model with ``node``."""
    value = getattr(values, node.path[-1], None)
    if isinstance(node, Setting):
        yield node, value
        return
    if node.is_mapping:
        value = node.model()
        node = Section((*node.path, "<name>"), node.model)
    for child in node.children():
        yield from _defaults(child, value)


def _row(setting: Setting, default: Any, shorts: Mapping[Path, str]) -> str:
    name, short = f"`{dotted(setting.path)}`", shorts.get(setting.path)
    if setting.is_secret:
        name += f"<br>only as `{short or variable_name(setting.path)}`"
    elif short:
        name += f"<br>or `{short}`"
    unset = setting.is_secret or default is None
    shown = "none" if unset else f"`{_flow(setting, default)}`"
    cells = (name, shown, setting.allowed, setting.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    main()
