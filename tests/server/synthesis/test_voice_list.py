from __future__ import annotations

import pytest

from server.synthesis.voice_list import voice_ids


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"voices": ["a", "b"]}', ["a", "b"]),
        (b'{"voices": [{"id": "a", "name": "Anna"}, {"name": "b"}]}', ["a", "b"]),
        (b'{"data": [{"voice_id": "x"}]}', ["x"]),
        (b'["a", {"id": 7}, null, {"id": "c"}]', ["a", "c"]),
        (b'{"voices": []}', []),
        (b'{"styles": ["a"]}', None),
        (b'"a"', None),
        (b"<html>", None),
        (b"[" * 100_000, None),
    ],
)
def test_ids_are_read_from_every_shape(body: bytes, ids: list[str] | None) -> None:
    assert voice_ids(body) == ids
