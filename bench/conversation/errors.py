"""What can go wrong in the evaluations.

BenchError
└── SceneError    a file of scenes cannot be read as such
"""

from __future__ import annotations


class BenchError(Exception):
    """Base of everything the evaluations raise on purpose."""


class SceneError(BenchError):
    """A scene is not as it must be; the text says which, in what file, and what to change."""
