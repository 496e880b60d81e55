"""``run.py doctor``: what works on this machine, what does not, and what to do about it.

Each check is one function that returns what it found and does not raise for what it looks for.
"""

from app.doctor.checklist import examine

__all__ = ["examine"]
