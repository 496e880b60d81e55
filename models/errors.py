"""Errors of this package.

pipeline.errors.ModelUnavailable
└── ModelError
    ├── UnknownModel       no model has that name
    ├── NotFetched         the model is missing, and no source gave it
    ├── Damaged            a file differs from the published one
    └── StoreUnusable      the folder of the models cannot be used
"""

from __future__ import annotations

from pipeline.errors import ModelUnavailable


class ModelError(ModelUnavailable):
    """Base of the errors that this package raises."""


class UnknownModel(ModelError):
    """No model has that name; the text lists the known names."""


class NotFetched(ModelError):
    """The model is missing; the text has the reason of each source, and what to do."""


class Damaged(ModelError):
    """A file differs from the published one in size or sha256."""


class StoreUnusable(ModelError):
    """The folder of the models cannot be read or written; the text names it and the setting."""


class SourceFailed(Exception):
    """A source could not give a file; the store tries the next one. It never leaves the package.

    The text completes the sentence "<source>: ...".
    """


class SourceUnreachable(SourceFailed):
    """No connection to a server: its other files need not be tried."""
