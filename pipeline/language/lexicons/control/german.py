"""What ends a reply in German."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

GERMAN: Final = ControlWords(
    stops=phrases(
        "stopp/stop/stoppe/stoppen/halt/halt an/aufhören/abbrechen/abbruch/brich ab/brich das ab/"
        "hör auf/höre auf/hört auf/hör auf damit/hör damit auf/hör auf zu reden/"
        "hör auf zu sprechen/hör auf zu quatschen/hör auf zu lesen/hör auf zu erzählen/"
        "hör auf vorzulesen/hör auf zu labern/hör auf zu quasseln/hör auf zu plappern/"
        "hör auf zu schwafeln/hör auf zu singen/aufhören zu reden/aufhören zu sprechen/"
        "damit aufhören/sei still/sei ruhig/sei leise/sei stumm/still/still sein/ruhig sein/"
        "leise sein/ruhe/stille/ruhe da/gib ruhe/halt die klappe/halt den mund/halt den rand/"
        "halt die fresse/halt das maul/halt dein maul/halts maul/halt die schnauze/schnauze/"
        "klappe/klappe zu/mund zu/schweig/schweige/das reicht/das reicht mir/es reicht/"
        "es reicht mir/mir reicht es/mir reichts/reicht/jetzt reichts/jetzt reicht es/das genügt/"
        "es genügt/das ist genug/genug/genug davon/genug damit/jetzt ist genug/es ist genug/"
        "nun ist genug/schluss/schluss damit/schluss aus/vergiss es/vergiss das/schon gut/"
        "ist schon gut/ist gut/lass gut sein/lass es gut sein/lass es/lass das/egal/ist egal/pst/"
        "psst/pscht/psch/sch/schh/schhh/sh/shh/er soll aufhören/du sollst aufhören/"
        "dass du aufhörst/seid still/seid ruhig/seid leise/genug geredet/genug gelabert/"
        "genug gehört/nicht weiterreden/nicht weitersprechen/nicht weiterlesen/nicht mehr reden/"
        "red nicht weiter/rede nicht weiter/sprich nicht weiter/lies nicht weiter/"
        "sag nichts mehr/kein wort mehr/lass mal/er soll still sein/du sollst still sein/"
        "er soll ruhig sein/zu reden aufhören/hören sie auf/hören sie bitte auf/"
        "hören sie auf zu reden/hören sie auf zu sprechen/seien sie still/seien sie ruhig/"
        "seien sie leise/schweigen sie/stoppen sie/brechen sie ab/stopp das/stoppe das/stopp es/"
        "beende das/beende es/beenden/brich es ab/das abbrechen/schweigen/verstumme/mund halten/"
        "maul halten/fresse halten/klappe halten/schnauze halten/den mund halten/"
        "die klappe halten/den rand halten/das maul halten/die fresse halten/die schnauze halten/"
        "maul/fresse/maul zu/goschn/gusch/halt die gosch/halt die goschn/halt die goschen/"
        "halt die backen/halt deinen mund/halt deine klappe/halt deine fresse/halt den schnabel/"
        "halt deinen schnabel/schnabel halten/mach den mund zu/mach die klappe zu/mach schluss/"
        "mach ein ende/mach stopp/ende/aus/ende aus/aus die maus/ende gelände/ende der durchsage/"
        "das langt/es langt/mir langts/mir langt es/jetzt langts/jetzt langt es/langt/"
        "das reicht aber/jetzt reicht es aber/jetzt reichts aber/nun reicht es aber/"
        "das war genug/genug ist genug/ich habe genug gehört/ich hab genug gehört/"
        "ich hab genug davon/ich habe genug davon/das ist wirklich genug/is gut/is ja gut/"
        "ist ja gut/ja is gut/is schon gut/lass es sein/lass das sein/lass sein/lass das jetzt/"
        "lass stecken/lass bleiben/lass es bleiben/lass das bleiben/lass das gerede/"
        "lass das gelaber/ich will nichts mehr hören/ich möchte nichts mehr hören/"
        "ich will nichts hören/ich will das nicht hören/ich will das nicht mehr hören/"
        "ich möchte das nicht hören/ich will davon nichts hören/nichts mehr sagen/"
        "sag nichts weiter/nicht ein wort mehr/keinen ton mehr/rede nicht mehr/red nicht mehr/"
        "sprich nicht mehr/lies nicht mehr weiter/erzähl nicht weiter/erzähle nicht weiter/"
        "nicht mehr weiterreden/nicht mehr sprechen/vergessen wir das/vergessen wir es/"
        "lassen wir das/lassen wir es/lassen wir es gut sein/belassen wir es dabei/"
        "ruhe im karton/ruhe dahinten/ruhe da hinten/leise sein jetzt/stillsein/ruhig jetzt/"
        "stumm schalten/schalte dich stumm/schalt dich stumm"
    )
    | each_with(
        "stopp/stop/beende/brich/hör auf mit/genug von/schluss mit/hör mit",
        "die geschichte/der geschichte/die erklärung/der erklärung/die antwort/der antwort/"
        "die liste/der liste/den vortrag/dem vortrag/die rede/der rede/den witz/dem witz/"
        "das gedicht/dem gedicht/das gerede/dem gerede/das vorlesen/dem vorlesen",
    ),
    waits=phrases(
        "warte/wart/warten/warte mal/wart mal/moment/moment mal/einen moment/kleinen moment/"
        "ein moment/sekunde/eine sekunde/einen augenblick/augenblick/augenblick mal/minute/"
        "eine minute/warte einen moment/warte eine sekunde/warte eine minute/pause/"
        "mach eine pause/mach pause/das ist alles/das wars/mehr nicht/nicht weiter/"
        "du musst nicht weitermachen/du brauchst nicht weiterreden/mehr als genug/"
        "das ist mehr als genug/mehr brauche ich nicht/mehr brauch ich nicht/"
        "das ist alles was ich brauche/überspring den rest/spar dir den rest/warten sie/"
        "warten sie mal/warten sie bitte/warten sie kurz/warten sie einen moment/wart kurz/"
        "warte kurz/warte einen augenblick/warte eine kurze sekunde/warte noch/warte noch kurz/"
        "einen kurzen moment/kurzen moment/momentchen/sekündchen/minütchen/ein momentchen/"
        "ein sekündchen/einen kleinen augenblick/eine kleine sekunde/eine kurze sekunde/"
        "zwei sekunden/zwei sekündchen/halbe sekunde/gib mir eine sekunde/gib mir einen moment/"
        "gib mir eine minute/kurze pause/eine pause/mach eine kurze pause/mach kurz pause/"
        "halt an/halt inne/halte ein/pausiere/pausieren/das wärs/das wär alles/das war alles/"
        "dabei belassen"
    ),
    around=phrases(
        "bitte/jetzt/nun/sofort/endlich/mal/doch/doch mal/einfach/kurz/bloß/gefälligst/hey/he/"
        "hallo/ok/okay/oh/ach/ach so/ah/äh/ähm/so/und/na/na gut/gut/gut so/also/ja/jaja/nein/ne/"
        "nee/nö/ey/boah/mann/mensch/schön/super/prima/toll/perfekt/wunderbar/sehr gut/klar/"
        "alles klar/in ordnung/danke/danke schön/dankeschön/danke dir/vielen dank/entschuldigung/"
        "sorry/kannst du/könntest du/würdest du/willst du/kannst du bitte/du kannst/du darfst/"
        "du sollst/du solltest/ich will/ich möchte/ich habe gesagt/ich hab gesagt/ich sagte/"
        "hab ich gesagt/ich habs verstanden/ich hab es verstanden/ich habe es verstanden/"
        "ich habs kapiert/verstanden/kapiert/ich verstehe/ich weiß/schon/damit/hier/da/"
        "für den moment/fürs erste/erst mal/erstmal/für heute/einen moment/eine sekunde/"
        "eine minute/um gottes willen/mein gott/oh gott/verdammt/verdammt noch mal/sag/noch mal/"
        "aber jetzt/jetzt aber/aber nun/bitte bitte/bitteschön/bitte sehr/komm/komm schon/"
        "komm jetzt/hör mal/hörst du/sag mal/schau/schau mal/guck mal/ach gott/ach du meine güte/"
        "meine güte/du meine güte/ach komm/ach nein/oje/oh je/ojemine/herrje/herrjeh/herrgott/"
        "herrgott noch mal/herrgott nochmal/himmel/himmel noch mal/himmel herrgott/"
        "um himmels willen/lieber gott/lieber himmel/großer gott/oh mann/oh mein gott/och/och nö/"
        "och nee/och mensch/puh/uff/ui/hm/hmm/öh/öhm/eh/tja/hach/menschenskind/zum teufel/"
        "zum teufel noch mal/zum kuckuck/verflixt/verflucht/verdammte scheiße/scheiße/mist/"
        "verdammt nochmal/nochmal/bot/roboter/maschine/du bot/du roboter/du maschine/blöder bot/"
        "du blöder bot/blöde maschine/du blöde maschine/dumme maschine/merci/besten dank/"
        "danke sehr/danke vielmals/tausend dank/dank dir/ich danke dir/servus/okay gut/"
        "schon klar/genau/richtig/fein/schön gut/passt/geht klar/alles gut/so jetzt/sei so gut/"
        "sei so gut und/sei so nett/sei so nett und/sei so lieb/sei so lieb und/bist du so gut/"
        "wärst du so nett/wärst du so gut/wärst du so lieb/wenn du magst/wenn es geht/wenns geht/"
        "können sie/könnten sie/würden sie/wollen sie/sie können/kannst du jetzt/ich bitte dich/"
        "ich flehe dich an/ich hab dir gesagt/ich habe dir gesagt/ich sag/ich sage/"
        "ich hab doch gesagt/ich habe doch gesagt/auf der stelle/augenblicklich/unverzüglich/"
        "umgehend/ein für alle mal/ein für allemal/jetzt gleich/jetzt sofort/endgültig/"
        "das weiß ich schon/das weiß ich/weiß ich schon/weiß ich/ich weiß schon/hab verstanden/"
        "habs verstanden/hab ich verstanden/hab kapiert/habs kapiert/ich hab verstanden/"
        "ich habe verstanden/schon verstanden/schon kapiert/willst du wohl/würdest du wohl/"
        "wirst du wohl"
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
    particles=words(
        "bitte jetzt mal doch endlich einfach bloß sofort kurz nun gefälligst schon wohl "
        "verdammt verflucht einmal"
    ),
    statements=phrases(
        "das reicht/es reicht/reicht/das genügt/ist gut/es ist genug/das ist genug/"
        "mehr als genug/alles was ich brauche/das langt/es langt/langt/ist ja gut/is gut/"
        "is ja gut/das war genug/das war alles/das wärs/ende/aus/schluss"
    ),
    negations=phrases(
        "nicht genug/reicht nicht/ende gut/so still/so leise/schön still/schön leise/reicht aus/"
        "halt still/hier warten/da warten/warte hier/warte da/wart hier/wart da/warten sie hier/"
        "warten sie da/lass das da/lass das hier/lass es da/lass es hier/ich will aufhören/"
        "ich möchte aufhören/ich will jetzt aufhören/ich möchte jetzt aufhören/"
        "ich will damit aufhören/ich möchte damit aufhören/ich will warten/ich möchte warten/"
        "du kannst warten/sie können warten"
    ),
)
