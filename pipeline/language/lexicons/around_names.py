"""What stands around a called name: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import phrases, words

ASIDES_IN_ENGLISH: Final = phrases(
    "never mind/not now/one second/one moment/just a second/just a moment/just a minute/"
    "wait a second/wait a moment/wait a minute/hold on/hang on/come on/of course/by the way/"
    "to be honest/honestly/seriously/really/speaking of that/speaking of which/"
    "in that case/excuse me/im sorry/sorry about that/no problem/no worries/dont worry/"
    "good point/good question/good idea/good job/good to know/good luck/good one/nice one/"
    "nice try/well done/fair enough/all right/lets see/next time/this time/my mistake/my bad/"
    "my fault/your turn/my turn/makes sense/that makes sense/that makes no sense/got it/"
    "i got it/i get it/youre welcome/see you/see you soon/see you later/see you tomorrow/"
    "if you like/if you want/if you can/you know what/guess what/first of all/"
    "for example/for now/at last/as always/as usual/no way/big mistake/same here/"
    "bad idea/great idea/great job/great work/nice work/good work/what a shame/what a pity/"
    "shut up/hurry up/wake up/speak up/cheer up/slow down/calm down/go on/carry on/keep going/"
    "go ahead/let me think/let me know/forget it/forget about it"
)
HAILING_IN_ENGLISH: Final = phrases(
    "calling/paging/hailing/earth to/ground control to/houston to/come in/do you copy/"
    "do you read me/come back to us"
)
EPITHETS_IN_ENGLISH: Final = words(
    "old dear good great clever smart brilliant wise silly stupid sweet lovely beloved trusty "
    "faithful mighty almighty"
)

ASIDES_IN_GERMAN: Final = phrases(
    "macht nichts/schon gut/vergiss es/egal/jetzt nicht/noch nicht/nicht jetzt/einen moment/"
    "moment mal/warte mal/warte kurz/übrigens/ehrlich gesagt/ehrlich/im ernst/wirklich/"
    "apropos/ach so/in dem fall/tut mir leid/kein problem/keine sorge/gute frage/gute idee/"
    "gut gemacht/guter punkt/mal sehen/nächstes mal/diesmal/mein fehler/bis morgen/bis später/"
    "bis bald/weißt du was/zum beispiel/fürs erste/na gut/also gut/alles klar/noch eine frage/"
    "noch was/noch etwas/eins noch"
)
HAILING_IN_GERMAN: Final = phrases("rufe/ich rufe/erde an/zentrale an/bitte kommen/bitte melden")
EPITHETS_IN_GERMAN: Final = words(
    "alter alte lieber liebe guter gute kluger kluge schlauer schlaue dummer dumme werter werte "
    "treuer treue großer große"
)
