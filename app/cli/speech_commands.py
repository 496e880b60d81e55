"""The commands about speech: of files, of the speech server, and conversations without Discord."""

from __future__ import annotations

import argparse
import sys

from app.cli.running import UNUSABLE, prepare, run_until_stopped, say_problem


def speakable(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.speakable import UnreadableText, speakable

    try:
        speakable(
            arguments.file,
            sys.stdout,
            settings.pipeline.speech_text,
            language=arguments.language,
            stream=arguments.stream,
        )
    except UnreadableText as error:
        say_problem(error)
        return UNUSABLE
    return 0


def speak(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.speak import UnusableText, speak
    from server.errors import UnknownVoice

    try:
        written = speak(
            arguments.text,
            arguments.output,
            settings.server,
            settings.models,
            voice=arguments.voice,
            speed=arguments.speed,
        )
    except (UnusableText, UnknownVoice) as error:
        say_problem(error)
        return UNUSABLE
    print(written)
    return 0


def transcribe(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.audio_file import UnreadableAudio
    from app.transcription import transcribe_files
    from pipeline.errors import WordsUnavailable

    try:
        transcribe_files(
            arguments.files,
            sys.stdout,
            settings,
            language=arguments.language,
            names=[name.strip() for name in arguments.names.split(",") if name.strip()],
            as_json=arguments.json,
        )
    except (UnreadableAudio, WordsUnavailable) as error:
        say_problem(error)
        return UNUSABLE
    return 0


def serve(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.speech_keys import key_file, run_keys

    if arguments.keys is not None:
        if arguments.keys != "list" and arguments.name is None:
            say_problem(f"keys {arguments.keys} needs a NAME")
            return UNUSABLE
        run_keys(settings, arguments.keys, arguments.name, sys.stdout)
        return 0
    if arguments.ray:
        from app.speech_cluster import run_cluster

        return run_cluster(settings)
    from functools import partial

    from monitoring.http_metrics import instrument
    from monitoring.process_metrics import new_registry
    from server.engines.choice import open_voices
    from server.runner import serve
    from server.transcription.listening_models import open_listening

    make_engine = partial(open_voices, settings.server, settings.models, stock=())
    listening = settings.server.transcription
    make_listening = partial(open_listening, settings.pipeline, settings.models, listening)
    return run_until_stopped(
        serve(
            settings.server,
            make_engine,
            key_file(settings),
            make_listening if listening.enabled else None,
            partial(instrument, registry=new_registry(), token=settings.monitoring.token),
        )
    )


def talk(arguments: argparse.Namespace, rest: list[str]) -> int:
    # The conversation is on the same screen.
    arguments.log_level = getattr(arguments, "log_level", "WARNING")
    settings = prepare(arguments)
    from app.console.cli import TalkOptions, run_console
    from web.errors import TalkRefused

    options = TalkOptions(
        name=arguments.name,
        agent=arguments.agent,
        sound=not arguments.no_sound,
        microphone=not arguments.no_microphone,
    )
    try:
        return run_until_stopped(run_console(settings, options))
    except TalkRefused as error:
        say_problem(error)
        return UNUSABLE


def replay(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.audio_file import UnreadableAudio
    from app.replay.case_files import UnreadableCase
    from app.replay.cli import run_replay
    from app.replay.options import ReplayOptions, UnusableReplay

    options = ReplayOptions(
        paths=tuple(arguments.paths),
        agents=arguments.agents,
        answer=arguments.answer,
        answer_after_s=arguments.answer_after,
        gateway=arguments.gateway,
        json=arguments.json,
    )
    try:
        return run_replay(settings, options, sys.stdout)
    except (UnusableReplay, UnreadableCase, UnreadableAudio) as error:
        say_problem(error)
        return UNUSABLE
