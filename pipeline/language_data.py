"""Words that rules about language turn on, for English and German. Data only.

Everything is lower case. A language that is not here has the international abbreviations and no
word lists: names and question marks still work in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(line.split()) for line in text.strip().split("/"))


_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Language:
    """One language. Fields ending in ``_phrases`` hold runs of words, the others single words."""

    code: str

    # -- cutting sentences
    abbreviations: frozenset[str] = _NOTHING
    """Before a dot, without it: a sentence never ends here."""
    number_abbreviations: frozenset[str] = _NOTHING
    """A sentence ends here unless a number follows."""
    closing_abbreviations: frozenset[str] = _NOTHING
    """A sentence ends here only if a capital follows."""
    after_ordinals: frozenset[str] = _NOTHING
    """Words that make the number and dot before them an ordinal (3. Mai)."""
    ordinals_have_dots: bool = False
    spoken: Mapping[str, str] = field(default_factory=lambda: _ENGLISH_SPOKEN)
    """What is said in place of things that cannot be read out."""

    # -- the form of an utterance
    question_words: frozenset[str] = _NOTHING
    verbs_first: frozenset[str] = _NOTHING
    """Auxiliaries that open a question ("is", "kannst")."""
    imperatives: frozenset[str] = _NOTHING
    request_phrases: frozenset[str] = _NOTHING
    """Openings that ask for something without an imperative."""
    follow_up_phrases: frozenset[str] = _NOTHING
    """Openings that lean on what was said before."""
    thanks_phrases: frozenset[str] = _NOTHING
    correction_phrases: frozenset[str] = _NOTHING
    """Openings that take up what is being said, to stop or to mend it."""

    # -- whether more is to come
    open_words: frozenset[str] = _NOTHING
    """Nothing that is whole ends with one of these ("the", "and", "um")."""
    seldom_last: frozenset[str] = _NOTHING
    """Only a question, or a clause with a pronoun before it ("yes, it is"), ends with these."""
    open_phrases: frozenset[str] = _NOTHING
    """Endings that need a clause after them ("if you could")."""
    question_breaks: frozenset[str] = _NOTHING
    """Words that a question seldom ends in, but for one with a gap ("who is it to?")."""
    before_gap: tuple[str, ...] = ()
    """Endings of verbs that such a gap follows ("talking to")."""

    # -- what acts without the agent
    polite_words: frozenset[str] = _NOTHING
    """Words that do not change a command; its phrases are written without them."""
    stop_phrases: frozenset[str] = _NOTHING
    louder_phrases: frozenset[str] = _NOTHING
    quieter_phrases: frozenset[str] = _NOTHING
    repeat_phrases: frozenset[str] = _NOTHING
    go_on_phrases: frozenset[str] = _NOTHING

    # -- what calls for no answer
    backchannels: frozenset[str] = _NOTHING
    """Sounds and phrases that only say "I am listening"."""
    acknowledgements: frozenset[str] = _NOTHING
    """Short words that answer a question, and otherwise only take note."""
    answers: frozenset[str] = _NOTHING
    """Short answers: a turn of their own when something was asked."""
    fillers: frozenset[str] = _NOTHING
    """Words at the start that carry no meaning, skipped to find the form."""

    # -- who is meant
    greetings: frozenset[str] = _NOTHING
    """Words between which and the end or the sentence a name is a call."""
    polite_ends: frozenset[str] = _NOTHING
    """Words after which a name at the end is a call ("thanks Jarvis")."""
    you: frozenset[str] = _NOTHING
    calls: frozenset[str] = _NOTHING
    """Words that, in mid-sentence, announce a call ("so, hey Jarvis")."""
    we: frozenset[str] = _NOTHING
    """Words that speak of or to several people."""
    about_before: frozenset[str] = _NOTHING
    """A name after one of these is talked about, not to."""
    about_after: frozenset[str] = _NOTHING
    """A name before one of these is talked about, not to."""
    inverting: frozenset[str] = _NOTHING
    """Verbs that, between a name and a pronoun, open a question to that name."""
    pronouns: frozenset[str] = _NOTHING
    """Subjects that after an inverting verb can only make a question ("is it")."""
    determiners: frozenset[str] = _NOTHING
    """Words that there open a subject or an object ("is the ...")."""
    relays: frozenset[str] = _NOTHING
    """Verbs that pass something on to an agent ("ask Sage to ...")."""
    switches: frozenset[str] = _NOTHING
    """Words that lead up to the agent to switch to."""


_ENGLISH_SPOKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code": "A code block, {lines}.",
        "code_in": "A code block in {language}, {lines}.",
        "line": "1 line",
        "lines": "{count} lines",
        "row_more": "And 1 more row.",
        "rows_more": "And {count} more rows.",
        "someone": "someone",
        "channel": "a channel",
        "role": "a role",
        "and": "and",
    }
)
_GERMAN_SPOKEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "code": "Ein Codeblock, {lines}.",
        "code_in": "Ein Codeblock in {language}, {lines}.",
        "line": "1 Zeile",
        "lines": "{count} Zeilen",
        "row_more": "Und 1 weitere Zeile.",
        "rows_more": "Und {count} weitere Zeilen.",
        "someone": "jemand",
        "channel": "ein Kanal",
        "role": "eine Rolle",
        "and": "und",
    }
)

_INTERNATIONAL: Final = _words("dr prof mr mrs ms st vs cf")
_BEFORE_NUMBERS: Final = _words("no nos nr fig vol p pp ch sec art ca approx max min tel")

ENGLISH: Final = Language(
    code="en",
    abbreviations=_INTERNATIONAL
    | _words(
        "mx messrs rev hon gen col capt lt sgt maj gov sen rep pres mt ave blvd dept e.g i.e viz "
        "resp approx"
    ),
    number_abbreviations=_BEFORE_NUMBERS
    | _words("para jan feb mar apr jun jul aug sep sept oct nov dec"),
    closing_abbreviations=_words(
        "etc inc ltd corp jr sr bros a.m p.m u.s u.k u.s.a u.n e.u d.c ph.d b.sc m.sc a.d b.c"
    ),
    question_words=_words(
        "what whats who whos where wheres when whens why whys how hows which whose whom"
    ),
    verbs_first=_words(
        "is are was were do does did can could will would should shall may might have has had am "
        "isnt arent wasnt werent dont doesnt didnt cant couldnt wont wouldnt shouldnt havent hasnt"
    ),
    imperatives=_words(
        "tell show play stop pause resume turn set open close read remind call add remove delete "
        "create make find search look give send write explain describe summarize translate say "
        "repeat sing start cancel skip switch ask help check list count calculate convert define "
        "spell wake schedule book order continue wait hold listen speak talk shut louder quieter "
        "increase decrease raise lower mute unmute put get bring take save note remember forget "
        "try compare recommend suggest pick choose google dim lock unlock run quiet"
    ),
    request_phrases=_phrases(
        "can you/could you/would you/will you/can i/could i/may i/i want you to/i need you to/"
        "i would like/id like/i want to know/i need to know/i wonder/i was wondering/let me know/"
        "lets hear/please/never mind/go on/go ahead/go back/keep going/do not/dont"
    ),
    follow_up_phrases=_phrases(
        "and/what about/how about/also/or/but why/but what/but how/why not/another/one more/"
        "tell me more/more/again/once more/anything else/what else/the other one/the next one"
    ),
    thanks_phrases=_phrases(
        "thanks/thank you/thank you very much/thank you so much/thanks a lot/cheers/many thanks"
    ),
    correction_phrases=_phrases(
        "no i/no not/no the/no its/no thats/no wait/not that/i meant/i mean/actually/wait/stop/"
        "hold on/never mind/forget it/that is wrong/thats wrong/thats not/that is not/sorry i"
    ),
    open_words=_words(
        "a an the and or but because if while although unless until whether than my your our their "
        "every very um uh er erm uhm"
    ),
    seldom_last=_words(
        "to for from of with at by about into as like between towards is are was were am will "
        "would could should can has have had going want need"
    ),
    open_phrases=_phrases(
        "if you could/if you can/if you would/if i could/if i can/i want/i need/i would like/"
        "id like/i was wondering/i wonder/what i mean is/tell me/show me/let me/what if/such as/"
        "for example/kind of/sort of/what about/how about/think that/guess that/so that/"
        "problem is that/thing is that/point is that"
    ),
    question_breaks=_words(
        "to of at by in into as between towards is are was were am will would could should can "
        "has have had going want need any"
    ),
    before_gap=("ing",),
    polite_words=_words(
        "please now hey hi ok okay oh so and well just can could would will you a bit little um uh "
        "no yes actually thanks"
    ),
    stop_phrases=_phrases(
        "stop/stop it/stop that/stop talking/stop speaking/be quiet/quiet/shut up/enough/"
        "that is enough/thats enough/never mind/nevermind/never mind that/cancel/cancel that/"
        "forget it/silence"
    ),
    louder_phrases=_phrases(
        "louder/speak up/speak louder/talk louder/be louder/raise your voice/turn your volume up"
    ),
    quieter_phrases=_phrases(
        "quieter/softer/speak quieter/speak softer/speak more quietly/speak softly/talk quieter/"
        "be quieter/more quietly/not loud/too loud/youre too loud/"
        "are too loud/lower your voice/turn your volume down"
    ),
    repeat_phrases=_phrases(
        "repeat/repeat that/repeat it/repeat yourself/repeat your answer/repeat the answer/"
        "repeat the last answer/repeat what you said/repeat that again/repeat that once more/"
        "say that again/say it again/say again/say that once more/say that one more time"
    ),
    go_on_phrases=_phrases(
        "go on/continue/carry on/keep going/keep talking/go ahead/resume/proceed"
    ),
    backchannels=_phrases(
        "mm/mmm/mhm/mm hm/mmhm/mm hmm/hm/hmm/uh/uh huh/um/ah/aha/oh/ooh/wow/huh/haha/ha/ha ha/"
        "hehe/lol/i see/oh i see/ah i see/got it/gotcha/nice/cool/great/oh wow/oh nice/interesting/"
        "makes sense/fair enough/you know/yeah yeah/yep yep/right right/okay okay/oh okay/oh right/"
        "oh really/no way/good/very good/exactly/totally/for sure/true/that is true/thats true"
    ),
    acknowledgements=_phrases(
        "okay/ok/right/all right/alright/sure/fine/yeah/yep/yup/nah/really/of course/"
        "okay then/sounds good"
    ),
    answers=_phrases(
        "yes/no/yes please/no thank you/no thanks/please/please do/yes i do/yes i am/no i do not/"
        "no i dont/not now/not yet/maybe/both/neither/the first/the first one/"
        "the second/the second one/the last one"
    ),
    fillers=_words(
        "um uh er erm ah oh well so okay ok like now alright right yeah yes no please just then "
        "hey hi hello and but also actually anyway hmm"
    ),
    greetings=_words(
        "hey hi hello yo ok okay oh so well um uh er erm ah and but alright right now please "
        "thanks sorry listen dear morning evening afternoon good night bye goodbye yes no yeah hmm"
    ),
    polite_ends=_words(
        "thanks you please hey hi hello bye goodbye morning evening afternoon night okay ok yes no "
        "yeah sorry now stop welcome right enough"
    ),
    calls=_words("hey hi hello okay ok yo"),
    you=_words("you your yours yourself youre youve youll"),
    we=_words("we us our ours lets everyone everybody guys folks yall"),
    about_before=_words(
        "with about to for from of by at in on like than without the a an my your our his her "
        "their this that these those ask asked asking tell told telling use used using love loves "
        "hate hates name named called is was are were am be been did does do has have had will "
        "would can could should whats whos wheres hows says said that and or let made using meet "
        "met see saw mean means heard hear know knows new old if when because think thinks thought "
        "call invite kick restart install update join joined leave left"
    ),
    about_after=_words(
        "told said says is was has had does did will would can could should cant couldnt "
        "wont doesnt didnt isnt wasnt hasnt answers answered knows knew thinks thought gave gives "
        "made makes likes liked works worked keeps kept got gets went always never just also "
        "really already and or s seems sounds looks helped helps needs wants wanted plays played"
    ),
    inverting=_words(
        "is are was were do does did can could will would should have has had cant couldnt wont "
        "wouldnt isnt doesnt didnt may might shall"
    ),
    pronouns=_words("you i we it there they he she"),
    determiners=_words("that this the my our your a any"),
    relays=_words("ask tell"),
    switches=_phrases(
        "switch to/switch over to/change to/give me/get me/let me talk to/let me speak to/"
        "i want to talk to/put on/bring in"
    ),
)

GERMAN: Final = Language(
    code="de",
    abbreviations=_INTERNATIONAL
    | _words(
        "hr fr frl bzw evtl ggf inkl exkl vgl sog geb gest z.b d.h u.a o.ä z.t v.a i.d.r s.o s.u "
        "bspw dipl ing med jur phil hl mio mrd"
    ),
    number_abbreviations=_BEFORE_NUMBERS | _words("abs kap bd abb str"),
    closing_abbreviations=_words("usw etc u.s.w"),
    after_ordinals=_words(
        "januar februar märz april mai juni juli august september oktober november dezember "
        "jahrhundert jahrhunderts platz mal tag stock klasse runde kapitel weltkrieg stelle "
        "lebensjahr geburtstag"
    ),
    ordinals_have_dots=True,
    spoken=_GERMAN_SPOKEN,
    question_words=_words(
        "was wer wo wann warum wieso weshalb wie welche welcher welches welchen welchem wem wen "
        "wessen woher wohin womit wofür worüber wieviel wieviele"
    ),
    verbs_first=_words(
        "ist sind war waren hast hat habt haben kannst kann könnt können könntest könnte willst "
        "wirst wird würdest soll sollte sollen darf muss gibt weißt bist seid machst magst "
        "möchtest findest kommst gehst kennst"
    ),
    imperatives=_words(
        "sag sage erzähl erzähle zeig zeige spiel spiele stopp stop mach mache schalte schalt "
        "stell stelle öffne schließ schließe lies erinnere erinner ruf füge lösche lösch such "
        "suche finde gib schick schicke schreib schreibe erkläre erklär übersetze übersetz "
        "wiederhole wiederhol sing singe starte start brich überspring wechsle wechsel frag frage "
        "hilf prüf prüfe nenn nenne rechne buchstabiere buchstabier hör höre warte wart weiter "
        "lauter leiser nimm hol merk vergiss empfiehl fass lass halt dreh setz bestell"
    ),
    request_phrases=_phrases(
        "kannst du/könntest du/würdest du/kann ich/könnte ich/darf ich/ich möchte/ich hätte gern/"
        "ich will wissen/ich brauche/bitte/kannst du mir/weißt du"
    ),
    follow_up_phrases=_phrases(
        "und/was ist mit/wie wäre es mit/wie sieht es aus mit/noch/noch einen/noch eine/noch mal/"
        "nochmal/mehr/oder/aber warum/warum nicht/was noch/erzähl mir mehr"
    ),
    thanks_phrases=_phrases("danke/vielen dank/danke schön/dankeschön/danke sehr/besten dank"),
    correction_phrases=_phrases(
        "nein ich/nein nicht/nein das/nein warte/ich meinte/ich meine/eigentlich/warte/stopp/halt/"
        "moment/vergiss es/das ist falsch/das stimmt nicht/hör auf"
    ),
    open_words=_words(
        "der die ein eine einen einem einer den dem des und oder aber weil dass ob wenn mein meine "
        "dein deine unser unsere sehr zum zur im am vom beim ins sowie äh ähm öhm"
    ),
    seldom_last=_words("für von bei gegen ohne durch über wegen seit zwischen"),
    question_breaks=_words("für von bei gegen durch über wegen seit zwischen"),
    open_phrases=_phrases(
        "was ist/wie ist/wo ist/wer ist/wie wird/ich möchte/ich will/ich wollte/ich brauche/"
        "ich hätte gern/ich frage mich/ich habe mich gefragt/was ich meine ist/sag mir/"
        "erzähl mir/zeig mir/zum beispiel"
    ),
    polite_words=_words(
        "bitte jetzt und hey hallo ok okay oh mal doch kannst könntest du etwas ein bisschen wenig "
        "ach nein ja äh ähm danke"
    ),
    stop_phrases=_phrases(
        "stopp/stop/hör auf/sei still/sei ruhig/sei leise/ruhe/still/genug/"
        "das reicht/es reicht/vergiss es/schon gut/abbrechen/brich ab/egal"
    ),
    louder_phrases=_phrases("lauter/sprich lauter/rede lauter/red lauter/lauter sprechen"),
    quieter_phrases=_phrases(
        "leiser/sprich leiser/rede leiser/red leiser/leiser sprechen/nicht so laut/zu laut/"
        "bist zu laut"
    ),
    repeat_phrases=_phrases(
        "wiederhole/wiederhole das/wiederhol das/wiederhole es/wiederholen/das wiederholen/"
        "sag das noch einmal/sag das nochmal/sag das noch mal/sag es noch einmal/"
        "das noch einmal sagen/noch einmal/nochmal"
    ),
    go_on_phrases=_phrases(
        "weiter/mach weiter/sprich weiter/rede weiter/red weiter/erzähl weiter/erzähle weiter/"
        "fahr fort/weitermachen/weiterreden"
    ),
    backchannels=_phrases(
        "mm/mhm/hm/hmm/äh/ähm/ah/aha/oh/ach/ach so/achso/ach ja/soso/haha/genau/stimmt/verstehe/"
        "ich verstehe/krass/cool/schön/super/toll/interessant/alles klar/na ja/naja/echt/wirklich/"
        "ja ja/so so/gut/sehr gut/eben/klar"
    ),
    acknowledgements=_phrases("okay/ok/gut/na gut/in ordnung/klar/sicher/jo/jup/nö/natürlich"),
    answers=_phrases(
        "ja/nein/ja bitte/nein danke/bitte/gerne/ja gerne/nicht jetzt/noch nicht/vielleicht/"
        "beide/das erste/das zweite/das letzte"
    ),
    fillers=_words(
        "äh ähm hm also na naja ja nein so okay ok nun jetzt bitte mal hey hallo hi und aber dann "
        "ach oh eigentlich sag"
    ),
    greetings=_words(
        "hey hallo hi ok okay oh na also äh ähm ach und aber bitte jetzt danke ja nein servus "
        "moin morgen abend tag guten gute nacht tschüss sag entschuldige liebe lieber"
    ),
    polite_ends=_words(
        "danke bitte hey hallo hi tschüss morgen abend tag nacht okay ok ja nein stopp auf jetzt"
    ),
    calls=_words("hey hallo hi okay ok"),
    you=_words("du dich dir dein deine deinen deinem deiner ihr euch euer eure"),
    we=_words("wir uns unser unsere leute alle"),
    about_before=_words(
        "mit von zu zum zur für über bei der die das dem den ein eine einen mein meine dein unser "
        "frag frage fragen gefragt heißt hat hatte ist war kann wird und oder wie dass wenn weil "
        "ohne als an durch habe hast mag liebe kennt kennst kenne meint nach gegen neuer neue"
    ),
    about_after=_words(
        "hat hatte ist war sagt sagte kann konnte wird weiß wusste meint meinte erzählt erzählte "
        "macht machte gibt gab und oder mag will wollte soll muss geht ging hilft half immer nie "
        "auch schon funktioniert heißt"
    ),
    inverting=_words(
        "ist sind war hast hat kannst kann könntest willst wird würdest soll sollen darf muss "
        "gibt haben"
    ),
    pronouns=_words("du ich wir es ihr er man"),
    determiners=_words("das die der mein meine unser sie ein eine"),
    relays=_words("frag frage"),
    switches=_phrases(
        "wechsle zu/wechsel zu/schalte um auf/ich möchte mit/gib mir/hol/lass mich mit"
    ),
)

_UNKNOWN: Final = Language(
    code="", abbreviations=_INTERNATIONAL, number_abbreviations=_BEFORE_NUMBERS
)
_LANGUAGES: Final[Mapping[str, Language]] = MappingProxyType({"en": ENGLISH, "de": GERMAN})

COMMON_WORDS: Final = _words(
    "the a an and or but if then so as at by for from in into of off on out over to up with about "
    "is are was were be been do does did have has had will would can could should may might must "
    "i you he she it we they me him her us them my your his its our their this that these those "
    "what who where when why how which not no yes all any some one two here there now just very "
    "der die das und oder aber wenn dann so als an bei für von in im ins auf aus über zu zum zur "
    "mit ist sind war waren sein hat haben wird kann ich du er sie es wir ihr mir dir ihm mich "
    "dich mein dein was wer wo wann warum wie nicht nein ja alle hier da jetzt nur sehr man"
)
"""Words too common to be taken for somebody's name."""


LANGUAGES: Final = tuple(_LANGUAGES.values())
"""Those that have word lists."""


def language(code: str | None) -> Language:
    """The data for an ISO code; English for None, only the international part for others."""
    if code is None:
        return ENGLISH
    return _LANGUAGES.get(code.split("-")[0].lower(), _UNKNOWN)
