"""Names between two clauses without commas, as speech to text writes them."""

from __future__ import annotations

from pipeline.language.lexicons import language
from pipeline.language.vocative import is_called

IN_THE_MIDDLE = """
stop Jarvis slower
stop stop Jarvis too fast
what key is Valerie in Jarvis the slow version
is it in tune Jarvis or a bit flat
do you want tea Jarvis or coffee
play it again Jarvis but slower
start over Jarvis a bit slower
read it again Jarvis a bit slower
when does it close Jarvis the big museum
I don't know Jarvis you choose
never mind Jarvis I found it
not now Jarvis we're talking
one more thing Jarvis how late is the library open
one more question Jarvis is it far
thanks for that Jarvis and what about lunch
thank you very much Jarvis that helps a lot
that's enough Jarvis you can stop
I'm sorry Jarvis I didn't hear you
excuse me Jarvis I wasn't finished
I think Jarvis that you should check the date
I guess Jarvis we'll need two of them
hold on Jarvis I need to write that down
wait a second Jarvis let me get a pen
good point Jarvis but what does it cost
very funny Jarvis now do the other one
that's wrong Jarvis it was on Tuesday
that was last year Jarvis I mean this one
no problem Jarvis we can wait
well done Jarvis that was right
all right Jarvis here is the list
I'm home Jarvis turn on the lights
it's too loud Jarvis turn it down
we're out of milk Jarvis put it on the list
I'm hungry Jarvis where can we eat
I can't see anything Jarvis make it brighter
the film is boring Jarvis play something else
my hands are full Jarvis open the door
I have a question Jarvis what is a quasar
let's see Jarvis which one is bigger
by the way Jarvis did the post come
speaking of that Jarvis when is it due
you know what Jarvis cancel it
I changed my mind Jarvis order the small one
come on Jarvis you can do better
oh no Jarvis the cake is burning
in that case Jarvis make it four
if you have a minute Jarvis read me the news
when you're done Jarvis start the next one
before you go Jarvis what's the score
for tomorrow Jarvis set an alarm at six
for the last time Jarvis stop the music
can you please Jarvis be quiet for a moment
could you maybe Jarvis look that up
would you Jarvis repeat the last word
what do I need Jarvis for a paella
tell me Jarvis what is the time
tell us Jarvis who won the race
please tell me Jarvis that it's not raining
listen Jarvis I have a problem
look Jarvis that's not what I asked
yes Jarvis go ahead
yes please Jarvis that would be nice
no thanks Jarvis I'm fine
of course Jarvis do it
to be honest Jarvis I don't like it
honestly Jarvis that's a bad idea
sure Jarvis why not
ten more minutes Jarvis then wake me
last question Jarvis who was the first king of Spain
next time Jarvis warn me before you do that
this time Jarvis use the other recipe
don't worry Jarvis it's not urgent
I told you Jarvis I don't eat meat
I asked you Jarvis what the time is
I love you Jarvis you're the best
I disagree with that Jarvis
I don't agree with you Jarvis
nobody told me about it Jarvis
we already talked about that Jarvis
I'm done with it Jarvis
there is something wrong with it Jarvis
not so fast Jarvis
not that one Jarvis
not yet Jarvis
good job Jarvis
nice try Jarvis
too late Jarvis
my mistake Jarvis
see you tomorrow Jarvis
good to know Jarvis
that makes sense Jarvis
you're wrong Jarvis
you're late Jarvis
you already said that Jarvis
you forgot something Jarvis
it doesn't work Jarvis
it's me Jarvis
I'm back Jarvis
I give up Jarvis
I can't hear you Jarvis
I'm listening Jarvis
we're ready Jarvis
we're leaving Jarvis
he wrote this song Jarvis
and he news from the bank Jarvis
"""
NEEDED_BY_ITS_CLAUSE = """
stop Jarvis from talking
stop Jarvis before it starts
play Jarvis the slow version
give Jarvis the slow version
he gave Jarvis the slow version
can you give Jarvis the slow version
did you show Jarvis the photo
who gave Jarvis the key
have you asked Jarvis the other question
do you know Jarvis the bot
who is smarter Jarvis or Sage
which one is it Jarvis or the other one
make Jarvis say it
watch Jarvis get this wrong
I asked Jarvis I don't know how often
I like Jarvis it's funny
I told Jarvis I was late
he told Jarvis we would be late
she thinks Jarvis is a person
I think Jarvis is asleep
I think Jarvis can do that
I guess Jarvis was right
I hope Jarvis knows the way
I'm sure Jarvis did it
I'm afraid Jarvis broke
we have Jarvis in the kitchen
we use Jarvis for the lights
we got Jarvis last year and it works
I heard Jarvis say it
I saw Jarvis on your desk
I let Jarvis choose the music
I made Jarvis tell us a joke
I had Jarvis book the hotel
I want Jarvis to read it
she wants Jarvis to sing
can you tell Jarvis to stop
can you ask Jarvis what time it is
could you show Jarvis to my mother
did you ask Jarvis about it
did you hear Jarvis last night
do you like Jarvis better than the other one
do you trust Jarvis with your money
does anyone use Jarvis for work
have you met Jarvis yet
have you updated Jarvis this week
is Jarvis still listening
is that Jarvis or the radio
was it Jarvis that turned it off
what did Jarvis say about the weather
what if Jarvis is wrong
what would Jarvis do
when Jarvis was new it was slower
when you ask Jarvis it takes a while
if you tell Jarvis your name it remembers
if Jarvis hears this we're in trouble
because Jarvis told me
since Jarvis came we talk less
the thing with Jarvis is that it never sleeps
the problem with Jarvis is the price
the good thing about Jarvis is the voice
my brother calls Jarvis every night
the kids love Jarvis because it tells stories
you can ask Jarvis anything you like
you should hear Jarvis when it sings
you have to call Jarvis by its name
people think Jarvis is a joke
without Jarvis we would be lost
thanks to Jarvis we found the way
thank God for Jarvis I say
like Jarvis said it's raining
unlike Jarvis she listens
maybe Jarvis can help us
maybe ask Jarvis he knows
even Jarvis doesn't know
only Jarvis would say that
that was Jarvis not me
that's Jarvis he always says that
it's Jarvis again
it was just Jarvis being funny
this is Jarvis our assistant
he's like Jarvis but slower
he looks at Jarvis and laughs
he left because of Jarvis I think
let me introduce Jarvis our new helper
let's ask Jarvis who's right
let's wait for Jarvis to finish
let's see what Jarvis says
put Jarvis on the other speaker
give Jarvis a moment
leave Jarvis alone
turn Jarvis off please
try Jarvis first
blame Jarvis I didn't touch it
poor Jarvis has to listen to this
dear old Jarvis never complains
good old Jarvis always helps
stupid Jarvis got it wrong again
I agree with Jarvis on that
I disagree with Jarvis about it
we talked about Jarvis yesterday
nobody told Jarvis about it
somebody broke Jarvis I swear
who told Jarvis about the party
who taught Jarvis that song
who needs Jarvis anyway
how do you switch Jarvis off
how does Jarvis know that
how old is Jarvis now
why does Jarvis say sir all the time
where did you get Jarvis from
which one is Jarvis then
one more thing about Jarvis it's cheap
I have a question about Jarvis
never trust Jarvis with a secret
I never use Jarvis I prefer Sage
I mean Jarvis not Sage
I said Jarvis not service
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def called(text: str) -> bool:
    start = text.index("Jarvis")
    return is_called(text, start, start + len("Jarvis"), language("en"))


def test_a_call_between_two_clauses_without_commas() -> None:
    missed = [text for text in lines(IN_THE_MIDDLE) if not called(text)]
    assert missed == []


def test_a_name_that_its_clause_needs_is_not_called() -> None:
    wrong = [text for text in lines(NEEDED_BY_ITS_CLAUSE) if called(text)]
    assert wrong == []
