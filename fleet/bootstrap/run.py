"""One run of ``run.py node bootstrap``: connect, look, install; undo what was begun on failure."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.host import probe, read_facts
from fleet.bootstrap.installation import Installation, NodePlan
from fleet.bootstrap.journal import Journal, Say
from fleet.bootstrap.program import Program
from fleet.bootstrap.ssh import RemoteHost, SshOptions, open_host
from fleet.bootstrap.target import Target


async def bootstrap(
    target: Target,
    options: SshOptions,
    wanted: NodePlan,
    program: Program,
    say: Say,
    *,
    dry_run: bool = False,
) -> Installation:
    """Make ``target`` a node; with ``dry_run`` only look, and say what would be done.

    Raises:
        BootstrapFailed: it was not done; what was begun is undone.
    """
    wanted.check()
    async with open_host(target, options) as host:
        say(f"✓ connect to {target}")
        facts = read_facts(await host.sh(probe(wanted.folder)))
        say(f"✓ look at the machine ({facts.version}, {facts.free_mb // 1000} GB free)")
        if program.note:
            say(f"  note: {program.note}")
        journal = Journal(say)
        installation = Installation(host, facts, wanted, program, journal)
        if dry_run:
            say("It would do this:")
            for each in installation.plan():
                say(f"- {each}")
            return installation
        try:
            await installation.run()
        except (Exception, asyncio.CancelledError):
            say("Undoing what was begun:")
            await asyncio.shield(_roll_back(journal, host, target, options))
            raise
        return installation


async def _roll_back(
    journal: Journal, host: RemoteHost, target: Target, options: SshOptions
) -> None:
    """Undo all, over another connection if the first one is lost."""
    if host.lost:
        with suppress(BootstrapFailed):
            async with open_host(target, options) as again:
                host.take_over(again)
                await journal.roll_back()
    await journal.roll_back()
