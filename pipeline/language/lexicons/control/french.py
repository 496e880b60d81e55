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
        "tu vas arrêter/vas tu arrêter/arrêtes toi/fais silence/faites silence/faire silence/"
        "garde le silence/gardez le silence/un peu de silence/sois silencieux/reste silencieux/"
        "motus/ferme ta gueule/fermer ta gueule/ferme ta grande gueule/ferme ta bouche/"
        "ferme la bouche/fermez la/fermez vos gueules/la fermer/ferme ton clapet/ferme ton bec/"
        "ferme ton caquet/ferme le clapet/ta bouche/boucle la/la boucle/écrase/ta yeule/"
        "ferme ta yeule/farme la/farme ta yeule/mets la en veilleuse/basta/laisse tomber ça/"
        "laissez tomber/laisser tomber/oublier/oublier ça/oubliez/oubliez ça/oublie tout/annulez/"
        "annule tout/annulation/fin/restons en là/on en reste là/on va en rester là/plus un bruit/"
        "pas un mot/pas un mot de plus/ne parle plus/parle plus/ne parlez plus/ne dis rien/"
        "ne dis plus un mot/dis plus rien/ne lis plus/laisse moi parler/laisse moi finir/"
        "laisse moi terminer/laisse moi en placer une/laissez moi parler/laissez moi finir/"
        "laisse nous parler/laissez nous parler/darrêter/darrêter ça/darrêter de parler/"
        "arrête un peu/arrête un peu de parler/arrête un peu ça/arrête un peu tes histoires/"
        "reste tranquille/reste calme et tais toi/ne parle pas/parle pas/ne dites rien/sois bref/"
        "abrège/fais court/fais le taire/fais le arrêter/mets toi en silencieux/nen parlons plus/"
        "nen parle plus/je ne veux plus rien entendre/je veux plus rien entendre/"
        "je ne veux plus tentendre/je veux plus tentendre/je ne veux pas le savoir/"
        "je veux pas le savoir/continuez pas/pas la peine de continuer/inutile de continuer/chhut/"
        "pst/psst/chuut"
    )
    | each_with(
        "arrête/arrêter/arrêtez/darrêter/cesse/cessez/de cesser",
        "de minterrompre/de nous interrompre/de me couper/de nous couper/"
        "de me couper la parole/de répondre/de me répondre/de faire du bruit/de faire ça/"
        "de membêter/de nous embêter/de parler autant/de jacter/de raconter ta vie/de me déranger/"
        "de nous déranger/de me parler/de nous parler/de commenter",
    )
    | each_with("ne/", "minterromps pas/nous interromps pas/me coupe pas/parle pas autant")
    | each_with(
        "et si tu/ce serait bien si tu/ça serait bien si tu",
        "arrêtais/tarrêtais/te taisais/la fermais/arrêtais de parler",
    )
    | each_with(
        "ce serait bien que tu/ça serait bien que tu/il faut que tu/il faudrait que tu/"
        "il vaudrait mieux que tu",
        "arrêtes/tarrêtes/te taises/la fermes/arrêtes de parler",
    )
    | each_with(
        "pourquoi tu/pourquoi est ce que tu",
        "narrêtes pas/ne tarrêtes pas/tarrêtes pas/ne te tais pas/te tais pas",
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
        "foutu robot/maudit robot/jen ai marre/jen ai ras le bol/ordinateur/assistant/ia/lia/"
        "assistant vocal"
    ),
    before=phrases(
        "désolé de tinterrompre/désolée de tinterrompre/pardon de tinterrompre/"
        "excuse moi de tinterrompre/désolé de vous interrompre/franchement/honnêtement/bref/"
        "de toute façon/ennuyeux/cest ennuyeux/faux/cest faux/oups/absolument/évidemment/"
        "ça marche/ça roule/logique/je men fiche/je men fous/on sen fiche/on sen fout/"
        "ça mest égal/ça ne mintéresse pas/ça mintéresse pas/peu importe/encore une fois/"
        "une fois de plus/une dernière fois/pour la dernière fois/pour la énième fois/"
        "dernier avertissement/cest mon dernier avertissement/allô/allo/tu mentends/"
        "est ce que tu mentends/tu mas entendu/est ce que tu mas entendu/tu mécoutes/"
        "est ce que tu mécoutes/tu écoutes/tes sourd/tu es sourd/doucement/calme toi/calmez vous/"
        "du calme/on se calme/peut être/je crois/je crois que/je pense/je pense que/"
        "jai limpression que/tu pourrais peut être/pourrais tu peut être/tu peux peut être/"
        "est ce que tu pourrais peut être/peut être que tu pourrais/si tu pouvais/"
        "si tu pouvais juste/si vous pouviez/ce serait bien de/ce serait bien si tu pouvais/"
        "ça serait bien si tu pouvais/jaimerais bien que tu/jaimerais que vous/"
        "japprécierais que tu/ça marrangerait que tu/il faudrait que tu/je te prie de/"
        "je te demanderais de/je te supplie de/je tordonne de/fais moi plaisir/"
        "fais moi plaisir et/fais moi une faveur/fais moi une faveur et/rends moi service/"
        "rends moi service et/rends moi un service et/sois gentil/sois gentille/sois gentil et/"
        "sois gentille et/sois sympa/sois sympa et/aie la gentillesse de/"
        "aurais tu la gentillesse de/tu aurais la gentillesse de/aurais tu lamabilité de/"
        "tu ferais mieux de/tu devrais/ça te dérangerait de/ça te dérange de/il y a moyen que tu/"
        "tous les deux/vous deux"
    ),
    links=phrases("mais"),
    remarks=phrases(
        "sérieusement/sérieux/pour de vrai/je suis sérieux/je suis sérieuse/je ne rigole pas/"
        "je rigole pas/je ne plaisante pas/je plaisante pas/sans blague/on sait/on le sait/"
        "on sait déjà/on le sait déjà/jai fini/on a fini/jai terminé/fini/terminé/pas maintenant/"
        "trop long/trop fort/trop de blabla/tu parles trop/tu parles beaucoup trop/"
        "tu parles trop fort/vous parlez trop/tu ne tarrêtes jamais/tu tarrêtes jamais/"
        "tu minterromps/tu nous interromps/tu me coupes la parole/tu nous coupes la parole/"
        "tu me coupes/tu me déranges/tu nous déranges/tu déranges/tu mennuies/tu menerves/"
        "tu ménerves/tu me saoules/tu me soûles/tu me gonfles/tu me fatigues/tu te répètes/"
        "tu me rends fou/tu me rends folle/ça menerve/ça ménerve/ça me saoule/ça me soûle/"
        "jai ce quil me faut/jai tout ce quil me faut/jai ce que je voulais/"
        "jai pas besoin de tout ça/je nai pas besoin de tout ça/jai pas besoin de ça/"
        "je nai pas besoin de ça/jai pas besoin de toute lhistoire/"
        "je nai pas besoin de toute lhistoire/jai pas besoin des détails/"
        "je nai pas besoin des détails/jai rien demandé/je nai rien demandé/"
        "je ne tai rien demandé/je tai rien demandé/je te parle pas/je ne te parle pas/"
        "je ne te parlais pas/je te parlais pas/cest pas à toi que je parle/je connais la suite/"
        "je connais la fin/je connais lhistoire/je connais déjà"
    )
    | each_with(
        "cest/ça cest",
        "parfait/très bien/bien/super/génial/nickel/ok/énervant/agaçant/pénible/ennuyeux/long/"
        "trop long/trop/trop fort/trop bruyant/nul/chiant/tard/trop tard/insupportable/lourd",
    )
    | phrases("il est tard/il est trop tard/il se fait tard/tout va bien")
    | each_with(
        "tu es/tes/vous êtes",
        "trop bruyant/trop bavard/bruyant/bavard/pénible/agaçant/énervant/ennuyeux/chiant/lourd/"
        "insupportable/impoli/malpoli",
    )
    | each_with(
        "/espèce de/sale/pauvre/gros/petit/stupide/foutu/maudit/putain de",
        "idiot/imbécile/crétin/abruti/débile/con/connard/connasse/andouille/bouffon/"
        "tas de ferraille/boîte de conserve/merde/machine/robot/ordinateur/assistant/"
        "moulin à paroles",
    )
    | phrases("espèce didiot/espèce dimbécile/espèce dabruti/espèce dandouille/bougre didiot"),
    described=words("assez silence"),
    reasons=each_with(
        "je suis/je suis encore/on est/nous sommes",
        "au téléphone/en ligne/en appel/en réunion/en train de parler/en train de discuter/"
        "en train de réfléchir/en train de dormir/en train de travailler/en train de manger/"
        "en pleine conversation/en pleine discussion/occupé/occupée/occupés/fatigué/fatiguée",
    )
    | each_with(
        "je/on",
        "parle/discute/réfléchis/réfléchit/travaille/dort/dors/mange/téléphone/nentends rien/"
        "nentend rien/entends rien/entend rien/narrive pas à entendre/arrive pas à entendre",
    )
    | phrases(
        "nous parlons/nous discutons/jessaie de parler/jessaie de réfléchir/jessaie dentendre/"
        "jessaie découter/jessaie de dormir/jessaie de travailler/jessaie de me concentrer/"
        "jessaye de parler/jessaye de réfléchir/jentends rien/je nentends plus rien/"
        "jarrive pas à entendre/jarrive pas à réfléchir/jarrive pas à me concentrer/"
        "je ne peux pas entendre/je peux pas dormir/je ne peux pas dormir/"
        "je dois réfléchir/je dois parler/je dois répondre/je dois téléphoner/je dois y aller/"
        "je dois dormir/je dois me concentrer/je dois passer un appel/jai besoin de réfléchir/"
        "jai besoin de dormir/jai besoin de me concentrer/jai besoin de silence/"
        "jai besoin de calme/il faut que je réfléchisse/il faut que jy aille/on sonne/"
        "ça sonne/on a sonné/on frappe/le téléphone sonne/mon téléphone sonne/on mappelle/"
        "on ne sentend plus/on sentend plus/quelquun arrive/quelquun dort/quelquun mappelle/"
        "quelquun parle/jai du monde/on a du monde/les gens dorment"
    )
    | each_with(
        "quelquun est/il y a quelquun/ya quelquun/y a quelquun",
        "à la porte/là/ici/au téléphone",
    )
    | each_with(
        "le bébé/mon fils/ma fille/ma femme/mon mari/ma mère/mon père/maman/papa/mon chef/"
        "mon patron/mon copain/ma copine/tout le monde",
        "dort/parle/arrive/appelle/mappelle/est là/est au téléphone/pleure/essaie de dormir",
    )
    | each_with("les enfants/mes enfants/les autres", "dorment/parlent/sont là"),
    no_reasons=words(
        "de des du sur pour mais plutôt ou si peux pourrais veux dis mets joue lance pas autre "
        "lautre dautre où quand pourquoi comment qui jusquà avant après puis alors"
    ),
    tags=phrases(
        "ok/okay/daccord/sil te plaît/sil te plait/sil vous plaît/compris/cest compris/"
        "tu as compris/tas compris/entendu/cest clair/tu mentends/tu entends/veux tu/tu veux bien"
    ),
    doubts=phrases(
        "sérieux/sérieusement/vraiment/cest vrai/pour de vrai/tu es sérieux/tes sérieux/"
        "sans blague/ah bon/quoi/cest pas vrai/tu rigoles/tu plaisantes"
    ),
    titles=phrases(
        "monsieur/m/madame/mon cher/ma chère/cher/chère/mon ami/mon amie/mon vieux/mon grand/"
        "mon petit/chéri/chérie/mon chéri/ma chérie/mon pote/mon brave"
    ),
    particles=words("maintenant donc bien juste vite voyons enfin putain"),
    statements=phrases(
        "ça suffit/cela suffit/cest assez/cest bon/cest tout/ça va aller/ça ira/plus quassez/"
        "cen est assez/cen est trop/ça suffit comme ça/ça va comme ça/ce sera tout/fin/on arrête/"
        "on arrête là/on sarrête là/basta"
    ),
    negations=phrases(
        "pas assez/ne suffit pas/assez bon/assez bien/assez super/assez génial/assez excellent/"
        "tout bon/attends là/attendez là/laisse là/laisse ça là/laissez là/écoute une/écoute un/"
        "écoutez une/écoutez un"
    )
    | each_with(
        "assez",
        "vite/clair/vrai/parfait/nickel/impeccable/gentil/tard/long/fort/bruyant/énervant/"
        "ennuyeux/tôt",
    ),
)
