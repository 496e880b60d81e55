"""What ends a reply in English."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

ENGLISH: Final = ControlWords(
    stops=phrases(
        "stop/stop it/stop that/stop this/stop you/stop yourself/stop there/stop right there/"
        "halt/quit it/quit that/cut it out/cut it/knock it off/give it a rest/drop it/can it/"
        "skip it/skip this/skip that/"
        "zip it/be quiet/be silent/stay quiet/keep quiet/get quiet/quiet/quiet down/silence/hush/"
        "hush up/shush/sh/shh/ssh/pst/psst/shut up/shut it/shut your mouth/shut the hell up/"
        "shut the fuck up/pipe down/enough/enough is enough/that is enough/thats enough/"
        "that is quite enough/thats quite enough/that was enough/this is enough/ive heard enough/"
        "i have heard enough/i heard enough/ive had enough/enough of this/enough of that/"
        "that is enough of that/thats enough of that/thats enough of this/say no more/"
        "not another word/dont talk/do not talk/dont speak/dont say anything/"
        "dont say anything else/dont say anything more/dont say another word/mute/mute yourself/"
        "lets stop/lets stop it/lets stop that/let me stop you/im going to stop you/"
        "im gonna stop you/would you mind stopping/do you mind stopping/no more/no more of that/"
        "no more of this/never mind/nevermind/never mind that/never mind about that/cancel/"
        "cancel that/cancel it/abort/forget it/forget about it/forget that/forget about that/"
        "freeze/i want you to stop/i need you to stop/leave it/leave it there/leave it at that/"
        "leave that/lets leave it/lets leave it there/lets leave it at that/drop that/"
        "give it a break/give us a break/button it/stuff it/put a sock in it/pack it in/"
        "hold your tongue/zip your lip/zip your lips/zip your mouth/shut your trap/"
        "shut your face/shut your gob/shut your pie hole/shut up about it/hush your mouth/"
        "close your mouth/quit/end it/end that/end this/stopything/some quiet/some silence/"
        "some peace and quiet/give me some quiet/give me some peace/give me some silence/"
        "go quiet/you can shut up/enough said/that is quite enough of that/"
        "thats quite enough of that/thats quite enough now/no more words/not a word more/"
        "not one more word/dont say another thing/i dont want to hear it/"
        "i dont want to hear any more/i dont want to hear anymore/i dont want to hear more/"
        "i dont want to hear that/i dont want to hear this/i dont want to hear the rest/"
        "i dont need to hear it/i dont need to hear any more/i dont need to hear more/"
        "i dont need to hear the rest/i do not want to hear it/i do not want to hear any more/"
        "scratch that/disregard/disregard that/never you mind"
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
        "wait/wait up/whoa whoa/hold your horses/hold/holt/hold on/hold it/hang on/hold up/"
        "hold that thought/a second/one second/just a second/one sec/a sec/just a sec/a moment/"
        "one moment/just a moment/one minute/a minute/just a minute/wait a second/wait a sec/"
        "wait a minute/wait a moment/give me a second/give me a sec/give me a moment/"
        "give me a minute/give me one second/give us a second/pause/pause it/pause that/"
        "pause there/time out/timeout/that will do/thatll do/that is all/thats all/plenty/"
        "that is plenty/thats plenty/that will be enough/thatll be enough/more than enough/"
        "that is more than enough/thats more than enough/that is all i needed/thats all i needed/"
        "that is all i need/thats all i need/that is what i needed/thats what i needed/"
        "that answers it/that answers my question/you answered my question/skip the rest/"
        "skip the story/skip this story/skip the explanation/spare me the rest/"
        "spare me the details/that will be all/thatll be all/no need to go on/"
        "no need to continue/you dont have to go on/you dont need to go on/"
        "you dont have to continue/you dont need to continue/dont go on/do not go on/"
        "dont continue/do not continue/that is it for now/thats it for now/thatll do it/"
        "that will do it/wait on/half a second/half a sec/half a minute/half a moment/"
        "two seconds/two secs/just two seconds/give me two seconds/give me half a second/"
        "wait one second/wait one minute/wait one moment/wait a bit/wait a little/hold it there/"
        "hold it right there/hold on there/hang on there/hang about/wait for a second/"
        "wait for a moment/wait for a minute/lets pause/lets pause there"
    ),
    # Whisper writes "Stop talking it." for "Stop talking.".
    around=phrases(
        "please/now/right now/already/hey/hi/oi/yo/chill/ok/okay/oh/ah/oh no/so/and/well/just/"
        "then/yes/yeah/yep/no/nope/nah/right/alright/all right/fine/great/good/cool/sure/thanks/"
        "thank you/thanks a lot/thank you very much/thank you so much/sorry/excuse me/actually/"
        "um/uh/er/right there/whoa/perfect/excellent/awesome/wonderful/can you/could you/"
        "would you/will you/can you just/could you just/you can/you may/you could/you should/"
        "you must/you better/you need to/you have to/you got to/you gotta/i want you to/"
        "i need you to/i would like you to/id like you to/i said/i told you to/i told you/i say/"
        "i asked you to/got it/i got it/i get it/i understand/understood/i know/i see/"
        "i heard you/for now/for a second/for a sec/for a moment/for a minute/for a bit/for once/"
        "for today/for tonight/a second/a minute/a moment/with that/there/here/at once/"
        "immediately/this instant/completely/dear god/oh god/oh my god/my god/god/for gods sake/"
        "jesus/for the love of god/dammit/damn/the hell/ugh/argh/that is wrong/thats wrong/"
        "that is not right/thats not right/tell/tell to/tell it to/ask/ask to/ask it to/it/look/"
        "listen/come on/hm/hmm/hmmm/mm/ooh/ow/uhm/erm/em/gosh/oh gosh/goodness/oh goodness/"
        "my goodness/goodness me/geez/jeez/oh dear/lord/oh lord/good lord/good god/good grief/"
        "heavens/oh for gods sake/for heavens sake/for goodness sake/for petes sake/"
        "for christs sake/for fucks sake/for crying out loud/christ/jesus christ/oh jesus/"
        "oh christ/holy shit/shit/oh shit/fuck/oh fuck/bloody hell/hell/what the hell/"
        "what the fuck/damn it/goddammit/goddamn it/god damn it/blimey/bot/robot/machine/you bot/"
        "you robot/you stupid bot/you stupid robot/you stupid machine/stupid bot/stupid robot/"
        "stupid machine/thank god/cheers/ta/brilliant/very good/very well/okey dokey/okie dokie/"
        "yup/no way/straight away/right away/this second/this minute/at this point/"
        "for the moment/for the time being/if you would/if you please/if you can/"
        "if you dont mind/kindly/pretty please/i beg you/i beg of you/im begging you/"
        "i am begging you/wont you/can you please/could i ask you to/can i ask you to/"
        "you are free to/feel free to/you are wrong/youre wrong/i have got it/ive got it/"
        "i got that/got that/i got the point/i get the point/i get the idea/i got the idea/"
        "point taken/we get it/we got it/i already know/i know that/i know that already/"
        "i know already/once and for all/again/altogether"
    ),
    particles=words(
        "please just now really simply bloody fucking damn goddamn freaking frigging ever bleeding"
    ),
    statements=phrases(
        "is that enough/that is enough/thats enough/this is enough/thats plenty/that is plenty/"
        "more than enough/all i need/what i need/all i needed/what i needed/that answers"
    ),
    negations=phrases(
        "not enough/no enough/so quiet/very quiet/good enough/sure enough/well enough/"
        "right enough/fine enough/cool enough/great enough/just enough/all i know/all i said/"
        "all i say/all i see/all i understand/all i understood/that is all right/thats all right/"
        "that is all good/thats all good/that is all fine/thats all fine/can it wait/can it stop/"
        "can it pause/wait here/wait right here/wait there/wait right there/you can wait/"
        "you could wait/you have to wait/you should wait/you must wait/you need to wait/"
        "you got to wait/you gotta wait/you better wait/you may wait/excuse me a/excuse me for a/"
        "listen a/and listen/leave it here/leave that here/leave that there/drop it here/"
        "drop it there/drop that here/drop that there/cut it here/cut it there"
    ),
)
