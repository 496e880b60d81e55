from __future__ import annotations

import simulators.discord as simulator


def test_what_is_public_is_there_and_sorted() -> None:
    assert [name for name in simulator.__all__ if not hasattr(simulator, name)] == []
    assert simulator.__all__ == sorted(simulator.__all__, key=lambda n: (not n.isupper(), n))
