"""Stops with words around them that are no command: remarks, polite frames, insults, reasons."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pipeline.language.lexicons.control import CONTROL, ControlWords
from pipeline.language.stop_words import Silence, silence_asked
from pipeline.language.voice_commands import CommandKind
from tests.pipeline.parsing import parsed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sorry to interrupt, but stop.", "en"),
        ("Seriously, stop.", "en"),
        ("Can you hear me? Stop.", "en"),
        ("For the last time, be quiet.", "en"),
        ("We're good, you can stop.", "en"),
        ("I don't need the whole story, stop.", "en"),
        ("You're talking too much, stop.", "en"),
        ("Could you maybe stop.", "en"),
        ("I'd appreciate if you would stop.", "en"),
        ("Do me a favor and stop.", "en"),
        ("I think that's enough.", "en"),
        ("Stop it, you dumb machine.", "en"),
        ("Shut up you idiot.", "en"),
        ("Stop, I mean it.", "en"),
        ("Stop, it's fine.", "en"),
        ("stop its late", "en"),
        ("Computer, stop.", "en"),
        ("Stop and listen.", "en"),
        ("Stop interrupting us.", "en"),
        ("Let me finish.", "en"),
        ("Both of you be quiet.", "en"),
        ("Everybody stop.", "en"),
        ("Aber hör auf.", "de"),
        ("Hörst du mich? Stopp.", "de"),
        ("Könntest du vielleicht aufhören?", "de"),
        ("Halt den Mund, du blöde Blechkiste.", "de"),
        ("Red nicht so viel.", "de"),
        ("Das ist gut so, stopp.", "de"),
        ("Calme-toi et tais-toi.", "fr"),
        ("Et si tu te taisais ?", "fr"),
        ("Tais-toi, espèce d'imbécile.", "fr"),
        ("Je t'ai dit d'arrêter.", "fr"),
        ("¿Por qué no te callas?", "es"),
        ("Ya párale.", "es"),
        ("Para, lo digo en serio.", "es"),
        ("Hablas demasiado, cállate.", "es"),
        ("Me faz um favor e cala a boca.", "pt"),
        ("Acho que já chega.", "pt"),
        ("Para, é tarde.", "pt"),
        ("話しすぎだよ、黙って。", "ja"),
        ("黙れ、この役立たず。", "ja"),
    ],
)
def test_a_stop_with_a_remark_or_in_a_polite_frame(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is Silence.STOP


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Stop, I'm on the phone with my boss.", "en"),
        ("I'm talking to my sister, stop.", "en"),
        ("Stop. Someone's at the door.", "en"),
        ("Be quiet, the baby is sleeping.", "en"),
        ("Stop talking, I can't hear what Bob says.", "en"),
        ("Stopp, ich telefoniere gerade mit meiner Mutter.", "de"),
        ("Tais-toi, le bébé dort.", "fr"),
        ("Para, estoy hablando con mi madre.", "es"),
        ("Fica quieto, o bebê está dormindo.", "pt"),
        ("静かにして、赤ちゃんが寝てるから。", "ja"),
    ],
)
def test_a_stop_with_its_reason(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is Silence.STOP


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Stop, I meant the other one.", "en"),
        ("Stop, I'm talking about the other one.", "en"),
        ("Stop, that's not what I asked.", "en"),
        ("Stop, I'm allergic to nuts.", "en"),
        ("Stop, I'm in Berlin.", "en"),
        ("Stop, it's the next one.", "en"),
        ("Stop, I want the other one.", "en"),
        ("Stop, I have a question.", "en"),
        ("Stop, can you hear me?", "en"),
        ("Stop, one more time.", "en"),
        ("Wait, I'm on the phone.", "en"),
        ("Stopp, ich rede von der anderen.", "de"),
        ("Stopp, ich bin Vegetarier.", "de"),
        ("Stop, je parle de Paris.", "fr"),
        ("Para, estoy hablando de la otra.", "es"),
        ("Para, estou falando de Paris.", "pt"),
        ("やめて、別の方。", "ja"),
    ],
)
def test_a_correction_or_a_request_behind_a_stop_is_for_the_agent(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Don't stop, I mean it.", "en"),
        ("Don't stop, I'm on the phone.", "en"),
        ("Seriously, where does the bus stop?", "en"),
        ("Do me a favor and stop the timer.", "en"),
        ("Could you maybe stop the timer?", "en"),
        ("I think that's enough for two.", "en"),
        ("Bob, you idiot, stop.", "en"),
        ("Stop that idiot.", "en"),
        ("I'm on the phone.", "en"),
        ("It's late.", "en"),
        ("Seriously?", "en"),
        ("Everyone, be quiet.", "en"),
        ("And everyone stopped.", "en"),
        ("We should stop, it's late.", "en"),
        ("Like a minute.", "en"),
        ("Hör nicht auf, es ist spät.", "de"),
        ("Im Ernst, wo hält der Bus?", "de"),
        ("N'arrête pas, je suis sérieux.", "fr"),
        ("Laisse-moi parler à Bob.", "fr"),
        ("No pares, es tarde.", "es"),
        ("Creo que para mañana.", "es"),
        ("Talvez para amanhã.", "pt"),
        ("やめないで、本気だ。", "ja"),
    ],
)
def test_the_same_words_without_a_stop(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Quick enough.", "en"),
        ("Boring enough.", "en"),
        ("Wrong stop.", "en"),
        ("That'll do it.", "en"),
        ("Gut genug.", "de"),
        ("Schön genug.", "de"),
        ("Schnell genug.", "de"),
        ("Silence radio.", "fr"),
        ("Assez vite.", "fr"),
        ("Alto y claro.", "es"),
        ("Basta un minuto.", "es"),
        ("No hables más alto.", "es"),
    ],
)
def test_words_that_describe_or_name_something_else(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is None


@pytest.mark.parametrize(
    "text",
    ["Shut up, no way!", "Shut up, really?", "Shut up, seriously?", "Stop it, are you kidding?"],
)
def test_a_cry_of_surprise(text: str) -> None:
    assert silence_asked(text, CONTROL["en"]) is None
    assert silence_asked("Really? Stop it.", CONTROL["en"]) is Silence.STOP


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("That's enough, okay?", "en", Silence.STOP),
        ("Okay? That's enough.", "en", Silence.STOP),
        ("That's enough, right?", "en", None),
        ("I think that's enough?", "en", None),
        ("That's enough. Right?", "en", None),
        ("Das reicht, verstanden?", "de", Silence.STOP),
        ("Das reicht, oder?", "de", None),
        ("¿Quieres parar? Ya basta.", "es", Silence.STOP),
        ("¿Basta con eso?", "es", None),
        ("Ya basta, ¿vale?", "es", Silence.STOP),
    ],
)
def test_a_question_counts_for_what_it_asks_about(
    text: str, code: str, expected: Silence | None
) -> None:
    assert silence_asked(text, CONTROL[code]) is expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Mr. Jarvis, please stop.", "en"),
        ("Jarvis, my friend, stop talking.", "en"),
        ("Jarvis dear, be quiet.", "en"),
        ("Jarvis, stop, dear.", "en"),
        ("Jarvis, mein Freund, sei still.", "de"),
    ],
)
def test_a_form_of_address_beside_the_name(text: str, code: str) -> None:
    command = parsed(text, code).command
    assert command is not None
    assert command.kind is CommandKind.STOP
    assert command.named


def test_a_form_of_address_alone_may_be_for_a_person() -> None:
    assert parsed("Stop, my friend.", "en").command is None


def test_every_language_has_all_of_these_words() -> None:
    may_lack = {"negators"}
    for code, known in CONTROL.items():
        lists = {field.name: getattr(known, field.name) for field in fields(ControlWords)}
        lacking = {name for name, listed in lists.items() if listed == frozenset()}
        assert lacking <= may_lack, code
        for name in ("before", "links", "remarks", "reasons", "tags", "doubts", "titles"):
            for entry in lists[name]:
                assert known.spaced or all(len(word) == 1 for word in entry.split()), entry
