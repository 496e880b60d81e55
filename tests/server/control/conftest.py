from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from testing.control_planes import TestPlane, control_plane


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole_plane(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TestPlane]:
    async with control_plane(tmp_path_factory.mktemp("plane")) as plane:
        yield plane


@pytest_asyncio.fixture(loop_scope="session")
async def plane(whole_plane: TestPlane) -> AsyncIterator[TestPlane]:
    """A control plane without bots."""
    yield whole_plane
    for bot in await whole_plane.store.bots():
        await whole_plane.store.remove_bot(bot.id)
