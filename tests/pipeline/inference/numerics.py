"""Tolerances between two ways of computing the same number.

A BLAS chooses its kernel by the CPU, numpy and ONNX Runtime their instructions, and each sums in
another order. Single precision then differs in the last digits, and a recurrent network carries the
difference on. The tolerances are ten times the differences between the OpenBLAS kernels from
Prescott to Cooper Lake. A mistake changes a probability a hundred times more.
"""

from __future__ import annotations

from typing import Final

ONE_STEP: Final = 1e-5
"""Absolute, for a probability after one step of a network from the same state."""
ONE_STEP_STATE: Final = 1e-4
"""Absolute, for the recurrent state after one step."""
WHOLE_TALK: Final = 1e-3
"""Absolute, for probabilities after seconds or minutes through the recurrent state."""
WHOLE_TALK_STATE: Final = 1e-2
"""Absolute, for the recurrent state after minutes."""
QUANTISED: Final = 1e-2
"""Absolute, for a probability of an int8 network, where a last digit changes the rounding."""
