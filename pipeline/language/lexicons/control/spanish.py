"""What ends a reply in Spanish."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.control.words import ControlWords, each_with
from pipeline.language.lexicons.model import phrases, words

SPANISH: Final = ControlWords(
    stops=phrases(
        "para/para ya/párate/pare/parar/stop/alto/alto ahí/detente/deténte/detente ahí/basta/"
        "ya basta/basta ya/con eso basta/ya está/ya está bien/está bien ya/es suficiente/"
        "ya es suficiente/suficiente/deja de hablar/dejar de hablar/para de hablar/"
        "parar de hablar/deja de leer/dejar de leer/deja de contar/deja de explicar/cállate/"
        "callate/cállese/calla/callarte/te puedes callar/silencio/haz silencio/chitón/chist/chis/"
        "shh/sh/déjalo/déjalo ya/olvídalo/olvídate/cancela/cancelar/cancélalo/no sigas/"
        "no hables más/no más/pará/pará ya/pare ya/paren/párese/párate ya/párate ahí/para ahí/"
        "pará ahí/pare ahí/paraos/parate/que pares/que te pares/pará de hablar/pare de hablar/"
        "para con eso/pará con eso/detén/detén eso/detenga/deténgase/deténganse/detenete/"
        "detenerte/detente ya/alto ya/basta con eso/basta de eso/ya es bastante/"
        "ya tengo bastante/ya tengo suficiente/ya tuve suficiente/con eso es suficiente/"
        "con eso tengo suficiente/con eso tengo bastante/eso es suficiente/eso me basta/"
        "con eso me basta/me basta/con eso me vale/con eso vale/ya estuvo/ya estuvo bien/"
        "ya estuvo bueno/ya está bueno/ya oí suficiente/ya he oído suficiente/he oído suficiente/"
        "he oído bastante/ya escuché suficiente/ya está bien de hablar/callá/calláte/cállate ya/"
        "calla ya/cállense/callaos/callad/callar/cállate la boca/callate la boca/calla la boca/"
        "callá la boca/te callas/te callas ya/te callas de una vez/que te calles/"
        "que te calles ya/te vas a callar/te quieres callar/te podrías callar/te podés callar/"
        "te puede callar/se puede callar/quieres callarte/cierra la boca/cerrá la boca/"
        "cierre la boca/cerrar la boca/cierra esa boca/cierra el pico/cerrá el pico/"
        "cierra la bocaza/cierra el hocico/chito/ni una palabra/ni una palabra más/"
        "ni una palabra más de eso/guarda silencio/guardá silencio/guarde silencio/"
        "guardar silencio/hacé silencio/haga silencio/hacer silencio/un poco de silencio/"
        "quédate callado/quédate callada/quedate callado/quedate callada/estate callado/"
        "estate callada/estáte callado/mantente callado/quédate en silencio/dejalo/dejalo ya/"
        "déjelo/déjelo ya/déjalo así/dejalo así/déjalo estar/déjalo correr/dejémoslo/"
        "dejémoslo ahí/dejémoslo así/dejarlo/dejarlo ya/olvidalo/olvídelo/olvidate/"
        "olvídate de eso/olvidate de eso/olvídate de ello/olvidarlo/cancela eso/cancelá/cancele/"
        "cancelá eso/cancelarlo/anula/anula eso/termina ya/terminá ya/termine ya/acaba ya/"
        "acabá ya/corta ya/cortá ya/corta el rollo/corta el rollo ya/córtala/cortala/cortala ya/"
        "córtale/fin/no digas más/no diga más/no digas nada/no digas nada más/no hable más/"
        "no hablés más/no hables/no siga/no sigas hablando/no sigas leyendo/no continúes/"
        "no continúe/no leas más/no cuentes más/no expliques más/no quiero oír más/"
        "no quiero oír nada más/no quiero escuchar más/no quiero escuchar nada más/"
        "no quiero oírte/no quiero escucharte/no quiero oírte más/no quiero escucharte más/"
        "no quiero saber más/no hace falta que sigas/no es necesario que sigas/no necesito más/"
        "no necesito oír más/psst/pst/chss/shhh/ya vale/vale ya/párale/parale/ya párale/ya parale/"
        "párale ya/parale ya/párele/ya párele/parad ya/parad/ya para/ya cállate/ya callate/"
        "ya paren/ya cállense/bájale/ya bájale/ya estuvo bueno de hablar/déjame hablar/"
        "dejame hablar/déjame terminar/dejame terminar/déjame acabar/déjanos hablar/dejanos hablar/"
        "déjame en paz/déjanos en paz/haz que pare/no me interrumpas/no nos interrumpas/"
        "no hables tanto/no hablés tanto/sé breve/abrevia/quédate quieto y calla/calma y silencio"
    )
    | each_with(
        "y si/qué tal si/estaría bien que/sería bueno que/te agradecería que/me gustaría que",
        "te pararas/pararas/te callaras/te callases/dejaras de hablar/cerraras la boca",
    )
    | each_with("por qué no", "paras/te paras/te callas/dejas de hablar/cierras la boca")
    | each_with(
        "deja de/dejá de/deje de/dejar de/para de/pará de/pare de/parar de",
        "interrumpir/interrumpirme/interrumpirnos/responder/responderme/contestar/hacer ruido/"
        "hacer eso/molestar/molestarme/molestarnos",
    )
    | each_with(
        "para/parar/deja/dejar/termina/basta de/basta con",
        "la historia/esa historia/tu historia/el cuento/ese cuento/la explicación/"
        "esa explicación/tu explicación/la respuesta/tu respuesta/la lista/esa lista/el discurso",
    )
    | each_with(
        "deja de/dejá de/deje de/dejar de/para de/pará de/pare de/parar de/basta de",
        "hablar/hablarme/leer/contar/explicar/cantar/charlar/parlotear/hablar de eso/contar eso/"
        "explicar eso/decir tonterías/hablar tanto",
    )
    | each_with(
        "quiero que/quisiera que/te pido que/necesito que/he dicho que/te he dicho que/"
        "te dije que/dije que/digo que/te digo que",
        "pares/te pares/te calles/dejes de hablar/cierres la boca",
    ),
    waits=phrases(
        "espera/espere/esperar/espérate/espera un momento/espera un segundo/espera un poco/"
        "espera un minuto/un momento/un segundo/un minuto/un momentito/momento/dame un segundo/"
        "dame un momento/dame un minuto/pausa/haz una pausa/eso es todo/nada más/"
        "más que suficiente/es más que suficiente/sáltate el resto/ahórrame el resto/"
        "ahórrate el resto/espere ya/esperá/esperate/esperad/esperen/espérese/espera tantito/"
        "espera un ratito/aguarda/aguardá/aguarde/aguarda un momento/aguarde un momento/"
        "aguarda un segundo/aguanta/aguantá/aguanta un poco/aguanta un momento/"
        "aguanta un segundo/aguanta tantito/tantito/un segundito/un minutito/un ratito/"
        "un momentico/un segundico/un instante/un instantito/segundito/minutito/un segundo solo/"
        "solo un segundo/solo un momento/solo un minuto/sólo un segundo/sólo un momento/"
        "dos segundos/dame dos segundos/dame un segundito/dame un momentito/dame un minutito/"
        "dame un instante/deme un segundo/deme un momento/deme un minuto/pausa eso/pausar/"
        "hacé una pausa/haga una pausa/hacer una pausa/una pausa/con eso me quedo/eso sería todo/"
        "es todo/no más por ahora/espera un instante/espera un momentito/espera un segundito/"
        "espera un minutito/espere un momento/espere un segundo/espere un minuto/"
        "espere un instante/espere un poco/espere un momentito/espere un segundito/"
        "espere un minutito/espérate un momento/espérate un segundo/espérate un minuto/"
        "espérate un instante/espérate un poco/espérate un momentito/espérate un segundito/"
        "espérate un minutito/esperate un momento/esperate un segundo/esperate un minuto/"
        "esperate un instante/esperate un poco/esperate un momentito/esperate un segundito/"
        "esperate un minutito/espérese un momento/espérese un segundo/espérese un minuto/"
        "espérese un instante/espérese un poco/espérese un momentito/espérese un segundito/"
        "espérese un minutito/esperá un momento/esperá un segundo/esperá un minuto/"
        "esperá un instante/esperá un poco/esperá un momentito/esperá un segundito/"
        "esperá un minutito/esperar un momento/esperar un segundo/esperar un minuto/"
        "esperar un instante/esperar un poco/esperar un momentito/esperar un segundito/"
        "esperar un minutito"
    ),
    around=phrases(
        "por favor/ahora/ahora mismo/ya/de una vez/vale/bueno/bien/muy bien/está bien/perfecto/ok/"
        "okay/oye/eh/hey/ah/oh/pues/y/sí/si/no/gracias/muchas gracias/puedes/podrías/quieres/"
        "ya puedes/puede/podría/te puedes/he dicho que/te he dicho que/he dicho/quiero que/"
        "un poco/un momento/un segundo/ya entendí/entendido/lo entiendo/de acuerdo/perdón/perdona/"
        "disculpa/por ahora/por hoy/dios mío/ay/uy/uf/huy/ufa/bah/hum/hm/hmm/mm/em/ey/epa/che/"
        "venga/anda/ándale/órale/dale/mira/escucha/oiga/oye tú/hola/a ver/claro/listo/joder/"
        "hostia/hostias/coño/carajo/mierda/caray/caramba/demonios/rayos/diablos/maldita sea/"
        "maldición/madre mía/por dios/dios/dios santo/santo dios/ay dios/ay dios mío/ay por dios/"
        "por el amor de dios/virgen santa/por lo que más quieras/te lo pido/te lo ruego/"
        "te lo pido por favor/te lo ruego por favor/por favor te lo pido/hazme el favor/"
        "hazme el favor de/haz el favor/haz el favor de/hacé el favor de/me haces el favor de/"
        "porfa/porfi/porfavor/porfis/ahorita/ahorita mismo/inmediatamente/enseguida/de inmediato/"
        "al instante/en seguida/de una buena vez/de una vez por todas/de una puta vez/"
        "de una maldita vez/ya mismo/ahora ya/podés/podrías por favor/me puedes/puedes por favor/"
        "querés/quisiera que/me gustaría que/te pido que/te he dicho/te dije/te dije que/dije que/"
        "dije/ya te dije que/ya te he dicho que/digo que/te digo que/muy amable/mil gracias/"
        "gracias a ti/gracias igual/genial/estupendo/excelente/buenísimo/entendí/ya lo entendí/"
        "ya entendí todo/lo he entendido/ya lo he entendido/ya lo sé/lo sé/ya sé/ya lo sabía/"
        "comprendo/comprendido/ya veo/lo pillo/ya lo pillo/lo tengo/ya lo tengo/robot/máquina/"
        "estúpido robot/robot estúpido/maldito robot/maldita máquina/estúpida máquina/"
        "por el momento/de momento/por esta vez/qué pesado/qué pesada/perdóname/ordenador/"
        "computadora/asistente/ia/la ia"
    ),
    before=phrases(
        "perdona que te interrumpa/perdón por interrumpir/siento interrumpir/"
        "siento interrumpirte/disculpa que te interrumpa/lo siento/honestamente/sinceramente/"
        "francamente/la verdad/en fin/de todos modos/de todas formas/como sea/aburrido/"
        "qué aburrido/qué aburrimiento/eso está mal/incorrecto/equivocado/ups/uups/rápido/"
        "por supuesto/claro que sí/desde luego/absolutamente/totalmente/suena bien/tiene sentido/"
        "me da igual/no me importa/a nadie le importa/no me interesa/una vez más/otra vez/"
        "por última vez/por enésima vez/último aviso/última advertencia/me oyes/no me oyes/"
        "me escuchas/me estás escuchando/me has oído/me oíste/no me has oído/estás sordo/"
        "estás sorda/despacio/más despacio/tranquilo/tranquila/cálmate/calmate/cálmate y/"
        "quizás/quizá/tal vez/a lo mejor/creo que/pienso que/me parece que/creo que puedes/"
        "podrías quizás/podrías tal vez/puedes quizás/si pudieras/"
        "si pudieras por favor/te agradecería que/te agradecería si pudieras/agradecería que/"
        "estaría bien que/sería bueno que/más vale que/será mejor que/es mejor que/"
        "más te vale/te ruego que/te suplico que/te ordeno que/te estoy pidiendo que/"
        "te estoy diciendo que/hazme un favor/hazme un favor y/hazme el favor y/sé amable y/"
        "sé bueno y/sé tan amable de/serías tan amable de/ten la amabilidad de/"
        "tendrías la amabilidad de/te importaría/te importa/hay alguna posibilidad de que/"
        "haz el favor y/ustedes dos/los dos/las dos/ambos"
    ),
    links=phrases("pero"),
    remarks=phrases(
        "en serio/de verdad/lo digo en serio/te lo digo en serio/hablo en serio/va en serio/"
        "no es broma/no bromeo/lo sabemos/ya lo sabemos/lo sabe todo el mundo/terminé/ya terminé/"
        "he terminado/ya he terminado/ya acabé/hemos terminado/terminado/estamos bien/estoy bien/"
        "ahora no/demasiado largo/demasiado alto/demasiada charla/hablas demasiado/hablas mucho/"
        "hablas muy alto/hablas muy fuerte/habla demasiado/no paras de hablar/no te callas nunca/"
        "nunca te callas/me interrumpes/nos interrumpes/me estás interrumpiendo/"
        "nos estás interrumpiendo/estás interrumpiendo/molestas/me molestas/nos molestas/"
        "me estás molestando/me aburres/me cansas/me tienes harto/me tienes harta/"
        "me estás volviendo loco/me estás volviendo loca/me pones nervioso/me pones nerviosa/"
        "te repites/te estás repitiendo/esto es molesto/estoy harto/estoy harta/qué pesadez/"
        "tengo lo que necesito/ya tengo lo que necesito/ya tengo lo que quería/"
        "tengo lo que necesitaba/ya tengo lo que necesitaba/ya tengo todo/"
        "no necesito toda la historia/no necesito tantos detalles/no necesito los detalles/"
        "no necesito todo eso/no necesito eso/no necesito saberlo/no quiero saberlo/"
        "no quiero toda la historia/no te pregunté/no te he preguntado/nadie te preguntó/"
        "nadie te ha preguntado/no pregunté/no hablo contigo/no estoy hablando contigo/"
        "no hablaba contigo/ya sé cómo sigue/ya sé cómo termina/ya conozco la historia/"
        "ya conozco el resto/ya me lo sé/me lo sé"
    )
    | each_with(
        "es/eso es/esto es/está/eso está/ya es/se hace/todo está",
        "bien/genial/perfecto/estupendo/molesto/pesado/aburrido/muy aburrido/muy largo/"
        "demasiado largo/demasiado/muy molesto/una tontería/ridículo/inútil/tarde/muy tarde/"
        "demasiado tarde/muy alto/demasiado alto",
    )
    | each_with(
        "eres/estás/sos",
        "muy pesado/muy pesada/pesado/pesada/molesto/molesta/muy molesto/insoportable/aburrido/"
        "aburrida/muy aburrido/muy ruidoso/demasiado ruidoso/muy alto/demasiado alto/maleducado/"
        "maleducada/un pesado/una pesada",
    )
    | each_with(
        "/maldito/pedazo de/so/estúpido/tonto/puto/pinche/eres un",
        "idiota/imbécil/tonto/estúpido/bobo/pesado/gilipollas/cabrón/capullo/"
        "inútil/tarado/payaso/burro/animal/mierda/chatarra/bot/robot/asistente/ordenador/"
        "computador/trasto/cacharro/hijo de puta",
    )
    | each_with(
        "/maldita/pedazo de/so/estúpida/tonta/puta/pinche/eres una",
        "tonta/estúpida/boba/pesada/inútil/tarada/chatarra/máquina/computadora/ia",
    ),
    described=words("para suficiente bastante basta silencio alto fin quieto callado"),
    reasons=each_with(
        "estoy/estamos",
        "al teléfono/hablando/hablando por teléfono/en una llamada/en una reunión/pensando/"
        "trabajando/durmiendo/comiendo/ocupado/ocupada/ocupados/cansado/cansada/"
        "intentando hablar/intentando pensar/intentando oír/intentando escuchar/"
        "intentando dormir/intentando trabajar/intentando concentrarme/tratando de hablar/"
        "tratando de pensar/tratando de oír/tratando de escuchar/tratando de dormir/"
        "tratando de trabajar/tratando de concentrarme",
    )
    | phrases(
        "no oigo/no oigo nada/no te oigo/no puedo oír/no puedo oír nada/no puedo pensar/"
        "no puedo dormir/no puedo concentrarme/no puedo escuchar/no se oye nada/"
        "así no puedo pensar/suena el teléfono/está sonando el teléfono/suena mi teléfono/"
        "llaman a la puerta/están llamando a la puerta/tocan a la puerta/tocan el timbre/"
        "suena el timbre/me llaman/me están llamando/viene alguien/viene gente/hay gente/"
        "tengo visita/tenemos visita"
    )
    | each_with(
        "necesito/tengo que/debo/quiero",
        "pensar/hablar/concentrarme/dormir/trabajar/irme/contestar/atender/colgar/descansar/"
        "hacer una llamada/atender una llamada/abrir la puerta/silencio",
    )
    | each_with(
        "hay alguien/alguien está/está alguien",
        "en la puerta/aquí/al teléfono/durmiendo/hablando/llamando",
    )
    | each_with(
        "el bebé/el niño/la niña/mi hijo/mi hija/mi mujer/mi esposa/mi marido/mi esposo/mi madre/"
        "mi padre/mi mamá/mi papá/mi jefe/mi jefa/mi novio/mi novia",
        "duerme/está durmiendo/está dormido/está dormida/habla/está hablando/llama/me llama/"
        "está llamando/está aquí/está al teléfono/llora/está llorando",
    )
    | each_with("los niños/mis hijos/los demás", "duermen/están durmiendo/hablan/están hablando"),
    no_reasons=words(
        "de del sobre para pero sino o si puedes podrías quiero quería dime pon cuéntame otra otro "
        "dónde cuándo cómo quién hasta después antes luego entonces en"
    ),
    tags=phrases(
        "vale/ok/okay/por favor/de acuerdo/entendido/entendiste/has entendido/entiendes/"
        "lo entiendes/está claro/estamos/quieres/me oyes/oíste/me oíste/me has oído/me entiendes"
    ),
    doubts=phrases(
        "en serio/de verdad/de veras/es verdad/es cierto/estás de broma/lo dices en serio/"
        "hablas en serio/no me digas/qué/cómo"
    ),
    titles=phrases(
        "señor/señora/señorita/don/doña/sr/sra/querido/querida/amigo/amiga/amigo mío/mi amigo/"
        "mi amiga/mi querido/mi querida/cariño/cielo/compañero/viejo/mi vida"
    ),
    particles=words("ya ahora favor joder coño che hostia porfa porfavor"),
    statements=phrases(
        "es suficiente/ya es suficiente/suficiente/ya está/ya está bien/está bien ya/eso es todo/"
        "con eso basta/más que suficiente/con eso es suficiente/eso es suficiente/ya es bastante/"
        "con eso vale/eso sería todo/es todo/fin/ya estuvo/basta/ya basta/basta ya/basta con eso/"
        "basta de eso/me basta"
    ),
    negations=phrases(
        "no es suficiente/no basta/no está bien/no eso es todo/no dije/no he dicho/no te dije/"
        "no te he dicho/no digo/no te digo/no quiero que/no te pido/está listo/está claro/"
        "está perfecto/está genial/está estupendo/está excelente/está buenísimo/para bien/"
        "para sí/escucha un/mira un/alto y/y alto/basta un/basta una/más alto/mismo no"
    ),
    negators=words("no"),
    denied_unmarked=False,
)
