"""``run.py doctor``: checks of the machine, the settings, Discord, the Gateway and the speech.

Each check is a function that returns findings; it does not raise for the faults that it checks.
"""

from app.doctor.checklist import examine

__all__ = ["examine"]
