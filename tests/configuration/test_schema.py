from __future__ import annotations

from configuration.schema import (
    Entries,
    Leaf,
    Section,
    dotted,
    leaves,
    tree,
    variable_name,
)
from tests.configuration.example import Example


def leaf(*path: str) -> Leaf:
    node: Leaf | Section | Entries | None = tree(Example)
    for name in path:
        assert isinstance(node, Section | Entries)
        node = node.child(name)
    assert isinstance(node, Leaf)
    return node


def test_leaves_come_in_the_order_of_the_code_with_a_stand_in_for_chosen_names() -> None:
    names = [dotted(found.path) for found in leaves(tree(Example))]
    assert names[:4] == [
        "gateway.base_url",
        "gateway.token",
        "gateway.more_tokens",
        "gateway.home",
    ]
    assert "agents.<name>.voice" in names
    assert names[-1] == "pipeline.quiet"


def test_secrets_are_known_even_inside_lists_and_optionals() -> None:
    assert leaf("gateway", "token").is_secret
    assert leaf("gateway", "more_tokens").is_secret
    assert not leaf("gateway", "base_url").is_secret


def test_what_a_leaf_takes() -> None:
    assert leaf("pipeline", "stt", "words").is_container
    assert not leaf("pipeline", "stt", "threads").is_container
    assert leaf("pipeline", "quiet").takes_bool
    assert not leaf("pipeline", "stt", "threads").takes_bool


def test_a_section_knows_its_names_and_entries_take_any() -> None:
    root = tree(Example)
    assert root.child("pipelin") is None
    agents = root.child("agents")
    assert isinstance(agents, Entries)
    assert agents.child("friday").names() == ["voice", "speed"]


def test_variable_names() -> None:
    assert variable_name(("pipeline", "stt", "model_size")) == "PIPELINE__STT__MODEL_SIZE"
