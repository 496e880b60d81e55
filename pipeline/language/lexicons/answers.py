"""How people answer a question of the bot, in each language: data only, in lower case and without
apostrophes.

An answer is made of these phrases and nothing else, in any order: "okay, yes, do it, please".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.model import phrases


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The phrases of one language."""

    yes: frozenset[str]
    """They agree with whatever was asked, by whomever."""
    go: frozenset[str]
    """They allow that something is done."""
    no: frozenset[str]
    dont: frozenset[str]
    """They forbid that something is done."""
    got_it: frozenset[str]
    """They say that a message was received."""
    around: frozenset[str]
    """Phrases that change nothing before, between and after the others."""
    ordinals: tuple[frozenset[str], ...]
    """What chooses the first, second, third and fourth of several options."""
    choosing: frozenset[str]
    """What may stand before an option: "I would take"."""
    take_over: frozenset[str]
    """A person wants to speak in place of the agent."""
    give_back: frozenset[str]
    """The agent may answer again."""
    search: tuple[str, ...]
    """Leads to a search of the web; what is searched for follows."""
    search_ends: tuple[str, ...] = ()
    """The same behind what is searched for, where the verb comes last."""
    spaced: bool = True
    """Words have spaces between them. If not, every character counts as a word."""


def _unspaced(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.replace(" ", "")) for phrase in phrases(text))


_ENGLISH: Final = AnswerWords(
    yes=phrases("yes/yeah/yep/yup/sure/of course/ok/okay/all right/alright/right/certainly"),
    go=phrases(
        "do it/do that/do so/please do/go ahead/go for it/go on then/approved/i approve/"
        "i approve it/i approve that/i allow it/i allow that/allow it/allow that/allowed/"
        "permission granted/granted/you may/you may do it/you may do that/you can do it/"
        "you can do that/let it/let them/let him/let her/make it so/proceed/confirmed/"
        "i confirm/confirm/yes do/that is fine/thats fine"
    ),
    no=phrases("no/nope/nah/no way/no thanks/no thank you"),
    dont=phrases(
        "dont/do not/dont do it/do not do it/dont do that/do not do that/please dont/denied/"
        "deny/deny it/i deny it/refused/i refuse/rejected/reject it/not approved/"
        "permission denied/not allowed/i dont allow it/i do not allow it/you may not/"
        "not now/leave it/forget it/better not/absolutely not/under no circumstances"
    ),
    got_it=phrases(
        "got it/i got it/ive got it/i have got it/i have it/understood/acknowledged/"
        "i acknowledge/acknowledge/noted/roger/roger that/copy that/i see it/i have seen it/"
        "ive seen it/i saw it/i am on it/im on it/on it/i will take care of it/"
        "ill take care of it/i take care of it/i will handle it/ill handle it/i read it/"
        "i have read it/ive read it/message received/received"
    ),
    around=phrases(
        "please/thanks/thank you/thanks a lot/thank you very much/now/then/well/so/oh/ah/um/uh/"
        "hey/and/just/all good/good/fine/great/perfect/this time/for me"
    ),
    ordinals=(
        phrases("first/the first/the first one/first one/number one/option one/one/a"),
        phrases("second/the second/the second one/second one/number two/option two/two/b"),
        phrases("third/the third/the third one/third one/number three/option three/three/c"),
        phrases("fourth/the fourth/the fourth one/fourth one/number four/option four/four/d"),
    ),
    choosing=phrases(
        "i would take/id take/i take/i would say/id say/i choose/i would choose/id choose/"
        "i would like/id like/i want/take/use/choose/pick/lets take/lets use/lets go with/"
        "go with/the/option/that would be/it is/its/i prefer/i would prefer/id prefer/and/"
        "or rather/please"
    ),
    take_over=phrases(
        "let me do it/let me do this/let me do that/let me handle it/let me handle this/"
        "let me take over/ill take over/i will take over/i take over/im taking over/"
        "ill take it from here/i will take it from here/let me talk/let me answer"
    ),
    give_back=phrases(
        "you can take over again/you may take over again/take over again/please take over again/"
        "over to you/back to you/its your turn again/it is your turn again/you can answer again/"
        "you may answer again/you can go on again/carry on again/i give it back/i hand it back/"
        "i am done you can go on/im done you can go on"
    ),
    search=(
        "search the web for", "search the internet for", "search online for", "search the net for",
        "look up on the web", "look up online", "look on the web for", "look on the internet for",
        "do a web search for", "run a web search for", "search on the web for",
        "search on the internet for", "can you search the web for",
        "could you search the web for", "please search the web for",
    ),
)  # fmt: skip
_GERMAN: Final = AnswerWords(
    yes=phrases(
        "ja/jap/jep/jawohl/klar/na klar/sicher/natürlich/ok/okay/in ordnung/genau/gerne/gern/"
        "ja klar/ja gern/ja gerne/einverstanden"
    ),
    go=phrases(
        "mach das/mach es/machs/tu das/tu es/tus/mach mal/mach ruhig/mach nur/nur zu/leg los/"
        "los/genehmigt/ich genehmige es/ich genehmige das/erlaubt/ich erlaube es/"
        "ich erlaube das/freigegeben/du darfst/du darfst das/du darfst es/das darfst du/"
        "kannst du machen/das kannst du machen/darf er/das darf er/darf sie/das darf sie/"
        "bestätigt/ich bestätige/bestätige/soll er machen/soll sie machen/bitte mach das/"
        "ist erlaubt/das ist erlaubt"
    ),
    no=phrases("nein/nee/nö/ne/nein danke/auf keinen fall"),
    dont=phrases(
        "nicht/mach das nicht/mach es nicht/machs nicht/tu das nicht/tu es nicht/lass das/"
        "lass es/lass das sein/lass es sein/bitte nicht/nicht machen/abgelehnt/"
        "ich lehne ab/ich lehne es ab/ich lehne das ab/verboten/nicht erlaubt/nicht genehmigt/"
        "ich erlaube es nicht/ich erlaube das nicht/du darfst nicht/du darfst das nicht/"
        "das darfst du nicht/jetzt nicht/lieber nicht/besser nicht/verweigert/auf gar keinen fall"
    ),
    got_it=phrases(
        "verstanden/habe verstanden/hab verstanden/ich habe verstanden/ich hab verstanden/"
        "habs verstanden/ich habe es verstanden/alles klar verstanden/zur kenntnis genommen/"
        "ich weiß bescheid/weiß bescheid/bestätige empfang/empfang bestätigt/"
        "ich kümmere mich darum/ich kümmere mich drum/ich kümmer mich drum/"
        "ich kümmer mich darum/kümmere mich drum/ich bin dran/bin dran/ich habs/ich habe es/"
        "habs gesehen/ich habe es gesehen/ich habs gesehen/gesehen/gelesen/ich habe es gelesen/"
        "ich habs gelesen/angekommen/ist angekommen/roger"
    ),
    around=phrases(
        "bitte/danke/danke schön/dankeschön/vielen dank/jetzt/dann/also/gut/alles klar/na gut/"
        "äh/ähm/hey/und/mal/doch/schon/prima/super/diesmal/von mir aus"
    ),
    ordinals=(
        phrases("erste/erster/erstes/das erste/die erste/der erste/den ersten/nummer eins/"
                "option eins/eins/a"),
        phrases("zweite/zweiter/zweites/das zweite/die zweite/der zweite/den zweiten/nummer zwei/"
                "option zwei/zwei/b"),
        phrases("dritte/dritter/drittes/das dritte/die dritte/der dritte/den dritten/nummer drei/"
                "option drei/drei/c"),
        phrases("vierte/vierter/viertes/das vierte/die vierte/der vierte/den vierten/nummer vier/"
                "option vier/vier/d"),
    ),
    choosing=phrases(
        "ich nehme/nimm/nehmen wir/ich würde sagen/ich wähle/ich möchte/ich will/ich hätte gern/"
        "ich hätte gerne/wir nehmen/lieber/das/die/der/den/option/das wäre/es ist/ich bevorzuge/"
        "und/bitte"
    ),
    take_over=phrases(
        "lass mich das machen/lass mich machen/lass mich mal/lass mich mal machen/ich mache das/"
        "ich übernehme/ich übernehme das/ab hier übernehme ich/jetzt übernehme ich/"
        "ich übernehme jetzt/ich übernehme ab hier/lass mich reden/lass mich antworten"
    ),
    give_back=phrases(
        "du kannst wieder übernehmen/du darfst wieder übernehmen/übernimm wieder/"
        "bitte übernimm wieder/du bist wieder dran/jetzt bist du wieder dran/"
        "du kannst wieder antworten/du darfst wieder antworten/ich gebe zurück/"
        "ich gebe wieder an dich zurück/mach du weiter/mach du wieder weiter/zurück an dich"
    ),
    search=(
        "such im internet nach", "suche im internet nach", "such im netz nach",
        "suche im netz nach", "such im web nach", "suche im web nach", "google nach", "google mal",
        "recherchiere im internet", "such online nach", "suche online nach",
        "kannst du im internet suchen nach", "schau im internet nach", "such mal im internet nach",
        "kannst du im internet nach",
    ),
    search_ends=("suchen", "nachsehen", "nachschauen"),
)  # fmt: skip
_FRENCH: Final = AnswerWords(
    yes=phrases(
        "oui/ouais/ouaip/bien sûr/daccord/ok/okay/certainement/absolument/mais oui/oui oui/"
        "entendu/volontiers/tout à fait"
    ),
    go=phrases(
        "fais le/fais ça/fais cela/faites le/faites ça/vas y/allez y/allez/approuvé/japprouve/"
        "jautorise/je lautorise/autorisé/accordé/permission accordée/tu peux/tu peux le faire/"
        "vous pouvez le faire/il peut/il peut le faire/elle peut le faire/"
        "tu as le droit/confirmé/je confirme/confirme/lance/lance le/cest bon vas y/"
        "cest autorisé/oui fais le"
    ),
    no=phrases("non/nan/non merci/pas question/hors de question"),
    dont=phrases(
        "ne le fais pas/ne fais pas ça/ne faites pas ça/ne le faites pas/le fais pas/"
        "fais pas ça/surtout pas/refusé/je refuse/rejeté/interdit/pas autorisé/"
        "je nautorise pas/je ne lautorise pas/tu ne peux pas/tu nas pas le droit/"
        "pas maintenant/laisse/laisse tomber/mieux vaut pas/en aucun cas/certainement pas"
    ),
    got_it=phrases(
        "bien reçu/reçu/cest reçu/message reçu/compris/jai compris/cest compris/"
        "jen prends note/cest noté/noté/je men occupe/je men charge/je suis dessus/"
        "je lai/je lai vu/jai vu/jai bien vu/je lai lu/jai lu/bien noté/je confirme la réception"
    ),
    around=phrases(
        "sil te plaît/sil te plait/sil vous plaît/sil vous plait/merci/merci beaucoup/merci bien/"
        "maintenant/alors/bon/ben/bah/bien/très bien/parfait/euh/hé/et/cest bon/super/cette fois/"
        "pour moi"
    ),
    ordinals=(
        phrases("premier/première/le premier/la première/numéro un/option un/un/une/a"),
        phrases("deuxième/second/seconde/le deuxième/la deuxième/le second/la seconde/numéro deux/"
                "option deux/deux/b"),
        phrases("troisième/le troisième/la troisième/numéro trois/option trois/trois/c"),
        phrases("quatrième/le quatrième/la quatrième/numéro quatre/option quatre/quatre/d"),
    ),
    choosing=phrases(
        "je prends/prends/prenons/on prend/je dirais/je choisis/choisis/je voudrais/jaimerais/"
        "je veux/plutôt/je préfère/le/la/les/option/ce serait/cest/et/sil te plaît"
    ),
    take_over=phrases(
        "laisse moi faire/laissez moi faire/laisse moi répondre/laisse moi parler/"
        "je prends le relais/je prends la suite/je men charge à partir dici/je reprends la main/"
        "je reprends"
    ),
    give_back=phrases(
        "tu peux reprendre/vous pouvez reprendre/reprends la main/je te rends la main/"
        "je te redonne la main/à toi/cest de nouveau à toi/tu peux répondre de nouveau/"
        "tu peux à nouveau répondre/à toi de jouer"
    ),
    search=(
        "cherche sur internet", "cherche sur le web", "cherche en ligne",
        "recherche sur internet", "recherche sur le web", "recherche en ligne",
        "fais une recherche sur internet sur", "fais une recherche web sur",
        "peux tu chercher sur internet", "cherchez sur internet",
    ),
)  # fmt: skip
_SPANISH: Final = AnswerWords(
    yes=phrases(
        "sí/si/claro/claro que sí/por supuesto/vale/ok/okay/de acuerdo/desde luego/cierto/"
        "está bien/exacto"
    ),
    go=phrases(
        "hazlo/haz eso/hágalo/adelante/dale/venga/aprobado/lo apruebo/apruebo/autorizado/"
        "lo autorizo/autorizo/permitido/lo permito/permiso concedido/concedido/puedes/"
        "puedes hacerlo/puede hacerlo/tienes permiso/confirmado/lo confirmo/confirmo/procede/"
        "sigue adelante/sí hazlo"
    ),
    no=phrases("no/qué va/no gracias/para nada/ni hablar"),
    dont=phrases(
        "no lo hagas/no hagas eso/no lo haga/mejor no/denegado/lo deniego/rechazado/"
        "lo rechazo/prohibido/no permitido/no lo permito/no lo autorizo/no autorizado/"
        "no puedes/no puede/ahora no/déjalo/de ninguna manera/en absoluto/no lo apruebo"
    ),
    got_it=phrases(
        "entendido/lo entiendo/lo he entendido/recibido/mensaje recibido/lo tengo/ya lo tengo/"
        "enterado/enterada/tomo nota/tomado nota/anotado/me encargo/yo me encargo/"
        "me ocupo/yo me ocupo/ya lo vi/lo he visto/ya lo he visto/lo vi/lo he leído/"
        "ya lo he leído/estoy en ello"
    ),
    around=phrases(
        "por favor/gracias/muchas gracias/ahora/entonces/bueno/bien/muy bien/perfecto/eh/oye/pues/"
        "y/ya/esta vez/por mí"
    ),
    ordinals=(
        phrases("primero/primera/el primero/la primera/número uno/opción uno/uno/una/a"),
        phrases("segundo/segunda/el segundo/la segunda/número dos/opción dos/dos/b"),
        phrases("tercero/tercera/el tercero/la tercera/número tres/opción tres/tres/c"),
        phrases("cuarto/cuarta/el cuarto/la cuarta/número cuatro/opción cuatro/cuatro/d"),
    ),
    choosing=phrases(
        "tomo/toma/yo tomo/diría/yo diría/elijo/elige/escojo/quiero/quisiera/me gustaría/prefiero/"
        "mejor/el/la/los/las/opción/sería/es/y/por favor"
    ),
    take_over=phrases(
        "déjame a mí/déjame hacerlo/déjame hacerlo a mí/déjame responder/déjame hablar/"
        "yo me encargo a partir de aquí/yo sigo/tomo el relevo/ahora sigo yo/yo lo hago"
    ),
    give_back=phrases(
        "puedes seguir tú/sigue tú/te toca otra vez/te toca de nuevo/te devuelvo el turno/"
        "puedes volver a responder/puedes responder de nuevo/vuelves a estar al mando/"
        "te lo devuelvo/continúa tú"
    ),
    search=(
        "busca en internet", "busca en la web", "busca en línea", "busca en google",
        "haz una búsqueda en internet de", "haz una búsqueda en internet sobre",
        "puedes buscar en internet", "busque en internet",
    ),
)  # fmt: skip
_PORTUGUESE: Final = AnswerWords(
    yes=phrases(
        "sim/claro/claro que sim/com certeza/tá/tá bom/está bem/ok/okay/certo/isso/"
        "pode ser/de acordo/exato"
    ),
    go=phrases(
        "faz isso/faça isso/faz/faça/pode fazer/pode fazer isso/pode/vai em frente/"
        "vá em frente/vai lá/manda ver/manda bala/aprovado/eu aprovo/aprovo/autorizado/"
        "eu autorizo/autorizo/permitido/eu permito/permissão concedida/confirmado/eu confirmo/"
        "confirmo/confirma/prossiga/pode prosseguir/está autorizado/sim faça isso"
    ),
    no=phrases("não/nada disso/não obrigado/não obrigada/de jeito nenhum"),
    dont=phrases(
        "não faça isso/não faz isso/não faça/não faz/não pode/não pode fazer isso/melhor não/"
        "negado/eu nego/recusado/eu recuso/recuso/rejeitado/proibido/não permitido/"
        "não autorizo/eu não autorizo/não autorizado/agora não/deixa/deixa pra lá/"
        "de forma nenhuma/em hipótese alguma/não aprovo"
    ),
    got_it=phrases(
        "entendido/entendi/recebido/mensagem recebida/ciente/estou ciente/anotado/"
        "já vi/eu vi/eu já vi/eu li/já li/deixa comigo/eu cuido disso/eu cuido/"
        "estou cuidando disso/vou cuidar disso/estou nisso/já peguei/peguei/tomei nota"
    ),
    around=phrases(
        "por favor/obrigado/obrigada/muito obrigado/muito obrigada/agora/então/bom/bem/"
        "muito bem/perfeito/ei/é/e/olha/já/dessa vez/por mim"
    ),
    ordinals=(
        phrases("primeiro/primeira/o primeiro/a primeira/número um/opção um/um/uma/a"),
        phrases("segundo/segunda/o segundo/a segunda/número dois/opção dois/dois/duas/b"),
        phrases("terceiro/terceira/o terceiro/a terceira/número três/opção três/três/c"),
        phrases("quarto/quarta/o quarto/a quarta/número quatro/opção quatro/quatro/d"),
    ),
    choosing=phrases(
        "eu pego/pega/eu diria/diria/escolho/eu escolho/escolha/quero/eu quero/gostaria/"
        "eu gostaria/prefiro/eu prefiro/o/a/os/as/opção/seria/é/e/por favor"
    ),
    take_over=phrases(
        "deixa eu fazer/deixe me fazer/deixa que eu faço/deixa eu falar/deixa eu responder/"
        "eu assumo/eu assumo daqui/eu assumo a partir daqui/eu continuo daqui/assumo eu"
    ),
    give_back=phrases(
        "pode assumir de novo/pode voltar a responder/pode responder de novo/é com você/"
        "é com você de novo/devolvo para você/devolvo a palavra/sua vez de novo/"
        "pode continuar você/você pode assumir de novo"
    ),
    search=(
        "pesquise na internet", "pesquisa na internet", "pesquise na web", "pesquisa na web",
        "procure na internet", "procura na internet", "busque na internet", "busca na internet",
        "pode pesquisar na internet", "faça uma pesquisa na internet sobre",
    ),
)  # fmt: skip
_JAPANESE: Final = AnswerWords(
    yes=_unspaced("はい/うん/ええ/もちろん/いいよ/いいです/いいですよ/オーケー/オッケー/わかった"),
    go=_unspaced(
        "やって/やってください/やっていい/やっていいよ/やっていいです/してください/"
        "進めて/進めてください/実行して/実行してください/許可/許可する/許可します/承認/承認する/"
        "承認します/お願いします/どうぞ/やってもいいよ"
    ),
    no=_unspaced("いいえ/いや/ううん/いえ"),
    dont=_unspaced(
        "やらないで/やらないでください/しないで/しないでください/だめ/駄目/ダメ/だめです/ダメです/"
        "許可しない/許可しません/却下/却下します/承認しない/承認しません/拒否/拒否します/やめて/"
        "今はだめ"
    ),
    got_it=_unspaced(
        "了解/了解です/了解しました/わかりました/分かりました/確認した/確認しました/承知/"
        "承知しました/受け取った/受け取りました/見ました/読みました/対応します/任せて"
    ),
    around=_unspaced("じゃあ/では/ありがとう/ありがとうございます/ね/よ/あの/えっと/それで/今/どうも"),
    ordinals=(
        _unspaced("一番/一つ目/最初/最初の/一番目/1番/1"),
        _unspaced("二番/二つ目/二番目/2番/2"),
        _unspaced("三番/三つ目/三番目/3番/3"),
        _unspaced("四番/四つ目/四番目/4番/4"),
    ),
    choosing=_unspaced("で/を/が/です/がいい/がいいです/にして/にします/でお願いします/と"),
    take_over=_unspaced(
        "私がやる/私がやります/私に任せて/ここからは私が/私が代わる/私が代わります/私が答える/"
        "私が答えます/私が話します"
    ),
    give_back=_unspaced(
        "戻っていいよ/また答えて/また答えてください/交代して/続けてください/あとはお願い/"
        "あとはお願いします/また話していいよ/返します"
    ),
    search=("ネットで検索して", "インターネットで検索して", "ウェブで検索して"),
    search_ends=(
        "をネットで検索して", "をインターネットで検索して", "をウェブで検索して",
        "をネットで調べて", "をインターネットで調べて", "を検索して",
    ),
    spaced=False,
)  # fmt: skip

ANSWERS: Final[Mapping[str, AnswerWords]] = MappingProxyType(
    {
        "en": _ENGLISH,
        "de": _GERMAN,
        "fr": _FRENCH,
        "es": _SPANISH,
        "pt": _PORTUGUESE,
        "ja": _JAPANESE,
    }
)
"""The phrases by ISO code."""
