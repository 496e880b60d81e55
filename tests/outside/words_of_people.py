"""Readers of people's words: transcripts, nicknames, voice commands."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Final, cast

import discord
import numpy as np

from database.errors import InvalidSetting
from database.store import GuildStore
from database.transcripts import CallTranscript, TranscriptLine
from discord_bot.commands.ask import framed
from discord_bot.commands.samples import shown_voice
from discord_bot.commands.setting_choices import picked_choices, setting_choices, value_choices
from discord_bot.messages.reasons import reasons_text
from discord_bot.messages.transcript_file import transcript_file
from discord_bot.messages.turn_reasons import plain_reasons
from discord_bot.setting_words import written_value
from pipeline.addressee.classifier import Decision
from pipeline.addressee.context import LastReply, LastSpeech, RoomState, speaker_context
from pipeline.addressee.decide import decide
from pipeline.addressee.repeated_exchanges import RepeatedExchanges
from pipeline.echo.own_words import (
    all_in_order,
    echoed_words,
    stop_among,
    without_words_of,
)
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.hallucinations import (
    Evidence,
    bare_words,
    rejection,
    spoken_part,
)
from pipeline.inference.invented_lines import folded, is_invented, may_be_said
from pipeline.inference.name_repair import (
    may_hold_a_name,
    may_open_with_a_call,
    repaired,
    with_call,
    with_command,
    with_names,
)
from pipeline.inference.one_breath import is_in_one_breath
from pipeline.inference.repeated_words import is_repeated_by_a_person
from pipeline.inference.short_words import made_of_courtesies
from pipeline.inference.sound_captions import without_captions
from pipeline.inference.stop_repair import is_the_stop
from pipeline.inference.syllables import syllable_count
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper_decoder import Decoding, compression_ratio
from pipeline.language.dialogue_act import dialogue_act
from pipeline.language.lexicons import ENGLISH, language
from pipeline.language.mentions import KnownNames
from pipeline.language.spoken_answers import (
    chosen_options,
    gives_back,
    is_acknowledged,
    searched_for,
    takes_over,
    verdict_in,
)
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.murmurs import syllables
from pipeline.listening.speaker_language import CallLanguage, SpeakerLanguage
from pipeline.listening.spoken_amount import amount_said
from pipeline.listening.streaming_transcription import CommittedTranscript
from pipeline.participants import Participants
from pipeline.ports import Persona, Speaker, Voice
from pipeline.settings import RelevanceSettings, SttSettings
from pipeline.speaking.notices import (
    continuation_offer,
    listening,
    notice_for,
    one_moment,
    stock_texts,
    too_much,
    your_turn,
)
from pipeline.transcript import SpokenSentence, Transcript, word_start_ms, words_heard
from tests.outside.subject import Subject
from translations import language_name, language_of, listing, message, plural, shortened, verbatim
from translations.durations import seconds_of

JARVIS: Final = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE: Final = Persona("sage", "Sage", Voice("sage"), ("wise one",))
ALICE, BOB = Speaker(1, "Alice"), Speaker(2, "BobTheBuilder_92")
SETTINGS: Final = RelevanceSettings()


def room(talk: str = "hello yes it is me", people: tuple[Speaker, ...] = (ALICE, BOB)) -> RoomState:
    """A room in which Jarvis has just asked Alice something, and then Bob has spoken."""
    return RoomState(
        people=people,
        talk=(
            LastSpeech(ParsedUtterance(2, talk), "room", 1.0),
            LastSpeech(ParsedUtterance(1, talk), "room", 2.0),
        ),
        last_reply=LastReply(1, 3.0, asks=True),
        offered_to=1,
    )


def heard(text: str) -> Transcription:
    return Transcription(text, "en", 0.0, 0.0, 3000.0, 10.0)


def parsed(text: str, people: tuple[Speaker, ...] = (ALICE, BOB)) -> ParsedUtterance:
    participants = Participants((JARVIS, SAGE), JARVIS, 0.9)
    for person in people:
        participants.add(person)
    return participants.parse(ALICE.id, text, "en")


def _decide(text: str) -> object:
    return decide(parsed(text), room(), lambda _: True, "medium", SETTINGS)


def _repeat(text: str) -> object:
    exchanges, asked = RepeatedExchanges(), Decision(True, 1.0, ("it asks",))
    for number in range(3):
        exchanges.decided(1, text, asked, float(number))
        exchanges.answered(text, float(number))
    return exchanges.checked(1, text, asked, 3.0)


def _decide_by_nickname(name: str) -> object:
    people = (ALICE, Speaker(2, name))
    utterance = parsed("Bob, what do you think?", people)
    return decide(utterance, room(people=people), lambda _: True, "medium", SETTINGS)


def _transcript_file(text: str) -> object:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    line = TranscriptLine(now, 1, text, text)
    return transcript_file([CallTranscript(1, 2, 3, None, now, (line,))], {3: text})


def _on_the_phone(text: str) -> tuple[bool, bool]:
    utterance = parsed(text)
    return utterance.opens_phone_call, utterance.says_farewell


def _remember(text: str) -> object:
    transcript = Transcript()
    transcript.add_speech(Speaker(1, text), ParsedUtterance(1, text), 0.0, text)
    sentences = [SpokenSentence(text, 0.0, 1000.0)]
    transcript.add_reply(text, ALICE, sentences, 500.0, 1.0)
    return transcript.context_lines(2)


def _commit(text: str) -> object:
    return CommittedTranscript(0.0).commit(heard(text), 1.0).whole(heard(text))


def _translate(text: str) -> list[str]:
    names = listing([text, verbatim(text)])
    texts = (
        message("{name} has ended the call.", name=text),
        plural("{count} more", "{count} more", count=2, name=names),
        shortened(names, 400),
    )
    return [each.to(language) for each in texts for language in ("en", "ja")]


_STORE: Final = GuildStore()
_CHANNELS: Final = SimpleNamespace(voice_channels=(), stage_channels=())


def _names_of_settings(text: str) -> object:
    return setting_choices(text, "de")


def _written_values(text: str) -> object:
    """A value that a member writes for each setting that has words or units."""
    guild, member = cast(discord.Guild, _CHANNELS), cast(discord.Member, None)
    picked_choices("allowed_channels", text, guild, member, "de")
    for name in ("leave_when_idle_s", "volume_db", "languages"):
        held = _STORE.settings.setting(1, name)
        value_choices(held, text, "de", str)
        with suppress(InvalidSetting):
            written_value(name, text, "de")
    return seconds_of(f"1 h {text}")


SUBJECTS: Final = (
    Subject("discord_bot.commands.ask:framed", lambda t: framed(t, t)),
    Subject("discord_bot.commands.samples:shown_voice", shown_voice),
    Subject("discord_bot.commands.setting_choices:setting_choices", _names_of_settings, heavy=True),
    Subject(
        "discord_bot.setting_words:written_value",
        _written_values,
        heavy=True,
        covers=(
            "translations.durations:seconds_of",
            "discord_bot.commands.setting_choices:value_choices",
            "discord_bot.commands.setting_choices:picked_choices",
        ),
    ),
    Subject(
        "pipeline.addressee.repeated_exchanges:RepeatedExchanges",
        _repeat,
        covers=(
            "pipeline.addressee.repeated_exchanges:RepeatedExchanges.answered",
            "pipeline.addressee.repeated_exchanges:RepeatedExchanges.checked",
            "pipeline.addressee.repeated_exchanges:RepeatedExchanges.decided",
        ),
    ),
    Subject("discord_bot.messages.transcript_file:transcript_file", _transcript_file),
    Subject(
        "pipeline.language.spoken_answers:verdict_in",
        lambda t: (verdict_in(t), is_acknowledged(t), takes_over(t), gives_back(t)),
        heavy=True,
        covers=(
            "pipeline.language.spoken_answers:is_acknowledged",
            "pipeline.language.spoken_answers:takes_over",
            "pipeline.language.spoken_answers:gives_back",
        ),
    ),
    Subject(
        "pipeline.language.spoken_answers:chosen_options",
        lambda t: chosen_options(t, ["Red", "Blue (Recommended)", t[:400]], several=True),
        heavy=True,
    ),
    Subject("pipeline.language.spoken_answers:searched_for", searched_for, heavy=True),
    Subject(
        "pipeline.addressee.decide:decide",
        _decide,
        heavy=True,
        covers=(
            "pipeline.language.voice_commands:answer_to_offer",
            "pipeline.language.voice_commands:command_in",
            "pipeline.language.stop_words:may_ask_silence",
            "pipeline.language.stop_words:silence_asked",
            "pipeline.language.mentions:KnownNames.mentions",
            "pipeline.language.mentions:KnownNames.candidates",
            "pipeline.participants:Participants.parse",
            "pipeline.language.mentions:without",
            "pipeline.language.mentions:NameFinder.candidates",
            "pipeline.language.mentions:NameFinder.find",
            "pipeline.addressee.classifier:classify",
        ),
    ),
    Subject(
        "pipeline.language.mentions:KnownNames",
        lambda t: KnownNames("a", [Persona("a", t, Voice("v"))], [Speaker(1, t)]),
    ),
    Subject(
        "pipeline.echo.own_words:echoed_words",
        lambda t: echoed_words(t, t[::-1]),
        heavy=True,
        covers=("pipeline.echo.own_words:without_echo", "pipeline.echo.own_words:count_words"),
    ),
    Subject(
        "pipeline.echo.own_words:stop_among",
        lambda t: stop_among(t, t[::-1], lambda words: words == "stop"),
        heavy=True,
    ),
    Subject("pipeline.echo.own_words:all_in_order", lambda t: all_in_order(t, t[::-1]), heavy=True),
    Subject("pipeline.echo.own_words:without_words_of", lambda t: without_words_of(t, t[::-1])),
    Subject(
        "pipeline.inference.stop_repair:is_the_stop",
        lambda t: is_the_stop(t, f"stop {t}", "en", ExpectedNames(stops=True)),
        covers=(
            "pipeline.inference.stop_repair:may_hold_a_stop",
            # It takes an agent's name.
            "pipeline.inference.stop_repair:stop_prompt",
        ),
    ),
    Subject("pipeline.inference.hallucinations:bare_words", bare_words),
    Subject("pipeline.listening.murmurs:syllables", syllables),
    Subject("pipeline.listening.spoken_amount:amount_said", amount_said),
    Subject("pipeline.inference.hallucinations:spoken_part", spoken_part),
    Subject(
        "pipeline.inference.sound_captions:without_captions", lambda t: without_captions(t, ())
    ),
    Subject("pipeline.inference.short_words:made_of_courtesies", made_of_courtesies),
    Subject(
        "pipeline.inference.repeated_words:is_repeated_by_a_person",
        lambda t: is_repeated_by_a_person(t[:600], 1e9, (t[:40],)),
    ),
    Subject("pipeline.inference.syllables:syllable_count", syllable_count),
    Subject(
        "pipeline.inference.one_breath:is_in_one_breath",
        lambda t: is_in_one_breath(t[:1000], np.ones(16000, np.float32)),
    ),
    Subject("pipeline.inference.invented_lines:folded", folded),
    Subject("pipeline.inference.invented_lines:is_invented", lambda t: is_invented(t[:240])),
    Subject("pipeline.inference.invented_lines:may_be_said", lambda t: may_be_said(t[:240])),
    Subject(
        "pipeline.inference.hallucinations:rejection",
        lambda t: rejection(Evidence(t, 0.0, 0.5, 1.0, -60.0), ExpectedNames((t,)), SttSettings()),
    ),
    Subject(
        "pipeline.inference.name_repair:may_hold_a_name",
        lambda t: may_hold_a_name(t, ExpectedNames((t, "Jarvis"))),
    ),
    Subject(
        "pipeline.inference.name_repair:may_open_with_a_call",
        lambda t: may_open_with_a_call(t, ExpectedNames((t[:40], "Jarvis")), "en"),
    ),
    Subject(
        "pipeline.inference.name_repair:repaired",
        lambda t: repaired(
            Decoding(t, (), (), 0.0, 0.0, 1.0, False, t, 0.0, None),
            t[::-1],
            ExpectedNames((t[:40], "Jarvis")),
            "en",
        ),
    ),
    Subject(
        "pipeline.inference.name_repair:with_call",
        lambda t: with_call(f"Jarvis {t}", f"Jarvis, {t}", ExpectedNames((t[:40], "Jarvis"))),
    ),
    Subject(
        "pipeline.inference.name_repair:with_command",
        lambda t: with_command(f"As Sage {t}", f"Ask Sage {t}", ExpectedNames((t, "Sage")), "en"),
    ),
    Subject(
        "pipeline.inference.name_repair:with_names",
        lambda t: with_names(t, t[::-1], ExpectedNames((t, "Jarvis"))),
    ),
    Subject("pipeline.inference.whisper_decoder:compression_ratio", compression_ratio),
    Subject("pipeline.language.lexicons:language", language),
    Subject("translations.languages:language_of", language_of),
    Subject(
        "discord_bot.messages.reasons:reason_text",
        lambda t: reasons_text([t, f'called by name, heard as "{t}"', f"it calls {t}"]).to("de"),
        covers=("discord_bot.messages.reasons:reasons_text",),
    ),
    Subject(
        "discord_bot.messages.turn_reasons:plain_reasons",
        lambda t: plain_reasons([t, f'called by name, heard as "{t}"'], you=True).to("de"),
        covers=("discord_bot.messages.turn_reasons:plain_reason",),
    ),
    Subject("translations.text:language_name", lambda t: language_name(t).to("de")),
    Subject(
        "translations.text:message",
        _translate,
        covers=(
            "translations.text:joined",
            "translations.text:listing",
            "translations.text:plural",
            "translations.text:verbatim",
            "translations.text:Text.to",
        ),
    ),
    Subject("pipeline.speaking.notices:listening", listening),
    Subject("pipeline.speaking.notices:one_moment", one_moment),
    Subject("pipeline.speaking.notices:continuation_offer", continuation_offer),
    Subject("pipeline.speaking.notices:notice_for", lambda t: notice_for(TimeoutError(), t)),
    Subject("pipeline.speaking.notices:stock_texts", stock_texts),
    Subject("pipeline.speaking.notices:too_much", too_much),
    Subject("pipeline.speaking.notices:your_turn", lambda t: your_turn(t, "en", next_one=True)),
    Subject("pipeline.addressee.decide:decide, by nickname", _decide_by_nickname),
    Subject(
        "pipeline.listening.speaker_language:SpeakerLanguage.learn",
        lambda t: SpeakerLanguage(CallLanguage(SttSettings())).learn(heard(t)),
    ),
    Subject(
        "pipeline.addressee.context:speaker_context",
        lambda t: speaker_context(1, room(t), SETTINGS),
        heavy=True,
    ),
    Subject("pipeline.language.utterance:ParsedUtterance", _on_the_phone),
    Subject("pipeline.transcript:Transcript", _remember),
    Subject(
        "pipeline.transcript:words_heard",
        lambda t: words_heard([SpokenSentence(t, 0.0, 1000.0)], 900.0),
    ),
    Subject(
        "pipeline.transcript:word_start_ms",
        lambda t: word_start_ms([SpokenSentence(t, 0.0, 1000.0)], 900.0),
    ),
    Subject(
        "pipeline.language.dialogue_act:dialogue_act",
        lambda t: dialogue_act(t, ENGLISH),
        covers=(
            "pipeline.language.question_topic:is_general",
            "pipeline.language.question_topic:is_particular",
        ),
    ),
    Subject(
        "pipeline.language.utterance:ParsedUtterance, its completeness",
        lambda t: parsed(t).completeness,
        heavy=True,
    ),
    Subject("pipeline.listening.streaming_transcription:CommittedTranscript", _commit),
)
