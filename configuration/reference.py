"""The settings written down: ``config.yaml`` with every default, and a page of tables.

Both come from the models alone, so they cannot disagree with the code; ``python -m configuration``
writes them, a test compares.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml
from pydantic import BaseModel

from configuration import describe
from configuration.schema import Entries, Leaf, Path, Section, dotted, tree, variable_name

_WIDTH: Final = 98


def render_yaml(model: type[BaseModel], header: str) -> str:
    """The text of ``config.yaml``: all keys active, those without a default commented out."""
    lines = [*_section_lines(tree(model), model(), indent=0)]
    return "\n".join([*(f"# {line}" for line in header.splitlines()), *lines]) + "\n"


def render_table(model: type[BaseModel], short_names: Mapping[str, Path]) -> str:
    """Tables in Markdown, one for each part of the settings."""
    shorts = {path: name for name, path in short_names.items()}
    parts: list[str] = []
    for child in tree(model).children():
        rows = [
            _row(leaf, owner, default, shorts.get(leaf.path, ""))
            for leaf, owner, default in _documented(child, model())
        ]
        head = [f"## {dotted(child.path)}", "", "| setting | default | allowed | why |"]
        parts.append("\n".join([*head, "| --- | --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


def _section_lines(section: Section, values: BaseModel, indent: int) -> Iterator[str]:
    for child in section.children():
        value = getattr(values, child.path[-1])
        if isinstance(child, Leaf):
            if not child.is_secret:
                yield from _leaf_lines(child, section.model, value, indent)
            continue
        if indent <= 2:
            yield ""
        about = child.field.description if isinstance(child, Entries) else ""
        yield from _comment(about or describe.about(child.model), indent)
        yield f"{' ' * indent}{child.path[-1]}:"
        if isinstance(child, Section):
            yield from _section_lines(child, value, indent + 2)
        else:
            yield from _entries_lines(child, value, indent + 2)


def _entries_lines(entries: Entries, values: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The default entries; what their keys mean is said at the first alone."""
    for number, (name, value) in enumerate(values.items()):
        yield f"{' ' * indent}{name}:"
        for line in _section_lines(entries.child(name), value, indent + 2):
            if number == 0 or not line.lstrip().startswith("# "):
                yield line


def _leaf_lines(leaf: Leaf, model: type[BaseModel], value: Any, indent: int) -> Iterator[str]:
    yield from _comment(describe.why(leaf, model), indent)
    yield from _comment(f"Allowed: {describe.allowed(leaf)}.", indent)
    name = leaf.path[-1]
    if value is None:
        yield f"{' ' * indent}#{name}:"
    else:
        yield f"{' ' * indent}{name}: {_flow(describe.plain(leaf, value))}"


def _comment(text: str, indent: int) -> Iterator[str]:
    margin = " " * indent + "# "
    yield from textwrap.wrap(
        text.replace("``", "`"),
        _WIDTH,
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("...").rstrip("\n")


def _documented(
    node: Leaf | Section | Entries, root: BaseModel
) -> Iterator[tuple[Leaf, type[BaseModel], Any]]:
    """Every setting below a node, the model it stands in, and its default."""
    if isinstance(node, Entries):
        yield from _documented_in(node.child("<name>"), node.model())
    elif isinstance(node, Section):
        yield from _documented_in(node, getattr(root, node.path[-1]))
    else:
        yield node, type(root), getattr(root, node.path[-1])


def _documented_in(
    section: Section, values: BaseModel
) -> Iterator[tuple[Leaf, type[BaseModel], Any]]:
    for child in section.children():
        value = getattr(values, child.path[-1])
        if isinstance(child, Leaf):
            yield child, section.model, value
        elif isinstance(child, Section):
            yield from _documented_in(child, value)
        else:
            yield from _documented_in(child.child("<name>"), child.model())


def _row(leaf: Leaf, model: type[BaseModel], default: Any, short: str) -> str:
    name = f"`{dotted(leaf.path)}`"
    if leaf.is_secret:
        name += f"<br>only as `{short or variable_name(leaf.path)}`"
    elif short:
        name += f"<br>or `{short}`"
    plain = None if leaf.is_secret else describe.plain(leaf, default)
    shown = "none" if plain is None else f"`{_flow(plain)}`"
    cells = (name, shown, describe.allowed(leaf), describe.why(leaf, model))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
