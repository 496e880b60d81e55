"""Names at the start and the end of what is said, without commas and closing marks."""

from __future__ import annotations

from pipeline.language.lexicons import language
from pipeline.language.vocative import is_called

AT_THE_START = """
Jarvis my back hurts
Jarvis the wifi is down again
Jarvis there's a spider in my room
Jarvis it's freezing in here
Jarvis we have guests tonight
Jarvis you forgot the sugar
Jarvis you're a genius
Jarvis nothing happened
Jarvis something is wrong with the printer
Jarvis somebody rang the bell
Jarvis no more music please
Jarvis yes I want that
Jarvis please call my wife
Jarvis could we have some light
Jarvis may I ask something
Jarvis shall we begin
Jarvis should I take an umbrella
Jarvis would it be faster by train
Jarvis must I renew my passport
Jarvis are eggs vegan
Jarvis were you listening
Jarvis is it Tuesday
Jarvis is my phone charged
Jarvis is anybody home
Jarvis aren't we late
Jarvis has the rain stopped
Jarvis has my package shipped
Jarvis have you got a minute
Jarvis does anyone live on that island
Jarvis does this contain nuts
Jarvis do whales sleep
Jarvis did the Romans use soap
Jarvis can I freeze cheese
Jarvis can the dog eat this
Jarvis can somebody open the gate
Jarvis will there be traffic
Jarvis will the bank be open
Jarvis how come the sky is blue
Jarvis whose birthday is next
Jarvis which way is north
Jarvis why not tomorrow
Jarvis where's the nearest toilet
Jarvis when's sunset
Jarvis who's calling
Jarvis in how many days is Easter
Jarvis at what time do we land
Jarvis for the third time stop
Jarvis after dinner play some piano
Jarvis tonight I want to sleep early
Jarvis tomorrow I need the car
Jarvis tomorrow remind me to pay rent
Jarvis every Monday wake me at six
Jarvis later we'll need the projector
Jarvis next time be quicker
Jarvis just play anything
Jarvis never do that again
Jarvis always lock the door at ten
Jarvis quickly write this down
Jarvis kindly repeat that
Jarvis look up the recipe
Jarvis mute yourself
Jarvis unmute the microphone
Jarvis fetch me the report
Jarvis summarise the meeting
Jarvis prepare a summary
Jarvis define entropy
Jarvis calculate the tip
Jarvis solve this equation
Jarvis compare the two offers
Jarvis archive my inbox
Jarvis scan the document
Jarvis sort them by date
Jarvis roll a die
Jarvis flip a coin
Jarvis pick a number
Jarvis guess who called
Jarvis forget what I said
Jarvis ignore that
Jarvis shut up
Jarvis wake up
Jarvis hurry up
Jarvis louder
Jarvis quiet
Jarvis help
Jarvis lights
Jarvis the news please
Jarvis a timer for ten minutes
Jarvis two teas to go
Jarvis half past nine please
Jarvis one more time
Jarvis what a day
Jarvis good morning
Jarvis thank you
Jarvis sorry about that
Jarvis let's play chess
Jarvis let me think
Jarvis if it rains close the roof
Jarvis when I leave turn everything off
Jarvis because of you I'm late
Jarvis and what about Sunday
"""
AT_THE_END = """
my back hurts Jarvis
the wifi is down again Jarvis
there's a spider in my room Jarvis
we have guests tonight Jarvis
you're a genius Jarvis
somebody rang the bell Jarvis
shall we begin Jarvis
should I take an umbrella Jarvis
are eggs vegan Jarvis
is it Tuesday Jarvis
is my phone charged Jarvis
aren't we late Jarvis
has the rain stopped Jarvis
did the Romans use soap Jarvis
do whales sleep Jarvis
can I freeze cheese Jarvis
will there be traffic Jarvis
which way is north Jarvis
where's the nearest toilet Jarvis
when's sunset Jarvis
who's calling Jarvis
in how many days is Easter Jarvis
after dinner play some piano Jarvis
tomorrow I need the car Jarvis
just play anything Jarvis
never do that again Jarvis
look up the recipe Jarvis
mute yourself Jarvis
summarise the meeting Jarvis
define entropy Jarvis
calculate the tip Jarvis
archive my inbox Jarvis
sort them by date Jarvis
roll a die Jarvis
pick a number Jarvis
ignore that Jarvis
shut up Jarvis
hurry up Jarvis
louder Jarvis
the news please Jarvis
a timer for ten minutes Jarvis
one more time Jarvis
what a day Jarvis
let's play chess Jarvis
let me think Jarvis
if it rains close the roof Jarvis
how do I get there Jarvis
what happened next Jarvis
what's for dinner Jarvis
what's that noise Jarvis
who said that Jarvis
how was your day Jarvis
what do I wear today Jarvis
how much does it weigh Jarvis
which one is cheaper Jarvis
any plans for tonight Jarvis
anything else Jarvis
did I miss something Jarvis
tell me about whales Jarvis
show me the way Jarvis
explain it again Jarvis
continue please Jarvis
the second one Jarvis
the one with mushrooms Jarvis
at seven Jarvis
in the kitchen Jarvis
not the red one Jarvis
same as yesterday Jarvis
"""
TALKED_ABOUT = """
Jarvis is in the hall
Jarvis is no help at all
Jarvis is my favourite
Jarvis is from England
Jarvis isn't working
Jarvis was listening
Jarvis was off all night
Jarvis has the list
Jarvis has my number
Jarvis has been quiet
Jarvis had the answer
Jarvis does that every night
Jarvis did the shopping
Jarvis can hear you
Jarvis can wait
Jarvis will tell you
Jarvis will be late
Jarvis would laugh
Jarvis should know
Jarvis might be wrong
Jarvis always repeats himself
Jarvis never answers
Jarvis just ignored me
Jarvis also speaks Dutch
Jarvis still thinks it's May
Jarvis once called me mum
Jarvis probably heard that
Jarvis usually plays the radio
Jarvis woke me at three
Jarvis told us a story
Jarvis said no
Jarvis wrote my essay
Jarvis broke
Jarvis turned itself off
Jarvis missed the turn
Jarvis lost the game
Jarvis found my keys
Jarvis made a mistake
Jarvis gave me the creeps
Jarvis got it wrong
Jarvis went silent
Jarvis came with the house
Jarvis costs ten a month
Jarvis works on my phone
Jarvis likes jazz
Jarvis sounds tired
Jarvis needs the internet
Jarvis keeps talking
Jarvis lives in the cloud
Jarvis or Sage who is better
Jarvis and my mother get along
Jarvis with the new voice is creepy
Jarvis without internet is useless
I'm talking to Jarvis
who's Jarvis
what's Jarvis
where's Jarvis
this is Jarvis
that's just Jarvis
it was Jarvis
you mean Jarvis
you sound like Jarvis
I prefer Jarvis
we named him Jarvis
he works with Jarvis
my cat hates Jarvis
don't wake Jarvis
don't ask Jarvis
go ask Jarvis
blame Jarvis
we bought Jarvis
she married Jarvis
have you seen Jarvis
did you mute Jarvis
can you fix Jarvis
how do I reset Jarvis
how can I delete Jarvis
what is wrong with Jarvis
who is talking to Jarvis
nobody likes Jarvis
everyone loves Jarvis
I was speaking to Jarvis
he just installed Jarvis
we should replace Jarvis
let's unplug Jarvis
let's ask Jarvis
remember when we got Jarvis
that's what I told Jarvis
is it you or Jarvis
"""


def lines(text: str) -> list[str]:
    return text.strip().splitlines()


def called(text: str) -> bool:
    start = text.index("Jarvis")
    return is_called(text, start, start + len("Jarvis"), language("en"))


def test_a_call_at_the_start() -> None:
    missed = [text for text in lines(AT_THE_START) if not called(text)]
    assert missed == []


def test_a_call_at_the_end() -> None:
    missed = [text for text in lines(AT_THE_END) if not called(text)]
    assert missed == []


def test_talk_about_the_name() -> None:
    wrong = [text for text in lines(TALKED_ABOUT) if called(text)]
    assert wrong == []
