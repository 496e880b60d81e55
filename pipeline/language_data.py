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
    accepting_phrases: frozenset[str] = _NOTHING
    """Answers to "Shall I go on?" that want the rest."""
    declining_phrases: frozenset[str] = _NOTHING
    """And those that do not."""

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
    object_ends: frozenset[str] = _NOTHING
    """Words that can end a request of some length ("turn the light on"), and a name then calls."""
    question_ends: frozenset[str] = _NOTHING
    """Words that can end a question with a question word ("what is it like")."""
    you: frozenset[str] = _NOTHING
    calls: frozenset[str] = _NOTHING
    """Words that, in mid-sentence, announce a call ("so, hey Jarvis")."""
    we: frozenset[str] = _NOTHING
    """Words that speak of several people, the speaker among them."""
    crowd: frozenset[str] = _NOTHING
    """Words that, first or last of all, speak to several."""
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
    alternatives: frozenset[str] = _NOTHING
    """Words that, after a name and a comma, go on about the name."""
    relays: frozenset[str] = _NOTHING
    """Verbs that pass something on to an agent ("ask Sage to ...")."""
    indirect: frozenset[str] = _NOTHING
    """Words, beside those of questions, that open what is passed on ("if", "to")."""
    switches: frozenset[str] = _NOTHING
    """Words that lead up to the agent to switch to."""

    # -- what people say to each other, or to nobody here
    hesitations: frozenset[str] = _NOTHING
    """Sounds of somebody who looks for words; nothing is meant by them."""
    no_verbs: frozenset[str] = _NOTHING
    """Words that can stand before an object and are no request ("love it", "told them")."""
    objects: frozenset[str] = _NOTHING
    """Words that open an object."""
    particles: frozenset[str] = _NOTHING
    """Words that may stand between a verb and its object without a meaning of their own."""
    bodily: frozenset[str] = _NOTHING
    """What only somebody with a body can be told to do ("hold", "hurry")."""
    bodily_phrases: frozenset[str] = _NOTHING
    fellows: frozenset[str] = _NOTHING
    """What people call each other in place of a name."""
    third_persons: frozenset[str] = _NOTHING
    """Pronouns for somebody whom the talk is about."""
    own: frozenset[str] = _NOTHING
    here: frozenset[str] = _NOTHING
    """Words that point at something in sight."""
    somebody: frozenset[str] = _NOTHING
    finding: frozenset[str] = _NOTHING
    """Verbs of knowing and finding out: whoever is asked to, is asked for information."""
    company_phrases: frozenset[str] = _NOTHING
    """Openings of questions that only people among themselves ask ("who wants ...")."""
    generic_phrases: frozenset[str] = _NOTHING
    """Openings in which "you" is anybody ("how do you get ...")."""
    irony_phrases: frozenset[str] = _NOTHING
    """Openings that are seldom meant as they are said ("oh great", "what a surprise")."""
    read_phrases: frozenset[str] = _NOTHING
    """Openings of what is read aloud."""
    read_headings: frozenset[str] = _NOTHING
    """Words that, with a number behind them, head a part of a text ("chapter one")."""
    numbers: frozenset[str] = _NOTHING
    hello: frozenset[str] = _NOTHING
    """Greetings that open a telephone call, or that somebody's name follows."""
    phone_phrases: frozenset[str] = _NOTHING
    """What follows such a greeting on a telephone."""
    farewells: frozenset[str] = _NOTHING
    """What ends a call."""
    kin: frozenset[str] = _NOTHING
    """Whom one calls by what they are ("mum")."""
    respelt: Mapping[str, str] = field(default_factory=dict)
    """How speech to text in this language writes the sounds of foreign names."""


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
        "try compare recommend suggest pick choose google dim lock unlock run quiet settle shuffle "
        "rewind text email message navigate solve answer guess rank reschedule postpone confirm "
        "decline accept reply print share upload download install track prepare quiz teach correct "
        "proofread shorten simplify paraphrase rephrase clarify elaborate imagine pretend connect "
        "disconnect restart reboot reduce change brighten decide explain keep measure roll flip"
    ),
    request_phrases=_phrases(
        "can you/could you/would you/will you/can i/could i/may i/i want you to/i need you to/"
        "i would like/id like/i want to know/i need to know/i wonder/i was wondering/let me know/"
        "lets hear/please/never mind/go on/go ahead/go back/keep going"
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
        "hold on/never mind/forget it/that is wrong/thats wrong/thats not/that is not/sorry i/but/"
        "i thought/that cant be/that cannot be/that doesnt/that does not/are you sure/"
        "are you kidding/youre wrong/you are wrong/i dont think/i do not think/i said/i asked/"
        "you mean/you said/sorry/pardon/i dont get/i do not get/i dont understand/"
        "i do not understand/i didnt get/i dont follow/because/that makes no"
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
    accepting_phrases=_phrases(
        "yes/yes please/yes do/yes go on/yes please go on/yes please do/yeah/yeah sure/yeah go on/"
        "yep/yup/sure/sure go on/sure go ahead/of course/please/please do/please go on/do/do go on/"
        "go on/go ahead/okay/ok/okay go on/all right/alright/certainly/absolutely/by all means/"
        "why not/i would like that/tell me more/tell me the rest/the rest please/uh huh/mm hm/mhm"
    ),
    declining_phrases=_phrases(
        "no/no thanks/no thank you/nope/nah/not now/no not now/not really/no need/enough/"
        "that is enough/thats enough/no that is enough/no thats enough/that will do/thatll do/"
        "that is all/thats all/no it is fine/no its fine/no im good/im good/stop/never mind/later/"
        "maybe later/thanks/thank you/thanks that is enough/thats enough thanks/do not/dont"
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
        "thanks sorry listen dear morning evening afternoon good night bye goodbye yes no yeah hmm "
        "oi hiya howdy excuse me"
    ),
    polite_ends=_words(
        "thanks you please hey hi hello bye goodbye morning evening afternoon night okay ok yes no "
        "yeah sorry now stop welcome right enough wrong done great cool nice fine true funny ready "
        "perfect back again later today tonight tomorrow too then there here it"
    ),
    object_ends=_words("on in up over off out down that this these those him her me us"),
    question_ends=_words("like from"),
    calls=_words("hey hi hello okay ok yo"),
    you=_words("you your yours yourself youre youve youll"),
    we=_words("we us our ours lets"),
    crowd=_words("everyone everybody guys folks yall all"),
    about_before=_words(
        "with about to for from of by at in on like than without the a an my your our his her "
        "their this that these those ask asked asking tell told telling use used using love loves "
        "hate hates name named called is was are were am be been did does do has have had will "
        "would can could should whats whos wheres hows says said that and or let made using meet "
        "met see saw mean means heard hear know knows new old if when because think thinks thought "
        "call invite kick restart install update join joined leave left as via over behind versus "
        "vs "
        "trust trusts want wants need needs give gives gave showed blame bother wake mute remember "
        "miss understand believe even poor says turn"
    ),
    about_after=_words(
        "told said says is was has had does did will would can could should cant couldnt "
        "wont doesnt didnt isnt wasnt hasnt answers answered knows knew thinks thought gave gives "
        "made makes likes liked works worked keeps kept got gets went always never just also "
        "really already and or s seems sounds looks helped helps needs wants wanted plays played "
        "goes thought hears heard understands understood starts started talks talked speaks spoke "
        "takes took comes came finds found loves loved hates hated tries tried uses used sucks "
        "ignores ignored crashed died lied refuses refused might must wouldve shouldve again too "
        "became becomes feels felt misses missed messed instead"
    ),
    inverting=_words(
        "is are was were do does did can could will would should have has had cant couldnt wont "
        "wouldnt isnt doesnt didnt may might shall"
    ),
    pronouns=_words("you i we it there they he she"),
    determiners=_words("that this the my our your a any"),
    alternatives=_words("or"),
    relays=_words("ask tell"),
    indirect=_words("to if whether"),
    switches=_phrases(
        "switch to/switch over to/change to/give me/get me/let me talk to/let me speak to/"
        "i want to talk to/put on/bring in"
    ),
    hesitations=_words("um uh er erm uhm"),
    no_verbs=_words(
        "love like hate see saw hear heard know knew want need mean meant guess think thought hope "
        "told got gave made took left lost won met had found did came felt said bought brought "
        "broke ate drank drove wrote sent spent put only even maybe perhaps then now also still "
        "not never always both half all quite such about with from for of in on at to by as than "
        "that this these those the a an my your his her its our their i you he she it we they me "
        "him us them and or but so because if when while where what who how why which is are was "
        "were be been am do does has have can could will would should may might must no yes one "
        "two first last next another every each any some same thats its theres heres ill im youre "
        "bet feel feels miss missed thank thanks enjoy remembered forgot forget let lets kept seem"
    ),
    objects=_words("the it them my all every both a an everything"),
    particles=_words("just simply then please maybe"),
    bodily=_words(
        "hold hand pass bring come sit stay move grab carry throw catch hurry eat drink wash clean "
        "wipe stir taste drop push pull jump hide kiss hug smile relax breathe lift hang knock dry "
        "cut climb kick tie wear"
    ),
    bodily_phrases=_phrases(
        "get my/get your/get me my/get the door/put your/put my/take your/take my/take this/"
        "give me your/give me that/give me this/give him/give her/give it to/give them/go and/"
        "go get/"
        "look at this/look at that/look at me/look out/watch out/watch it/wait for me/wait here/"
        "turn around/let go/open the window/close the window/tell him/tell her/tell them/"
        "ask him/ask her/ask your/do not move/dont move/dont touch/dont even/dont worry/dont be/"
        "listen to me/tell me honestly/get over here/put it down/get out/get up/wake up/shut the/"
        "text me/message me/call me back/call me later/call me when/come on/give me a hand/"
        "give me a second/give me a minute/give me a break/wait a"
    ),
    fellows=_words("dude man bro mate buddy pal honey babe sweetie darling mum mom dad folks"),
    third_persons=_words("he him his hes hed she her hers shes"),
    own=_words("my mine our ours myself"),
    here=_words("this these here over yonder"),
    somebody=_words("anyone anybody someone somebody"),
    finding=_words("know knows look find google check remember tell idea guess"),
    company_phrases=_phrases(
        "who wants/who needs/who has my/who took/who ate/whos got/who got/whos coming/whos in/"
        "whose turn/whos turn/where did i/where is my/wheres my/where are my/how are we/"
        "what are we/what should we/where should we/when should we/should we/shall we/do we have/"
        "are we/can we/did we/have we/what shall we/who is that/whos that/who was that/did you/"
        "have you/do you want/do you have/do you need/are you coming/are you done/are you ready/"
        "are you going/are you bringing/where were you/where did you/when did you/why did you/"
        "what do you want/which do you want/were you/shall i get/do you mind/who starts/"
        "whos first/whos next/whose is"
    ),
    generic_phrases=_phrases(
        "how do you/how would you/how can you/where do you/where can you/when do you/"
        "when can you/do you have to/can you get/what do you call/what do you do"
    ),
    irony_phrases=_phrases(
        "oh great/oh sure/oh fantastic/oh wonderful/oh brilliant/oh perfect/oh lovely/oh joy/"
        "yeah right/yeah sure/sure because/what a surprise/what a shock/what a shame/what a mess/"
        "thanks for nothing/thank you for nothing/great just/great now/how wonderful/how lovely/"
        "how nice/isnt that/"
        "isnt it/isnt this/why dont you/why dont we/as if/thats just/that is just"
    ),
    read_phrases=_phrases(
        "it says/it says here/here it says/next it says/then it says/he writes/she writes/"
        "they write/listen to this/quote/once upon/dear sir/dear all"
    ),
    read_headings=_words(
        "chapter page question rule step paragraph section article verse part exercise line number"
    ),
    numbers=_words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "twenty thirty forty fifty"
    ),
    hello=_words("hello hi hey"),
    phone_phrases=_phrases(
        "yes speaking/speaking/yes this is/this is/yes hello/yes hi/its me/hi its/hi this is/"
        "who is this/whos this/hi yes/yes yes/yes im/yes i/hi im/hi yeah/yeah hi/yeah its"
    ),
    farewells=_words("bye goodbye"),
    kin=_words("mum mom mommy mummy dad daddy grandma grandpa granny honey darling babe"),
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
        "lauter leiser nimm hol merk vergiss empfiehl fass lass halt dreh setz bestell trag trage "
        "notier notiere buch buche dimm dimme sperr sperre verschieb verschiebe sortier kürz kürze "
        "beschreib beschreibe berechne vergleich vergleiche verrat verrate schätz rate"
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
        "moment/vergiss es/das ist falsch/das stimmt nicht/hör auf/aber/doch/ich dachte/"
        "das kann nicht/bist du sicher/du meinst/du hast gesagt/ich habe gesagt/ich hab gesagt/"
        "wie bitte/ich verstehe nicht/ich versteh nicht/das versteh/das verstehe/weil/"
        "das glaube ich nicht/das glaub ich nicht"
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
    accepting_phrases=_phrases(
        "ja/ja bitte/ja gern/ja gerne/ja mach/ja mach weiter/ja weiter/ja bitte weiter/jo/jup/"
        "klar/na klar/ja klar/sicher/natürlich/bitte/bitte weiter/gern/gerne/okay/ok/in ordnung/"
        "gut/mach weiter/mach/weiter/erzähl weiter/auf jeden fall/unbedingt/mhm"
    ),
    declining_phrases=_phrases(
        "nein/nein danke/nö/ne/nee/nicht jetzt/jetzt nicht/nein jetzt nicht/lass gut sein/genug/"
        "das reicht/es reicht/das genügt/nein das reicht/danke/danke das reicht/später/"
        "vielleicht später/stopp/schon gut/brauchst du nicht"
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
        "danke bitte hey hallo hi tschüss morgen abend tag nacht okay ok ja nein stopp auf jetzt "
        "falsch richtig gut super toll prima klasse fertig heute später nochmal da hier"
    ),
    object_ends=_words("an aus ein auf zu vor ab mir uns das"),
    question_ends=_words("aus her hin"),
    calls=_words("hey hallo hi okay ok"),
    you=_words("du dich dir dein deine deinen deinem deiner ihr euch euer eure"),
    we=_words("wir uns unser unsere"),
    crowd=_words("leute alle zusammen"),
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
    alternatives=_words("oder"),
    relays=_words("frag frage"),
    indirect=_words("zu ob dass"),
    switches=_phrases(
        "wechsle zu/wechsel zu/schalte um auf/ich möchte mit/gib mir/hol/lass mich mit"
    ),
    hesitations=_words("äh ähm öh öhm"),
    no_verbs=_words("ich"),
    objects=_words("mir"),
    particles=_words("mal doch einfach halt eben bitte lieber noch"),
    bodily=_words(
        "komm geh bring wirf fang iss trink wasch putz wisch rühr probier zieh drück spring lauf "
        "renn bleib beeil räum heb klopf fass reich"
    ),
    bodily_phrases=_phrases(
        "gib mir mal/gib her/gib mir dein/gib mir deine/gib mir deinen/gib ihm/gib ihr/hol mir/"
        "mach die tür/mach das fenster/lass mich/lass das/halt mal/halt das/sag ihm/sag ihr/"
        "nimm deine/nimm dein/nimm das/leg das/stell dich/setz dich/pass auf/hör auf damit/"
        "warte auf mich/schau mal her/guck mal/schau dir/guck dir/zieh dich/hilf mir mal/"
        "zeig mal her"
    ),
    fellows=_words("alter digga mann schatz mama papa kumpel liebling bruder junge"),
    third_persons=_words("er ihn ihm"),
    own=_words("mein meine meinen meinem meiner unser unsere unseren unserem"),
    here=_words("hier diese dieser dieses diesen da drüben"),
    somebody=_words("jemand irgendwer irgendjemand"),
    finding=_words("weiß weißt wissen schau schaut nachsehen nachschauen google sag sagt ahnung"),
    company_phrases=_phrases(
        "wer will/wer möchte/wer hat/wer ist dran/wer kommt/wer war das/wer ist das/wo ist mein/"
        "wo ist meine/wo sind meine/wo habe ich/wo hab ich/was machen wir/was essen wir/wollen wir/"
        "sollen wir/gehen wir/haben wir/können wir/müssen wir/sind wir/was gibts/was gibt es zu/"
        "hast du/habt ihr/willst du/kommst du/bist du/seid ihr/"
        "warst du/nimmst du/wo warst du/magst du/möchtest du/soll ich dir/soll ich euch/"
        "soll ich schon/wer fängt/wer ist heute"
    ),
    generic_phrases=_phrases("wie macht man/wie kann man/wie sagt man/was macht man/wie nennt man"),
    irony_phrases=_phrases(
        "na toll/na super/na klasse/na prima/na wunderbar/ja klar/ja sicher/ja genau/"
        "ach wirklich/wie schön/wie nett/was für eine überraschung/als ob/ganz toll/super gemacht"
    ),
    read_phrases=_phrases(
        "hier steht/da steht/er schreibt/sie schreibt/hör dir das an/hört euch das an/zitat/"
        "es war einmal"
    ),
    read_headings=_words("kapitel seite frage regel schritt absatz abschnitt artikel teil aufgabe"),
    numbers=_words(
        "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn zwanzig dreißig"
    ),
    hello=_words("hallo hi hey"),
    phone_phrases=_phrases(
        "am apparat/hier ist/hier spricht/ja hallo/ja hier/ich bins/wer ist da/ja bitte/grüß dich"
    ),
    farewells=_words("tschüss tschüs ciao wiederhören"),
    kin=_words("mama mutti papa vati oma opa schatz liebling"),
    respelt=MappingProxyType({"dsch": "j", "tsch": "j", "w": "v"}),
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

MACHINES: Final = _words("alexa siri cortana bixby google")
"""Assistants that people keep, and that are called by name as ours is."""


LANGUAGES: Final = tuple(_LANGUAGES.values())
"""Those that have word lists."""


def language(code: str | None) -> Language:
    """The data for an ISO code; English for None, only the international part for others."""
    if code is None:
        return ENGLISH
    return _LANGUAGES.get(code.split("-")[0].lower(), _UNKNOWN)
