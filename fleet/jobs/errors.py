"""Errors of jobs.

JobError
├── JobsUnusable      the folder of the jobs cannot be used; the text says what to do
└── EngineFailed      docker or podman refused, failed or is missing; the text quotes it
    └── NoContainer   there is no container of that name
"""

from __future__ import annotations


class JobError(Exception):
    """Base of the errors of this package."""


class JobsUnusable(JobError):
    """The folder of the jobs cannot be used."""


class EngineFailed(JobError):
    """The container engine did not do what it was asked."""


class NoContainer(EngineFailed):
    """The engine knows no container of that name."""
