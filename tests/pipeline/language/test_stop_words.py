"""What asks for silence: the phrases of a language, and nothing else."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pipeline.language.lexicons.control import CONTROL
from pipeline.language.stop_words import Silence, may_ask_silence, silence_asked
from pipeline.language.vocative import plain_words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Stop, stop, stop!", "en"),
        ("stop stop", "en"),
        ("Alright, stop.", "en"),
        ("Thank you, stop.", "en"),
        ("Stop the story.", "en"),
        ("Okay okay, that's enough", "en"),
        ("Stooop!", "en"),
        ("Shhhhh.", "en"),
        ("No more stories, please.", "en"),
        ("Enough of your jokes!", "en"),
        ("That's enough for today.", "en"),
        ("Never mind, I figured it out.", "en"),
        ("Yo, chill, cut it out.", "en"),
        ("Das reicht für heute, danke.", "de"),
        ("Ça suffit pour aujourd'hui.", "fr"),
        ("Basta por hoy.", "es"),
        ("Could you please be quiet for a minute?", "en"),
        ("Hör bitte auf.", "de"),
        ("Halt jetzt doch mal den Mund!", "de"),
        ("Kannst du bitte aufhören?", "de"),
        ("Tais-toi, s'il te plaît.", "fr"),
        ("¡Basta ya, para!", "es"),
        ("Não, para com isso.", "pt"),
        ("Fica quieto, por favor!", "pt"),
        ("もうやめてください。", "ja"),
        ("ストーーップ！", "ja"),
        ("Whoa, stop.", "en"),
        ("Perfect, that's enough for today.", "en"),
        ("You need to stop talking.", "en"),
        ("Let me stop you right there.", "en"),
        ("Not another word!", "en"),
        ("Would you mind stopping, please?", "en"),
        ("tell to stop", "en"),
        ("Mensch, sei still!", "de"),
        ("Rede nicht weiter.", "de"),
        ("Parfait, assez parlé.", "fr"),
        ("Ne continue pas.", "fr"),
        ("Está bien, para.", "es"),
        ("No, no, para.", "es"),
        ("no no para", "es"),
        ("no para", "es"),
        ("No sigas.", "es"),
        ("não não para", "pt"),
        ("Não, cala a boca.", "pt"),
        ("もう話さなくていいよ。", "ja"),
        ("For crying out loud, stop.", "en"),
        ("Shut your bloody mouth.", "en"),
        ("Put a sock in it, you stupid bot.", "en"),
        ("Let's leave it at that.", "en"),
        ("Herrgott, hören Sie auf!", "de"),
        ("Ist ja gut, mach Schluss.", "de"),
        ("Das langt jetzt.", "de"),
        ("Putain, ferme ta gueule.", "fr"),
        ("Bon sang, cessez de parler !", "fr"),
        ("C'en est assez.", "fr"),
        ("Ay, por Dios, cállate la boca.", "es"),
        ("Che, pará.", "es"),
        ("Deténgase, por favor.", "es"),
        ("He dicho que te calles.", "es"),
        ("Dá pra calar a boca?", "pt"),
        ("Poxa, fecha a matraca!", "pt"),
        ("Para, se faz favor.", "pt"),
        ("いい加減にして。", "ja"),
        ("おい、静かにしろよ。", "ja"),
        ("だめ、黙ってて。", "ja"),
    ],
)
def test_silence_in_many_words(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is Silence.STOP


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wait, wait.", "en"),
        ("Okay, hold on a second.", "en"),
        ("Okay okay, that's plenty.", "en"),
        ("That's all I needed, thanks.", "en"),
        ("You can skip the rest.", "en"),
        ("Warte mal.", "de"),
        ("Danke, mehr brauche ich nicht.", "de"),
        ("C'est plus qu'assez, merci.", "fr"),
        ("Es más que suficiente, gracias.", "es"),
        ("Peraí, peraí.", "pt"),
        ("ちょっと待って。", "ja"),
        ("Whoa whoa whoa.", "en"),
        ("That'll do.", "en"),
        ("Wait a bit, please.", "en"),
        ("Warten Sie mal kurz.", "de"),
        ("Tu peux attendre une seconde ?", "fr"),
        ("Esperá un segundito.", "es"),
        ("Aguenta aí um pouco.", "pt"),
        ("ちょっと待ってくれ。", "ja"),
        ("That'll be all, thank you.", "en"),
    ],
)
def test_a_wait(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is Silence.WAIT


def test_a_stop_among_waits_is_a_stop() -> None:
    assert silence_asked("Wait, stop, wait.", CONTROL["en"]) is Silence.STOP


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "en"),
        ("Okay, thank you.", "en"),
        ("Don't stop.", "en"),
        ("Stop the music.", "en"),
        ("Bob, stop it.", "en"),
        ("Stop at the next station?", "en"),
        ("That's enough?", "en"),
        ("Hör nicht auf.", "de"),
        ("Das reicht?", "de"),
        ("No es suficiente.", "es"),
        ("No para.", "es"),
        ("No para de hablar.", "es"),
        ("No esperes.", "es"),
        ("Não esquece.", "pt"),
        ("Não cala a boca.", "pt"),
        ("Não se cale.", "pt"),
        ("Não espere.", "pt"),
        ("No.", "en"),
        ("No no, I mean the red one.", "en"),
        ("Hold on to it.", "en"),
        ("Ça suffit ?", "fr"),
        ("Não para.", "pt"),
        ("Já chega?", "pt"),
        ("やめないで。", "ja"),
        ("もういい？", "ja"),
        ("音楽を止めて。", "ja"),
        ("We'll wait.", "en"),
        ("He’ll stop.", "en"),
        ("You have to wait.", "en"),
        ("Wait right here.", "en"),
        ("That's all I know.", "en"),
        ("That is all right.", "en"),
        ("Good enough.", "en"),
        ("Leave that here.", "en"),
        ("Bitte warten Sie hier.", "de"),
        ("Ich will aufhören.", "de"),
        ("Das reicht aus.", "de"),
        ("Halt still!", "de"),
        ("C'est assez bon.", "fr"),
        ("Attends là.", "fr"),
        ("No he dicho que pares.", "es"),
        ("no quiero que te calles", "es"),
        ("Ya está listo.", "es"),
        ("Para você.", "pt"),
        ("Não dá pra esperar.", "pt"),
        ("Chega logo.", "pt"),
        ("ここで待って。", "ja"),
        ("たくさん欲しい。", "ja"),
    ],
)
def test_one_other_word_or_a_question_is_something_else(text: str, code: str) -> None:
    assert silence_asked(text, CONTROL[code]) is None


def test_the_quick_test_lets_every_command_through() -> None:
    for known in CONTROL.values():
        for phrase in known.stops | known.waits:
            assert silence_asked(phrase, known) is not None, phrase
            assert may_ask_silence(plain_words(phrase), known)
    assert not may_ask_silence(plain_words("what time is it"), CONTROL["en"])


def test_entries_are_in_the_form_in_which_they_are_looked_up() -> None:
    for known in CONTROL.values():
        lists = [getattr(known, each.name) for each in fields(known)]
        for listed in (each for each in lists if isinstance(each, frozenset)):
            for entry in listed:
                assert " ".join(plain_words(entry)) == entry, repr(entry)
                assert known.spaced or all(len(word) == 1 for word in entry.split())
