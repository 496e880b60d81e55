"""What ends a reply in French."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

FRENCH: Final = ControlWords(
    stops=phrases(
        "stop/stoppe/halte/halte là/arrête/arrêtes/arrêter/arrêtez/arrête ça/arrêtez ça/arrête toi/"
        "arrêtez vous/tarrêter/arrêter ça/arrête de parler/arrêter de parler/arrête de lire/"
        "assez parlé/assez entendu/continue pas/ne continue pas/ne continuez pas/plus un mot/"
        "ne dis plus rien/"
        "arrêter de lire/arrête de raconter/arrête dexpliquer/arrêtez de parler/ça suffit/"
        "cela suffit/suffit/ça suffira/cest assez/en voilà assez/assez/jen ai assez/"
        "jen ai assez entendu/jai assez entendu/cest bon/tais toi/taisez vous/te taire/vous taire/"
        "ferme la/la ferme/ta gueule/silence/du silence/chut/shh/sh/chh/laisse tomber/laisse/"
        "laisse ça/annule/annuler/annule ça/oublie/oublie ça/oublie cela"
    )
    | each_with(
        "arrête/arrêter/arrêtez/stop/stoppe/assez de/finis",
        "lhistoire/ton histoire/cette histoire/lexplication/ton explication/cette explication/"
        "la réponse/ta réponse/la liste/cette liste/le discours/ton discours/la lecture/ton poème",
    ),
    waits=phrases(
        "attends/attendez/attend/attends un peu/attends voir/une seconde/un instant/"
        "un moment/"
        "une minute/deux secondes/deux minutes/attends une seconde/attends une minute/"
        "attends un instant/attends un moment/pause/fais une pause/mets en pause/cest tout/ça ira/"
        "ça va aller/cest plus quassez/plus quassez/passe le reste/saute le reste/"
        "épargne moi le reste/épargne moi la suite"
    ),
    around=phrases(
        "sil te plaît/sil te plait/sil vous plaît/sil vous plait/stp/maintenant/tout de suite/"
        "là/donc/alors/bon/ben/bah/bien/très bien/ok/okay/daccord/oui/ouais/non/merci/"
        "merci beaucoup/merci bien/hé/hey/eh/oh/ah/euh/et/mais/tu peux/peux tu/pourrais tu/"
        "est ce que tu peux/est ce que tu pourrais/tu pourrais/tu veux bien/veux tu/vous pouvez/"
        "pouvez vous/je veux que tu/jai dit/je tai dit de/un peu/un instant/une seconde/"
        "une minute/jai compris/compris/pardon/désolé/excuse moi/pour linstant/cest bon/de/"
        "mon dieu/pour aujourdhui/pour ce soir/"
        "une minute/jai compris/compris/pardon/désolé/excuse moi/pour linstant/cest bon/de/parfait/"
        "super/mon dieu"
    ),
    particles=words("maintenant donc bien juste vite"),
    statements=phrases(
        "ça suffit/cela suffit/cest assez/cest bon/cest tout/ça va aller/ça ira/plus quassez"
    ),
    negations=phrases("pas assez/ne suffit pas"),
)
