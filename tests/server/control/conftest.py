from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testing.control_planes import TestPlane, control_plane


@pytest.fixture
async def plane(tmp_path: Path) -> AsyncIterator[TestPlane]:
    async with control_plane(tmp_path) as plane:
        yield plane
