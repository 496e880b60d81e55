"""English: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.around_names import (
    ABOUT_AFTER_IN_ENGLISH,
    ABOUT_BEFORE_IN_ENGLISH,
    ASIDES_IN_ENGLISH,
    EPITHETS_IN_ENGLISH,
    HAILING_IN_ENGLISH,
    LONE_VERBS_IN_ENGLISH,
    PARTS_IN_ENGLISH,
)
from pipeline.language.lexicons.human_only import (
    HUMAN_ONLY_IN_ENGLISH,
    PHYSICAL_IN_ENGLISH,
    PHYSICAL_VERBS_IN_ENGLISH,
)
from pipeline.language.lexicons.model import BEFORE_NUMBERS, INTERNATIONAL, Language, phrases, words
from pipeline.language.lexicons.tasks import TASK_OBJECTS_IN_ENGLISH, TASKS_IN_ENGLISH
from pipeline.language.lexicons.words_like_names import (
    DAY_TIMES_IN_ENGLISH,
    EVERYDAY_IN_ENGLISH,
    LIMITS_IN_ENGLISH,
    MONTHS_IN_ENGLISH,
    QUANTITIES_IN_ENGLISH,
    WEEKDAYS_IN_ENGLISH,
)

ENGLISH: Final = Language(
    code="en",
    abbreviations=INTERNATIONAL
    | words(
        "mx messrs rev hon gen col capt lt sgt maj gov sen rep pres mt ave blvd dept e.g i.e viz "
        "resp approx"
    ),
    number_abbreviations=BEFORE_NUMBERS
    | words("para jan feb mar apr jun jul aug sep sept oct nov dec"),
    one_letter_words=words("i"),
    closing_abbreviations=words(
        "etc inc ltd corp jr sr bros a.m p.m u.s u.k u.s.a u.n e.u d.c ph.d b.sc m.sc a.d b.c"
    ),
    question_words=words(
        "what whats who whos where wheres when whens why whys how hows which whose whom"
    ),
    verbs_first=words(
        "is are was were do does did can could will would should shall may might have has had am "
        "isnt arent wasnt werent dont doesnt didnt cant couldnt wont wouldnt shouldnt havent hasnt"
    ),
    no_subjects=words(
        "be been not a an do go have get fine good great okay nice so too really just still "
        "probably never always gone going done sure right wrong only also better and or but if "
        "no to with without like"
    ),
    imperatives=words(
        "tell show play stop pause resume turn set open close read remind call add remove delete "
        "create make find search look give send write explain describe summarize translate say "
        "repeat sing start cancel skip switch ask help check list count calculate convert define "
        "spell wake schedule book order continue wait hold listen speak talk shut louder quieter "
        "increase decrease raise lower mute unmute put get bring take save note remember forget "
        "try compare recommend suggest pick choose google dim lock unlock run quiet settle shuffle "
        "rewind text email message navigate solve answer guess rank reschedule postpone confirm "
        "decline accept reply print share upload download install track prepare quiz teach correct "
        "proofread shorten simplify paraphrase rephrase clarify elaborate imagine pretend connect "
        "disconnect restart reboot reduce change brighten decide explain keep measure roll flip "
        "move"
    ),
    irregular_pasts=words(
        "told gave made found wrote sang woke took got kept said spoke ran brought sent forgot "
        "held chose taught shook threw swept hung sold bought lost won beat built drew drove ate "
        "flew heard knew left lent lit meant met paid rang rose shot slept spent stood stole stuck "
        "swam understood wore fell led cost quit went came saw did broke"
    ),
    past_ending="ed",
    advice_verbs=words("do can could should must may might would"),
    existential_phrases=phrases("is there/are there/was there/were there"),
    request_phrases=phrases(
        "can you/could you/would you/will you/can i/could i/may i/i want you to/i need you to/"
        "i would like/id like/i want to know/i need to know/i wonder/i was wondering/let me know/"
        "lets hear/please/never mind/go on/go ahead/go back/keep going/next song/next track/"
        "next one/next question/next please/volume up/volume down/volume to/lights on/lights off/"
        "timer for/any idea/any ideas/any news/any messages"
    ),
    follow_up_phrases=phrases(
        "and/what about/how about/what if/also/or/but why/but what/but how/why not/another/"
        "one more/tell me more/more/again/once more/anything else/what else/the other one/"
        "the next one"
    ),
    follow_up_ends=phrases("too/as well/instead"),
    contracted={
        "we're": "we are",
        "we'll": "we will",
        "we'd": "we would",
        "she'll": "she will",
        "she'd": "she would",
        "he'll": "he will",
    },
    thanks_phrases=phrases(
        "thanks/thank you/thank you very much/thank you so much/thanks a lot/cheers/many thanks"
    ),
    correction_phrases=phrases(
        "no i/no not/no the/no its/no thats/no wait/not that/i meant/i mean/actually/wait/stop/"
        "hold on/never mind/forget it/that is wrong/thats wrong/thats not what/thats not right/"
        "thats not true/thats not correct/thats not the/thats not it/thats not how/thats not my/"
        "that is not what/that is not right/that is not true/that is not correct/that is not the/"
        "that is not it/that is not how/sorry i/but/"
        "i thought/that cant be/that cannot be/that doesnt/that does not/are you sure/"
        "are you kidding/youre wrong/you are wrong/i dont think/i do not think/i said/i asked/"
        "you mean/you said/sorry/pardon/i dont get/i do not get/i dont understand/"
        "i do not understand/i didnt get/i dont follow/because/that makes no"
    ),
    denials=words("no nope nah"),
    acting_verbs=words(
        "turn switch set open close send delete remove add create make buy order book reserve pay "
        "transfer call dial text email mail message post reply forward publish upload download "
        "install uninstall update upgrade deploy merge push commit run execute start launch "
        "restart reboot shut kill cancel schedule reschedule postpone confirm accept decline "
        "invite remind wake play pause skip shuffle rewind mute unmute lock unlock dim brighten "
        "increase decrease raise lower reduce change rename move copy save note forget share "
        "print connect disconnect subscribe unsubscribe sell trade bid vote sign submit approve "
        "reject enable disable activate deactivate arm disarm block ban kick clear erase wipe "
        "reset empty put get bring take cut stop"
    ),
    telling_verbs=words(
        "tell show say explain describe summarize summarise translate read list count calculate "
        "compute define spell repeat sing guess rank compare recommend suggest pick choose help "
        "speak talk answer solve clarify elaborate imagine pretend teach correct proofread "
        "shorten simplify paraphrase rephrase quiz give name look find search check google know "
        "hear wonder write think estimate convert introduce advise recite"
    ),
    open_words=words(
        "a an the and or but because if while although unless until whether than my your our their "
        "every very um uh er erm uhm"
    ),
    seldom_last=words(
        "to for from of with at by about into as like between towards is are was were am will "
        "would could should can has have had going want need"
    ),
    open_phrases=phrases(
        "if you could/if you can/if you would/if i could/if i can/i want/i need/i would like/"
        "id like/i was wondering/i wonder/what i mean is/tell me/show me/let me/what if/such as/"
        "for example/kind of/sort of/what about/how about/think that/guess that/so that/"
        "problem is that/thing is that/point is that"
    ),
    question_breaks=words(
        "to of at by in into as between towards is are was were am will would could should can "
        "has have had going want need any"
    ),
    conjunctions=words("and but or because so"),
    subordinators=words(
        "if when whenever because since once although though while after before unless until "
        "whatever as"
    ),
    before_gap=("ing",),
    polite_words=words(
        "please now hey hi ok okay oh so and well just can could would will you a bit little um uh "
        "no yes actually thanks sorry"
    ),
    louder_phrases=phrases(
        "louder/speak up/speak louder/talk louder/be louder/speak more loudly/talk more loudly/"
        "raise your voice/raise your volume/turn your volume up/turn up your volume/too quiet/"
        "are too quiet/youre too quiet"
    ),
    quieter_phrases=phrases(
        "quieter/softer/speak quieter/speak softer/speak more quietly/speak softly/talk quieter/"
        "be quieter/more quietly/not loud/too loud/youre too loud/"
        "are too loud/less loud/not as loud/lower your voice/keep your voice down/keep it down/"
        "lower your volume/turn your volume down/turn down your volume/talk softer/"
        "talk more quietly/speak quietly/talk quietly"
    ),
    repeat_phrases=phrases(
        "repeat/repeat that/repeat it/repeat yourself/repeat your answer/repeat the answer/"
        "repeat the last answer/repeat what you said/repeat that again/repeat that once more/"
        "say that again/say it again/say again/say that once more/say that one more time/"
        "say it once more/say it one more time/repeat what you just said/"
        "repeat your last answer/tell me that again/tell me again/once more/one more time"
    ),
    continue_phrases=phrases(
        "go on/continue/carry on/keep going/keep talking/go ahead/resume/proceed/"
        "go on talking/keep reading/go on reading/continue reading/continue talking/"
        "carry on talking/carry on reading"
    ),
    accepting_phrases=phrases(
        "yes/yes please/yes do/yes go on/yes please go on/yes please do/yeah/yeah sure/yeah go on/"
        "yep/yup/sure/sure go on/sure go ahead/of course/please/please do/please go on/do/do go on/"
        "go on/go ahead/okay/ok/okay go on/all right/alright/certainly/absolutely/by all means/"
        "why not/i would like that/tell me more/tell me the rest/the rest please/uh huh/mm hm/mhm"
    ),
    declining_phrases=phrases(
        "no/no thanks/no thank you/nope/nah/not now/no not now/not really/no need/enough/"
        "that is enough/thats enough/no that is enough/no thats enough/that will do/thatll do/"
        "that is all/thats all/no it is fine/no its fine/no im good/im good/stop/never mind/later/"
        "maybe later/thanks/thank you/thanks that is enough/thats enough thanks/do not/dont"
    ),
    backchannels=phrases(
        "mm/mmm/mhm/mm hm/mmhm/mm hmm/hm/hmm/uh/uh huh/um/ah/aha/oh/ooh/wow/huh/haha/ha/ha ha/"
        "hehe/lol/i see/oh i see/ah i see/got it/gotcha/nice/cool/great/oh wow/oh nice/interesting/"
        "makes sense/fair enough/you know/yeah yeah/yep yep/right right/okay okay/oh okay/oh right/"
        "oh really/no way/good/very good/exactly/totally/for sure/true/that is true/thats true/"
        "make sense/that makes sense/makes total sense/good point/good to know/no kidding/"
        "you dont say/is that so/i know right/oh no/oh my/oh my god/oh my gosh/whoa/woah/aw/aww"
    ),
    acknowledgements=phrases(
        "okay/ok/right/all right/alright/sure/fine/yeah/yep/yup/nah/really/of course/"
        "okay then/sounds good/sound good/sounds great/sounds good to me/works for me"
    ),
    answers=phrases(
        "yes/no/yes please/no thank you/no thanks/please/please do/yes i do/yes i am/no i do not/"
        "no i dont/not now/not yet/maybe/both/neither/the first/the first one/"
        "the second/the second one/the last one"
    ),
    fillers=words(
        "um uh er erm ah oh o well so okay ok like now alright right yeah yes no please just then "
        "hey hi hello and but also actually anyway hm hmm alas"
    ),
    greetings=words(
        "hey hi hello yo ok okay oh so well um uh er erm ah and but alright right now please "
        "thanks sorry listen dear morning evening afternoon good night bye goodbye yes no yeah hmm "
        "oi hiya howdy excuse me wait look really seriously sure exactly cool great perfect"
    ),
    polite_ends=words(
        "thanks you please hey hi hello bye goodbye morning evening afternoon night okay ok yes no "
        "yeah sorry now stop welcome right enough wrong done great cool nice fine true funny ready "
        "perfect happened over back again later today tonight tomorrow too then there their here it"
    ),
    asides=ASIDES_IN_ENGLISH,
    hailing_phrases=HAILING_IN_ENGLISH,
    parts=PARTS_IN_ENGLISH,
    lone_verbs=LONE_VERBS_IN_ENGLISH,
    epithets=EPITHETS_IN_ENGLISH,
    degrees=words("not too so very pretty quite"),
    subject_openings=words(
        "ill well itll theyll thatll weve theyve lets heres theres here that thatd wed youd theyd "
        "nobody somebody everybody everyone someone"
    ),
    opinion_verbs=words("think guess suppose hope bet wish reckon imagine"),
    clause_objects=words("it that this"),
    object_ends=words("on in up over off out down that this these those him her me us"),
    own_objects=words("me us"),
    question_ends=words("like from not won"),
    calls=words("hey hi hello okay ok yo"),
    you=words("you your yours yourself youre youve youll"),
    we=words("we us our ours lets"),
    crowd=words("everyone everybody guys folks yall all"),
    no_crowd_phrases=phrases("at all/after all/of all"),
    about_before=ABOUT_BEFORE_IN_ENGLISH,
    about_after=ABOUT_AFTER_IN_ENGLISH,
    inverting=words(
        "is are was were do does did can could will would should have has had cant couldnt wont "
        "wouldnt isnt doesnt didnt may might shall must hasnt hadnt wasnt shouldnt"
    ),
    pronouns=words("you i we it there they he she"),
    determiners=words("that this the my our your a any"),
    prepositional_verbs=words("stand standing rely depend consist live"),
    causatives=words("make let have watch see hear"),
    departures=words("leave"),
    gap_pasts=words("said meant wanted needed thought heard expected"),
    indefinites=words("a an"),
    indefinite_determiners=words("a an any"),
    definites=words("the"),
    ordinals=words("next last other same whole first second third most rest only"),
    genitives=words("of"),
    superlative_ending="est",
    no_superlatives=words(
        "test guest forest chest rest nest vest west request contest interest quest"
    ),
    adverbs=words(
        "only sometimes usually often never always still probably maybe perhaps just also really "
        "already actually finally nearly almost hardly even clearly obviously apparently simply "
        "suddenly once soon rarely"
    ),
    finite_endings=("s", "ed"),
    bare_endings=("ss", "us", "eed", "bed"),
    same_in_past=words("put set cut shut hit let quit read cost hurt spread split"),
    no_finite=words(
        "thanks lights news always perhaps sometimes this yes bless less miss guess pass press us "
        "need feed red bed speed indeed speakers headlines directions subtitles volumes congrats "
        "congratulations apologies lets thats its whats whos wheres heres theres hows cheers needs"
    ),
    negations=words("not never"),
    behind_finite=words(
        "with me you him her us them it the a an my your about that at on in up off out too again "
        "better like"
    ),
    past_times=words("yesterday ago already twice earlier again last wrong itself before midnight"),
    times=words(
        "today tomorrow tonight yesterday monday tuesday wednesday thursday friday saturday sunday "
        "christmas easter halloween"
    ),
    comparatives=words("more less better worse"),
    comparative_endings=("er",),
    than=words("than"),
    opinion_phrases=phrases("how do you/how did you/how would you"),
    auxiliaries=words("has have had hasnt havent hadnt"),
    plural_verbs=words("do dont are arent were werent am have havent"),
    modals=words(
        "can cant could couldnt will wont would wouldnt should shouldnt may might must shall"
    ),
    bare_verbs=words(
        "go come work open close start end run leave arrive cost take need know mean look fit "
        "still ever even already always usually really have get rain ring belong count matter "
        "be win lose swim fly eat drink sleep live grow freeze melt burn break die survive exist "
        "contain float bite snow happen help hurt last taste smell keep stay become use speak "
        "allow include fall begin"
    ),
    superlatives=words(
        "best worst only first last same most one name reason real boss king new biggest smartest "
        "favourite favorite bit little lot tad touch"
    ),
    described_by=words(
        "of that who which for we i you he she they with in to from and or where when than at"
    ),
    appositions=words(
        "friend friends brother uncle cousin bot robot assistant agent butler program ai name "
        "guy thing same real old new poor great famous other original actual whole only called"
    ),
    gap_words=words("what which who whom many much"),
    gap_verbs=words(
        "think say mean know want need see hear like love hate recommend suggest prefer do "
        "remember understand believe reckon have get use eat drink cost take called call weigh make"
    ),
    phrasal_verbs=words("turn switch power plug boot take set shut took put"),
    particle_ends=words("down back together"),
    participles=words(
        "begun come gone done been seen left sold won lost broken grown fallen risen shut made "
        "paid sent found thrown stolen written"
    ),
    prepositions=words(
        "from on in with for at of by under like without before behind near inside during"
    ),
    naming_verbs=words("calls called named"),
    naming_phrases=phrases("call it/calls it/name it"),
    naming_forms=words("call calls called calling name names named"),
    reflexives=words("myself yourself himself herself itself themselves ourselves"),
    openings=words("a an any"),
    giving_verbs=words("show give hand bring buy sell lend send pass"),
    transitives=words(
        "get find start marry see seen use bring buy install fix update hear ask choose pick make "
        "meet met wake reach replace keep like love want need trust carry unplug restart reset "
        "delete remove add configure uninstall silence mute unmute disable enable spell pronounce "
        "stand tried tested"
    ),
    contractions=words("im youre thats its hes shes theyre were"),
    intransitives=words(
        "going coming leaving waiting listening joking kidding raining snowing working sleeping "
        "trying freezing starving dying bleeding burning thinking talking speaking cooking eating "
        "reading driving running looking asking wondering happening missing moving playing "
        "something anything nothing everything thing morning evening work works worked arrive "
        "arrived exist matter matters hurts"
    ),
    wishes=phrases(
        "i need/we need/i want/we want/i would like/id like/we would like/wed like/im looking for/"
        "i am looking for/were looking for/we are looking for/i have/we have/ive got/weve got/"
        "im out of/were out of/we are out of"
    ),
    infinitives=words("to someone somebody"),
    copulas=words(
        "is are was were am be im youre thats its hes shes theyre isnt wasnt werent arent"
    ),
    alternatives=words("or whoever"),
    relays=words("ask tell"),
    indirect=words("to if whether"),
    switch_phrases=phrases(
        "switch to/switch over to/change to/give me/get me/let me talk to/let me speak to/"
        "i want to talk to/i want to speak to/id like to talk to/id like to speak to/"
        "i would like to talk to/put on/bring in"
    ),
    day_times=DAY_TIMES_IN_ENGLISH,
    everyday=EVERYDAY_IN_ENGLISH,
    limits=LIMITS_IN_ENGLISH,
    months=MONTHS_IN_ENGLISH,
    quantities=QUANTITIES_IN_ENGLISH,
    weekdays=WEEKDAYS_IN_ENGLISH,
    hesitations=words("um uh er erm uhm"),
    no_verbs=words(
        "love like hate see saw hear heard know knew want need mean meant guess think thought "
        "hope told got gave made took left lost won met had found did came felt said bought "
        "brought broke ate drank drove wrote sent spent put only even maybe perhaps then now also "
        "still not never always both half all quite such about with from for of in on at to by as "
        "than since until till during after before between under over near into onto through "
        "against across around behind below above inside outside without within except that this "
        "these those there here the a an my your his her its our their i you he she it we they me "
        "him us them and or but so because if when while where what who how why which is are was "
        "were be been am do does has have can could will would should may might must no yes one "
        "two first last next another every each any some same thats its theres heres ill im youre "
        "bet feel feels miss missed thank thanks enjoy remembered forgot forget let lets kept "
        "seem"
    ),
    objects=words("the it them my all every both a an everything"),
    particles=words("just simply then please maybe"),
    physical_verbs=PHYSICAL_VERBS_IN_ENGLISH,
    physical_phrases=PHYSICAL_IN_ENGLISH,
    peer_terms=words("dude man bro mate buddy pal honey babe sweetie darling mum mom dad folks"),
    third_persons=words("he him his hes hed she her hers shes"),
    task_phrases=TASKS_IN_ENGLISH,
    task_objects=TASK_OBJECTS_IN_ENGLISH,
    reactions=words("oh well see ah aha nah wow god gosh"),
    negated_verbs=words(
        "isnt arent wasnt werent dont doesnt didnt cant couldnt wont wouldnt shouldnt havent hasnt"
    ),
    remarked=words("that thats"),
    anaphors=words("it that thats they them those he she him her ones"),
    first_persons=words("i im ive id"),
    possessives=words("my mine our ours myself"),
    deictics=words("this these here over yonder"),
    polarity_items=words("any anything anyone anybody"),
    indefinite_pronouns=words("anyone anybody someone somebody"),
    knowing_verbs=words("know knows look find google check remember tell idea guess"),
    remaining=words("left"),
    time_units=words("time minutes seconds hours days weeks months"),
    human_only_phrases=HUMAN_ONLY_IN_ENGLISH,
    who_phrases=phrases("who is/whos/who was"),
    generic_phrases=phrases(
        "how do you/how would you/how can you/where do you/where can you/when do you/"
        "when can you/do you have to/can you get/what do you call/what do you do/what do you get/"
        "what do you pay/what do you say to/what do you wear/are you allowed/are you supposed"
    ),
    behind_generic_phrases=phrases("have to/need to/need for/can/are allowed/are supposed"),
    personal_verbs=words("want keep like think mean feel live remember know prefer"),
    irony_phrases=phrases(
        "oh great/oh sure/oh fantastic/oh wonderful/oh brilliant/oh perfect/oh lovely/oh joy/"
        "yeah right/yeah sure/sure because/what a surprise/what a shock/what a shame/what a mess/"
        "thanks for nothing/thank you for nothing/great just/great now/how wonderful/how lovely/"
        "how nice/isnt that/"
        "isnt it/isnt this/why dont you/why dont we/as if/thats just/that is just"
    ),
    read_phrases=phrases(
        "it says/it says here/here it says/next it says/then it says/he writes/she writes/"
        "they write/listen to this/quote/once upon/dear sir/dear all"
    ),
    read_headings=words(
        "chapter page question rule step paragraph section article verse part exercise line number"
    ),
    numbers=words(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "twenty thirty forty fifty"
    ),
    hello=words("hello hi hey"),
    phone_phrases=phrases(
        "yes speaking/speaking/yes this is/this is/yes hello/yes hi/its me/hi its/hi this is/"
        "who is this/whos this/hi yes/yes yes/yes im/yes i/hi im/hi yeah/yeah hi/yeah its"
    ),
    farewells=words("bye goodbye"),
    kin=words("mum mom mommy mummy dad daddy grandma grandpa granny honey darling babe"),
)
