"""What ends a reply, in each language: data only, in lower case and without apostrophes.

A command is one of these phrases, repeated, or with other phrases of the language around it: "okay
thank you", "stop", "stop", "right there". The languages are those with word lists, and some that
have only these words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.model import phrases, words


@dataclass(frozen=True, slots=True)
class ControlWords:
    """The phrases of one language."""

    stops: frozenset[str]
    """Phrases that ask for silence at any time."""
    waits: frozenset[str]
    """Phrases that end a reply, and without one are for the agent: "wait", "that's all"."""
    around: frozenset[str]
    """Phrases that change nothing before, between and after the others."""
    particles: frozenset[str]
    """Words that change nothing even inside the others: "hör *bitte* auf"."""
    statements: frozenset[str]
    """Those of the phrases that a question mark makes a question: "that's enough?"."""
    negations: frozenset[str]
    """Phrases that deny one of the others: "not enough"."""
    negators: frozenset[str] = frozenset()
    """Words that mean "no" and also "not": right before one of the others they deny it."""
    denied_unmarked: bool = True
    """They deny it also in a text without marks. Spanish forbids with another form of the verb ("no
    pares"), so that "no para" may lack a comma."""
    spaced: bool = True
    """Words have spaces between them. If not, every character counts as a word."""


def _each(verbs: str, objects: str) -> frozenset[str]:
    """Every verb with every object; both are separated by slashes."""
    pairs = product(phrases(verbs), phrases(objects))
    return frozenset(" ".join(pair).strip() for pair in pairs)


def _unspaced(listed: frozenset[str]) -> frozenset[str]:
    """The phrases with a space between their characters."""
    return frozenset(" ".join(phrase.replace(" ", "")) for phrase in listed)


_ENGLISH: Final = ControlWords(
    stops=phrases(
        "stop/stop it/stop that/stop this/stop you/stop yourself/stop there/stop right there/halt/"
        "quit it/quit that/cut it out/cut it/knock it off/give it a rest/drop it/can it/zip it/"
        "be quiet/be silent/stay quiet/keep quiet/get quiet/quiet/quiet down/silence/hush/"
        "hush up/shush/sh/shh/ssh/pst/psst/shut up/shut it/shut your mouth/shut the hell up/"
        "shut the fuck up/pipe down/enough/enough is enough/that is enough/thats enough/"
        "that is quite enough/thats quite enough/that was enough/this is enough/"
        "ive heard enough/i have heard enough/i heard enough/ive had enough/"
        "enough of this/enough of that/that is enough of that/thats enough of that/"
        "thats enough of this/say no more/not another word/dont talk/do not talk/dont speak/"
        "dont say anything/dont say anything else/dont say anything more/dont say another word/"
        "mute/mute yourself/lets stop/lets stop it/lets stop that/let me stop you/"
        "im going to stop you/im gonna stop you/would you mind stopping/do you mind stopping/"
        "no more/no more of that/no more of this/never mind/nevermind/never mind that/"
        "never mind about that/cancel/cancel that/cancel it/abort/forget it/forget about it/"
        "forget that/forget about that/freeze/i want you to stop/i need you to stop"
    )
    | _each(
        "stop/quit/cease/enough/enough of/enough with/no more/stop the/stop your/stop all the",
        "talking/speaking/reading/explaining/rambling/chattering/babbling/singing/counting/"
        "narrating/reciting/yapping/blabbering/"
        "going on/reading that/reading it/reading this/telling me/telling us/telling me that/"
        "telling me this/telling us that/talking to me/talking to us/talking about it/"
        "talking about that/explaining that/explaining it",
    )
    | _each(
        "stop/end/quit/cease/enough of/enough with/no more/no more of/stop telling/stop reading/"
        "cancel/stop with",
        "the story/that story/this story/your story/the explanation/that explanation/"
        "your explanation/the answer/that answer/your answer/the reply/your reply/the list/"
        "that list/this list/the lecture/that lecture/your lecture/the speech/that speech/"
        "your speech/the poem/that poem/the joke/that joke/the talk/the talking/the summary/"
        "that summary/the monologue/your monologue/the rambling/your rambling/the chatter",
    )
    | _each(
        "no more/no more of the/no more of your/enough/enough of the/enough of your/"
        "enough with the/enough with your",
        "stories/explanations/answers/lists/lectures/speeches/poems/jokes/facts/details/words/talk",
    )
    | _each(
        "never mind/nevermind/forget it",
        "i found it/found it/i found out/i figured it out/figured it out/i remember/i remember now/"
        "i know now/it works now",
    ),
    # Whisper writes "Hold" and "Holt" for "Halt".
    waits=phrases(
        "wait/wait up/whoa whoa/hold your horses/hold/holt/hold on/hold it/hang on/"
        "hold up/hold that thought/"
        "a second/one second/"
        "just a second/one sec/a sec/just a sec/a moment/one moment/just a moment/one minute/"
        "a minute/just a minute/wait a second/wait a sec/wait a minute/wait a moment/"
        "give me a second/give me a sec/give me a moment/give me a minute/give me one second/"
        "give us a second/pause/pause it/pause that/pause there/time out/timeout/"
        "that will do/thatll do/that is all/thats all/plenty/that is plenty/thats plenty/"
        "that will be enough/thatll be enough/more than enough/that is more than enough/"
        "thats more than enough/that is all i needed/thats all i needed/"
        "that is all i need/thats all i need/that is what i needed/thats what i needed/"
        "that answers it/that answers my question/you answered my question/"
        "skip the rest/skip the story/skip this story/skip the explanation/spare me the rest/"
        "spare me the details/"
        "that will do/thatll do/that is all/thats all/that will be all/thatll be all/"
        "that will be enough/thatll be enough/"
        "no need to go on/no need to continue/you dont have to go on/you dont need to go on/"
        "you dont have to continue/you dont need to continue/dont go on/do not go on/"
        "dont continue/do not continue"
    ),
    # Whisper writes "Stop talking it." for "Stop talking.".
    around=phrases(
        "please/now/right now/already/hey/hi/oi/yo/chill/ok/okay/oh/ah/oh no/so/and/well/just/"
        "then/yes/yeah/yep/no/nope/nah/right/alright/all right/fine/great/good/cool/sure/thanks/"
        "thank you/thanks a lot/thank you very much/thank you so much/sorry/excuse me/actually/"
        "um/uh/er/"
        "please/now/right now/right there/already/hey/hi/oi/whoa/ok/okay/oh/ah/oh no/so/and/well/"
        "just/then/yes/"
        "yeah/yep/no/nope/nah/right/alright/all right/fine/great/good/cool/perfect/excellent/"
        "awesome/wonderful/sure/thanks/thank you/"
        "thanks a lot/thank you very much/thank you so much/sorry/excuse me/actually/um/uh/er/"
        "can you/could you/would you/will you/can you just/could you just/you can/you may/"
        "you could/you should/you must/you better/you need to/you have to/you got to/you gotta/"
        "i want you to/i need you to/i would like you to/"
        "id like you to/i said/i told you to/i told you/i say/i asked you to/"
        "got it/i got it/i get it/i understand/understood/i know/i see/i heard you/"
        "for now/for a second/for a sec/for a moment/for a minute/for a bit/for once/for today/"
        "for tonight/a second/"
        "for now/for today/for tonight/for a second/for a sec/for a moment/for a minute/for a bit/"
        "for once/a second/"
        "a minute/a moment/with that/there/here/at once/immediately/this instant/completely/"
        "dear god/oh god/oh my god/my god/god/for gods sake/jesus/for the love of god/dammit/damn/"
        "the hell/ugh/argh/that is wrong/thats wrong/that is not right/thats not right/"
        "tell/tell to/tell it to/ask/ask to/ask it to/it"
    ),
    particles=words("please just now really simply"),
    statements=phrases(
        "is that enough/that is enough/thats enough/this is enough/thats plenty/that is plenty/"
        "more than enough/all i need/what i need/all i needed/what i needed/that answers"
    ),
    negations=phrases("not enough/no enough"),
)
_GERMAN: Final = ControlWords(
    stops=phrases(
        "stopp/stop/stoppe/stoppen/halt/halt an/aufhören/abbrechen/abbruch/brich ab/brich das ab/"
        "hör auf/höre auf/hört auf/hör auf damit/hör damit auf/hör auf zu reden/"
        "hör auf zu sprechen/"
        "hör auf zu quatschen/hör auf zu lesen/hör auf zu erzählen/hör auf vorzulesen/"
        "hör auf zu labern/hör auf zu quasseln/hör auf zu plappern/hör auf zu schwafeln/"
        "hör auf zu singen/aufhören zu reden/aufhören zu sprechen/damit aufhören/sei still/"
        "sei ruhig/sei leise/sei stumm/still/still sein/ruhig sein/leise sein/ruhe/stille/"
        "ruhe da/gib ruhe/halt die klappe/halt den mund/halt den rand/halt die fresse/"
        "halt das maul/halt dein maul/halts maul/halt die schnauze/schnauze/klappe/klappe zu/"
        "mund zu/schweig/schweige/das reicht/das reicht mir/es reicht/es reicht mir/mir reicht es/"
        "mir reichts/reicht/jetzt reichts/jetzt reicht es/das genügt/es genügt/das ist genug/"
        "genug/genug davon/genug damit/jetzt ist genug/es ist genug/nun ist genug/schluss/"
        "schluss damit/schluss aus/vergiss es/vergiss das/schon gut/ist schon gut/ist gut/"
        "lass gut sein/lass es gut sein/lass es/lass das/egal/ist egal/pst/psst/pscht/psch/sch/"
        "schh/schhh/sh/shh/er soll aufhören/du sollst aufhören/dass du aufhörst/"
        "seid still/seid ruhig/seid leise/genug geredet/genug gelabert/genug gehört/"
        "nicht weiterreden/nicht weitersprechen/nicht weiterlesen/nicht mehr reden/"
        "red nicht weiter/rede nicht weiter/sprich nicht weiter/lies nicht weiter/"
        "sag nichts mehr/kein wort mehr/lass mal/"
        "er soll still sein/du sollst still sein/er soll ruhig sein/zu reden aufhören"
    )
    | _each(
        "stopp/stop/beende/brich/hör auf mit/genug von/schluss mit/hör mit",
        "die geschichte/der geschichte/die erklärung/der erklärung/die antwort/der antwort/"
        "die liste/der liste/den vortrag/dem vortrag/die rede/der rede/den witz/dem witz/"
        "das gedicht/dem gedicht/das gerede/dem gerede/das vorlesen/dem vorlesen",
    ),
    waits=phrases(
        "warte/wart/warten/warte mal/wart mal/moment/"
        "moment mal/einen moment/kleinen moment/"
        "ein moment/sekunde/eine sekunde/einen augenblick/augenblick/augenblick mal/minute/"
        "eine minute/warte einen moment/warte eine sekunde/warte eine minute/pause/"
        "mach eine pause/mach pause/das ist alles/das wars/mehr nicht/nicht weiter/"
        "du musst nicht weitermachen/du brauchst nicht weiterreden/mehr als genug/"
        "das ist mehr als genug/mehr brauche ich nicht/mehr brauch ich nicht/"
        "das ist alles was ich brauche/überspring den rest/spar dir den rest"
    ),
    around=phrases(
        "bitte/jetzt/nun/sofort/endlich/mal/doch/doch mal/einfach/kurz/bloß/gefälligst/hey/he/"
        "hallo/ok/okay/oh/ach/ach so/ah/äh/ähm/so/und/na/na gut/gut/gut so/also/ja/jaja/nein/ne/"
        "nee/nö/ey/boah/mann/mensch/schön/super/prima/toll/perfekt/wunderbar/sehr gut/klar/"
        "alles klar/in ordnung/danke/danke schön/dankeschön/"
        "danke dir/vielen dank/entschuldigung/sorry/kannst du/könntest du/würdest du/willst du/"
        "kannst du bitte/du kannst/du darfst/du sollst/du solltest/ich will/ich möchte/"
        "ich habe gesagt/ich hab gesagt/ich sagte/hab ich gesagt/ich habs verstanden/"
        "ich hab es verstanden/ich habe es verstanden/ich habs kapiert/verstanden/kapiert/"
        "ich verstehe/ich weiß/schon/damit/hier/da/für den moment/fürs erste/erst mal/erstmal/"
        "für heute/"
        "einen moment/eine sekunde/eine minute/um gottes willen/mein gott/oh gott/verdammt/"
        "verdammt noch mal/sag/noch mal"
    ),
    particles=words("bitte jetzt mal doch endlich einfach bloß sofort kurz nun gefälligst schon"),
    statements=phrases(
        "das reicht/es reicht/reicht/das genügt/ist gut/es ist genug/das ist genug/mehr als genug/"
        "alles was ich brauche"
    ),
    negations=phrases("nicht genug/reicht nicht"),
)
_FRENCH: Final = ControlWords(
    stops=phrases(
        "stop/stoppe/halte/halte là/arrête/arrêtes/arrêter/arrêtez/arrête ça/arrêtez ça/arrête toi/"
        "arrêtez vous/tarrêter/arrêter ça/arrête de parler/arrêter de parler/arrête de lire/"
        "assez parlé/assez entendu/continue pas/ne continue pas/ne continuez pas/plus un mot/"
        "ne dis plus rien/"
        "arrêter de lire/arrête de raconter/arrête dexpliquer/arrêtez de parler/ça suffit/"
        "cela suffit/suffit/ça suffira/cest assez/en voilà assez/assez/jen ai assez/"
        "jen ai assez entendu/jai assez entendu/cest bon/tais toi/taisez vous/te taire/vous taire/"
        "ferme la/la ferme/ta gueule/silence/du silence/chut/shh/sh/chh/laisse tomber/laisse/"
        "laisse ça/annule/annuler/annule ça/oublie/oublie ça/oublie cela"
    )
    | _each(
        "arrête/arrêter/arrêtez/stop/stoppe/assez de/finis",
        "lhistoire/ton histoire/cette histoire/lexplication/ton explication/cette explication/"
        "la réponse/ta réponse/la liste/cette liste/le discours/ton discours/la lecture/ton poème",
    ),
    waits=phrases(
        "attends/attendez/attend/attends un peu/attends voir/une seconde/un instant/"
        "un moment/"
        "une minute/deux secondes/deux minutes/attends une seconde/attends une minute/"
        "attends un instant/attends un moment/pause/fais une pause/mets en pause/cest tout/ça ira/"
        "ça va aller/cest plus quassez/plus quassez/passe le reste/saute le reste/"
        "épargne moi le reste/épargne moi la suite"
    ),
    around=phrases(
        "sil te plaît/sil te plait/sil vous plaît/sil vous plait/stp/maintenant/tout de suite/"
        "là/donc/alors/bon/ben/bah/bien/très bien/ok/okay/daccord/oui/ouais/non/merci/"
        "merci beaucoup/merci bien/hé/hey/eh/oh/ah/euh/et/mais/tu peux/peux tu/pourrais tu/"
        "est ce que tu peux/est ce que tu pourrais/tu pourrais/tu veux bien/veux tu/vous pouvez/"
        "pouvez vous/je veux que tu/jai dit/je tai dit de/un peu/un instant/une seconde/"
        "une minute/jai compris/compris/pardon/désolé/excuse moi/pour linstant/cest bon/de/"
        "mon dieu/pour aujourdhui/pour ce soir/"
        "une minute/jai compris/compris/pardon/désolé/excuse moi/pour linstant/cest bon/de/parfait/"
        "super/mon dieu"
    ),
    particles=words("maintenant donc bien juste vite"),
    statements=phrases(
        "ça suffit/cela suffit/cest assez/cest bon/cest tout/ça va aller/ça ira/plus quassez"
    ),
    negations=phrases("pas assez/ne suffit pas"),
)
_SPANISH: Final = ControlWords(
    stops=phrases(
        "para/para ya/párate/pare/parar/stop/alto/alto ahí/detente/deténte/detente ahí/basta/"
        "ya basta/basta ya/"
        "con eso basta/ya está/ya está bien/está bien ya/es suficiente/ya es suficiente/"
        "suficiente/deja de hablar/dejar de hablar/para de hablar/parar de hablar/deja de leer/"
        "dejar de leer/deja de contar/deja de explicar/cállate/callate/cállese/calla/callarte/"
        "te puedes callar/silencio/haz silencio/chitón/chist/chis/shh/sh/déjalo/déjalo ya/olvídalo/"
        "olvídate/cancela/cancelar/cancélalo/no sigas/no hables más/no más"
    )
    | _each(
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

_PORTUGUESE: Final = ControlWords(
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
    | _each(
        "para de/pare de/parar de/chega de/deixa de/deixe de",
        "falar/ler/contar/explicar/cantar/recitar/tagarelar/responder/falar isso/história/"
        "histórias/conversa/papo/explicação/explicações",
    )
    | _each(
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
_JAPANESE: Final = ControlWords(
    stops=_unspaced(
        phrases(
            "やめて/止めて/やめろ/止めろ/やめなさい/止めなさい/やめてくれ/止まって/とまって/止まれ/"
            "ストップ/ストップして/ストップしろ/黙って/だまって/黙れ/だまれ/黙りなさい/静かに/しずかに/"
            "静かにして/しずかにして/静かにしろ/静かにしなさい/うるさい/うるさいな/やかましい/"
            "もういい/もういいや/もう十分/十分/もうたくさん/たくさん/もう結構/もうけっこう/"
            "もう大丈夫/もういらない/キャンセル/キャンセルして/中止/中止して/中断/中断して/そこまで/"
            "終わり/終わりにして/おしまい/シー/シーッ/しー/しーっ/シッ/しっ/話さないで/もう話さないで/"
            "話さなくていい/話さなくて大丈夫/しゃべらなくていい/喋らなくていい/続けなくていい/"
            "しゃべらないで/喋らないで/忘れて/もう忘れて"
        )
        | _each(
            "話すのを/話すのは/話を/その話を/お話を/話は/しゃべるのを/喋るのを/おしゃべりを/読むのを/"
            "読み上げを/読み上げるのを/朗読を/説明を/説明は/説明するのを/物語を/返事を/答えを/歌うのを",
            "やめて/止めて/やめろ/ストップ/ストップして/終わりにして/中止して/もういい/十分/もう十分",
        )
    ),
    waits=_unspaced(
        phrases(
            "待って/まって/待て/待った/待ってて/お待ち/お待ちください/ちょい待ち/ちょっと待った/"
            "タンマ/一時停止/一時停止して/ポーズ/休憩/一秒/一分/一瞬/少々お待ち/以上/それだけ"
        )
    ),
    around=_unspaced(
        phrases(
            "ちょっと/ちょい/もう/はい/うん/ええ/いや/いいえ/いえ/ううん/あ/ああ/おっと/ありがとう/"
            "ありがとうございます/ありがとうございました/どうも/ごめん/ごめんなさい/ごめんね/すみません/"
            "すいません/ねえ/ねぇ/ねね/おい/あの/あのね/えっと/ええと/えーと/さあ/じゃあ/じゃ/では/"
            "わかった/分かった/わかりました/分かりました/わかったから/了解/オッケー/オーケー/おけ/ok/"
            "okay/お願い/お願いします/お願いだから/頼む/頼むから/今/今すぐ/すぐ/すぐに/一回/一旦/"
            "いったん/一度/少し/しばらく/とりあえず/これで/それで/ここで/そこで/本当に/ほんとに/まじで/"
            "マジで/いい加減に/ください/下さい/くれ/くれる/くれない/くれますか/くれませんか/もらえる/"
            "もらえない/もらえますか/もらえませんか/もらっていい/いただけますか/いただけませんか/ほしい/"
            "欲しい/よ/ね/な/さ/から/って/ってば/だ/だよ/です/って言った/って言ってる/と言った"
        )
    ),
    particles=words("ー"),
    statements=_unspaced(
        phrases(
            "もういい/もう十分/十分/もうたくさん/もう結構/もう大丈夫/終わり/おしまい/以上/それだけ"
        )
    ),
    negations=_unspaced(phrases("やめない/止めない/待たない/黙らない/止まらない")),
    spaced=False,
)

CONTROL: Final[Mapping[str, ControlWords]] = MappingProxyType(
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
