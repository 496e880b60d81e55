"""What ends a reply in Spanish."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

SPANISH: Final = ControlWords(
    stops=phrases(
        "para/para ya/párate/pare/parar/stop/alto/alto ahí/detente/deténte/detente ahí/basta/"
        "ya basta/basta ya/"
        "con eso basta/ya está/ya está bien/está bien ya/es suficiente/ya es suficiente/"
        "suficiente/deja de hablar/dejar de hablar/para de hablar/parar de hablar/deja de leer/"
        "dejar de leer/deja de contar/deja de explicar/cállate/callate/cállese/calla/callarte/"
        "te puedes callar/silencio/haz silencio/chitón/chist/chis/shh/sh/déjalo/déjalo ya/olvídalo/"
        "olvídate/cancela/cancelar/cancélalo/no sigas/no hables más/no más"
    )
    | each_with(
        "para/parar/deja/dejar/termina/basta de/basta con",
        "la historia/esa historia/tu historia/el cuento/ese cuento/la explicación/"
        "esa explicación/tu explicación/la respuesta/tu respuesta/la lista/esa lista/el discurso",
    ),
    waits=phrases(
        "espera/espere/esperar/espérate/espera un momento/espera un segundo/"
        "espera un poco/"
        "espera un minuto/un momento/un segundo/un minuto/un momentito/momento/dame un segundo/"
        "dame un momento/dame un minuto/pausa/haz una pausa/eso es todo/nada más/"
        "más que suficiente/es más que suficiente/sáltate el resto/"
        "ahórrame el resto/ahórrate el resto"
    ),
    around=phrases(
        "por favor/ahora/ahora mismo/ya/de una vez/vale/bueno/bien/muy bien/está bien/perfecto/ok/"
        "okay/oye/eh/hey/ah/"
        "oh/pues/y/sí/si/no/gracias/muchas gracias/puedes/podrías/quieres/ya puedes/puede/"
        "podría/te puedes/he dicho que/te he dicho que/he dicho/quiero que/un poco/un momento/"
        "un segundo/ya entendí/entendido/lo entiendo/de acuerdo/perdón/perdona/disculpa/"
        "por ahora/por hoy/dios mío"
    ),
    particles=words("ya ahora favor"),
    statements=phrases(
        "es suficiente/ya es suficiente/suficiente/ya está/ya está bien/está bien ya/eso es todo/"
        "con eso basta/más que suficiente"
    ),
    negations=phrases("no es suficiente/no basta/no está bien/no eso es todo"),
    negators=words("no"),
    denied_unmarked=False,
)
