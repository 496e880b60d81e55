"""What can go wrong with a model's files.

pipeline.errors.ModelUnavailable
└── ModelError
    ├── UnknownModel       no model of that name is registered
    ├── NotFetched         it is not here, and none of its sources gave it
    ├── Damaged            a file is not the one that was published
    └── StoreUnusable      the folder of the models cannot be read or written
"""

from __future__ import annotations

from pipeline.errors import ModelUnavailable


class ModelError(ModelUnavailable):
    """Base of everything that this package raises on purpose."""


class UnknownModel(ModelError):
    """No model of that name; the text names those that there are."""


class NotFetched(ModelError):
    """The model is not here; the text has each source with its reason, and what to do."""


class Damaged(ModelError):
    """A file differs from the published one in size or sha256."""


class StoreUnusable(ModelError):
    """The folder of the models cannot be read or written; the text names it and the setting."""


class SourceFailed(Exception):
    """One source could not give a file; the store goes on with the next. Never leaves the package.

    The text completes the sentence "<source>: ...".
    """
