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
        "scratch that/disregard/disregard that/never you mind/do not speak/go silent/cut it short/"
        "make it stop/make that stop/let me talk/let me speak/let me finish/let me finish talking/"
        "let us talk/let us speak/let us finish/let me get a word in"
    )
    | each_with("everybody/everyone/all of you", "stop/stop it/stop that/stop talking")
    | each_with(
        "stop/quit/cease",
        "interrupting/interrupting me/interrupting us/answering/answering me/answering us/"
        "making noise/making noises/making that noise/making so much noise/doing that/doing this/"
        "butting in/cutting in/cutting me off/cutting us off/talking over me/talking over us/"
        "chatting/commenting/responding/replying/blathering/bothering me/bothering us/annoying me/"
        "annoying us/talking so much",
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
        "spare me the details/that will be all/thatll be all/no need to go on/no need to continue/"
        "you dont have to go on/you dont need to go on/you dont have to continue/"
        "you dont need to continue/dont go on/do not go on/dont continue/do not continue/"
        "that is it for now/thats it for now/wait on/half a second/half a sec/half a minute/"
        "half a moment/two seconds/two secs/just two seconds/give me two seconds/"
        "give me half a second/wait one second/wait one minute/wait one moment/wait a bit/"
        "wait a little/hold it there/hold it right there/hold on there/hang on there/hang about/"
        "wait for a second/wait for a moment/wait for a minute/lets pause/lets pause there/"
        "woah woah"
    )
    | each_with(
        "gimme",
        "a second/a sec/a moment/a minute/one second/one sec/one minute/two seconds/two secs/"
        "half a second",
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
        "yup/straight away/right away/this second/this minute/at this point/"
        "for the moment/for the time being/if you would/if you please/if you can/"
        "if you dont mind/kindly/pretty please/i beg you/i beg of you/im begging you/"
        "i am begging you/wont you/can you please/could i ask you to/can i ask you to/"
        "you are free to/feel free to/you are wrong/youre wrong/i have got it/ive got it/"
        "i got that/got that/i got the point/i get the point/i get the idea/i got the idea/"
        "point taken/we get it/we got it/i already know/i know that/i know that already/"
        "i know already/once and for all/again/altogether/woah/oops/whoops/aah/alrighty/aight/ai/"
        "assistant/computer/you hear/you hear me"
    ),
    before=phrases(
        "sorry to interrupt/sorry to interrupt you/sorry to cut you off/sorry to butt in/im sorry/"
        "i am sorry/honestly/frankly/anyway/anyways/anyhow/boring/so boring/how boring/wrong/"
        "so wrong/quick/quickly/like/absolutely/definitely/totally/of course/certainly/nice/nice/"
        "sounds good/makes sense/that makes sense/fair enough/hello/i dont care/i do not care/"
        "who cares/nobody cares/no one cares/nobody asked/no one asked/once again/once more/"
        "one more time/one last time/for the last time/for the final time/for the hundredth time/"
        "last warning/final warning/last chance/can you hear me/cant you hear me/do you hear me/"
        "did you hear me/didnt you hear me/did you not hear me/are you listening/"
        "are you even listening/are you listening to me/are you deaf/slow down/no way/maybe/"
        "perhaps/i think/i guess/i suppose/i believe/do/do me a favor/do me a favour/"
        "do us a favor/do us a favour/do me a favor and/do me a favour and/do us a favor and/"
        "do us a favour and/be so kind/be so kind and/be so kind as to/be so good and/"
        "be so good as to/be a dear and/be nice and/go ahead and/could you at least/"
        "can you at least/could you kindly/would you kindly/could you possibly/"
        "is there any chance you could/any chance you could/any chance you can/"
        "any chance you would/any chance you might/why dont you/why dont you just/"
        "why dont you please/why not just/how about you/how about you just/how about if you/"
        "would it kill you to/would it be too much to ask you to/youd better/youd better just/"
        "youd best/you had better/you had best/i think you can/i think you could/"
        "i think you should/i guess you can/i think you better/i think youd better/both of you"
    )
    | each_with("can/could/would/will", "you maybe/you perhaps")
    | each_with("im/i am/i was", "asking you to/telling you to/begging you to/ordering you to")
    | each_with(
        "/id appreciate/id appreciate it/i would appreciate/i would appreciate it/wed appreciate/"
        "wed appreciate it/id be grateful/i would be grateful/id be glad/id love it/id like it/"
        "it would be nice/itd be nice/it would be great/itd be great/it would be good/"
        "it would be lovely/it would help",
        "if you could/if you would/if you could just/if you would just/if you could please/"
        "if you would please/if you could maybe/if you can just",
    )
    | each_with("i wish/id prefer it if/id prefer/id rather", "you would/youd"),
    links=phrases("but"),
    remarks=phrases(
        "seriously/for real/i mean it/i really mean it/i meant it/no joke/no kidding/will ya/"
        "would ya/wont ya/much appreciated/i appreciate it/we know/we know that/we know already/"
        "we already know/we know that already/everyone knows/everyone knows that/done/all done/"
        "not now/so annoying/too much talking/so much talking/too much talk/too loud/too long/"
        "you talk too much/you talk so much/you keep talking/you keep interrupting/"
        "you keep interrupting me/you keep interrupting us/you never shut up/"
        "you never stop talking/i know the rest/i know how it goes/i know how it ends/"
        "i know the story/i know this one/i know this already/i know that one/ive heard that/"
        "ive heard this/ive heard it/ive heard that before/ive heard this before/"
        "ive heard this already/ive heard that already/i didnt ask/i didnt ask you/"
        "i did not ask you/i wasnt asking you/i wasnt talking to you/i was not talking to you/"
        "im not talking to you/i am not talking to you/i didnt mean you/we didnt mean you/"
        "youve said enough/youve told me enough"
    )
    | each_with("im/i am", "serious/dead serious/not joking/not kidding/done with this/done here")
    | each_with("im/i am/were/we are", "good/done/finished/fine/done here/done now/all set/okay/ok")
    | each_with(
        "its/it is/thats/that is",
        "fine/okay/ok/alright/all right/good/great/cool/perfect/lovely/nice/wonderful/all good/"
        "awesome/brilliant/good now/fine now/okay now",
    )
    | each_with(
        "its/it is/thats/that is/this is",
        "annoying/so annoying/really annoying/boring/so boring/too much/too long/too loud/"
        "too boring/way too long/way too loud/way too much/ridiculous/useless/pointless/nonsense/"
        "getting annoying/getting boring/getting long/taking too long/getting on my nerves/"
        "driving me crazy/driving me mad/driving me nuts/giving me a headache/late/too late/"
        "so late/getting late/bedtime",
    )
    | each_with(
        "youre/you are/youre being",
        "talking too much/talking so much/talking too loud/talking over me/talking over us/"
        "interrupting/interrupting me/interrupting us/too loud/so loud/loud/annoying/so annoying/"
        "really annoying/boring/so boring/rude/so rude/too much/rambling/disturbing me/"
        "disturbing us/bothering me/bothering us/annoying me/annoying us/distracting me/"
        "distracting us/distracting/repeating yourself/driving me crazy/driving me mad/"
        "driving me nuts/getting on my nerves/wasting my time/giving me a headache/not helping/"
        "not listening",
    )
    | each_with(
        "i have/ive/ive got/i got/i have got/we have/weve got/we got",
        "what i need/what i needed/what i wanted/what we need/what we needed/all i need/"
        "all i needed/everything i need/everything i needed/all we need/everything we need",
    )
    | each_with(
        "i dont need/i do not need/i dont want/i didnt need/i didnt want/i didnt ask for/"
        "we dont need",
        "the whole story/the full story/your whole story/your life story/the whole thing/"
        "all the details/the details/all that/all of that/all this/all of this/that/that much/"
        "that much detail/so much detail/a lecture/a speech/an essay/a novel/an explanation/"
        "a long answer/to know/to know that/to know all that/to know everything",
    )
    | each_with(
        "/you/you fucking/you stupid/you dumb/you bloody/you damn/you goddamn/you useless/"
        "you silly/you annoying/you little/you absolute/you complete/you worthless/stupid/dumb/"
        "fucking/useless",
        "idiot/moron/imbecile/dummy/dumbass/fool/jerk/asshole/arsehole/bastard/dickhead/wanker/"
        "twat/prick/clown/muppet/blockhead/loudmouth/chatterbox/piece of shit/piece of crap/"
        "piece of junk/piece of garbage/bot/robot/machine/computer/assistant/ai/chatbot/"
        "bucket of bolts/toaster/clanker",
    ),
    described=words("enough quiet silent silence"),
    reasons=each_with(
        "im/i am/were/we are/im just/were just/im still/were still/im actually/im really",
        "on the phone/on a call/on another call/on the line/in a call/in a meeting/"
        "in a conversation/talking/speaking/chatting/trying to talk/trying to speak/"
        "trying to think/trying to hear/trying to listen/trying to concentrate/trying to focus/"
        "trying to sleep/trying to work/trying to read/trying to watch/"
        "trying to have a conversation/having a conversation/having a chat/thinking/busy/tired/"
        "working/eating/sleeping/watching tv/watching a movie/getting a call/taking a call/"
        "going to bed/going to sleep/listening",
    )
    | each_with("i/we", "cant hear/cannot hear/cant think/cant concentrate/cant focus/cant sleep")
    | each_with(
        "i need to/we need to/i have to/we have to/i gotta/we gotta/ive got to/i must",
        "think/talk/speak/concentrate/focus/sleep/work/take this/take this call/take a call/"
        "make a call/make a phone call/answer the phone/answer the door/get the door/"
        "get the phone/go/go now/leave/run",
    )
    | each_with(
        "someones/someone is/somebodys/somebody is/theres someone/theres somebody/"
        "there is someone/there is somebody",
        "at the door/here/coming/calling/calling me/on the phone/talking/speaking/sleeping/"
        "knocking/asleep/trying to sleep/trying to talk",
    )
    | each_with(
        "the baby is/the babys/the kid is/the kids are/the children are/my baby is/my kids are/"
        "my son is/my daughter is/my wife is/my wifes/my husband is/my husbands/my mom is/"
        "my moms/my mum is/my mums/my dad is/my dads/my boss is/my bosss/my boyfriend is/"
        "my girlfriend is/people are/the others are/others are/everyone is/everyones/everybody is/"
        "everybodys",
        "sleeping/asleep/talking/trying to sleep/trying to talk/trying to work/trying to think/"
        "speaking/listening/here/calling/calling me/on the phone/crying/at the door",
    )
    | phrases(
        "the phone is ringing/the phones ringing/my phone is ringing/my phones ringing/"
        "the doorbell is ringing/the doorbell rang/the doorbell just rang/the bell rang"
    ),
    no_reasons=words(
        "about of on for but instead or if can could would will should please tell set play turn "
        "remind call mean meant not no other another one different wrong rather actually "
        "where when why how which who until till after before so then"
    ),
    tags=phrases(
        "okay/ok/alright/all right/please/will you/will ya/would you/could you/can you/wont you/"
        "you hear/you hear me/do you hear/do you hear me/got it/got that/understood/understand/"
        "you understand/do you understand/can you hear me/did you hear me/are you listening/hello"
    ),
    doubts=phrases(
        "really/oh really/seriously/for real/no way/are you serious/you serious/are you kidding/"
        "are you kidding me/you kidding/is that true/is it/did he/did she/did they/what"
    ),
    titles=phrases(
        "mr/mister/mrs/ms/miss/sir/madam/maam/dear/my dear/my friend/my boy/my good man/my man/"
        "darling/my darling/love/my love/sweetheart/friend/old friend/good old/old boy/good boy"
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
        "listen a/wait and listen/hold on and listen/look and listen/leave it here/"
        "leave that here/leave that there/drop it here/drop it there/drop that here/"
        "drop that there/cut it here/cut it there/know enough/that will do it/thatll do it/"
        "why dont you ever"
    )
    | each_with(
        "wrong/quick/boring",
        "stop/halt/silence/quiet/break/quit",
    )
    | each_with("that/this", "idiot/moron/imbecile/dummy/fool/jerk/clown/bastard/prick")
    | each_with("and/so/then", "everyone/everybody/all of you/both of you"),
)
