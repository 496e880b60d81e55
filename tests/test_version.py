from __future__ import annotations

import re

from version import project_version


def test_the_version_is_the_projects() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", project_version())
