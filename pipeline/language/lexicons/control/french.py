"""What ends a reply in French."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

FRENCH: Final = ControlWords(
    stops=phrases(
        "stop/stoppe/halte/halte là/arrête/arrêtes/arrêter/arrêtez/arrête ça/arrêtez ça/"
        "arrête toi/arrêtez vous/tarrêter/arrêter ça/arrête de parler/arrêter de parler/"
        "arrête de lire/assez parlé/assez entendu/continue pas/ne continue pas/ne continuez pas/"
        "plus un mot/ne dis plus rien/arrêter de lire/arrête de raconter/arrête dexpliquer/"
        "arrêtez de parler/ça suffit/cela suffit/suffit/ça suffira/cest assez/en voilà assez/"
        "assez/jen ai assez/jen ai assez entendu/jai assez entendu/cest bon/tais toi/taisez vous/"
        "te taire/vous taire/ferme la/la ferme/ta gueule/silence/du silence/chut/shh/sh/chh/"
        "laisse tomber/laisse/laisse ça/annule/annuler/annule ça/oublie/oublie ça/oublie cela/"
        "arrête tout/arrêtez tout/arrêtons/arrêtons là/arrêtons nous là/on arrête/on arrête là/"
        "on sarrête là/stop là/stoppe tout/stopper/arrête toi là/arrêtez vous là/tarrêter là/"
        "vous arrêter/arrête de bavarder/arrête de blablater/arrête de jacasser/"
        "arrête tes explications/arrête tes histoires/arrête ton baratin/arrête ton cinéma/"
        "arrête ton blabla/arrêtes de parler/cesse/cesse de parler/cessez/cessez de parler/"
        "ça suffit comme ça/suffit comme ça/ça va comme ça/cest assez comme ça/"
        "ça suffira comme ça/cen est assez/cen est trop/jen ai entendu assez/jai entendu assez/"
        "jen ai assez de tentendre/jen ai marre de tentendre/tais toi donc/te taire un peu/"
        "tu vas te taire/vas tu te taire/tu te tais/vous vous taisez/te taises/tarrêtes/"
        "tu vas arrêter/vas tu arrêter/arrêtes toi/silence radio/fais silence/faites silence/"
        "faire silence/garde le silence/gardez le silence/un peu de silence/sois silencieux/"
        "reste silencieux/motus/ferme ta gueule/fermer ta gueule/ferme ta grande gueule/"
        "ferme ta bouche/ferme la bouche/fermez la/fermez vos gueules/la fermer/ferme ton clapet/"
        "ferme ton bec/ferme ton caquet/ferme le clapet/ta bouche/boucle la/la boucle/écrase/"
        "ta yeule/ferme ta yeule/farme la/farme ta yeule/mets la en veilleuse/basta/"
        "laisse tomber ça/laissez tomber/laisser tomber/oublier/oublier ça/oubliez/oubliez ça/"
        "oublie tout/annulez/annule tout/annulation/fin/restons en là/on en reste là/"
        "on va en rester là/plus un bruit/pas un mot/pas un mot de plus/ne parle plus/parle plus/"
        "ne parlez plus/ne dis rien/ne dis plus un mot/dis plus rien/ne lis plus/"
        "nen parlons plus/nen parle plus/je ne veux plus rien entendre/"
        "je veux plus rien entendre/je ne veux plus tentendre/je veux plus tentendre/"
        "je ne veux pas le savoir/je veux pas le savoir/continuez pas/pas la peine de continuer/"
        "inutile de continuer/chhut/pst/psst/chuut"
    )
    | each_with(
        "arrête/arrêter/arrêtez/stop/stoppe/assez de/finis",
        "lhistoire/ton histoire/cette histoire/lexplication/ton explication/cette explication/"
        "la réponse/ta réponse/la liste/cette liste/le discours/ton discours/la lecture/ton poème",
    ),
    waits=phrases(
        "attends/attendez/attend/attends un peu/attends voir/une seconde/un instant/un moment/"
        "une minute/deux secondes/deux minutes/attends une seconde/attends une minute/"
        "attends un instant/attends un moment/pause/fais une pause/mets en pause/cest tout/"
        "ça ira/ça va aller/cest plus quassez/plus quassez/passe le reste/saute le reste/"
        "épargne moi le reste/épargne moi la suite/attendre/attends donc/attendez un peu/"
        "attendez voir/attends un petit peu/attends deux secondes/attends deux minutes/"
        "attends une petite seconde/attends un petit instant/attendez une seconde/"
        "attendez deux secondes/attendez une minute/attendez deux minutes/attendez un instant/"
        "attendez un moment/attendre un instant/attendre un moment/attendre une seconde/"
        "attendre une minute/attendre deux secondes/attendre deux minutes/attendre un peu/"
        "attendes/minute/minute papillon/une petite seconde/une petite minute/un petit instant/"
        "un petit moment/une demi seconde/deux petites secondes/deux petites minutes/"
        "une petite pause/un temps mort/temps mort/faire une pause/faites une pause/fais pause/"
        "mettre en pause/mettez en pause/patiente/patientez/patienter/patiente un peu/"
        "patientez un instant/patiente un instant/patiente une seconde/laisse moi une seconde/"
        "laisse moi une minute/laisse moi deux secondes/laisse moi deux minutes/"
        "donne moi une seconde/donne moi une minute/donne moi deux secondes/"
        "donne moi deux minutes/donne moi un instant/ce sera tout/ça sera tout"
    ),
    around=phrases(
        "sil te plaît/sil te plait/sil vous plaît/sil vous plait/stp/maintenant/tout de suite/là/"
        "donc/alors/bon/ben/bah/bien/très bien/ok/okay/daccord/oui/ouais/non/merci/"
        "merci beaucoup/merci bien/hé/hey/eh/oh/ah/euh/et/mais/tu peux/peux tu/pourrais tu/"
        "est ce que tu peux/est ce que tu pourrais/tu pourrais/tu veux bien/veux tu/vous pouvez/"
        "pouvez vous/je veux que tu/jai dit/je tai dit de/un peu/un instant/une seconde/"
        "une minute/jai compris/compris/pardon/désolé/excuse moi/pour linstant/cest bon/de/"
        "mon dieu/pour aujourdhui/pour ce soir/parfait/super/allez/allons/enfin/voyons/dis/"
        "dis donc/écoute/écoutez/hein/hum/hm/hmm/pff/pfff/pf/ouf/zut/mince/flûte/aïe/hé oh/hep/"
        "hop/ho/oh là/oh là là/ola/la vache/ça alors/putain/putain de merde/merde/bordel/"
        "bordel de merde/bon sang/bon dieu/nom de dieu/nom dun chien/purée/punaise/seigneur/"
        "doux jésus/jésus/grand dieu/par pitié/pitié/de grâce/pour lamour de dieu/"
        "pour lamour du ciel/tabarnak/câlisse/crisse/non mais/mais enfin/mais non/mais oui/"
        "oui oui/bien sûr/volontiers/je ten prie/je vous en prie/je ten supplie/"
        "je vous en supplie/svp/merci à toi/merci à vous/mille mercis/cest gentil/salut/bonjour/"
        "génial/excellent/nickel/impeccable/entendu/bien compris/jai bien compris/jai saisi/"
        "je vois/je comprends/je sais/je sais déjà/je le sais/je le sais déjà/on a compris/ça va/"
        "ça y est/immédiatement/sur le champ/à linstant/à la fin/une fois pour toutes/"
        "une bonne fois/une bonne fois pour toutes/vite/illico/aussitôt/pour le moment/"
        "pour cette fois/est ce que vous pouvez/est ce que vous pourriez/pourriez vous/"
        "voulez vous/vous pourriez/vous voulez bien/veux tu bien/je voudrais que tu/"
        "jaimerais que tu/je te demande de/je te dis de/je te dis/je tai dit/jai dit de/robot/"
        "machine/le robot/espèce de robot/stupide robot/stupide machine/idiot de robot/"
        "foutu robot/maudit robot/jen ai marre/jen ai ras le bol"
    ),
    before=frozenset(),
    links=frozenset(),
    remarks=frozenset(),
    described=frozenset(),
    reasons=frozenset(),
    no_reasons=frozenset(),
    tags=frozenset(),
    doubts=frozenset(),
    titles=frozenset(),
    particles=words("maintenant donc bien juste vite voyons enfin putain"),
    statements=phrases(
        "ça suffit/cela suffit/cest assez/cest bon/cest tout/ça va aller/ça ira/plus quassez/"
        "cen est assez/cen est trop/ça suffit comme ça/ça va comme ça/ce sera tout/fin/on arrête/"
        "on arrête là/on sarrête là"
    ),
    negations=phrases(
        "pas assez/ne suffit pas/assez bon/assez bien/assez super/assez génial/assez excellent/"
        "tout bon/attends là/attendez là/laisse là/laisse ça là/laissez là/écoute une/écoute un/"
        "écoutez une/écoutez un"
    ),
)
