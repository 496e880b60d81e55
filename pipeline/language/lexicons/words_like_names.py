"""Words that are like names, or names of days and months: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import words

EVERYDAY_IN_ENGLISH: Final = words(
    "able ache adult age air alarms alert alias alive alley alone altar alter alternate amateur "
    "angle anime annoy antenna apology apple apply april area areas arena arise armies arms army "
    "array arrive arrives arrow art arts aspire atlas atoms audit auto away axle ball ballet "
    "ballot band base bats beauty bell belle belly below belt bill bills blade blades blame blast "
    "blood blue blues body boiled bold bolts bond bone bones border bowl brain brave bud bull "
    "bullet bully bunny butter cage cake candle care carton cartoon case cat cave chap cheap "
    "check checks chips circus clarity clean clear clever clip cloud clouds clue clues coast cold "
    "collar color colour cooler corn corner corona court cousin curtain dark dash data date dates "
    "death desert dish dizzy dot dough drama dream drive driver eager eagle ear early ears eaten "
    "eats echo eco edge edit edited editor ego eight electron empire era error ever fan fashion "
    "fast fellow felt fin final finally fire fired flex flow flux fraud freed fridge fried friend "
    "fries fruit fuel fun game gaze ghost ghosts glad glow glue gold goose gravy green grey guest "
    "gust hail hall halls hallway halo hatch haul heart heat hell hello helm hermit hero heroes "
    "hill hole hollow holy home hormones horn hotel house huge human image inch instant iron jar "
    "jars job jobs jot journey juice juror kettle kid kids kind kit kitchen kite lake lamp lane "
    "later lazy least leave leg lemon letter liar lifts likely line lion little lively liver loan "
    "local lone lonely loner lunar lunch lung mad magic mail mall manual map march marine mask "
    "match mattress maximum melody member merely merry mess meter mile miles mill mint minutes "
    "mix model mole moles mood moon moral motor mouth music nasty nation native nave navy nerve "
    "nervous never news night noble noise nor normal nose novel novels nurse oak ocean oral "
    "orange order organ orient origin oven over page pages paint palace park part path peach pen "
    "pencil penny phone piano pillow pine place plan planet plot poem point poison polite pond "
    "pony pool power price prize proof quarter radio rage rain range rave ray ready reason record "
    "reef reuse revenue rib ribbon rice rise river rivers rob robot rock roll room rose rosemary "
    "row rows rub rude rule ruler sack sad safe sag sage sail sake salad sale salsa same sand "
    "sauce sausage sausages savage save saves saving scale scar scare scarf scary scene seed seek "
    "segment serie series serious service sewage shade shadow shame shape share ship shop sick "
    "side siege sign silk silly silver simple sink siren sister skate skill skin sky slate slave "
    "sleep slice slow small smart smoke snack snake soak soap sock soda soft solar sole soon sore "
    "sour spare spark spear spice spray sprinkle square squash stable stack stage stages stairs "
    "stake stall star stare stars state station status steak steal steel stem step sticks still "
    "stock stone storage store storms story stream strip style sugar suit sun super swage syrup "
    "table tail tale talent tall tape target task taste tax tea tears tent term theirs theme "
    "theory thigh throw throws thyme tide tight tighten tint tip tire tired toe tomorrow tone "
    "tool tour tours towel tower towers toy trained trance transit trap traps trash tray tree "
    "trees truce trucks truth tube tuition tuna tune twins ultra unit urine usage use user vague "
    "valley value van vault vegan venue verse version video view villa vinegar virus vision "
    "visions visit voice vote wage wages wall war wave weak weary wedge weed wheel whisper wide "
    "willow win wine wing wink winter wire wires wise wood work world worm worn yard year yellow "
    "zero zone"
)
QUANTITIES_IN_ENGLISH: Final = words(
    "any some more enough less fresh dried chopped much extra no little"
)
LIMITS_IN_ENGLISH: Final = words("max maximum min minimum tops")
WEEKDAYS_IN_ENGLISH: Final = words("monday tuesday wednesday thursday friday saturday sunday")
MONTHS_IN_ENGLISH: Final = words(
    "january february march april may june july august september october november december"
)
DAY_TIMES_IN_ENGLISH: Final = words(
    "night nights morning mornings evening evenings afternoon afternoons noon lunch lunchtime"
)

EVERYDAY_IN_GERMAN: Final = words(
    "acht ader affe ahnen aktie alle allein alles alt alter amt anker apfel arie arm atem aula "
    "ball bein berg bett bild birne blitz blume boden bolzen boot brot brust buch burg butter "
    "dach dame decke ding dorf dose echo echt ecke edel ehe eile eis elan elle eltern ente erbe "
    "erde ernst esel etage fach fahne fall farbe fenster ferne feuer finger fisch flasche flug "
    "fluss form frage freund friede frist frucht garage gas gast gebet geist geld geste glas glut "
    "gold grad gras grün gruß haken hals halt hand haus heft held hell helle herd herr herz hilfe "
    "hof holz honig hose hut idee igel insel iris jagd jahr jubel jung kanne karte katze kette "
    "kind kirche kiste klar klasse kleid klinge knie koch kopf korb kraft kran kreis kuchen kunst "
    "lachen laden lage lampe land lane last laube lauf laune leben leder leer leger lehre leiter "
    "licht linie lippe liste loch lohn luft luke lunge macht mahl mal maler mango markt masse "
    "matte mauer maus meer mehl menge mensch messe messer miete milch mitte mond motor mund musik "
    "mut mutter nacht nadel nagel name nase nebel nerv netz neu neun novelle oase ofen ohr onkel "
    "orakel ort paar page park pause perle pfeffer platz preis puder rad rand rasen rat rauch "
    "raum rede regel regen reif reihe reis reise rest riese ring rose rot ruhe rund saal sache "
    "sack saft sage sagen sahne saite salat salbei salz samt sand satt satz schal schiff schlag "
    "schnee schrank schuh see segel seite sekt senf sieg silber sinn sitz sohn sonne sorge spaß "
    "stab stadt stahl stall stamm star statt staub stelle stern steuer stiel still stirn stock "
    "stoff stolz strand straße strom stufe stuhl stunde sturm suppe süß tafel tag takt tal tasche "
    "tasse tat tau taube teich teil teller tier tisch titel tod ton topf tor traum treppe trommel "
    "tuch turm uhr urlaub vase vater verein vers vogel volk wache waffe wagen wahl wald wand "
    "wange ware wasser weg wein welle welt werk wert wetter wiese wind winter wirt witz woche "
    "wolf wolke wort wunde wurst wut zahl zahn zaun zeile zeit zelt ziel zimmer zorn zucker zug "
    "zunge"
)
QUANTITIES_IN_GERMAN: Final = words(
    "etwas mehr viel wenig genug frischen frischer frische getrockneten kein keine keinen"
)
LIMITS_IN_GERMAN: Final = words("max maximal maximum minimal höchstens mindestens")
WEEKDAYS_IN_GERMAN: Final = words(
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag"
)
MONTHS_IN_GERMAN: Final = words(
    "januar februar märz april mai juni juli august september oktober november dezember"
)
DAY_TIMES_IN_GERMAN: Final = words(
    "nacht morgen abend mittag vormittag nachmittag früh abends morgens mittags nachts"
)
