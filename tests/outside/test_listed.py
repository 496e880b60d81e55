"""No function that takes text or bytes from outside is left out of the growth tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.outside.test_growth import SUBJECTS

ROOT: Final = Path(__file__).parent.parent.parent

NOT_THE_BOT: Final = {"bench", "demo", "tests"}
"""What stands beside the bot: its tests, its measurements, its demonstration."""
APART: Final = {"simulator", "fixture"}
"""Within its packages: the simulators of Discord and of the Gateway, and a model for tests."""

EXCUSED: Final = {
    # They keep it or hand it on, without a look at it.
    "configuration.schema:Entries.child",
    "configuration.schema:Section.child",
    "doctor.findings:inner_lines",
    "discord_bot.guild_choices:GuildChoices.choose",
    "discord_bot.direct_messages:write_to",
    "discord_bot.posting:post_in",
    "discord_bot.receive.dave:DaveSession.decrypt",
    "openclaw_client.protocol:ErrorShape.detail",
    "openclaw_client.protocol:chat_send_params",
    "openclaw_client.recovery:history_params",
    "openclaw_client.trust:Trust.accepts",
    "pipeline.transcript:Transcript.add_reply",
    "pipeline.transcript:Transcript.add_speech",
    "pipeline.transcript:Transcript.readdress",
    # A Protocol.
    "server.tts.decode:Decoder.feed",
    # What they get is the bot's own.
    "configuration.schema:leaves",
    "openclaw_client.device_key:DeviceKey.prove",
    "openclaw_client.protocol:connect_params",
    "state.files:create_state",
    "state.files:write_state",
    # Discord limits it to a few dozen characters.
    "discord_bot.commands.agent:AgentCog.agent",
    "discord_bot.commands.agent:AgentCog.names",
    # The node's arguments limit it to a hundred (openclaw_client.node.arguments).
    "discord_bot.direct_messages:find_members",
}
"""With the reason above."""

EXCUSED_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "they hand it on to what is listed": (
        "app.agents",
        "app.voice_rooms",
        "discord_bot.agent_catalogue",
        "discord_bot.answers",
        "discord_bot.joining",
        "discord_bot.voice_session",
        "openclaw_client.client",
        "openclaw_client.connection",
        "openclaw_client.guilds",
        "openclaw_client.lanes",
        "openclaw_client.link",
        "openclaw_client.node.audit",
        "openclaw_client.node.commands",
        "openclaw_client.node.node",
        "openclaw_client.node.rooms",
        "openclaw_client.turns",
        "pipeline.echo_guard",
        "pipeline.orchestrator",
        "pipeline.reply",
        "pipeline.saying",
        "server.tts.client",
        "server.tts.connection",
        "server.tts.steady",
        "speakable",
    ),
    "Protocols alone": ("pipeline.listener", "pipeline.ports", "pipeline.turn_words"),
    "an address, an id or a token of the settings, or the bot's own words": (
        "app.services",
        "app.speech",
        "configuration.layer",
        "configuration.reference",
        "discord_bot.account",
        "discord_bot.bot",
        "discord_bot.receive.deaf",
        "discord_bot.receive.faults",
        "discord_bot.receive.keepalive",
        "discord_bot.receive.opus",
        "doctor.machine",
        "logs.faults",
        "logs.place",
        "logs.setup",
        "network.proxies",
        "openclaw_client.device_store",
        "openclaw_client.dial",
        "openclaw_client.identity",
        "openclaw_client.peek",
        "openclaw_client.roles",
        "pipeline.agents",
        "pipeline.devices",
        "pipeline.languages.model",
        "pipeline.ready_transcriber",
        "pipeline.speech_models",
        "pipeline.transcriber",
        "run",
        "server.tts.breaker",
        "settings",
        "tasks",
    ),
    "frames of our own encoder": ("discord_bot.receive.client",),
    "the files of models, named in the code, with their sums": (
        "models.cli",
        "models.download",
        "models.files",
        "models.hub",
        "models.inventory",
        "models.pip_wheel",
        "models.progress",
        "models.registry",
        "models.store",
        "models.whisper",
        "pipeline.onnx_session",
        "pipeline.onnx_weights",
    ),
    "the sentence of a client of the embedded voice, limited by server.routes.speech": (
        "server.state",
        "server.streaming",
        "server.tts.espeak",
    ),
    "parts of SentenceCutter, which is listed, and of which every text goes through all": (
        "pipeline.speech_text.ahead",
        "pipeline.speech_text.angles",
        "pipeline.speech_text.blocks",
        "pipeline.speech_text.brackets",
        "pipeline.speech_text.dates",
        "pipeline.speech_text.emphasis",
        "pipeline.speech_text.inline",
        "pipeline.speech_text.latex",
        "pipeline.speech_text.left_out",
        "pipeline.speech_text.maths",
        "pipeline.speech_text.model_tokens",
        "pipeline.speech_text.pending",
        "pipeline.speech_text.quotes",
        "pipeline.speech_text.regions",
        "pipeline.speech_text.scanner",
        "pipeline.speech_text.sentence_ends",
        "pipeline.speech_text.spoken_form",
        "pipeline.speech_text.tables",
        "pipeline.speech_text.tags",
        "pipeline.speech_text.tokens",
    ),
}
"""By what their public functions get."""


def _takes_text(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    given = function.args
    for each in (*given.posonlyargs, *given.args, *given.kwonlyargs):
        names = ast.walk(each.annotation) if each.annotation is not None else ()
        if any(isinstance(name, ast.Name) and name.id in ("str", "bytes") for name in names):
            return True
    return False


def _functions(body: list[ast.stmt], above: str) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _functions(node.body, f"{above}{node.name}.")
        elif (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and not node.name.startswith("_")
            and _takes_text(node)
        ):
            yield f"{above}{node.name}"


def _listed() -> set[str]:
    # "module:function, in which way" is the same function again.
    names = {subject.name.partition(",")[0] for subject in SUBJECTS}
    return names | {name for subject in SUBJECTS for name in subject.covers}


def _modules() -> Iterator[tuple[str, Path]]:
    """Every module of the bot, also one that was made today."""
    for file in sorted(ROOT.glob("*.py")):
        yield file.stem, file
    for package in sorted(each.parent for each in ROOT.glob("*/__init__.py")):
        if package.name in NOT_THE_BOT:
            continue
        for file in sorted(package.rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            if APART.isdisjoint(parts):
                yield ".".join(parts).removesuffix(".__init__"), file


def takes_text() -> set[str]:
    """Every public function and method of the bot with a parameter of text or bytes."""
    return {
        f"{module}:{name}"
        for module, file in _modules()
        for name in _functions(ast.parse(file.read_text(encoding="utf-8")).body, "")
    }


def _excused_modules() -> set[str]:
    return {module for modules in EXCUSED_MODULES.values() for module in modules}


def _module(name: str) -> str:
    return name.partition(":")[0]


def test_whoever_takes_text_is_tested_or_excused() -> None:
    excused = _excused_modules()
    unknown = {name for name in takes_text() - _listed() - EXCUSED if _module(name) not in excused}
    assert not unknown, "add a Subject, or excuse them with a reason"


def test_a_new_module_would_be_found() -> None:
    modules = {module for module, _ in _modules()}
    assert modules >= {"run", "network.urls", "server.tts.wav", "pipeline.speech_text.cutter"}
    assert not modules & {"tests.outside.growth", "openclaw_client.simulator.server"}


def test_nothing_is_both_tested_and_excused() -> None:
    assert not _listed() & EXCUSED
    assert not {_module(name) for name in _listed() | EXCUSED} & _excused_modules()


def test_no_excuse_outlives_what_it_excuses() -> None:
    there = takes_text()
    assert not EXCUSED - there
    assert not _excused_modules() - {_module(name) for name in there}
