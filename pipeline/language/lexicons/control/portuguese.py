"""What ends a reply in Portuguese."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

PORTUGUESE: Final = ControlWords(
    stops=phrases(
        "para/pare/parar/parem/para aí/pare aí/para tudo/para com isso/pare com isso/"
        "parar com isso/dá pra parar/dá para parar/stop/alto lá/chega/já chega/agora chega/"
        "chega disso/por hoje chega/basta/já basta/é suficiente/já é suficiente/suficiente/"
        "já está bom/já tá bom/já deu/já ouvi o suficiente/já ouvi o bastante/"
        "cala a boca/cale a boca/calar a boca/cala/cala te/cale se/se cala/se cale/se calar/"
        "te calar/calado/calada/fica calado/fica calada/fique calado/fique calada/quieto/quieta/"
        "fica quieto/fica quieta/fique quieto/fique quieta/ficar quieto/ficar quieta/"
        "ficar calado/ficar calada/silêncio/em silêncio/fica em silêncio/fique em silêncio/"
        "ficar em silêncio/faz silêncio/faça silêncio/fazer silêncio/shh/sh/psiu/chiu/xiu/"
        "esquece/esqueça/esquecer/esquece isso/esqueça isso/deixa/deixe/deixa isso/"
        "deixa pra lá/deixa para lá/deixe pra lá/deixa estar/cancela/cancele/cancelar/"
        "cancela isso/não continue/não continua/não precisa continuar/não precisa mais/"
        "não fala mais/não fale mais/não fala mais nada"
    )
    | each_with(
        "para de/pare de/parar de/chega de/deixa de/deixe de",
        "falar/ler/contar/explicar/cantar/recitar/tagarelar/responder/falar isso/história/"
        "histórias/conversa/papo/explicação/explicações",
    )
    | each_with(
        "para/pare/parar/para com/pare com/chega de/termina/termine/encerra/encerre",
        "a história/essa história/esta história/sua história/a explicação/essa explicação/"
        "a resposta/essa resposta/a lista/essa lista/o discurso/esse discurso/o poema/a piada/"
        "a leitura",
    ),
    waits=phrases(
        "espera/espere/esperar/espera aí/espere aí/espera lá/peraí/pera aí/pera/perai/"
        "espera um pouco/espere um pouco/espera um momento/espere um momento/"
        "espera um segundo/espere um segundo/espera um minuto/espere um minuto/"
        "espera um instante/espere um instante/um momento/um momentinho/um instante/"
        "um instantinho/um segundo/um segundinho/um minuto/um minutinho/um pouquinho/"
        "me dá um segundo/me dá um momento/me dê um segundo/me dê um momento/"
        "dá um segundo/dá um tempo/calma/calma aí/aguarda/aguarde/pausa/faz uma pausa/"
        "faça uma pausa/é só isso/só isso/é tudo/isso é tudo"
    ),
    around=phrases(
        "por favor/faz favor/agora/já/tá/tá bom/tá bem/está bem/está bom/tudo bem/ok/okay/certo/"
        "beleza/perfeito/bom/bem/muito bem/olha/ei/oi/hey/ô/ó/ah/oh/ai/então/e/sim/não/obrigado/"
        "obrigada/"
        "muito obrigado/muito obrigada/brigado/brigada/valeu/pode/você pode/tu podes/podes/cê pode/"
        "poderia/você poderia/podia/já pode/você já pode/quer/você quer/quero que você/"
        "eu quero que você/eu disse/eu disse pra/eu falei/eu falei pra/desculpa/desculpe/entendi/"
        "já entendi/entendido/já sei/por enquanto/por agora/um pouco/um momento/só/aí/logo/"
        "de uma vez/imediatamente/você/meu deus/pelo amor de deus"
    ),
    particles=words("já agora só logo aí então"),
    statements=phrases(
        "já chega/chega/basta/já basta/é suficiente/já é suficiente/suficiente/já está bom/"
        "já tá bom/já deu/é só isso/só isso/é tudo/isso é tudo"
    ),
    negations=frozenset(),
    negators=words("não"),
)
