"""A real podman with a store of its own, and an image of busybox, where this machine can run it."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Final

IMAGE: Final = "localhost/openclaw-voice-test:1"
_TOOLS: Final = ("sh", "echo", "cat", "sleep", "id", "touch", "seq", "head")
_WITHIN_S: Final = 30.0


class PodmanUnusable(Exception):
    """There is no podman here, or it runs no container; the text says why."""


def prepare(folder: Path) -> dict[str, str]:
    """Make a store in ``folder`` with `IMAGE` in it, and run a container once; the variables with
    which podman uses the store.

    Raises:
        PodmanUnusable: the text says why.
    """
    if shutil.which("podman") is None:
        raise PodmanUnusable("podman is not installed")
    busybox = shutil.which("busybox")
    if busybox is None:
        raise PodmanUnusable("busybox-static is not installed: the image is made of it")
    environ = _configuration(folder)
    image = folder / "image.tar"
    _write_image(image, Path(busybox).read_bytes())
    for args in (
        ("import", str(image), IMAGE),
        ("run", "--rm", "--network", "none", "--memory", "64m", IMAGE, "/bin/echo", "it runs"),
    ):
        try:
            subprocess.run(
                ["podman", *args],
                check=True,
                capture_output=True,
                text=True,
                timeout=_WITHIN_S,
                env={**os.environ, **environ},
            )
        except subprocess.CalledProcessError as error:
            text = f"podman {args[0]}: {error.stderr.strip()[-300:]}"
            raise PodmanUnusable(text) from error
        except subprocess.TimeoutExpired as error:
            raise PodmanUnusable(f"podman {args[0]} is not done in {_WITHIN_S:g} s") from error
    return environ


def _configuration(folder: Path) -> dict[str, str]:
    """runc where it is: crun refuses machines with both versions of control groups mounted."""
    runtime = "runc" if shutil.which("runc") else "crun"
    containers, storage = folder / "containers.conf", folder / "storage.conf"
    containers.write_text(
        '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n'
        f'[engine]\nruntime = "{runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
    )
    storage.write_text(
        f'[storage]\ndriver = "vfs"\ngraphroot = "{folder / "store"}"\n'
        f'runroot = "{folder / "run"}"\n'
    )
    return {"CONTAINERS_CONF": str(containers), "CONTAINERS_STORAGE_CONF": str(storage)}


def _write_image(path: Path, busybox: bytes) -> None:
    with tarfile.open(path, "w") as image:
        program = tarfile.TarInfo("bin/busybox")
        program.size, program.mode = len(busybox), 0o755
        image.addfile(program, io.BytesIO(busybox))
        for name in _TOOLS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            image.addfile(link)
