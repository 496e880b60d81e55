"""Products in blocks."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.inference.blas import product


@pytest.mark.parametrize(("frames", "bands"), [(1, 80), (15, 80), (16, 80), (801, 80), (333, 128)])
def test_blocks_give_the_product(frames: int, bands: int) -> None:
    random = np.random.default_rng(frames)
    power, bank = random.random((frames, 201)), random.random((201, bands))
    np.testing.assert_allclose(product(power, bank), power @ bank, rtol=1e-12)


def test_single_precision_stays_single() -> None:
    power, bank = np.ones((5, 201), np.float32), np.ones((201, 80), np.float32)
    assert product(power, bank).dtype == np.float32
