"""Words that are like names, or names of days and months: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import words

EVERYDAY_IN_ENGLISH: Final = words(
    "able abortion ache adult adults afford afraid age agenda air alarms alert alias alive alley "
    "ally alone altar alter alternate amateur angle anime annoy antenna apology appeal appear "
    "apple apply april archive area areas arena arise armies armor arms army array arrive arrives "
    "arrow arrows art arts aspire athletes atlas atoms attain audit author auto aware away awhile "
    "axle bald ball ballet ballot balls band bark base bats batter battery battle bean beauty "
    "bell belle belly below belt bill bills bitter blade blades blame blast blood blow blows blue "
    "blues blur boat body boil boiled bold bolts bond bone bones booth border bottle bout bowl "
    "brain brave bride bridge bud bull bullet bullets bully bunny buried butter cage cake candle "
    "care cart carton cartoon case cast cat cave cement chamber chap chart cheap check checks "
    "chips circus claimed clarity clean cleaned clear cleared clever climate clip clock closer "
    "cloth cloud clouds clown clue clues clutch coast cold collar color colour cooler cord corn "
    "corner corona correction cotton court cousin creating crown cult curtain dark dash data date "
    "dated dates dead death declare defeat delta desert desire diet dignity disappear disc dish "
    "dive division dizzy dot dough drama dream dress dressed drive driven driver drivers durable "
    "duty eager eagle ear early earn ears easier eaten eats echo eco edge edit edited editing "
    "edition editor ego eight electron electrons embargo embrace emerge emperor empire employer "
    "empower era error ever faint fan fashion fast feelings fellow felt fiction fin final finally "
    "finish finite fire fired fishing flags flaw flex flick flies flow flux fort fraud freed "
    "fridge fried friend friendly fries fright fruit fuel fun game garden gaze gentle ghost "
    "ghosts glad glory glow glue goat gold goose grain gravy green grey guest gust hail hall "
    "halls hallway halo harm harvest hatch haul heart heat hell hello helm herbs hermit hero "
    "heroes hill hockey hole holes holiday holidays hollow holy home hook hormones horn horror "
    "horse host hotel house huge human idiot image inch insane insight inspection instance "
    "instant instinct invasion iron jail jar jars jeans job jobs joint jot journal journey juice "
    "junior junk juror keen kettle kid kids kind kit kitchen kite lake lamp lane later lawn "
    "lawyer layer layers lazy least leave leg lemon letter liar lifts likely line lion little "
    "lively liver loan local lone lonely loner loyal lunar lunch lung mad magic mail male mall "
    "manual map march margin marine marriage marvel mask match mattress maximum meal melody "
    "member merely merry mess meter meters mild mile miles milk mill million mint minutes mix "
    "mobile model mold mole molecule moles month mood moon moral mothers motor mouth moves movies "
    "music nasty nation native nave navy nerve nervous never news night noble noise nor normal "
    "nose novel novels nurse oak occur ocean onion opera oral orange oranges order organ organs "
    "orient origin origins oven over page pages pain paint palace park parks part passion path "
    "peach pen penal pencil penny pet phone phones piano pill pillow pilot pine place plan planet "
    "plate plot poem point poison polite poll pond pony pool pork power prayed price pride prize "
    "proof prose quarter racing radio rage rain range rare rave ray ready reason receiver record "
    "reef reflex repair retain reuse revenue reviews rib ribbon rice rise river rivers rob robot "
    "rock roll room rose rosemary row rows rub rubber rude ruin rule ruler sack sad safe sag sage "
    "sail sake salad sale salsa same sand satellite sauce sausage sausages savage save saves "
    "saving scale scar scare scarf scary scene screw seas seat seed seek segment serie series "
    "serious service services sewage shade shadow shame shape share shell ship shop sick side "
    "siege sign silk silly silver simple single sink siren sister skate skill skin sky slate "
    "slave sleep slice slow small smart smoke smooth snack snake soak soap sock soda soft solar "
    "sole soon sore sorrow sour spare spark spear spice spike spirit spirits spray spring "
    "sprinkle square squash stable stack stage stages stair stairs stake stalk stall star stare "
    "stars state station status steak steal steam steel stem step stew sticks still stock stomach "
    "stone storage store stored stores storms story straw stream streams stress strip style sugar "
    "suit sun super surge syrup table tablet tail tale talent tall taller tape target task taste "
    "tax tea tear tears tennis tent term terms territory theirs theme theorem theory thigh thin "
    "throw throws thyme tide tier ties tight tighten tint tip tire tired tires toe tomorrow tone "
    "tool torn tour tourism tourist tours towel tower towers toy trace tracks trades trail trails "
    "train trained trainer trains trait trance transit trap traps trash tray treats tree trees "
    "trend trials tribes tricks trips troops truce trucks truth tube tuition tuna tune turned "
    "turns twin twins ultra unit urine usage use user vacation vaccine vague vain valley value "
    "van variation varied variety vault vegan venue verse version video view villa vinegar "
    "violation virus visa vision visions visit visiting vitamin voice vote voters wage wages walk "
    "walks wall war ward ware warm warn waters wave weak weary wedge weed welfare wheel whisper "
    "wide wild willow win wine wing wink wins winter wire wires wise wood word words work world "
    "worm worn worried worrying yard yarn year yell yellow youth zero zone"
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
