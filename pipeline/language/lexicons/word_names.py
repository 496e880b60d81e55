"""Words that people also have as names: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import words

NAMES_LIKE_AUXILIARIES: Final = words("will may")
"""Names among the words that are otherwise too common for one."""

WORD_NAMES: Final = NAMES_LIKE_AUXILIARIES | words(
    "dark darkness light lucky luck home house music song hope mark joy grace faith rose lily "
    "daisy iris ivy violet hazel holly heather summer autumn winter spring april june august dawn "
    "eve sky skye star sun sunny moon storm stormy rain rainy snow cloud river lake ocean sea bay "
    "fire flame smoke ash ice frost shadow ghost spirit wolf bear fox tiger lion cat kitty dog "
    "puppy bird hawk eagle raven crow duck goose bee bug spider snake dragon angel devil demon "
    "king queen prince princess duke baron earl knight hunter fisher baker miller smith cook "
    "carpenter mason page gamer player pilot driver doctor nurse boss chief captain major general "
    "sergeant master lord lady sir buddy honey sugar candy cookie pepper ginger salt olive apple "
    "cherry peach berry lemon melon mint basil sage coffee tea milk bread butter cheese pizza "
    "taco noodle potato pickle bean nut peanut waffle muffin happy smiley smile angry crazy silly "
    "lazy sleepy sleep hungry tired cold hot cool fast quick slow strong brave wise smart clever "
    "red blue green black white gray grey brown gold golden silver pink purple orange day night "
    "midnight time today love lover peace war dream dreamer magic dance game art bill bob chase "
    "chuck chip dean drew frank gene grant guy jack josh jean nick norm pat penny ray reed rich "
    "rob rod rusty skip stew sue wade ward clay cliff dale glen heath lance miles price stone "
    "wood woody buck bud max mini big tiny small little tall long short old new young zero one "
    "first last lost found free fly run walk jump stop go play point rock roll metal steel iron "
    "ruby pearl jade crystal diamond jewel amber coral destiny harmony melody trinity mercy "
    "patience charity serenity haven heaven paradise world earth mars venus jupiter mercury comet "
    "pixel byte bit data code root admin user guest bot robot mouse panda monkey chicken rabbit "
    "bunny turtle fish shark whale horse pony cow pig sheep goat friend brother sister mother "
    "father baby kid girl boy man woman sonne mond stern wolke regen schnee blitz feuer wasser "
    "licht dunkel nacht tag traum liebe glück freund bruder schwester könig ritter jäger koch "
    "wolf bär fuchs hase maus katze hund vogel adler falke blume stein gold silber ernst frank "
    "klug schnell ruhe chef meister"
)
"""A member with such a name is called only where the place in the sentence shows it."""
