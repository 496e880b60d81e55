"""What only people do or know, for each other: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import phrases, words

PHYSICAL_VERBS_IN_ENGLISH: Final = words(
    "hold hand pass bring come sit stay move grab carry throw catch hurry eat drink wash clean "
    "wipe stir taste drop push pull jump hide kiss hug smile relax breathe lift hang knock dry "
    "cut climb kick tie wear peel chop slice pour fold shake squeeze swallow chew dig "
    "lean kneel duck dodge shoot heal revive flank"
)
PHYSICAL_IN_ENGLISH: Final = phrases(
    "try it/try this/show off/cover me/watch out/take a seat/"
    "get my/get your/get me my/get the door/put your/put my/take your/take my/take this/"
    "give me your/give me that/give me this/give him/give her/give it to/give them/go and/"
    "go get/"
    "look at this/look at that/look at me/look out/watch out/watch it/wait for me/wait here/"
    "turn around/let go/open the window/close the window/tell him/tell her/tell them/"
    "ask him/ask her/ask your/do not move/dont move/dont touch/dont even/dont worry/dont be/"
    "listen to me/tell me honestly/get over here/put it down/get out/get up/wake up/shut the/"
    "text me/message me/call me back/call me later/call me when/come on/give me a hand/"
    "give me a second/give me a minute/give me a break/wait a"
)
HUMAN_ONLY_IN_ENGLISH: Final = phrases(
    "are you still/are you hungry/are you thirsty/are you tired/are you cold/are you home/"
    "are you free/are you busy/are you leaving/are you staying/are you watching/are you eating/"
    "are you cooking/are you wearing/is your/are your/what happened to your/"
    "do you know where the/do you know where my/when are you/what time are you/"
    "got the/got your/got my/got all/got everything/"
    "who wants/who needs/who has my/who took/who ate/whos got/who got/whos coming/whos in/"
    "whose turn/whos turn/where did i/where is my/wheres my/where are my/how are we/"
    "what are we/what should we/where should we/when should we/should we/shall we/do we have/"
    "do we own/do we still have/have we got/are we out of/"
    "are we/can we/did we/have we/what shall we/who is that/whos that/who was that/did you/"
    "have you/do you want/do you have/do you need/are you coming/are you done/are you ready/"
    "are you going/are you bringing/where were you/where did you/when did you/why did you/"
    "what do you want/which do you want/were you/shall i/do you mind/who starts/"
    "whos first/whos next/whose is/who brings/who pays/who drives/who cooks/who presents/"
    "who picks/who carries/who hosts/who collects/who stays/who goes/who cleans/who shops"
)
