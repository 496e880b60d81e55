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
        "stumm schalten/schalte dich stumm/schalt dich stumm/laber nicht/labere nicht/"
        "laber nicht so viel/labere nicht so viel/laber nicht so/red nicht so viel/"
        "rede nicht so viel/red nicht/rede nicht/red nicht so/sprich nicht so viel/sprich nicht/"
        "quatsch nicht/quatsch nicht so viel/quassel nicht/bleib still/bleib ruhig/bleib stumm/"
        "bleib leise/jetzt ist schluss/nun ist schluss/jetzt ist aber schluss/"
        "jetzt ist aber gut/jetzt ist gut/jetzt ist mal gut/nun ist gut/nun ist aber gut/"
        "jetzt ist aber genug/jetzt ist ruhe/lass mich reden/lass mich ausreden/"
        "lass mich sprechen/lass mich mal reden/lass mich mal ausreden/lass uns ausreden/"
        "lasst mich reden/lasst mich ausreden/fass dich kurz/mach es kurz/machs kurz/"
        "hör auf mich zu unterbrechen/hör auf uns zu unterbrechen/hör auf zu unterbrechen/"
        "unterbrich mich nicht/unterbrich uns nicht/hör auf zu antworten/antworte nicht mehr/"
        "hör auf zu nerven/nerv nicht/nerv mich nicht/fall mir nicht ins wort/"
        "hör auf mit dem krach/hör auf mit dem lärm/mach keinen lärm/mach keinen krach/"
        "hör auf mit dem quatsch/hör auf mit dem unsinn"
    )
    | each_with(
        "ich will dass du/ich möchte dass du/ich bitte dich dass du/es wäre schön wenn du/"
        "es wäre nett wenn du/es wäre gut wenn du/wie wärs wenn du/wie wäre es wenn du/"
        "ich wäre dir dankbar wenn du/ich wäre froh wenn du/mir wäre es lieber wenn du/"
        "mir wäre lieber wenn du/ich fände es gut wenn du/besser du/wird zeit dass du/"
        "es wird zeit dass du",
        "aufhörst/aufhören würdest/aufhören könntest/still bist/still wärst/still sein würdest/"
        "ruhig bist/ruhig wärst/leise bist/den mund hältst/die klappe hältst/"
        "den mund halten würdest/die klappe halten würdest/schweigst/schweigen würdest",
    )
    | each_with(
        "wenn du",
        "aufhören würdest/aufhören könntest/still sein könntest/ruhig sein könntest/"
        "leise sein könntest/den mund halten könntest/die klappe halten könntest",
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
        "wirst du wohl/wirklich/echt/computer/assistent/sprachassistent/ki"
    ),
    before=phrases(
        "tut mir leid/entschuldige/entschuldige die störung/tschuldigung/"
        "sorry wenn ich unterbreche/sorry dass ich unterbreche/entschuldige wenn ich unterbreche/"
        "mal ehrlich/ganz ehrlich/ehrlich gesagt/ehrlich/jedenfalls/wie auch immer/langweilig/"
        "wie langweilig/so langweilig/falsch/ganz falsch/ups/hoppla/huch/schnell/los/natürlich/"
        "selbstverständlich/na klar/auf jeden fall/klingt gut/hört sich gut an/macht sinn/"
        "das macht sinn/ergibt sinn/das ergibt sinn/mir egal/ist mir egal/das ist mir egal/"
        "wen interessierts/wen interessiert das/interessiert mich nicht/"
        "das interessiert mich nicht/das interessiert keinen/das interessiert niemanden/"
        "interessiert keinen/noch einmal/zum letzten mal/zum allerletzten mal/ein letztes mal/"
        "letzte warnung/das ist die letzte warnung/ich sags zum letzten mal/"
        "ich sage es zum letzten mal/hörst du mich/hörst du mich nicht/kannst du mich hören/"
        "hast du mich gehört/hast du mich nicht gehört/hast du gehört/hörst du zu/hörst du mir zu/"
        "hörst du überhaupt zu/bist du taub/langsam/mach langsam/vielleicht/ich glaube/ich denke/"
        "ich finde/ich schätze/ich glaub/ich denk/tu mir den gefallen/tu mir den gefallen und/"
        "tu mir einen gefallen/tu mir einen gefallen und/tu uns den gefallen und/"
        "mach mir die freude und/sei so freundlich/sei so freundlich und/sei lieb und/"
        "kannst du nicht/könntest du nicht/kannst du vielleicht/könntest du vielleicht/"
        "würdest du vielleicht/können sie vielleicht/könnten sie vielleicht/würden sie vielleicht/"
        "könntest du bitte so nett sein und/kannst du so nett sein und/"
        "könntest du so freundlich sein und/wärst du so freundlich/wärst du so freundlich und/"
        "wärst du so nett und/wärst du so gut und/magst du/magst du nicht/möchtest du/"
        "möchtest du nicht/wie wärs/wie wäre es/wie wärs mit/wie wäre es mit/ein bisschen/"
        "du solltest besser/du solltest lieber/würde es dir was ausmachen/"
        "würde es dir etwas ausmachen/ich fordere dich auf/ich befehle dir/ihr beide/ihr beiden/"
        "beide"
    ),
    links=phrases("aber"),
    remarks=phrases(
        "im ernst/ernsthaft/echt jetzt/ich meine es ernst/ich mein es ernst/"
        "ich meins ernst/ich meine das ernst/das meine ich ernst/das ist mein ernst/mein ernst/"
        "kein witz/kein scherz/kein spaß/wir wissen es/das wissen wir/wissen wir/wir wissen das/"
        "wir wissen/das wissen wir schon/das kenne ich schon/kenn ich schon/kenne ich schon/"
        "ich bin fertig/bin fertig/wir sind fertig/fertig/ich bin durch/nicht jetzt/jetzt nicht/"
        "zu laut/zu viel/so viel gerede/zu viel gerede/zu viel gelaber/so ein gelaber/"
        "du unterbrichst mich/du unterbrichst uns/du unterbrichst/du störst/du störst mich/"
        "du störst uns/du nervst/du nervst mich/du nervst uns/du gehst mir auf die nerven/"
        "du gehst mir auf den keks/du gehst mir auf den sack/du wiederholst dich/"
        "du hörst nicht auf zu reden/das nervt/es nervt/nervt/das stört/ich habe alles/"
        "ich hab alles/ich habe was ich brauche/ich hab was ich brauche/"
        "ich habe alles was ich brauche/ich hab alles was ich brauche/"
        "ich brauche nicht die ganze geschichte/ich brauche nicht alle details/"
        "ich brauche das nicht/das brauche ich nicht/das brauch ich nicht/"
        "so genau will ich es nicht wissen/so genau will ichs nicht wissen/"
        "so genau wollte ich es nicht wissen/so genau wollte ichs nicht wissen/"
        "das wollte ich nicht wissen/das will ich nicht wissen/ich will es nicht wissen/"
        "ich habe nicht gefragt/ich hab nicht gefragt/ich hab dich nicht gefragt/"
        "ich habe dich nicht gefragt/dich hat keiner gefragt/ich rede nicht mit dir/"
        "ich hab nicht mit dir geredet/den rest kenne ich/den rest kenn ich/du bist gemeint"
    )
    | each_with(
        "du redest/du quatschst/du laberst/du sprichst/du erzählst",
        "zu viel/so viel/viel zu viel/zu lange/zu laut/so laut/mir zu viel",
    )
    | each_with(
        "das ist/es ist/ist/das wird/es wird",
        "gut so/okay/ok/in ordnung/super/toll/prima/schön/perfekt/nervig/langweilig/zu lang/"
        "zu laut/zu viel/mir zu viel/mir zu lang/mir zu laut/spät/zu spät/schon spät/unsinn/"
        "quatsch",
    )
    | phrases("das passt/passt so/passt schon/es ist gut/das ist gut")
    | each_with("du bist", "zu laut/so laut/laut/nervig/so nervig/langweilig/unhöflich/unmöglich")
    | each_with(
        "/du/du blöder/du dummer/du verdammter/du nutzloser/du dämlicher/blöder/dummer/"
        "du scheiß/scheiß/verdammter",
        "idiot/trottel/depp/dummkopf/vollidiot/schwachkopf/blödmann/arsch/penner/spinner/esel/"
        "roboter/bot/computer/assistent/blechhaufen",
    )
    | each_with(
        "/du/du blöde/du dumme/du verdammte/du nutzlose/du dämliche/blöde/dumme/verdammte",
        "blechkiste/blechdose/blechbüchse/labertasche/laberbacke/quasselstrippe/ki/maschine/nuss",
    )
    | each_with(
        "/du/du blödes/du dummes/du verdammtes/blödes/dummes/verdammtes",
        "arschloch/stück scheiße/stück dreck/ding/scheißding/mistding",
    ),
    described=words("genug still ruhig leise stumm ruhe stille schluss ende aus halt"),
    reasons=each_with(
        "ich/ich bin/ich bin gerade/ich bin grad/wir sind/wir sind gerade",
        "am telefon/am telefonieren/am reden/am arbeiten/am schlafen/am essen/am nachdenken/"
        "beschäftigt/müde/im gespräch/in einem gespräch/in einer besprechung/in einem meeting/"
        "in einem call/im meeting",
    )
    | each_with(
        "ich telefoniere/ich rede/wir reden/wir unterhalten uns/ich unterhalte mich/ich spreche/"
        "wir sprechen/ich arbeite/ich esse/ich schlafe/ich denke nach/ich überlege/ich lese/"
        "ich bekomme einen anruf/ich kriege einen anruf",
        "/gerade/grad/jetzt/noch",
    )
    | each_with(
        "ich muss/ich muss mal/ich muss kurz/ich muss jetzt/wir müssen/ich versuche/"
        "ich versuche gerade/ich versuche hier/ich will/ich möchte",
        "nachdenken/nachzudenken/überlegen/zu überlegen/telefonieren/zu telefonieren/schlafen/"
        "zu schlafen/arbeiten/zu arbeiten/mich konzentrieren/mich zu konzentrieren/"
        "mich unterhalten/mich zu unterhalten/zu reden/zu hören/zu denken/denken/los/weg/"
        "rangehen/ans telefon/an die tür/ins bett/zuhören/zuzuhören",
    )
    | phrases(
        "ich höre nichts/ich hör nichts/ich kann nichts hören/ich kann nichts verstehen/"
        "ich verstehe kein wort/man versteht nichts/man hört nichts/ich kann nicht denken/"
        "ich kann nicht schlafen/ich kann mich nicht konzentrieren/ich höre sie nicht/"
        "ich höre ihn nicht/es hat geklingelt/es klingelt/das telefon klingelt/"
        "mein telefon klingelt/mein handy klingelt/ich habe besuch/ich hab besuch/"
        "wir haben besuch/da kommt jemand/jemand kommt/es kommt jemand/jemand ruft an/"
        "jemand ruft mich an/jemand schläft/hier schläft jemand/hier schlafen leute"
    )
    | each_with(
        "jemand ist/jemand steht/da ist jemand/es ist jemand/da steht jemand/hier ist jemand",
        "an der tür/vor der tür/am telefon/hier/da",
    )
    | each_with(
        "das baby/das kind/mein sohn/meine tochter/meine frau/mein mann/mein freund/"
        "meine freundin/mein chef/meine chefin/meine mutter/mein vater/meine mama/mein papa",
        "schläft/redet/spricht/ruft an/ruft/weint/telefoniert/ist da/ist hier/ist am telefon/"
        "will schlafen/will reden",
    )
    | each_with("die kinder/die anderen/meine kinder", "schlafen/reden/sind da/wollen schlafen"),
    no_reasons=words(
        "über von auf für aber sondern oder ob kann kannst könntest würdest sollst bitte sag spiel "
        "stell mach meine meinte nicht kein keine anderen andere anderes eher eigentlich wo wann "
        "warum wie wer was bis nachdem bevor dann an"
    ),
    tags=phrases(
        "okay/ok/bitte/klar/ist das klar/alles klar/verstanden/kapiert/hörst du/hörst du mich/"
        "hast du gehört/hast du verstanden/hast du kapiert/verstehst du/verstehst du das/"
        "willst du wohl/würdest du/könntest du/kannst du"
    ),
    doubts=phrases(
        "echt/echt jetzt/wirklich/ehrlich/im ernst/ernsthaft/nicht wahr/kein scheiß/was/"
        "das ist dein ernst/dein ernst/meinst du das ernst"
    ),
    titles=phrases(
        "herr/frau/lieber/liebe/mein lieber/meine liebe/mein freund/mein guter/meine gute/"
        "mein junge/schatz/mein schatz/alter freund/guter/freundchen"
    ),
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
    )
    | each_with(
        "gut/sehr gut/schön/super/toll/prima/fein/klar/richtig/perfekt/wunderbar/genau",
        "genug",
    ),
)
