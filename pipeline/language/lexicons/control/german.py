"""What ends a reply in German."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

GERMAN: Final = ControlWords(
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
    | each_with(
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
