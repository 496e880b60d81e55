"""What stands around a called name: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import phrases, words

ABOUT_BEFORE_IN_ENGLISH: Final = words(
    "with about to for from of by at in on like than without the a an my your our his her "
    "their this that these those ask asks asked asking tell tells told telling use used using "
    "love loves hate hates name named called is was are were am be been did does do has have "
    "had will would can could should whats whos wheres hows says said that and or let made "
    "using meet met see saw mean means heard hear know knows new old if when because think "
    "thinks thought call invite kick restart install update join joined leave as via over "
    "behind versus vs but except besides uses adores fears marry trust trusts want wants need "
    "needs give gives gave showed blame bother wake mute remember miss understand believe "
    "even poor says turn buy bought buys install installed except not only maybe spell "
    "pronounce uninstall uninstalled build built fix fixed broke blames likes gets got called "
    "encourage interrupt annoy tease insult poke upset offend distract confuse provoke bully mock"
)
ABOUT_AFTER_IN_ENGLISH: Final = words(
    "told said says is was has had does did will would can could should cant couldnt "
    "wont doesnt didnt isnt wasnt hasnt answers answered knows knew thinks thought gave gives "
    "made makes likes liked works worked keeps kept got gets went always never just also "
    "really already and or s seems sounds looks helped helps needs wants wanted plays played "
    "goes thought hears heard understands understood starts started talks talked speaks spoke "
    "takes took comes came finds found loves loved hates hated tries tried uses used sucks "
    "ignores ignored crashed died lied refuses refused might must wouldve shouldve again too "
    "became becomes feels felt misses missed messed instead ought of himself itself herself "
    "costs runs means owns lives stands beats"
)
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
    "for example/for now/as always/as usual/no way/big mistake/same here/no offense/no offence/"
    "fire away/you too/you as well/"
    "bad idea/great idea/great job/great work/nice work/good work/what a shame/what a pity/"
    "shut up/hurry up/wake up/speak up/cheer up/slow down/calm down/go on/carry on/keep going/"
    "that helps/that doesnt help/that didnt help/that hurts/that hurt/"
    "go ahead/at last/at least/at any rate/let me think/let me know/forget it/forget about it"
)
HAILING_IN_ENGLISH: Final = phrases(
    "calling/paging/hailing/earth to/ground control to/houston to/come in/do you copy/"
    "do you read me/come back to us"
)
EPITHETS_IN_ENGLISH: Final = words(
    "old dear good great clever smart brilliant wise silly stupid sweet lovely beloved trusty "
    "faithful mighty almighty"
)
PARTS_IN_ENGLISH: Final = words(
    "either neither both each all some most none many few any one two three half several"
)
LONE_VERBS_IN_ENGLISH: Final = words(
    "go come wait laugh talk speak listen look sleep sit live die stay smile cry dream belong "
    "depend happen arrive begin breathe cough sneeze snore shout scream whisper stare complain "
    "agree argue behave hurry rain vanish disappear exist migrate yawn bark deal suffer consist "
    "care worry point aim apologise apologize lie rhyme matter went came slept sat died fell "
    "rose froze fallen gone"
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
PARTS_IN_GERMAN: Final = words(
    "einer eine eines beide keiner keine keines jeder jede alle einige manche viele wenige"
)
LONE_VERBS_IN_GERMAN: Final = words(
    "gehen kommen warten lachen reden schlafen sitzen leben sterben bleiben lächeln weinen "
    "träumen passieren ankommen abfahren losfahren atmen husten niesen schnarchen schreien "
    "schweigen regnen verschwinden geschlafen gelacht gegangen gekommen gestorben"
)
