"""What programming languages are called aloud, by the name behind a block's fence."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PROPER_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "py": "Python",
        "python": "Python",
        "js": "JavaScript",
        "javascript": "JavaScript",
        "ts": "TypeScript",
        "typescript": "TypeScript",
        "sh": "shell",
        "bash": "shell",
        "console": "shell",
        "shell": "shell",
        "json": "JSON",
        "yaml": "YAML",
        "yml": "YAML",
        "html": "HTML",
        "css": "CSS",
        "sql": "SQL",
        "rs": "Rust",
        "rust": "Rust",
        "go": "Go",
        "cpp": "C++",
        "c++": "C++",
        "cs": "C sharp",
        "csharp": "C sharp",
        "java": "Java",
        "kotlin": "Kotlin",
        "ruby": "Ruby",
        "rb": "Ruby",
        "php": "PHP",
        "toml": "TOML",
        "xml": "XML",
    }
)
