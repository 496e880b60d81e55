"""How far apart two ways of computing the same number may lie.

A BLAS picks its kernel by the CPU, numpy and ONNX Runtime their instructions, and each adds up in
an order of its own. Single precision then differs in its last digits, and a recurrent network
carries that on. The tolerances leave ten times what the kernels of OpenBLAS from Prescott to Cooper
Lake gave; what a mistake does to a probability is a hundred times more.
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
"""Absolute, for a probability of an int8 network: a last digit can tip a value to its neighbour."""
