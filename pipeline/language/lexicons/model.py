"""The data that the rules have of a language: lists of words and phrases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pipeline.language.lexicons.english_spoken import MATHS_IN_ENGLISH, SPOKEN_IN_ENGLISH


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Phrases, separated by slashes."""
    return frozenset(" ".join(line.split()) for line in text.strip().split("/"))


_NOTHING: Final[frozenset[str]] = frozenset()


INTERNATIONAL: Final = words(
    "dr prof mr mrs ms st vs cf "
    "sr sra srta dra ud uds vd vds mme mlle mgr sig dott dhr mevr bijv tzn"
)
"""Abbreviations for every language: agents quote names, and the language of a text may be unknown.
Those of a single language are no word in any other."""
BEFORE_NUMBERS: Final = words("no nos nr fig vol p pp ch sec art ca approx max min tel")


@dataclass(frozen=True, slots=True)
class Language:
    """One language. Fields ending in ``_phrases`` hold phrases, the others single words."""

    code: str

    # -- splitting sentences
    abbreviations: frozenset[str] = _NOTHING
    """Words before a dot (without it) at which a sentence never ends."""
    number_abbreviations: frozenset[str] = _NOTHING
    """Abbreviations at which a sentence ends unless a number follows."""
    closing_abbreviations: frozenset[str] = _NOTHING
    """Abbreviations at which a sentence ends only if a capital letter follows."""
    after_ordinals: frozenset[str] = _NOTHING
    """Words that make the number and dot before them an ordinal (3. Mai)."""
    ordinals_have_dots: bool = False
    one_letter_words: frozenset[str] = _NOTHING
    """Capital letters that are words and can end a sentence ("It was I."), in lower case."""
    spoken: Mapping[str, str] = field(default_factory=lambda: SPOKEN_IN_ENGLISH)
    """Spoken replacements for what cannot be read out."""
    maths: Mapping[str, str] = field(default_factory=lambda: MATHS_IN_ENGLISH)
    """The spoken form of the symbols of a formula."""

    # -- dialogue acts
    question_words: frozenset[str] = _NOTHING
    verbs_first: frozenset[str] = _NOTHING
    """Auxiliaries that open a question ("is", "kannst")."""
    imperatives: frozenset[str] = _NOTHING
    irregular_pasts: frozenset[str] = _NOTHING
    """Past forms of verbs of ``imperatives`` that their spelling does not show ("told")."""
    past_ending: str = ""
    """The ending of regular past forms, if speech to text adds it to imperatives."""
    advice_verbs: frozenset[str] = _NOTHING
    """Verbs before "I" in a question for advice ("how do I", "can I")."""
    existential_phrases: frozenset[str] = _NOTHING
    """Openings of questions whether there is something."""
    request_phrases: frozenset[str] = _NOTHING
    """Openings of requests without an imperative."""
    follow_up_phrases: frozenset[str] = _NOTHING
    """Openings that refer to the previous utterance."""
    follow_up_ends: frozenset[str] = _NOTHING
    """Phrases that, at the end of a question or request, refer to it too ("as well")."""
    contracted: Mapping[str, str] = field(default_factory=dict)
    """Contractions in full that are another word without their apostrophe ("we're")."""
    thanks_phrases: frozenset[str] = _NOTHING
    correction_phrases: frozenset[str] = _NOTHING
    denials: frozenset[str] = _NOTHING
    """Words for "no", which deny what was said if more follows behind a comma."""
    """Openings that stop or correct what is being said."""

    no_subjects: frozenset[str] = _NOTHING
    """Words that are no subject after a verb at the start ("is fine", "do not")."""

    # -- requests that act
    acting_verbs: frozenset[str] = _NOTHING
    """Verbs, and separated prefixes of verbs, of requests that change something ("delete")."""
    telling_verbs: frozenset[str] = _NOTHING
    """Verbs of requests for words, which change nothing ("tell", "explain")."""

    # -- text endpointing
    open_words: frozenset[str] = _NOTHING
    """Words that no complete sentence ends with ("the", "and", "um")."""
    seldom_last: frozenset[str] = _NOTHING
    """Words that end only a question, or a clause with a pronoun before them ("yes, it is")."""
    open_phrases: frozenset[str] = _NOTHING
    """Endings that need a clause after them ("if you could")."""
    question_breaks: frozenset[str] = _NOTHING
    """Words that seldom end a question, except one with a gap ("who is it to?")."""
    conjunctions: frozenset[str] = _NOTHING
    """Words that join a clause or a noun to one before ("and", "because")."""
    subordinators: frozenset[str] = _NOTHING
    """Words that open a subordinate clause before its main clause ("if", "although")."""
    before_gap: tuple[str, ...] = ()
    """Endings of verbs that such a gap follows ("talking to")."""

    # -- voice commands
    polite_words: frozenset[str] = _NOTHING
    """Words that do not change a command; its phrases are written without them."""
    louder_phrases: frozenset[str] = _NOTHING
    quieter_phrases: frozenset[str] = _NOTHING
    repeat_phrases: frozenset[str] = _NOTHING
    continue_phrases: frozenset[str] = _NOTHING
    accepting_phrases: frozenset[str] = _NOTHING
    """Answers to "Shall I go on?" that accept the offer."""
    declining_phrases: frozenset[str] = _NOTHING
    """Answers to "Shall I go on?" that decline the offer."""

    # -- utterances that need no answer
    backchannels: frozenset[str] = _NOTHING
    """Sounds and phrases that only show attention."""
    acknowledgements: frozenset[str] = _NOTHING
    """Short words that answer a question, or else only acknowledge."""
    answers: frozenset[str] = _NOTHING
    """Short answers: a turn of their own after a question."""
    fillers: frozenset[str] = _NOTHING
    """Words without meaning at the start, which the rules skip."""

    # -- names that are called
    greetings: frozenset[str] = _NOTHING
    """Words that may stand before a called name at the start of a sentence."""
    polite_ends: frozenset[str] = _NOTHING
    """Words after which a name at the end is a call ("thanks Jarvis")."""
    asides: frozenset[str] = _NOTHING
    """Phrases that lack nothing and stand before a called name ("never mind", "by the way")."""
    hailing_phrases: frozenset[str] = _NOTHING
    """Phrases before a name that only call it, as on the radio ("calling", "earth to")."""
    epithets: frozenset[str] = _NOTHING
    """Adjectives before the name of who is called ("good old Jarvis, what ...")."""
    degrees: frozenset[str] = _NOTHING
    """Words that open such a phrase of two or three words ("too late", "not so fast")."""
    subject_openings: frozenset[str] = _NOTHING
    """Words besides the pronouns that begin a clause with their own subject ("ill", "heres")."""
    opinion_verbs: frozenset[str] = _NOTHING
    """Verbs of the speaker that take a clause, and no name as their object ("i think")."""
    clause_objects: frozenset[str] = _NOTHING
    """Objects behind which a name is no second one ("you said that")."""
    object_ends: frozenset[str] = _NOTHING
    """Words that can end a longer request ("turn the light on"); a name after them is a call."""
    own_objects: frozenset[str] = _NOTHING
    """Objects that are the speaker ("me")."""
    particle_ends: frozenset[str] = _NOTHING
    """More particles of verbs, behind which the object of a question may stand ("set up")."""
    question_ends: frozenset[str] = _NOTHING
    """Words that can end a question with a question word ("what is it like")."""
    you: frozenset[str] = _NOTHING
    calls: frozenset[str] = _NOTHING
    """Words that, in mid-sentence, announce a call ("so, hey Jarvis")."""
    we: frozenset[str] = _NOTHING
    """Words for several people, the speaker among them."""
    crowd: frozenset[str] = _NOTHING
    """Words that address several people, first or last in a clause."""
    no_crowd_phrases: frozenset[str] = _NOTHING
    """Phrases that end in such a word and address nobody ("at all")."""
    about_before: frozenset[str] = _NOTHING
    """A name after one of these is talked about, not to."""
    about_after: frozenset[str] = _NOTHING
    """A name before one of these is talked about, not to."""
    inverting: frozenset[str] = _NOTHING
    """Verbs that, between a name and a pronoun, open a question to that name."""
    pronouns: frozenset[str] = _NOTHING
    """Subjects that form a question after an inverting verb ("is it")."""
    determiners: frozenset[str] = _NOTHING
    """Words that open a subject or an object after such a verb ("is the ...")."""
    parts: frozenset[str] = _NOTHING
    """Words for one or more of several, before "of" ("either of them")."""
    lone_verbs: frozenset[str] = _NOTHING
    """Forms of verbs that take no object, or only behind a preposition ("wait", "wait for")."""
    prepositional_verbs: frozenset[str] = _NOTHING
    """More verbs that take an object only behind a preposition in a question ("stand for")."""
    causatives: frozenset[str] = _NOTHING
    """Verbs before a name and a bare verb that it is the subject of ("make ... say it")."""
    departures: frozenset[str] = _NOTHING
    """Verbs with an object that is seldom said when things do it ("when does the bus leave")."""
    gap_pasts: frozenset[str] = _NOTHING
    """Past forms of verbs whose only object a relative pronoun can be ("what i meant")."""
    indefinites: frozenset[str] = _NOTHING
    """The indefinite articles."""
    indefinite_determiners: frozenset[str] = _NOTHING
    """Determiners of a kind of thing, in all their forms ("a", "any")."""
    definites: frozenset[str] = _NOTHING
    """The definite articles."""
    ordinals: frozenset[str] = _NOTHING
    """Words behind such an article that choose from what is known ("the next", "the other")."""
    genitives: frozenset[str] = _NOTHING
    """Prepositions of what a thing belongs to ("the capital of")."""
    superlative_ending: str = ""
    no_superlatives: frozenset[str] = _NOTHING
    """Words with that ending that are no superlative ("test")."""
    adverbs: frozenset[str] = _NOTHING
    """Words between a name and the verb of a statement about it ("only knows")."""
    finite_endings: tuple[str, ...] = ()
    """Endings of finite verbs, which have the name before them as their subject."""
    bare_endings: tuple[str, ...] = ()
    """Longer endings that bare verbs have ("compress")."""
    same_in_past: frozenset[str] = _NOTHING
    """Verbs whose past form is the bare one ("put")."""
    no_finite: frozenset[str] = _NOTHING
    """Words with such an ending that are no verb."""
    behind_finite: frozenset[str] = _NOTHING
    """Words that follow such a verb ("agrees with me")."""
    negations: frozenset[str] = _NOTHING
    past_times: frozenset[str] = _NOTHING
    """Words that show that a past form tells of the past ("yesterday", "again")."""
    times: frozenset[str] = _NOTHING
    """Nouns of time that are a subject without a determiner ("is tomorrow a holiday")."""
    comparatives: frozenset[str] = _NOTHING
    """Comparatives that their ending does not show."""
    comparative_endings: tuple[str, ...] = ()
    than: frozenset[str] = _NOTHING
    """Words that follow a comparative."""
    opinion_phrases: frozenset[str] = _NOTHING
    """Openings of questions for an opinion on the name at the end ("how do you like")."""
    auxiliaries: frozenset[str] = _NOTHING
    """Verbs that a participle follows ("has the match started")."""
    plural_verbs: frozenset[str] = _NOTHING
    """Verbs that never have one name as their subject ("Jarvis are there"): they ask the named."""
    modals: frozenset[str] = _NOTHING
    """Verbs between which and an object another verb stands ("will the shop open")."""
    participles: frozenset[str] = _NOTHING
    """Irregular participles, which end a question with an auxiliary ("has the match begun")."""
    prepositions: frozenset[str] = _NOTHING
    """A name before one of these is talked about, if its verb follows ("on my phone is faster")."""
    naming_verbs: frozenset[str] = _NOTHING
    """Verbs that give something the name behind it ("they named the dog Jarvis")."""
    naming_phrases: frozenset[str] = _NOTHING
    """The same with their object ("did you call it Jarvis")."""
    naming_forms: frozenset[str] = _NOTHING
    """Forms of such verbs, behind which a pronoun stands for the named ("we call him Jarvis")."""
    reflexives: frozenset[str] = _NOTHING
    """Pronouns for the subject ("he calls himself Jarvis")."""
    openings: frozenset[str] = _NOTHING
    """Determiners that open a wish or a question without a verb ("any other ideas")."""
    giving_verbs: frozenset[str] = _NOTHING
    """Verbs of two objects, of which the name is one ("show her Jarvis")."""
    transitives: frozenset[str] = _NOTHING
    """Bare verbs that, behind a pronoun, need the name as their object ("did you find Jarvis")."""
    contractions: frozenset[str] = _NOTHING
    """A subject with a form of "to be" ("im")."""
    intransitives: frozenset[str] = _NOTHING
    """Forms in -ing that take no object: a name after them is a call."""
    wishes: frozenset[str] = _NOTHING
    """Openings of a statement of what the speaker wants ("i need")."""
    infinitives: frozenset[str] = _NOTHING
    """Words before a bare verb, which may have the name as its object ("i need to ask")."""
    bare_verbs: frozenset[str] = _NOTHING
    """Verbs and adverbs that, behind a subject, show a question ("does the bus still go")."""
    superlatives: frozenset[str] = _NOTHING
    """Words behind a determiner that describe a name before them ("is the best")."""
    described_by: frozenset[str] = _NOTHING
    """Words that continue a noun in a description ("is the name of")."""
    appositions: frozenset[str] = _NOTHING
    """Nouns that a name may follow as their own ("my friend Jarvis")."""
    gap_words: frozenset[str] = _NOTHING
    """Question words that stand for an object ("what")."""
    gap_verbs: frozenset[str] = _NOTHING
    """Verbs whose object such a word can be ("what do you think")."""
    phrasal_verbs: frozenset[str] = _NOTHING
    """Verbs whose object may follow a particle ("turn on Jarvis")."""
    copulas: frozenset[str] = _NOTHING
    """Forms of "to be", with their contractions."""
    alternatives: frozenset[str] = _NOTHING
    """Words that, after a name and a comma, continue about the name."""
    relays: frozenset[str] = _NOTHING
    """Verbs that relay a request to an agent ("ask Sage to ...")."""
    indirect: frozenset[str] = _NOTHING
    """Words that open the relayed request, besides question words ("if", "to")."""
    switch_phrases: frozenset[str] = _NOTHING
    """Phrases before the name of the agent to switch to."""

    # -- names that are words too
    everyday: frozenset[str] = _NOTHING
    """Words on no other list that are like usual names of agents ("sake", "stage")."""
    quantities: frozenset[str] = _NOTHING
    """Words before a thing that a name is a word for too ("any sage")."""
    limits: frozenset[str] = _NOTHING
    """Words behind a number that limit it ("two hours max")."""
    weekdays: frozenset[str] = _NOTHING
    months: frozenset[str] = _NOTHING
    day_times: frozenset[str] = _NOTHING
    """Parts of a day, before which a weekday is no name ("Friday night")."""

    # -- talk between people, on the telephone, or read aloud
    hesitations: frozenset[str] = _NOTHING
    """Filled pauses ("um"); they have no meaning."""
    no_verbs: frozenset[str] = _NOTHING
    """Words before an object that make no request ("love it", "told them")."""
    objects: frozenset[str] = _NOTHING
    """Words that open an object."""
    particles: frozenset[str] = _NOTHING
    """Words without meaning between a verb and its object."""
    physical_verbs: frozenset[str] = _NOTHING
    """Verbs for what only a person with a body can do ("hold", "hurry")."""
    physical_phrases: frozenset[str] = _NOTHING
    peer_terms: frozenset[str] = _NOTHING
    """Words that people address each other by in place of a name ("dude")."""
    task_phrases: frozenset[str] = _NOTHING
    """Openings of requests that an assistant fulfils ("remind", "write down")."""
    task_objects: frozenset[str] = _NOTHING
    """Objects of such requests ("timer", "list")."""
    reactions: frozenset[str] = _NOTHING
    """First words of a reaction to what was said ("oh", "see")."""
    negated_verbs: frozenset[str] = _NOTHING
    """Negated verbs that open a question which remarks on something ("isn't that")."""
    remarked: frozenset[str] = _NOTHING
    """Pronouns for what was just said, in a question that remarks on it ("when was that")."""
    third_persons: frozenset[str] = _NOTHING
    """Pronouns for a third person."""
    anaphors: frozenset[str] = _NOTHING
    """Pronouns that refer to something named before ("it", "those")."""
    first_persons: frozenset[str] = _NOTHING
    """Subjects that are the speaker ("i", "im")."""
    possessives: frozenset[str] = _NOTHING
    deictics: frozenset[str] = _NOTHING
    """Words that refer to something in sight."""
    polarity_items: frozenset[str] = _NOTHING
    """Words that follow a verb in questions and negations alone ("any", "anything")."""
    indefinite_pronouns: frozenset[str] = _NOTHING
    knowing_verbs: frozenset[str] = _NOTHING
    """Verbs of knowing and finding out: with them a question to anyone asks for information."""
    remaining: frozenset[str] = _NOTHING
    """Words of a question for what is left of something ("is there any milk left")."""
    time_units: frozenset[str] = _NOTHING
    """Words with which such a question asks for a time ("how many minutes are left")."""
    human_only_phrases: frozenset[str] = _NOTHING
    """Openings of questions that only a person can answer ("who wants ...")."""
    who_phrases: frozenset[str] = _NOTHING
    """Openings of questions for the person who does something now ("who's driving")."""
    generic_phrases: frozenset[str] = _NOTHING
    """Openings in which "you" means anyone ("how do you get ...")."""
    behind_generic_phrases: frozenset[str] = _NOTHING
    """What follows a "you" that means anyone ("which ones do you have to ...")."""
    personal_verbs: frozenset[str] = _NOTHING
    """Verbs whose subject "you" is the person spoken to ("where do you keep it")."""
    irony_phrases: frozenset[str] = _NOTHING
    """Openings that are usually ironic ("oh great", "what a surprise")."""
    read_phrases: frozenset[str] = _NOTHING
    """Openings of a text that is read aloud."""
    read_headings: frozenset[str] = _NOTHING
    """Words that head a part of a text, with a number after them ("chapter one")."""
    numbers: frozenset[str] = _NOTHING
    hello: frozenset[str] = _NOTHING
    """Greetings that open a telephone call, or that stand before a name."""
    phone_phrases: frozenset[str] = _NOTHING
    """Phrases that follow such a greeting on the telephone."""
    farewells: frozenset[str] = _NOTHING
    """Words that end a telephone call."""
    kin: frozenset[str] = _NOTHING
    """Words for relatives that serve as their names ("mum")."""
    respelt: Mapping[str, str] = field(default_factory=dict)
    """How speech to text in this language spells the sounds of foreign names."""
