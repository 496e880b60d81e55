"""The steps that make a machine a node, over an open ssh connection.

    <folder>/releases/<release>/    the program with its packages
    <folder>/current                a link to the release in use
    <folder>/node.env               its .env, mode 0600
    <folder>/config.yaml            its settings, if the operator gave some
    <folder>/state/                 its key, token and queue

A second run installs the present program beside the old one and switches to it. Each step says how
it is undone; `Journal.roll_back` does that if a later one fails.
"""

from __future__ import annotations

import asyncio
import re
import shlex
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fleet.bootstrap.errors import BootstrapFailed, HostCommandFailed
from fleet.bootstrap.host import HostFacts, Service
from fleet.bootstrap.journal import Journal
from fleet.bootstrap.program import Program
from fleet.bootstrap.ssh import RemoteHost
from fleet.bootstrap.unit import SERVICE_USER, UNIT, unit_text

MARK: Final = ".openclaw-voice-node"
"""In a folder of this command."""
_SETUP_S: Final = 1_800.0
_JOIN_S: Final = 90.0
_POLL_S: Final = 5.0
_SETTLE_S: Final = 3.0
"""After which a service that cannot start has ended."""
_FOLDER: Final = re.compile(r"(?:~/|/)[A-Za-z0-9._/-]{1,200}")
_VALUE: Final = re.compile(r"[^\x00-\x1f\x7f'\\]*")
_KEPT_RELEASES: Final = 2


@dataclass(frozen=True, slots=True)
class NodePlan:
    """What the operator wants on the machine.

    ``code`` makes an invitation's code when it is needed; ``remove_device`` takes the node with
    that id from the Gateway again. ``environment`` are the lines of its .env.
    """

    name: str
    folder: str
    environment: dict[str, str]
    code: Callable[[], Awaitable[str]]
    remove_device: Callable[[str], Awaitable[None]] | None = None
    config: bytes | None = None
    service: Service | None = None
    wait_s: float = 120.0

    def check(self) -> None:
        """
        Raises:
            BootstrapFailed: a value cannot be used on the machine.
        """
        check_folder(self.folder)
        for name, value in self.environment.items():
            if _VALUE.fullmatch(value) is None:
                raise BootstrapFailed(f"{name}: it may have no quotes, backslashes or line ends")


def check_folder(folder: str) -> None:
    """
    Raises:
        BootstrapFailed: a shell would read something else in it than a path.
    """
    if _FOLDER.fullmatch(folder) is None or "/.." in folder:
        raise BootstrapFailed(
            f"--folder {folder[:80]!r}: it begins with / or ~/, and has letters, digits, and the "
            "signs . _ - / only"
        )


class Installation:
    """One run on one machine."""

    def __init__(
        self,
        host: RemoteHost,
        facts: HostFacts,
        wanted: NodePlan,
        program: Program,
        journal: Journal,
    ) -> None:
        check_folder(facts.folder)  # with the home folder of the user there
        self._host = host
        self._facts = facts
        self._wanted = wanted
        self._program = program
        self._journal = journal
        self.service = facts.service(wanted.service)
        self.folder = facts.folder.rstrip("/")
        self.release = f"{self.folder}/releases/{program.release}"
        self.advice = ""
        """What the operator still has to do at the Gateway; empty if nothing."""
        self._joins = not facts.joined

    def plan(self) -> list[str]:
        """What `run` will do, in words."""
        new = self._facts.current != f"releases/{self._program.release}"
        service = {
            "system": f"write /etc/systemd/system/{UNIT}, with the user {SERVICE_USER}; start it",
            "user": f"write ~/.config/systemd/user/{UNIT}; start it, also without a login",
            "none": "write no unit: there is no systemd for this user",
        }[self.service]
        return [
            *([] if self._facts.exists else [f"make the folder {self.folder}"]),
            (
                f"copy the program ({len(self._program.content) / 1e6:.1f} MB) and install its "
                f"packages with {self._facts.version} in {self.release}"
                if new
                else f"check the program in {self.release}"
            ),
            f"write {self.folder}/node.env"
            + (" and config.yaml" if self._wanted.config is not None else ""),
            f"switch {self.folder}/current to it",
            "join the Gateway" if self._joins else "stay in the Gateway that it has joined",
            service,
        ]

    async def run(self) -> None:
        """Do all steps.

        Raises:
            BootstrapFailed: one failed; nothing is undone yet.
        """
        step = self._journal.step
        if not self._facts.exists:
            await step(f"make the folder {self.folder}", self._make_folder())
        await step("copy the program", self._copy())
        await step("install its packages", self._install())
        await step("write its settings", self._write_settings())
        await step("switch to it", self._switch())
        if self._joins:
            await step("join the Gateway", self._join())
            await step("see what agents can use", self._wait_for_approval())
        if self.service != "none":
            await step("write the service", self._write_unit())
            await step("start the service", self._start())
        await step("remove what is old", self._prune())

    # -- the program ------------------------------------------------------------------------

    async def _make_folder(self) -> None:
        self._journal.on_failure(f"remove {self.folder}", self._undo(f"rm -rf {self.folder}"))
        readable = "chmod 755" if self.service == "system" else "chmod 700"
        await self._host.sh(
            f"mkdir -p {self.folder}/releases {self.folder}/state\n"
            f": > {self.folder}/{MARK}\n"
            f"{readable} {self.folder} {self.folder}/releases\n"
            f"chmod 700 {self.folder}/state"
        )

    async def _copy(self) -> str | None:
        done = f"{self.release}/.copied"
        if (await self._host.sh(f"[ -e {done} ] && echo yes || true")).strip() == "yes":
            return "it is there already"
        self._journal.on_failure("remove the new release", self._undo(f"rm -rf {self.release}"))
        archive = f"{self.folder}/releases/{self._program.release}.tar.gz"
        await self._host.sh(f"rm -rf {self.release}\nmkdir -p {self.release}")
        try:
            await self._host.put(archive, self._program.content)
            await self._host.sh(
                f"gzip -dc {archive} | (cd {self.release} && tar xf -)\n"
                f"[ -f {self.release}/run.py ]\n: > {done}",
                within_s=300,
            )
        finally:
            await self._host.sh(f"rm -f {archive} {archive}.part")
        return self._program.release

    async def _install(self) -> str | None:
        ready = f"{self.release}/.installed"
        if (await self._host.sh(f"[ -e {ready} ] && echo yes || true")).strip() == "yes":
            return "they are there already"
        mask = "umask 022" if self.service == "system" else "umask 077"
        python = shlex.quote(self._facts.python)
        await self._host.sh(
            f"{mask}\ncd {self.release}\nPYTHON={python} sh scripts/setup.sh run >&2\n"
            f".venv/bin/python run.py --version >&2\n: > {ready}"
            + (f"\nchmod -R go+rX {self.release}" if self.service == "system" else ""),
            within_s=_SETUP_S,
        )
        return self._facts.version

    async def _switch(self) -> None:
        before = self._facts.current
        back = f"rm -f {self.folder}/current"
        if before:
            back = f"ln -sfn {shlex.quote(before)} {self.folder}/current"
        self._journal.on_failure("switch back", self._undo(back))
        await self._host.sh(f"ln -sfn releases/{self._program.release} {self.folder}/current")

    async def _prune(self) -> str | None:
        """Keep the release in use and the one before it."""
        keep = {f"releases/{self._program.release}", self._facts.current}
        listed = await self._host.sh(f"cd {self.folder}\nls -1dt releases/*/ 2>/dev/null || true")
        old = [each.rstrip("/") for each in listed.splitlines()]
        gone = [each for each in old if each not in keep][max(0, _KEPT_RELEASES - len(keep)) :]
        before = " ".join(f"{self.folder}/{name}.before" for name in ("node.env", "config.yaml"))
        await self._host.sh(f"rm -f {before} {shlex.quote(self._unit)}.before")
        for each in gone:
            await self._host.sh(f"cd {self.folder}\nrm -rf {shlex.quote(each)}", within_s=120)
        return f"{len(gone)} releases" if gone else None

    # -- the settings -----------------------------------------------------------------------

    async def _write_settings(self) -> None:
        if self._facts.current and self.service != "none":
            # Registered first, so that it comes last: with the earlier settings and program.
            restart = f"{_SYSTEMD}\n{self._systemctl} restart {UNIT}"
            self._journal.on_failure("start the earlier program again", self._undo(restart))
        values = {**self._wanted.environment, "OPENCLAW__STATE_DIR": f"{self.folder}/state"}
        text = "# Written by `run.py node bootstrap`; the next run writes it again.\n"
        text += "".join(f"{name}='{value}'\n" for name, value in values.items())
        await self._replace("node.env", text.encode())
        if self._wanted.config is not None:
            await self._replace("config.yaml", self._wanted.config)
        await self._host.sh(f"ln -sfn ../../node.env {self.release}/.env")

    async def _replace(self, name: str, content: bytes) -> None:
        path = f"{self.folder}/{name}"
        await self._host.sh(f"rm -f {path}.before\n[ ! -e {path} ] || cp -p {path} {path}.before")
        back = f"if [ -e {path}.before ]; then mv -f {path}.before {path}; else rm -f {path}; fi"
        self._journal.on_failure(f"put {name} back", self._undo(back))
        await self._host.put(path, content)

    def _node(self, action: str) -> str:
        config = "" if self._wanted.config is None else f"--config {self.folder}/config.yaml "
        return f"cd {self.folder}/current && .venv/bin/python run.py node {config}{action}"

    # -- the Gateway ------------------------------------------------------------------------

    async def _join(self) -> str | None:
        code = "".join((await self._wanted.code()).split())
        if _VALUE.fullmatch(code) is None or not code:
            raise BootstrapFailed("the code is none: copy it whole")
        self._journal.on_failure("leave the Gateway", self._leave)
        # printf is part of the shell: the code is in no list of processes.
        printed = await self._host.sh(
            f"cd {self.folder}/current\nprintf '%s\\n' '{code}' | ({self._node('join -')})",
            within_s=_JOIN_S,
        )
        return printed.strip().partition("\n")[0].partition(" with ")[0]

    async def _leave(self) -> None:
        printed = await self._host.sh(f"{self._node('leave')} || true", within_s=_JOIN_S)
        found = re.search(r"--node ([0-9a-f]{16,128})", printed)
        if found is None:
            return
        if self._wanted.remove_device is None:
            raise BootstrapFailed(
                "the Gateway still lists the machine; run there: openclaw nodes remove --node "
                f"{found[1]}"
            )
        await self._wanted.remove_device(found[1])

    async def _wait_for_approval(self) -> str | None:
        loop = asyncio.get_running_loop()
        until, self.advice = loop.time() + self._wanted.wait_s, ""
        while True:
            try:
                printed = await self._host.sh(self._node("status"), within_s=_JOIN_S)
            except HostCommandFailed as error:
                printed, self.advice = "", str(error)
            lines = dict(line.partition(": ")[::2] for line in printed.splitlines())
            if usable := lines.get("agents can use", ""):
                self.advice = lines.get("what to do", "")
                if not self.advice:
                    return usable
            if loop.time() >= until:
                return "not everything yet, see below"
            await asyncio.sleep(_POLL_S)

    # -- the service ------------------------------------------------------------------------

    @property
    def _systemctl(self) -> str:
        return "systemctl" if self.service == "system" else "systemctl --user"

    @property
    def _unit(self) -> str:
        if self.service == "system":
            return f"/etc/systemd/system/{UNIT}"
        return f"{self._facts.home}/.config/systemd/user/{UNIT}"

    async def _write_unit(self) -> None:
        config = self._wanted.config is not None
        system = self.service == "system"
        text = unit_text(self.folder, self._wanted.name, system=system, config=config)
        path, before = shlex.quote(self._unit), shlex.quote(f"{self._unit}.before")
        folder = shlex.quote(self._unit.rpartition("/")[0])
        await self._host.sh(
            f"mkdir -p {folder}\nrm -f {before}\n[ ! -e {path} ] || mv {path} {before}"
        )
        self._journal.on_failure(
            "take the service back",
            self._undo(
                f"{_SYSTEMD}\nif [ -e {before} ]; then mv -f {before} {path}; "
                f"{self._systemctl} daemon-reload; "
                f"else {self._systemctl} disable --now {UNIT} || true; rm -f {path}; "
                f"{self._systemctl} daemon-reload; fi"
            ),
        )
        if system:
            await self._make_user()
        await self._host.sh(f"cat > {path} <<'END_OF_UNIT'\n{text}END_OF_UNIT\nchmod 644 {path}")

    async def _make_user(self) -> None:
        owned = " ".join(
            f"{self.folder}/{name}"
            for name in ("state", "node.env", *(["config.yaml"] if self._wanted.config else []))
        )
        await self._host.sh(
            f"id {SERVICE_USER} >/dev/null 2>&1 || useradd --system --home-dir {self.folder}/state "
            f"--shell /usr/sbin/nologin {SERVICE_USER}\n"
            f"chown -R {SERVICE_USER}:{SERVICE_USER} {owned}"
        )

    async def _start(self) -> str | None:
        await self._host.sh(
            f"{_SYSTEMD}\n{self._systemctl} daemon-reload\n{self._systemctl} enable {UNIT}\n"
            f"{self._systemctl} restart {UNIT}"
        )
        linger = None
        if self.service == "user":
            try:
                await self._host.sh('loginctl enable-linger "$(id -un)"')
            except HostCommandFailed:
                linger = "it ends with the last login: run there `sudo loginctl enable-linger USER`"
        await asyncio.sleep(_SETTLE_S)
        try:
            await self._host.sh(f"{_SYSTEMD}\n{self._systemctl} is-active --quiet {UNIT}")
        except HostCommandFailed:
            journal = "journalctl" if self.service == "system" else "journalctl --user"
            raise BootstrapFailed(
                "it ended at once; its log there: "
                + await self._host.sh(f"{journal} --unit {UNIT} --lines 10 --no-pager || true")
            ) from None
        return linger

    def _undo(self, script: str) -> Callable[[], Awaitable[None]]:
        async def undo() -> None:
            await self._host.sh(script, within_s=90)

        return undo


_SYSTEMD: Final = 'export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/run/user/$(id -u)}"'
"""Where a login over ssh finds the service manager of its user."""
