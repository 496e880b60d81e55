"""What ends a reply in English."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

ENGLISH: Final = ControlWords(
    stops=phrases(
        "stop/stop it/stop that/stop this/stop you/stop yourself/stop there/stop right there/halt/"
        "quit it/quit that/cut it out/cut it/knock it off/give it a rest/drop it/can it/zip it/"
        "be quiet/be silent/stay quiet/keep quiet/get quiet/quiet/quiet down/silence/hush/"
        "hush up/shush/sh/shh/ssh/pst/psst/shut up/shut it/shut your mouth/shut the hell up/"
        "shut the fuck up/pipe down/enough/enough is enough/that is enough/thats enough/"
        "that is quite enough/thats quite enough/that was enough/this is enough/"
        "ive heard enough/i have heard enough/i heard enough/ive had enough/"
        "enough of this/enough of that/that is enough of that/thats enough of that/"
        "thats enough of this/say no more/not another word/dont talk/do not talk/dont speak/"
        "dont say anything/dont say anything else/dont say anything more/dont say another word/"
        "mute/mute yourself/lets stop/lets stop it/lets stop that/let me stop you/"
        "im going to stop you/im gonna stop you/would you mind stopping/do you mind stopping/"
        "no more/no more of that/no more of this/never mind/nevermind/never mind that/"
        "never mind about that/cancel/cancel that/cancel it/abort/forget it/forget about it/"
        "forget that/forget about that/freeze/i want you to stop/i need you to stop"
    )
    | each_with(
        "stop/quit/cease/enough/enough of/enough with/no more/stop the/stop your/stop all the",
        "talking/speaking/reading/explaining/rambling/chattering/babbling/singing/counting/"
        "narrating/reciting/yapping/blabbering/"
        "going on/reading that/reading it/reading this/telling me/telling us/telling me that/"
        "telling me this/telling us that/talking to me/talking to us/talking about it/"
        "talking about that/explaining that/explaining it",
    )
    | each_with(
        "stop/end/quit/cease/enough of/enough with/no more/no more of/stop telling/stop reading/"
        "cancel/stop with",
        "the story/that story/this story/your story/the explanation/that explanation/"
        "your explanation/the answer/that answer/your answer/the reply/your reply/the list/"
        "that list/this list/the lecture/that lecture/your lecture/the speech/that speech/"
        "your speech/the poem/that poem/the joke/that joke/the talk/the talking/the summary/"
        "that summary/the monologue/your monologue/the rambling/your rambling/the chatter",
    )
    | each_with(
        "no more/no more of the/no more of your/enough/enough of the/enough of your/"
        "enough with the/enough with your",
        "stories/explanations/answers/lists/lectures/speeches/poems/jokes/facts/details/words/talk",
    )
    | each_with(
        "never mind/nevermind/forget it",
        "i found it/found it/i found out/i figured it out/figured it out/i remember/i remember now/"
        "i know now/it works now",
    ),
    # Whisper writes "Hold" and "Holt" for "Halt".
    waits=phrases(
        "wait/wait up/whoa whoa/hold your horses/hold/holt/hold on/hold it/hang on/"
        "hold up/hold that thought/"
        "a second/one second/"
        "just a second/one sec/a sec/just a sec/a moment/one moment/just a moment/one minute/"
        "a minute/just a minute/wait a second/wait a sec/wait a minute/wait a moment/"
        "give me a second/give me a sec/give me a moment/give me a minute/give me one second/"
        "give us a second/pause/pause it/pause that/pause there/time out/timeout/"
        "that will do/thatll do/that is all/thats all/plenty/that is plenty/thats plenty/"
        "that will be enough/thatll be enough/more than enough/that is more than enough/"
        "thats more than enough/that is all i needed/thats all i needed/"
        "that is all i need/thats all i need/that is what i needed/thats what i needed/"
        "that answers it/that answers my question/you answered my question/"
        "skip the rest/skip the story/skip this story/skip the explanation/spare me the rest/"
        "spare me the details/"
        "that will do/thatll do/that is all/thats all/that will be all/thatll be all/"
        "that will be enough/thatll be enough/"
        "no need to go on/no need to continue/you dont have to go on/you dont need to go on/"
        "you dont have to continue/you dont need to continue/dont go on/do not go on/"
        "dont continue/do not continue"
    ),
    # Whisper writes "Stop talking it." for "Stop talking.".
    around=phrases(
        "please/now/right now/already/hey/hi/oi/yo/chill/ok/okay/oh/ah/oh no/so/and/well/just/"
        "then/yes/yeah/yep/no/nope/nah/right/alright/all right/fine/great/good/cool/sure/thanks/"
        "thank you/thanks a lot/thank you very much/thank you so much/sorry/excuse me/actually/"
        "um/uh/er/"
        "please/now/right now/right there/already/hey/hi/oi/whoa/ok/okay/oh/ah/oh no/so/and/well/"
        "just/then/yes/"
        "yeah/yep/no/nope/nah/right/alright/all right/fine/great/good/cool/perfect/excellent/"
        "awesome/wonderful/sure/thanks/thank you/"
        "thanks a lot/thank you very much/thank you so much/sorry/excuse me/actually/um/uh/er/"
        "can you/could you/would you/will you/can you just/could you just/you can/you may/"
        "you could/you should/you must/you better/you need to/you have to/you got to/you gotta/"
        "i want you to/i need you to/i would like you to/"
        "id like you to/i said/i told you to/i told you/i say/i asked you to/"
        "got it/i got it/i get it/i understand/understood/i know/i see/i heard you/"
        "for now/for a second/for a sec/for a moment/for a minute/for a bit/for once/for today/"
        "for tonight/a second/"
        "for now/for today/for tonight/for a second/for a sec/for a moment/for a minute/for a bit/"
        "for once/a second/"
        "a minute/a moment/with that/there/here/at once/immediately/this instant/completely/"
        "dear god/oh god/oh my god/my god/god/for gods sake/jesus/for the love of god/dammit/damn/"
        "the hell/ugh/argh/that is wrong/thats wrong/that is not right/thats not right/"
        "tell/tell to/tell it to/ask/ask to/ask it to/it"
    ),
    particles=words("please just now really simply"),
    statements=phrases(
        "is that enough/that is enough/thats enough/this is enough/thats plenty/that is plenty/"
        "more than enough/all i need/what i need/all i needed/what i needed/that answers"
    ),
    negations=phrases("not enough/no enough"),
)
