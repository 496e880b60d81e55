"""Chromium for tests and pictures: where it is, and how it gets a recorded microphone.

``python -m testing.chromium`` installs one where there is none.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path
from typing import Final

from pipeline.audio import SPOKEN_RATE, Pcm16

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_INSTALL_S: Final = 300.0
MISSING: Final = (
    "no Chromium on this machine: apt install chromium (Debian, Ubuntu), or "
    "python -m playwright install chromium"
)


def chromium_path() -> str | None:
    """The browser on the PATH, else one that Playwright has installed; None without any."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is not None:
        return found
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache/ms-playwright"))
    own = sorted(folder.glob("chromium-*/chrome-linux*/chrome"))
    return str(own[-1]) if own else None


def start_options(microphone: Path | None = None) -> list[str]:
    """Options of the command line; ``microphone`` is a WAV file that is heard once, from the moment
    at which a page opens its microphone."""
    options = [
        "--no-sandbox",  # root has none, and the pages are the project's own
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        "--autoplay-policy=no-user-gesture-required",
    ]
    if microphone is not None:
        options.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
    return options


def write_microphone(path: Path, pcm: Pcm16) -> None:
    """Write 48 kHz mono ``int16[n]`` as a WAV file for `start_options`."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPOKEN_RATE)
        file.writeframes(pcm.astype("<i2").tobytes())


def install() -> bool:
    """Install Chromium: Debian's as root, else Playwright's own. Whether there is one now."""
    if chromium_path() is None and shutil.which("apt-get") and _is_root():
        _ran("apt-get", "update", "-q")
        _ran("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")
    if chromium_path() is None:
        _ran(sys.executable, "-m", "playwright", "install", "chromium")
    return chromium_path() is not None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _ran(*command: str) -> bool:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        # Its report goes to stderr: what `make` prints on stdout is the tests'.
        done = subprocess.run(command, env=environment, stdout=sys.stderr, timeout=_INSTALL_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        sys.stderr.write(f"{command[0]}: {error}\n")
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(0 if install() else MISSING)
