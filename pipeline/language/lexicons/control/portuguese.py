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
        "já está bom/já tá bom/já deu/já ouvi o suficiente/já ouvi o bastante/cala a boca/"
        "cale a boca/calar a boca/cala/cala te/cale se/se cala/se cale/se calar/te calar/calado/"
        "calada/fica calado/fica calada/fique calado/fique calada/quieto/quieta/fica quieto/"
        "fica quieta/fique quieto/fique quieta/ficar quieto/ficar quieta/ficar calado/"
        "ficar calada/silêncio/em silêncio/fica em silêncio/fique em silêncio/ficar em silêncio/"
        "faz silêncio/faça silêncio/fazer silêncio/shh/sh/psiu/chiu/xiu/esquece/esqueça/esquecer/"
        "esquece isso/esqueça isso/deixa/deixe/deixa isso/deixa pra lá/deixa para lá/"
        "deixe pra lá/deixa estar/cancela/cancele/cancelar/cancela isso/não continue/"
        "não continua/não precisa continuar/não precisa mais/não fala mais/não fale mais/"
        "não fala mais nada/para já/pare já/pára/pára já/pára com isso/parem com isso/"
        "para com isso já/para por aí/pare por aí/parar por aí/parar já/chega chega/"
        "chega por hoje/por hoje já chega/já chega disso/já basta disso/basta disso/agora basta/"
        "chega de conversa fiada/já ouvi demais/parasse/pares/te cales/ficasse quieto/"
        "ficasse em silêncio/isso chega/isso basta/isso já chega/isso já basta/isso é suficiente/"
        "cala essa boca/cala a tua boca/cala a sua boca/cala esta boca/cala o bico/"
        "cale essa boca/cale a sua boca/calem se/calem a boca/calar essa boca/calar o bico/"
        "cala essa matraca/fecha a boca/fecha essa boca/fecha a tua boca/fecha a matraca/"
        "fecha essa matraca/fecha o bico/feche a boca/feche essa boca/feche a matraca/"
        "feche o bico/fechar a boca/fechar a matraca/fechar o bico/boca fechada/bico calado/"
        "bico fechado/nem um pio/nem mais um pio/nem mais uma palavra/mais nenhuma palavra/"
        "nenhuma palavra mais/nem uma palavra/nem uma palavra mais/guarda silêncio/"
        "guarde silêncio/silêncio total/um pouco de silêncio/fica em silencio/silencio/te cala/"
        "te calas/cale te/esquece lá/esqueça lá/esquecer isso/esquece essa/deixa lá/deixe lá/"
        "deixa assim/deixe assim/deixa isso pra lá/deixa isso para lá/deixar pra lá/"
        "deixar para lá/deixemos assim/anula/anula isso/anule/anular/cancelar isso/cancele isso/"
        "aborta/abortar/termina já/termine já/acaba já/acaba com isso/acabe com isso/fim/"
        "fim de papo/fim de conversa/não digas mais nada/não diga mais nada/não diz mais nada/"
        "não fales mais/não fales/não continues/não precisas continuar/não precisa falar mais/"
        "não precisa mais falar/não precisas falar mais/não leia mais/não lê mais/não leias mais/"
        "não conta mais/não conte mais/não quero ouvir mais/não quero mais ouvir/"
        "não quero ouvir mais nada/não quero mais ouvir nada/não quero ouvir/não quero te ouvir/"
        "não quero saber mais/não preciso ouvir mais/não preciso saber mais"
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
        "espera um pouco/espere um pouco/espera um momento/espere um momento/espera um segundo/"
        "espere um segundo/espera um minuto/espere um minuto/espera um instante/"
        "espere um instante/um momento/um momentinho/um instante/um instantinho/um segundo/"
        "um segundinho/um minuto/um minutinho/um pouquinho/me dá um segundo/me dá um momento/"
        "me dê um segundo/me dê um momento/dá um segundo/dá um tempo/calma/calma aí/aguarda/"
        "aguarde/pausa/faz uma pausa/faça uma pausa/é só isso/só isso/é tudo/isso é tudo/"
        "espera lá um pouco/espera mais um pouco/espera só um pouco/espera só um segundo/"
        "espera só um momento/espera só um minuto/espera um pouquinho/espere um pouquinho/"
        "espera um segundinho/espera um minutinho/espera um momentinho/espere só um momento/"
        "espere só um segundo/espere só um minuto/esperar um pouco/esperar um momento/"
        "esperar um segundo/esperar um minuto/pera lá/péra/péra aí/péra lá/pera um pouco/"
        "pera um segundo/peraê/pera aê/perae/aguenta/aguenta aí/aguenta um pouco/"
        "aguenta um segundo/aguarda aí/aguarda um pouco/aguarda um momento/aguarde um momento/"
        "aguarde um pouco/aguarde um instante/aguarda um instante/aguardar/dois segundos/"
        "só dois segundos/um bocadinho/espera um bocadinho/espera um bocado/só um bocadinho/"
        "um instante só/um momento só/um segundo só/um minuto só/me dá um minuto/me dê um minuto/"
        "me dá dois segundos/dá me um segundo/dá me um momento/dá me um minuto/"
        "dá me dois segundos/pausar/pause/pausa isso/fazer uma pausa/uma pausa/pausa aí/calminha/"
        "isso seria tudo/era só isso/isso já é tudo"
    ),
    around=phrases(
        "por favor/faz favor/agora/já/tá/tá bom/tá bem/está bem/está bom/tudo bem/ok/okay/certo/"
        "beleza/perfeito/bom/bem/muito bem/olha/ei/oi/hey/ô/ó/ah/oh/ai/então/e/sim/não/obrigado/"
        "obrigada/muito obrigado/muito obrigada/brigado/brigada/valeu/pode/você pode/tu podes/"
        "podes/cê pode/poderia/você poderia/podia/já pode/você já pode/quer/você quer/"
        "quero que você/eu quero que você/eu disse/eu disse pra/eu falei/eu falei pra/desculpa/"
        "desculpe/entendi/já entendi/entendido/já sei/por enquanto/por agora/um pouco/um momento/"
        "só/aí/logo/de uma vez/imediatamente/você/meu deus/pelo amor de deus/faz o favor/"
        "faz o favor de/faça o favor/faça o favor de/faz me o favor/faz me o favor de/"
        "fazes favor/se faz favor/se fazes favor/por favorzinho/pf/por gentileza/gentileza/"
        "por obséquio/dá pra/dá para/dava pra/dava para/dá pra você/dá para você/será que dá pra/"
        "será que dá para/será que pode/será que você pode/vê se/veja se/queres/tu queres/"
        "quer fazer o favor de/podias/poderias/tu podias/poderia por favor/pode por favor/"
        "tem como/tem como você/gostaria que você/queria que você/quero que/queria que/te peço/"
        "te peço que/peço que/preciso que você/eu disse que/disse pra/disse para/falei pra/"
        "eu já disse/eu já disse pra/já disse/já disse pra/já falei/já falei pra/eu te disse pra/"
        "te disse pra/te falei pra/eu mandei/mandei/hum/hm/hmm/ahn/hã/hein/eita/eita nossa/ih/ué/"
        "uai/vixe/poxa/puxa/puxa vida/caramba/caraca/cacete/caralho/porra/merda/droga/que droga/"
        "que saco/saco/fogo/credo/nossa/nossa senhora/minha nossa/ai meu deus/meu deus do céu/"
        "deus do céu/ai jesus/jesus cristo/misericórdia/pelo amor/por amor de deus/por deus/aff/"
        "af/ufa/bah/pô/po/pá/ó pá/bolas/anda/anda lá/vá/vá lá/pronto/ora/ora bem/olha só/olha lá/"
        "escuta/escute/ouve/ouça/opa/alô/olá/legal/tá legal/ótimo/excelente/maravilha/bacana/blz/"
        "fechou/combinado/tá certo/está certo/tá ok/muito agradecido/agradecido/agradecida/"
        "obrigadinho/obrigadinha/obrigadão/valeu mesmo/grato/grata/já percebi/percebi/"
        "já compreendi/compreendi/saquei/já saquei/já peguei/peguei/já vi/já ouvi/sei/eu sei/"
        "eu já sei/isso eu já sei/já sabia/robô/máquina/robô idiota/robô estúpido/robô chato/"
        "máquina estúpida/máquina idiota/seu robô/sua máquina/agora mesmo/já já/neste momento/"
        "nesse instante/neste instante/por hoje/por ora/no momento/desta vez/de vez/"
        "uma vez por todas/de uma vez por todas/por um momento/por um minuto/por um segundo/"
        "perdão/com licença/licença/me desculpa/me desculpe"
    ),
    before=frozenset(),
    links=frozenset(),
    remarks=frozenset(),
    described=frozenset(),
    reasons=frozenset(),
    no_reasons=frozenset(),
    tags=frozenset(),
    doubts=frozenset(),
    titles=frozenset(),
    particles=words("já agora só logo aí então porra caralho cacete pá pô"),
    statements=phrases(
        "já chega/chega/basta/já basta/é suficiente/já é suficiente/suficiente/já está bom/"
        "já tá bom/já deu/é só isso/só isso/é tudo/isso é tudo/isso chega/isso basta/"
        "isso já chega/isso é suficiente/fim/já basta disso/era só isso"
    ),
    negations=phrases(
        "não dá/não dava/não tem como/não disse/não falei/não te disse/não te falei/não mandei/"
        "não quero que/não queria que/não peço/não te peço/não pode/não podes/não podia/"
        "não poderia/não quer/não queres/para você/deixa aí/deixe aí/chega logo/escuta um/"
        "escute um/ouve um/ouça um"
    ),
    negators=words("não"),
)
