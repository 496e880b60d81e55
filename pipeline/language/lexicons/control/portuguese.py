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
        "não quero saber mais/não preciso ouvir mais/não preciso saber mais/"
        "me deixa falar/me deixe falar/deixa eu falar/deixe eu falar/deixa me falar/"
        "me deixa terminar/deixa eu terminar/deixa me terminar/deixa a gente falar/"
        "deixa nos falar/me deixa em paz/deixa me em paz/faz isso parar/faça isso parar/"
        "não me interrompa/não me interrompas/não me interrompe/não fale tanto/não fala tanto/"
        "não fales tanto/seja breve/sê breve/resume isso/fica mudo/fique mudo/"
        "cala a boca e escuta/cala a boca e ouve"
    )
    | each_with(
        "que tal/seria bom se você/eu agradeceria se você/e se você/gostaria que você/"
        "queria que você/e se tu",
        "parasse/parasses/parar/se calasse/te calasses/ficasse quieto/ficasse quieta/"
        "calasse a boca/parasse de falar",
    )
    | each_with(
        "para de/pare de/parar de/deixa de/deixe de",
        "interromper/me interromper/interromper a gente/me responder/fazer barulho/fazer isso/"
        "incomodar/me incomodar/incomodar a gente/falar tanto/falar demais/me falar",
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
        "faz o favor de/faça o favor/faça o favor de/faz me o favor/faz me o favor de/fazes favor/"
        "se faz favor/se fazes favor/por favorzinho/pf/por gentileza/gentileza/por obséquio/"
        "dá pra/dá para/dava pra/dava para/dá pra você/dá para você/será que dá pra/"
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
        "perdão/com licença/licença/me desculpa/me desculpe/computador/assistente/"
        "assistente virtual/ia"
    ),
    before=phrases(
        "desculpa interromper/desculpe interromper/desculpa te interromper/lamento interromper/"
        "sinto muito/lamento/sinceramente/francamente/honestamente/na verdade/enfim/"
        "de qualquer forma/de qualquer modo/de qualquer maneira/seja como for/chato/que chato/"
        "que seca/errado/está errado/tá errado/isso está errado/isso tá errado/ops/opa opa/rápido/"
        "depressa/claro/claro que sim/com certeza/absolutamente/totalmente/faz sentido/"
        "parece bom/não me importa/não importa/não quero saber/ninguém quer saber/tanto faz/"
        "pouco importa/mais uma vez/outra vez/pela última vez/pela milésima vez/último aviso/"
        "última chance/está me ouvindo/tá me ouvindo/você está me ouvindo/você tá me ouvindo/"
        "estás a ouvir/estás a ouvir me/ouviste/me ouviu/você me ouviu/não me ouviu/"
        "você está ouvindo/está surdo/calma/com calma/devagar/mais devagar/acalma te/se acalma/"
        "se acalme/talvez/quem sabe/acho que/eu acho que/creio que/penso que/acho que você pode/"
        "acho que pode/acho que já pode/você poderia talvez/poderia talvez/pode talvez/"
        "que tal você/por que você não/por que não/porque é que não/se você pudesse/se pudesse/"
        "se pudesses/seria bom se você pudesse/eu agradeceria se você pudesse/"
        "agradeceria se pudesse/agradecia que/agradecia se pudesses/eu agradeceria que você/"
        "seria bom/é melhor você/é melhor/é bom você/te ordeno que/estou pedindo pra/"
        "estou pedindo para/estou te pedindo pra/estou te pedindo para/estou a pedir te para/"
        "me faz um favor/me faz um favor e/me faça um favor e/faz me um favor/faz me um favor e/"
        "faz um favor e/seja gentil e/sê simpático e/tenha a gentileza de/teria a gentileza de/"
        "você se importaria de/importas te de/se importa de/tem alguma chance de você/vocês dois/"
        "os dois/ambos"
    ),
    links=phrases("mas"),
    remarks=phrases(
        "sério/a sério/é sério/tô falando sério/estou falando sério/estou a falar a sério/"
        "falo sério/de verdade/sem brincadeira/não estou brincando/não tô brincando/"
        "não é brincadeira/nós sabemos/a gente sabe/a gente já sabe/já sabemos/terminei/"
        "já terminei/acabei/já acabei/pronto já/estamos bem/tô bem/estou bem/agora não/"
        "longo demais/alto demais/você fala demais/fala demais/falas demais/falas muito/"
        "você fala muito/você fala alto demais/você não para de falar/nunca te calas/"
        "você nunca se cala/você está falando demais/você tá falando demais/"
        "você está interrompendo/você está me interrompendo/você tá me interrompendo/"
        "estás a interromper/estás a interromper me/você me interrompe/você incomoda/"
        "você está incomodando/você tá incomodando/está incomodando/estás a incomodar/"
        "você me irrita/você me cansa/você se repete/você está se repetindo/isso me irrita/"
        "isso irrita/tô cansado disso/já tenho o que preciso/já tenho o que eu preciso/"
        "tenho o que preciso/já tenho o que queria/já tenho tudo/não preciso da história toda/"
        "não preciso da história inteira/não preciso de tudo isso/não preciso disso/"
        "não preciso dos detalhes/não preciso de tantos detalhes/não perguntei/"
        "não te perguntei/eu não perguntei/ninguém perguntou/ninguém te perguntou/"
        "não estou falando com você/não tô falando com você/não estava falando com você/"
        "não estou a falar contigo/já sei o resto/já sei como termina/já conheço a história/"
        "já conheço essa"
    )
    | each_with(
        "é/isso é/está/tá/isso está/isso tá/já é/tá ficando/está ficando",
        "ótimo/perfeito/legal/certo/chato/muito chato/irritante/muito irritante/longo demais/"
        "muito longo/demais/alto demais/muito alto/ridículo/inútil/tarde/muito tarde/"
        "tarde demais/uma chatice/uma bobagem",
    )
    | each_with(
        "você é/você está/você tá/és/estás",
        "chato/chata/muito chato/irritante/muito irritante/insuportável/barulhento/muito alto/"
        "alto demais/mal educado/mal educada/um chato/uma chata",
    )
    | each_with(
        "/seu/ó seu/maldito/pedaço de/estúpido/seu grande",
        "idiota/imbecil/burro/estúpido/otário/babaca/palhaço/tonto/parvo/inútil/bosta/merda/lixo/"
        "filho da puta/robô/bot/assistente/computador/robozinho/tagarela",
    )
    | each_with(
        "/sua/maldita/pedaço de/estúpida/sua grande",
        "idiota/imbecil/burra/estúpida/otária/babaca/palhaça/tonta/parva/inútil/sucata/"
        "lata velha/máquina/tagarela/ia",
    ),
    described=words("para suficiente basta chega silêncio fim quieto quieta calado calada"),
    reasons=each_with(
        "estou/tô/eu estou/eu tô/estamos/a gente está/a gente tá",
        "no telefone/ao telefone/numa ligação/em uma ligação/numa chamada/numa reunião/"
        "em reunião/em uma reunião/falando/conversando/falando no telefone/pensando/"
        "trabalhando/dormindo/comendo/ocupado/ocupada/ocupados/cansado/cansada/"
        "tentando falar/tentando pensar/tentando ouvir/tentando escutar/tentando dormir/"
        "tentando trabalhar/tentando me concentrar/a falar/a conversar/a pensar/a trabalhar/"
        "a dormir/a comer/a tentar falar/a tentar pensar/a tentar ouvir/a tentar dormir",
    )
    | phrases(
        "não ouço/não ouço nada/não estou ouvindo/não tô ouvindo/não consigo ouvir/"
        "não consigo ouvir nada/não consigo pensar/não consigo dormir/não consigo me concentrar/"
        "não dá pra ouvir/não dá para ouvir/não dá pra pensar/o telefone está tocando/"
        "o telefone tá tocando/meu telefone está tocando/estão me ligando/alguém chegou/"
        "tem alguém chegando/a campainha tocou/tocaram a campainha/estão batendo na porta/"
        "tenho visita/tem visita"
    )
    | each_with(
        "preciso/eu preciso/tenho que/tenho de/quero",
        "pensar/falar/conversar/me concentrar/dormir/trabalhar/atender/atender o telefone/"
        "desligar/descansar/sair/ir/fazer uma ligação/abrir a porta/de silêncio",
    )
    | each_with(
        "tem alguém/há alguém/alguém está/alguém tá/está alguém",
        "na porta/à porta/aqui/no telefone/dormindo/falando/ligando/chamando/a dormir",
    )
    | each_with(
        "o bebê/o bebé/o neném/meu filho/minha filha/minha mulher/minha esposa/meu marido/"
        "minha mãe/meu pai/meu chefe/minha chefe/meu namorado/minha namorada/todo mundo",
        "está dormindo/tá dormindo/está a dormir/dorme/está falando/tá falando/está ligando/"
        "tá ligando/está aqui/tá aqui/está chorando/tá chorando/está no telefone/tá no telefone",
    )
    | each_with(
        "as crianças/meus filhos/os outros", "estão dormindo/estão falando/estão a dormir/dormem"
    ),
    no_reasons=words(
        "de do da dos das sobre para pra mas ou se pode poderia quero queria diz diga conta toca "
        "outro outra onde quando como quem até depois antes então em"
    ),
    tags=phrases(
        "tá/tá bom/tá bem/ok/okay/por favor/entendeu/entendido/entendeste/está claro/certo/"
        "combinado/ouviu/ouviste/me ouviu/viu/quer/você me ouviu/percebeste"
    ),
    doubts=phrases(
        "sério/a sério/é sério/de verdade/mesmo/é mesmo/verdade/é verdade/jura/tá brincando/"
        "está brincando/estás a brincar/não acredito/o quê/como"
    ),
    titles=phrases(
        "senhor/senhora/seu/dona/sr/sra/querido/querida/meu querido/minha querida/amigo/amiga/"
        "meu amigo/minha amiga/meu caro/minha cara/meu bem/meu amor/amor/companheiro/meu velho"
    ),
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
