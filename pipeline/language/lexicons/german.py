"""German: data only, lower case."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.around_names import (
    ASIDES_IN_GERMAN,
    EPITHETS_IN_GERMAN,
    HAILING_IN_GERMAN,
    LONE_VERBS_IN_GERMAN,
    PARTS_IN_GERMAN,
)
from pipeline.language.lexicons.german_spoken import MATHS_IN_GERMAN, SPOKEN_IN_GERMAN
from pipeline.language.lexicons.model import BEFORE_NUMBERS, INTERNATIONAL, Language, phrases, words
from pipeline.language.lexicons.tasks import TASK_OBJECTS_IN_GERMAN, TASKS_IN_GERMAN
from pipeline.language.lexicons.words_like_names import (
    DAY_TIMES_IN_GERMAN,
    EVERYDAY_IN_GERMAN,
    LIMITS_IN_GERMAN,
    MONTHS_IN_GERMAN,
    QUANTITIES_IN_GERMAN,
    WEEKDAYS_IN_GERMAN,
)

GERMAN: Final = Language(
    code="de",
    abbreviations=INTERNATIONAL
    | words(
        "hr fr frl bzw evtl ggf inkl exkl vgl sog geb gest z.b d.h u.a o.ä z.t v.a i.d.r s.o s.u "
        "bspw dipl ing med jur phil hl mio mrd"
    ),
    number_abbreviations=BEFORE_NUMBERS | words("abs kap bd abb str"),
    closing_abbreviations=words("usw etc u.s.w"),
    after_ordinals=words(
        "januar februar märz april mai juni juli august september oktober november dezember "
        "jahrhundert jahrhunderts platz mal tag stock klasse runde kapitel weltkrieg stelle "
        "lebensjahr geburtstag"
    ),
    ordinals_have_dots=True,
    spoken=SPOKEN_IN_GERMAN,
    maths=MATHS_IN_GERMAN,
    question_words=words(
        "was wer wo wann warum wieso weshalb wie welche welcher welches welchen welchem wem wen "
        "wessen woher wohin womit wofür worüber wieviel wieviele"
    ),
    verbs_first=words(
        "ist sind war waren hast hat habt haben kannst kann könnt können könntest könnte willst "
        "wirst wird würdest soll sollte sollen darf muss gibt weißt bist seid machst magst "
        "möchtest findest kommst gehst kennst"
    ),
    no_subjects=words("nicht gut schön toll klar so auch noch nur zu gewesen worden"),
    imperatives=words(
        "sag sage erzähl erzähle zeig zeige spiel spiele stopp stop mach mache schalte schalt "
        "stell stelle öffne schließ schließe lies erinnere erinner ruf füge lösche lösch such "
        "suche finde gib schick schicke schreib schreibe erkläre erklär übersetze übersetz "
        "wiederhole wiederhol sing singe starte start brich überspring wechsle wechsel frag frage "
        "hilf prüf prüfe nenn nenne rechne buchstabiere buchstabier hör höre warte wart weiter "
        "lauter leiser nimm hol merk vergiss empfiehl fass lass halt dreh setz bestell trag trage "
        "notier notiere buch buche dimm dimme sperr sperre verschieb verschiebe sortier kürz kürze "
        "beschreib beschreibe berechne vergleich vergleiche verrat verrate schätz rate"
    ),
    advice_verbs=words("kann könnte soll sollte muss darf mache"),
    existential_phrases=phrases("gibt es/gibts/ist noch/ist da noch/sind noch"),
    request_phrases=phrases(
        "kannst du/könntest du/würdest du/kann ich/könnte ich/darf ich/ich möchte/ich hätte gern/"
        "ich will wissen/ich brauche/bitte/kannst du mir/weißt du"
    ),
    follow_up_phrases=phrases(
        "und/was ist mit/was ist wenn/wie wäre es mit/wie sieht es aus mit/noch/noch einen/"
        "noch eine/noch mal/nochmal/mehr/oder/aber warum/warum nicht/was noch/erzähl mir mehr"
    ),
    thanks_phrases=phrases("danke/vielen dank/danke schön/dankeschön/danke sehr/besten dank"),
    correction_phrases=phrases(
        "nein ich/nein nicht/nein das/nein warte/ich meinte/ich meine/eigentlich/warte/stopp/halt/"
        "moment/vergiss es/das ist falsch/das stimmt nicht/hör auf/aber/doch/ich dachte/"
        "das kann nicht/bist du sicher/du meinst/du hast gesagt/ich habe gesagt/ich hab gesagt/"
        "wie bitte/ich verstehe nicht/ich versteh nicht/das versteh/das verstehe/weil/"
        "das glaube ich nicht/das glaub ich nicht"
    ),
    denials=words("nein nee nö"),
    acting_verbs=words(
        "schalte schalt schalten ausschalten einschalten anschalten abschalten umschalten mach "
        "mache machen ausmachen anmachen aufmachen zumachen stell stelle stellen einstellen öffne "
        "öffnen schließ schließe schließen schick schicke schicken sende senden abschicken lösch "
        "lösche löschen entfern entferne entfernen füge hinzufügen leg lege anlegen erstell "
        "erstelle erstellen kauf kaufe kaufen bestell bestelle bestellen buch buche buchen "
        "reservier reserviere reservieren bezahl bezahle bezahlen überweis überweise überweisen "
        "ruf rufe anrufen starte start starten beende beenden installier installiere installieren "
        "stopp stoppe stoppen brich abbrechen absagen verschieb verschiebe verschieben bestätige "
        "bestätigen erinnere erinner erinnern weck wecke wecken spiel spiele spielen abspielen "
        "überspring überspringen dimm dimme dimmen sperr sperre sperren entsperre entsperren dreh "
        "drehe aufdrehen ändere änder ändern setz setze setzen speicher speichere speichern "
        "notier notiere notieren merk merke merken vergiss druck drucke drucken teile teilen trag "
        "trage eintragen lade laden wechsel wechsle wechseln nimm hol hole holen veröffentliche "
        "veröffentlichen aktiviere aktivieren deaktiviere deaktivieren"
    ),
    telling_verbs=words(
        "sag sage sagen erzähl erzähle erzählen zeig zeige zeigen erkläre erklär erklären "
        "beschreib beschreibe beschreiben übersetze übersetz übersetzen lies lesen vorlesen nenn "
        "nenne nennen rechne rechnen ausrechnen berechne berechnen buchstabier buchstabiere "
        "buchstabieren wiederhol wiederhole wiederholen sing singe singen vergleich vergleiche "
        "vergleichen empfiehl empfehlen verrat verrate verraten schätz schätze schätzen rate "
        "raten hilf helfen such suche suchen finde finden prüf prüfe prüfen wissen weißt gib "
        "geben schreib schreibe schreiben kürz kürze fass zusammenfassen sprich sprechen "
        "beantworte beantworten schlag vorschlagen"
    ),
    open_words=words(
        "der die ein eine einen einem einer den dem des und oder aber weil dass ob wenn mein meine "
        "dein deine unser unsere sehr zum zur im am vom beim ins sowie äh ähm öhm"
    ),
    seldom_last=words("für von bei gegen ohne durch über wegen seit zwischen"),
    question_breaks=words("für von bei gegen durch über wegen seit zwischen"),
    conjunctions=words("und aber oder denn weil also"),
    subordinators=words(
        "wenn falls weil obwohl während nachdem bevor bis sobald solange seit seitdem als ob "
        "damit sofern"
    ),
    open_phrases=phrases(
        "was ist/wie ist/wo ist/wer ist/wie wird/ich möchte/ich will/ich wollte/ich brauche/"
        "ich hätte gern/ich frage mich/ich habe mich gefragt/was ich meine ist/sag mir/"
        "erzähl mir/zeig mir/zum beispiel"
    ),
    polite_words=words(
        "bitte jetzt und hey hallo ok okay oh mal doch kannst könntest du etwas ein bisschen wenig "
        "ach nein ja äh ähm danke"
    ),
    louder_phrases=phrases(
        "lauter/sprich lauter/rede lauter/red lauter/lauter sprechen/lauter reden/"
        "sprechen sie lauter/reden sie lauter/zu leise/bist zu leise"
    ),
    quieter_phrases=phrases(
        "leiser/sprich leiser/rede leiser/red leiser/leiser sprechen/leiser reden/"
        "sprechen sie leiser/reden sie leiser/nicht so laut/weniger laut/zu laut/bist zu laut/"
        "nicht so laut sprechen/nicht so laut reden/sprich nicht so laut/rede nicht so laut/"
        "red nicht so laut"
    ),
    repeat_phrases=phrases(
        "wiederhole/wiederhole das/wiederhol das/wiederhole es/wiederholen/das wiederholen/"
        "sag das noch einmal/sag das nochmal/sag das noch mal/sag es noch einmal/"
        "das noch einmal sagen/das nochmal sagen/das noch mal sagen/sag es nochmal/"
        "sag es noch mal/sag das nochmals/sag nochmal/sag noch mal/sag noch einmal/noch einmal/"
        "noch mal/nochmal/nochmals/wiederhol es/wiederhol/wiederhole die antwort/"
        "wiederhol die antwort/wiederhole das noch einmal/wiederhole das noch mal/"
        "wiederhol das noch mal/es noch einmal sagen/es wiederholen/wiederholen sie/"
        "wiederholen sie das/sagen sie das noch einmal/sagen sie das noch mal/"
        "sagen sie das nochmal/erzähl das noch einmal/erzähl das noch mal/erzähl das nochmal"
    ),
    continue_phrases=phrases(
        "weiter/mach weiter/sprich weiter/rede weiter/red weiter/erzähl weiter/erzähle weiter/"
        "fahr fort/fahre fort/fortfahren/setz fort/weitermachen/weiterreden/weitersprechen/"
        "weiterlesen/weitererzählen/lies weiter/machen sie weiter/sprechen sie weiter/"
        "reden sie weiter/fahren sie fort"
    ),
    accepting_phrases=phrases(
        "ja/ja bitte/ja gern/ja gerne/ja mach/ja mach weiter/ja weiter/ja bitte weiter/jo/jup/"
        "klar/na klar/ja klar/sicher/natürlich/bitte/bitte weiter/gern/gerne/okay/ok/in ordnung/"
        "gut/mach weiter/mach/weiter/erzähl weiter/auf jeden fall/unbedingt/mhm"
    ),
    declining_phrases=phrases(
        "nein/nein danke/nö/ne/nee/nicht jetzt/jetzt nicht/nein jetzt nicht/lass gut sein/genug/"
        "das reicht/es reicht/das genügt/nein das reicht/danke/danke das reicht/später/"
        "vielleicht später/stopp/schon gut/brauchst du nicht"
    ),
    backchannels=phrases(
        "mm/mhm/hm/hmm/äh/ähm/ah/aha/oh/ach/ach so/achso/ach ja/soso/haha/genau/stimmt/verstehe/"
        "ich verstehe/krass/cool/schön/super/toll/interessant/alles klar/na ja/naja/echt/wirklich/"
        "ja ja/so so/gut/sehr gut/eben/klar"
    ),
    acknowledgements=phrases("okay/ok/gut/na gut/in ordnung/klar/sicher/jo/jup/nö/natürlich"),
    answers=phrases(
        "ja/nein/ja bitte/nein danke/bitte/gerne/ja gerne/nicht jetzt/noch nicht/vielleicht/"
        "beide/das erste/das zweite/das letzte"
    ),
    fillers=words(
        "äh ähm hm also na naja ja nein so okay ok nun jetzt bitte mal hey hallo hi und aber dann "
        "ach oh eigentlich sag"
    ),
    greetings=words(
        "hey hallo hi ok okay oh na also äh ähm ach und aber bitte jetzt danke ja nein servus "
        "moin morgen abend tag guten gute nacht tschüss sag entschuldige liebe lieber"
    ),
    asides=ASIDES_IN_GERMAN,
    hailing_phrases=HAILING_IN_GERMAN,
    parts=PARTS_IN_GERMAN,
    lone_verbs=LONE_VERBS_IN_GERMAN,
    epithets=EPITHETS_IN_GERMAN,
    degrees=words("nicht zu so sehr ziemlich"),
    subject_openings=words("das hier da jemand niemand"),
    opinion_verbs=words("glaube denke hoffe schätze vermute"),
    clause_objects=words("es"),
    polite_ends=words(
        "danke bitte hey hallo hi tschüss morgen abend tag nacht okay ok ja nein stopp auf jetzt "
        "falsch richtig gut super toll prima klasse fertig heute später nochmal da hier"
    ),
    object_ends=words("an aus ein auf zu vor ab mir uns das"),
    question_ends=words("aus her hin das dazu davon"),
    calls=words("hey hallo hi okay ok"),
    you=words("du dich dir dein deine deinen deinem deiner ihr euch euer eure"),
    we=words("wir uns unser unsere"),
    crowd=words("leute alle zusammen"),
    about_before=words(
        "mit von zu zum zur für über bei der die das dem den ein eine einen mein meine dein unser "
        "frag frage fragen gefragt heißt hat hatte ist war kann wird und oder wie dass wenn weil "
        "ohne als an durch habe hast mag liebe kennt kennst kenne meint nach gegen neuer neue"
    ),
    about_after=words(
        "hat hatte ist war sagt sagte kann konnte wird weiß wusste meint meinte erzählt erzählte "
        "macht machte gibt gab und oder mag will wollte soll muss geht ging kam hilft half immer "
        "nie auch schon funktioniert heißt"
    ),
    inverting=words(
        "ist sind war hast hat kannst kann könntest willst wird würdest soll sollen darf muss "
        "gibt haben"
    ),
    pronouns=words("du ich wir es ihr er man"),
    determiners=words("das die der mein meine unser sie ein eine"),
    prepositional_verbs=words("stehen bestehen halten"),
    causatives=words("lass lasst lassen"),
    departures=words("verlassen"),
    gap_pasts=words("sagte meinte wollte brauchte dachte"),
    indefinites=words("ein eine"),
    follow_up_ends=phrases("auch/stattdessen/noch dazu"),
    own_objects=words("mir mich uns"),
    genitives=words("von"),
    personal_verbs=words("willst möchtest magst denkst meinst findest fühlst weißt"),
    indefinite_determiners=words("ein eine einen einem einer eines irgendein irgendeine"),
    adverbs=words("nur manchmal oft nie immer noch wahrscheinlich vielleicht auch schon gerade"),
    finite_endings=("t",),
    no_finite=words("jetzt licht nicht gut zeit seit erst fast selbst recht zuletzt zuerst mit"),
    behind_finite=words(
        "mit mich dich mir dir uns nicht nie zu wohl auch immer komisch schon ein einen wieder "
        "über nur"
    ),
    negations=words("nicht nie"),
    past_times=words("gestern vorgestern vorhin neulich"),
    times=words(
        "heute morgen gestern montag dienstag mittwoch donnerstag freitag samstag sonntag ostern "
        "weihnachten"
    ),
    comparatives=words("mehr weniger"),
    comparative_endings=("er",),
    than=words("als"),
    opinion_phrases=phrases("wie findest du/wie fandest du"),
    auxiliaries=words("hat haben hatte"),
    plural_verbs=words("sind haben bist hast kannst könntest willst weißt"),
    modals=words("kann könnte wird würde soll sollte muss darf"),
    bare_verbs=words("gehen kommen fahren kosten offen auf zu noch schon immer an"),
    gap_verbs=words("sagen denken machen tun wissen meinen empfehlen sehen hören"),
    phrasal_verbs=words("mach mache schalt schalte stell stelle dreh"),
    superlatives=words("beste schlechteste einzige erste letzte gleiche name grund"),
    described_by=words("von der die das für mit in zu aus und oder wo als"),
    appositions=words(
        "freund freundin bruder onkel bot roboter assistent agent butler name programm"
    ),
    gap_words=words("was welche welchen welches wen"),
    particle_ends=words("zusammen zurück"),
    participles=words(
        "angefangen begonnen gekommen gegangen gewesen gefunden verloren gewonnen angekommen "
        "geschrieben abgefahren geschlossen"
    ),
    naming_verbs=words("heißt hieß nenne nennst nennt nennen genannt"),
    openings=words("ein eine irgendein irgendeine"),
    giving_verbs=words("gib zeig bring schick kauf"),
    transitives=words("gefunden gekauft gesehen geholt gefragt installiert"),
    contractions=words("ists"),
    naming_phrases=phrases("nenne es/nenne ihn/nennst du ihn"),
    naming_forms=words("nenne nennst nennt nennen nannte nannten taufte tauften"),
    reflexives=words("sich mich dich uns selbst"),
    intransitives=words("da hier weg los dran fertig müde wach"),
    wishes=phrases(
        "ich brauche/wir brauchen/ich will/wir wollen/ich möchte/ich hätte gern/ich suche/"
        "wir suchen"
    ),
    infinitives=words("zu jemand jemanden"),
    prepositions=words("mit für in im auf aus von vom bei beim an am ohne unter vor hinter"),
    copulas=words("ist sind war waren bin bist"),
    alternatives=words("oder"),
    relays=words("frag frage"),
    indirect=words("zu ob dass"),
    switch_phrases=phrases(
        "wechsle zu/wechsel zu/schalte um auf/ich möchte mit/gib mir/hol/lass mich mit"
    ),
    day_times=DAY_TIMES_IN_GERMAN,
    everyday=EVERYDAY_IN_GERMAN,
    limits=LIMITS_IN_GERMAN,
    months=MONTHS_IN_GERMAN,
    quantities=QUANTITIES_IN_GERMAN,
    weekdays=WEEKDAYS_IN_GERMAN,
    hesitations=words("äh ähm öh öhm"),
    no_verbs=words("ich"),
    objects=words("mir"),
    particles=words("mal doch einfach halt eben bitte lieber noch"),
    physical_verbs=words(
        "komm geh bring wirf fang iss trink wasch putz wisch rühr probier zieh drück spring lauf "
        "renn bleib beeil räum heb klopf fass reich"
    ),
    physical_phrases=phrases(
        "gib mir mal/gib her/gib mir dein/gib mir deine/gib mir deinen/gib ihm/gib ihr/hol mir/"
        "mach die tür/mach das fenster/lass mich/lass das/halt mal/halt das/sag ihm/sag ihr/"
        "nimm deine/nimm dein/nimm das/leg das/stell dich/setz dich/pass auf/hör auf damit/"
        "warte auf mich/schau mal her/guck mal/schau dir/guck dir/zieh dich/hilf mir mal/"
        "zeig mal her"
    ),
    peer_terms=words("alter digga mann schatz mama papa kumpel liebling bruder junge"),
    third_persons=words("er ihn ihm"),
    task_phrases=TASKS_IN_GERMAN,
    task_objects=TASK_OBJECTS_IN_GERMAN,
    reactions=words("oh ach naja tja siehst wow"),
    negated_verbs=words("nicht"),
    remarked=words("sowas daran"),
    anaphors=words("es das er ihn ihm sie ihr die davon dazu"),
    first_persons=words("ich"),
    possessives=words("mein meine meinen meinem meiner unser unsere unseren unserem"),
    deictics=words("hier diese dieser dieses diesen da drüben"),
    polarity_items=words("jemals"),
    indefinite_pronouns=words("jemand irgendwer irgendjemand"),
    knowing_verbs=words(
        "weiß weißt wissen schau schaut nachsehen nachschauen google sag sagt ahnung"
    ),
    remaining=words("übrig"),
    time_units=words("zeit minuten sekunden stunden tage wochen monate"),
    human_only_phrases=phrases(
        "wer will/wer möchte/wer hat/wer ist dran/wer kommt/wer war das/wer ist das/wo ist mein/"
        "wo ist meine/wo sind meine/wo habe ich/wo hab ich/was machen wir/was essen wir/wollen wir/"
        "sollen wir/gehen wir/haben wir/können wir/müssen wir/sind wir/was gibts/was gibt es zu/"
        "hast du/habt ihr/willst du/kommst du/bist du/seid ihr/"
        "warst du/nimmst du/wo warst du/magst du/möchtest du/soll ich dir/soll ich euch/"
        "soll ich schon/wer fängt/wer ist heute"
    ),
    who_phrases=phrases("wer ist am/wer ist gerade am"),
    generic_phrases=phrases("wie macht man/wie kann man/wie sagt man/was macht man/wie nennt man"),
    irony_phrases=phrases(
        "na toll/na super/na klasse/na prima/na wunderbar/ja klar/ja sicher/ja genau/"
        "ach wirklich/wie schön/wie nett/was für eine überraschung/als ob/ganz toll/super gemacht"
    ),
    read_phrases=phrases(
        "hier steht/da steht/er schreibt/sie schreibt/hör dir das an/hört euch das an/zitat/"
        "es war einmal"
    ),
    read_headings=words("kapitel seite frage regel schritt absatz abschnitt artikel teil aufgabe"),
    numbers=words(
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig"
    ),
    hello=words("hallo hi hey"),
    phone_phrases=phrases(
        "am apparat/hier ist/hier spricht/ja hallo/ja hier/ich bins/wer ist da/ja bitte/grüß dich"
    ),
    farewells=words("tschüss tschüs ciao wiederhören"),
    kin=words("mama mutti papa vati oma opa schatz liebling"),
    respelt=MappingProxyType({"dsch": "j", "tsch": "j", "w": "v"}),
)
