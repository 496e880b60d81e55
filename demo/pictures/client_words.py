"""What Discord's client itself writes around messages, in the languages of the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ClientWords:
    """The client's words in one language; its own wording may differ in details."""

    language: str
    used: str = "{name} used {command}"
    only_you: str = "Only you can see this"
    dismiss: str = "Dismiss message"
    choose: str = "Make a selection"
    app: str = "APP"


WORDS: Final[Mapping[str, ClientWords]] = {
    "en-US": ClientWords("en-US"),
    "de": ClientWords(
        "de",
        "{name} hat {command} verwendet",
        "Nur du kannst das sehen",
        "Nachricht verwerfen",
        "Triff eine Auswahl",
    ),
    "fr": ClientWords(
        "fr",
        "{name} a utilisé {command}",
        "Toi seul(e) peux voir ceci",
        "Supprimer le message",
        "Fais un choix",
        "APPLI",
    ),
    "es-ES": ClientWords(
        "es-ES",
        "{name} ha usado {command}",
        "Solo tú puedes ver esto",
        "Descartar mensaje",
        "Selecciona una opción",
    ),
    "pt-BR": ClientWords(
        "pt-BR",
        "{name} usou {command}",
        "Só você pode ver isso",
        "Ignorar mensagem",
        "Faça uma seleção",
    ),
    "ja": ClientWords(
        "ja",
        "{name}が{command}を使用しました",
        "これはあなただけに表示されています",
        "メッセージを閉じる",
        "選択してください",
        "アプリ",
    ),
}
"""By the locale of the member's client."""
