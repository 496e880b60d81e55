"""The errors of serving."""

from __future__ import annotations


class NotServing(Exception):
    """The application does not start; its log says why."""


class UnusableCertificate(Exception):
    """The files of a certificate cannot be used; the text names the file and the remedy."""
