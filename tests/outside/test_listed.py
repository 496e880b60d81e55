"""Every function that takes text or bytes from outside is in the growth tests or excused."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.outside.test_growth import SUBJECTS

ROOT: Final = Path(__file__).parent.parent.parent

NOT_THE_BOT: Final = {"bench", "demo", "simulators", "testing", "tests"}
"""Packages that are not part of the bot: tests, simulators, benchmarks and the demonstration."""
APART: Final = {"fixture"}
"""Folders of the bot's packages that only tests use."""

EXCUSED: Final = {
    # They keep the text or pass it on without reading it.
    "configuration.schema:Section.child",
    "app.doctor.findings:inner_lines",
    "app.replay.expectations:check",
    "app.replay.room:replay",
    "app.told_presence:ToldPresence.change",
    "app.told_presence:ToldPresence.told",
    "discord_bot.guild_state:GuildChoices.choose",
    "database.engine:Database.insert_missing",
    "database.engine:Database.upsert",
    # h11 reads it, at most 64 kB of headers at a time.
    "server.protection.protocol:GuardedHttp.data_received",
    # The names of keys on the operator's command line, and a key that the bot made.
    "server.protection.keys:KeyFile.add",
    "server.protection.keys:KeyFile.remove",
    "app.speech_keys:run_keys",
    "server.protection.layers:protected",
    "server.protection.turns:SynthesisTurns.turn",
    "server.runner:with_login",
    # Names and values that `checked_value` has checked.
    "database.setting_values:json_value",
    "database.setting_values:shown_value",
    "database.member_records:as_json",
    "discord_bot.messages.direct_messages:write_to",
    "discord_bot.call.notices:not_said",
    "discord_bot.call.mark:ListeningMarks.show",
    "discord_bot.consent.buttons:choice_button",
    "discord_bot.consent.buttons:forget_buttons",
    "discord_bot.consent.buttons:notice_buttons",
    "discord_bot.consent.buttons:privacy_buttons",
    "discord_bot.consent.kept:kept_of",
    "discord_bot.consent.notice:excluded",
    "discord_bot.consent.notice:latecomers",
    "discord_bot.consent.notice:pointer",
    "discord_bot.consent.notice:session",
    "discord_bot.consent.notice:transcript",
    "discord_bot.call.notices:voice_replaced",
    "discord_bot.call.notices:written",
    "discord_bot.messages.posting:post_in",
    "discord_bot.receive.dave:DaveSession.decrypt",
    "discord_bot.receive.route:RouteWatch.received",
    "discord_bot.receive.route:is_discovery_answer",
    "openclaw_client.protocol.frames:ErrorShape.detail",
    "openclaw_client.node.authorization:may_know",
    "app.agent_roster:GatewayAgents.answered_by",
    "app.agent_roster:GatewayAgents.persona",
    "app.agent_roster:GatewayAgents.resolve",
    "openclaw_client.node.commands:NodeCommands.execute",
    "openclaw_client.protocol.payloads:chat_send_params",
    "openclaw_client.runs.turn:Turn.confirm",
    "openclaw_client.runs.run_recovery:history_params",
    "openclaw_client.transport.trust:Trust.accepts",
    "pipeline.echo.guard:EchoGuard.speaker_words",
    # Languages of the settings, and names that are limited before they are tokens.
    "pipeline.inference.whisper_decoder:WhisperDecoder.decode",
    "pipeline.inference.whisper_decoder:WhisperDecoder.detect_language",
    "pipeline.inference.whisper_decoder:WhisperDecoder.token_times",
    "pipeline.inference.decoding_choices:DecodingChoices.applied",
    # The text of a window of 30 s.
    "pipeline.inference.timed_text:timed_segments",
    "pipeline.inference.timed_text:timed_words",
    "server.transcription.formats:as_verbose_json",
    "server.transcription.languages:language_name",
    # They compare it with the names that there are, or pass it on.
    "server.app:create_app",
    "server.exception_handlers:first_problem",
    "server.routes.models:model",
    "server.transcription.ears:Ears.hear",
    "server.transcription.ears:Ears.hear_pieces",
    # json.loads, of a message whose size the WebSocket limits.
    "server.realtime.session:RealtimeSession.handle",
    # Words of Whisper, and our own ids.
    "server.realtime.session:RealtimeSession.turn_failed",
    "server.realtime.session:RealtimeSession.turn_heard",
    "server.realtime.session:RealtimeSession.words_so_far",
    "server.realtime.configuration:shown",
    "server.realtime.configuration:shown_flat",
    "server.transcription.models:check_listening_model",
    "server.transcription.state:set_ears",
    "pipeline.inference.whisper_decoder:WhisperDecoder.expected_end",
    "pipeline.inference.whisper_vocabulary:WhisperVocabulary.encode",
    "pipeline.inference.whisper_vocabulary:WhisperVocabulary.start",
    "pipeline.inference.whisper_vocabulary:WhisperVocabulary.supports",
    "pipeline.transcript:Transcript.add_reply",
    "pipeline.transcript:Transcript.add_speech",
    "pipeline.transcript:Transcript.correct_addressee",
    "pipeline.transcript:spoken_reply",
    "server.engines.voices:EmbeddedVoices.speak",
    "server.engines.voices:EspeakVoices.speak",
    # A Protocol.
    "pipeline.listening.streaming_transcription:TranscriptionRoom.parse",
    "pipeline.listening.streaming_transcription:TranscriptionRoom.spawn",
    "server.audio.decode:Decoder.feed",
    "discord_bot.call.voice_channel:check_may_join",
    # It passes the text on to read_code, which is listed.
    "openclaw_client.node.joining:invitation_from",
    # Their argument is the bot's own text, or an address of the settings.
    "logs.place:Place.within",
    "logs.place:fields_of",
    "logs.place:in_place",
    "logs.place:placed",
    "logs.lines:shortened",
    "monitoring.health:as_json",
    "deploy.healthcheck:is_alive",
    "monitoring.traces:otlp_exporter",
    "pipeline.addressee.reason_class:reason_class",
    "network.proxies:proxy_for",
    "configuration.schema:Section.children",
    "configuration.schema:Section.nodes",
    "configuration.schema:Section.settings",
    "openclaw_client.identity.device_key:DeviceKey.prove",
    "pipeline.addressee.context:room_state",
    "pipeline.participants:Participants.name_of",
    "openclaw_client.node.commands:command",
    "openclaw_client.node.approval:approval_of_tools",
    "openclaw_client.node.commands:NodeCommand.tool",
    "openclaw_client.node.commands:NodeCommands.tools",
    "openclaw_client.node.joining:join",
    "openclaw_client.node.joining:joined_config",
    "openclaw_client.node.tool_names:others_with_tools",
    "openclaw_client.protocol.handshake:connect_params",
    "openclaw_client.protocol.handshake:node_role",
    "state.files:create_state",
    "state.files:write_state",
    # The bot's own sentences.
    # Discord limits it to a few dozen characters.
    "discord_bot.call.recorder:CallRecorder.push",
    "discord_bot.commands.agent:AgentCog.agent",
    "discord_bot.commands.agent:AgentCog.names",
    "discord_bot.commands.agent:agent_called",
    "discord_bot.commands.agent:agent_choices",
    "discord_bot.commands.join:JoinCog.agents",
    "discord_bot.commands.join:JoinCog.join",
    "discord_bot.commands.say:SayCog.say",
    "discord_bot.commands.settings:SettingsCog.change",
    "discord_bot.commands.settings:SettingsCog.choose",
    "discord_bot.commands.settings:SettingsCog.names",
    "discord_bot.commands.settings:SettingsCog.reset",
    "discord_bot.commands.settings:SettingsCog.values",
    "discord_bot.commands.settings:SettingsCog.view",
    "discord_bot.commands.transcript:TranscriptCog.delete",
    "discord_bot.commands.transcript:TranscriptCog.export",
    "discord_bot.commands.voice:VoiceCog.agents",
    "discord_bot.commands.voice:VoiceCog.voice",
    "discord_bot.commands.voice:VoiceCog.voices",
    # Names and values of the settings, and descriptions in the code.
    "discord_bot.commands.context:persona_here",
    "discord_bot.commands.help:by_group",
    "discord_bot.commands.settings:overview",
    "discord_bot.setting_texts:choice_text",
    "discord_bot.setting_texts:titled",
    "discord_bot.setting_texts:value_text",
    "pipeline.listening.speaker_language:CallLanguage.choose",
    "pipeline.participants:Participants.use_voices",
    "pipeline.participants:RoomSpeakers.use_languages",
    "translations.text:catalogued",
    # Ids of our own, and the bot's own words.
    "discord_bot.prompts:PromptButton.from_custom_id",
    "discord_bot.prompts:buttons",
    "fleet.supervision.policy:needs_yes",
    # They pass it on to the sentence cutter, which is listed.
    "pipeline.room_controls:RoomControls.interject",
    "app.agent_tools:GatewayTools.sample",
    "app.sound_file:spoken_file",
    "discord_bot.agent_tools:AgentTools.sample",
    # The node's arguments limit it to a hundred (openclaw_client.node.commands).
    "discord_bot.messages.direct_messages:find_members",
    # Keys of a dictionary, the settings' own host, and the bot's words.
    "web.routes.files:file_response",
    "web.routes.files:static_file",
    "web.settings:is_loopback",
    # Uvicorn reads the bytes.
    "web.runner:PatientHttp.data_received",
    "web.talk.journal:RoomJournal.note",
    # They pass on what `web.talk.connection.from_page` has limited to functions that are listed.
    "app.talk_rooms:explained",
    "web.talk.outbox:PageOutbox.put",
    "web.talk.room:TalkRoom.enter",
    "web.talk.room:TalkRoom.say",
    "web.talk.room:TalkRoom.seat",
    "web.talk.room:TalkRoom.use_agent",
    "web.talk.rooms:TalkRooms.enter",
}
"""With the reason above."""

EXCUSED_MODULES: Final[Mapping[str, tuple[str, ...]]] = {
    "they pass it on to functions that are listed": (
        "app.node",
        "app.acknowledging",
        "app.questions",
        "app.searching",
        "openclaw_client.questions",
        "openclaw_client.session_messages",
        "openclaw_client.tools.imported",
        "openclaw_client.client",
        "openclaw_client.gateway",
        "openclaw_client.transport.connection",
        "openclaw_client.guilds",
        "openclaw_client.runs.session_queue",
        "openclaw_client.transport.reconnecting",
        "openclaw_client.node.audit",
        "app.node_cli",
        "fleet.notify.messages",
        "fleet.outbox",
        "fleet.session_notices",
        "openclaw_client.node.gateway_node",
        "openclaw_client.node.rooms",
        "openclaw_client.runs.turn_runner",
        "pipeline.orchestrator",
        "pipeline.speaking.floor",
        "pipeline.speaking.reply",
        "pipeline.speaking.reply_report",
        "pipeline.speaking.announcement",
        "server.synthesis.client",
        "server.synthesis.connection",
        "server.synthesis.failover",
        "app.replay.models",
        "app.replay.report",
        "app.speak",
        "app.speakable",
        "app.transcription",
        "server.realtime.live_turns",
    ),
    "only Protocols": (
        "pipeline.listening.audio_recognition",
        "pipeline.ports",
    ),
    "an address, an id or a token of the settings, or the bot's own words": (
        "database.guild_settings",
        "database.inspection",
        "database.upgrade",
        "app.services",
        "app.model_loading",
        "server.engines.choice",
        "app.console.cli",
        "app.console.session",
        "app.console.sound",
        "app.console.transcript",
        "app.replay.cli",
        "app.replay.microphone",
        "configuration.__main__",
        "configuration.layers",
        "discord_bot.account",
        "discord_bot.bot",
        "discord_bot.shards",
        "discord_bot.receive.receive_health",
        "discord_bot.receive.udp",
        "discord_bot.receive.opus",
        "app.doctor.check_machine",
        "logs.faults",
        "logs.setup",
        "openclaw_client.identity.device_store",
        "openclaw_client.identity.credentials",
        "openclaw_client.transport.websocket",
        "pipeline.personas",
        "pipeline.inference.devices",
        "pipeline.language.lexicons.model",
        "pipeline.inference.whisper",
        "pipeline.inference.speech_models",
        "pipeline.inference.timed_models",
        "run",
        "server.synthesis.circuit_breaker",
        "settings",
        "tasks",
        "translations.catalogue",
        "translations.extract",
        "translations.source_texts",
    ),
    "frames of our own encoder": ("discord_bot.receive.client",),
    "the files of models, named in the code, with their sums": (
        "models.cli",
        "server.engines.fast_convolutions",
        "server.engines.kokoro_graph",
        "server.engines.neural",
        "server.engines.onnx_file",
        "models.download",
        "models.fetching",
        "models.folder",
        "models.hub",
        "models.inventory",
        "models.packages",
        "models.progress",
        "models.registry",
        "models.sources",
        "models.store",
        "models.whisper",
        "pipeline.inference.cpu_models",
    ),
    "the sentence of a client of the embedded voice, limited by server.routes.speech": (
        "server.state",
        "server.streaming",
        "server.audio.encode",
        "server.audio.stretch",
        "server.routes.events",
        "server.engines.engine",
        "server.engines.espeak",
        "server.engines.kokoro",
        "server.engines.kokoro_statistics",
        "server.engines.kokoro_voices",
        "server.engines.named_voices",
        "server.engines.phonemes",
        "server.engines.piper",
        "server.engines.text_language",
    ),
    "parts of SentenceCutter, which is listed and passes every text through them": (
        "pipeline.speaking.text_normalization.angle_brackets",
        "pipeline.speaking.text_normalization.blocks",
        "pipeline.speaking.text_normalization.inline",
        "pipeline.speaking.text_normalization.lookahead",
        "pipeline.speaking.text_normalization.math_delimiters",
        "pipeline.speaking.text_normalization.normalization",
        "pipeline.speaking.text_normalization.regions",
        "pipeline.speaking.text_normalization.scanner",
        "pipeline.speaking.text_normalization.sentence_ends",
        "pipeline.speaking.text_normalization.spoken_formula",
        "pipeline.speaking.text_normalization.spoken_parts",
        "pipeline.speaking.text_normalization.square_brackets",
        "pipeline.speaking.text_normalization.tokens",
    ),
}
"""The reason, and the modules whose public functions it excuses."""


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
    """Every module of the bot, also one that is not committed yet."""
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


def test_every_function_that_takes_text_is_tested_or_excused() -> None:
    excused = _excused_modules()
    unknown = {name for name in takes_text() - _listed() - EXCUSED if _module(name) not in excused}
    assert not unknown, "add a Subject, or excuse the function with a reason"


def test_a_new_module_would_be_found() -> None:
    modules = {module for module, _ in _modules()}
    assert modules >= {
        "run",
        "network.addresses",
        "server.audio.wav",
        "pipeline.speaking.text_normalization.sentence_cutter",
    }
    assert not modules & {"tests.outside.growth", "simulators.gateway.server"}


def test_nothing_is_both_tested_and_excused() -> None:
    assert not _listed() & EXCUSED
    assert not {_module(name) for name in _listed() | EXCUSED} & _excused_modules()


def test_no_excuse_outlives_what_it_excuses() -> None:
    there = takes_text()
    assert not EXCUSED - there
    assert not _excused_modules() - {_module(name) for name in there}
