"""What is known of languages without word lists: abbreviations, and the answers to an offer.

All entries are lower case. The abbreviations, for splitting sentences, are without the last dot.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.model import BEFORE_NUMBERS, INTERNATIONAL, Language, phrases, words

_ACCEPTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "es": "sí/si/sí por favor/sí gracias/sí claro/claro/claro que sí/por supuesto/vale/bueno/"
        "ok/okay/sigue/sí sigue/sigue por favor/sí sigue por favor/continúa/sí continúa/adelante/"
        "dale/por favor/de acuerdo/sí quiero/cuéntame más",
        "fr": "oui/oui sil te plaît/oui sil vous plaît/oui merci/oui vas y/oui continue/ouais/"
        "bien sûr/oui bien sûr/daccord/ok/okay/continue/continue sil te plaît/vas y/"
        "sil te plaît/sil vous plaît/volontiers/avec plaisir/pourquoi pas/je veux bien",
        "ja": "はい/はいお願いします/はい お願いします/"
        "はいおねがいします/はい おねがいします/"
        "お願いします/おねがいします/うん/ええ/続けて/つづけて/"
        "続けてください/つづけてください/"
        "はい続けて/はい 続けて/はい続けてください/はい 続けてください/"
        "お願い/どうぞ/もちろん",
        "pt": "sim/sim por favor/sim claro/claro/claro que sim/com certeza/ok/okay/tá/tá bom/"
        "pode/pode continuar/sim pode/sim pode continuar/continue/continua/sim continue/"
        "sim continua/por favor/quero/sim quero/vai/vá em frente/pode sim",
    }
)
_DECLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "es": "no/no gracias/no hace falta/ahora no/no ahora no/basta/es suficiente/"
        "ya está/ya está bien/así está bien/gracias/después/más tarde/luego",
        "fr": "non/non merci/pas maintenant/non pas maintenant/ça suffit/non ça suffit/cest bon/"
        "non cest bon/merci/merci ça suffit/plus tard/peut être plus tard/pas la peine/ça ira",
        "ja": "いいえ/いいえ結構です/いいえ 結構です/いいえけっこうです/いいえ けっこうです/"
        "結構です/けっこうです/いや/いらない/いらないです/"
        "もういい/もういいです/大丈夫/大丈夫です/だいじょうぶです/十分です/後で/あとで",
        "pt": "não/não obrigado/não obrigada/agora não/não agora não/não precisa/chega/já chega/"
        "é suficiente/tá bom assim/obrigado/obrigada/depois/mais tarde",
    }
)
"""Both: the whole answers to "Shall I go on?", by ISO code, without apostrophes and marks."""


def _language(code: str, abbreviations: str, closing: str = "", numbers: str = "") -> Language:
    return Language(
        code=code,
        abbreviations=INTERNATIONAL | words(abbreviations),
        closing_abbreviations=words(closing),
        number_abbreviations=BEFORE_NUMBERS | words(numbers),
        accepting_phrases=phrases(_ACCEPTS[code]) if code in _ACCEPTS else frozenset(),
        declining_phrases=phrases(_DECLINES[code]) if code in _DECLINES else frozenset(),
    )


ABBREVIATED: Final[Mapping[str, Language]] = MappingProxyType(
    {
        "es": _language(
            "es",
            "d dña gral lic arq ing p.ej ej avda av c admón cap dpto depto excmo excma fdo ilmo "
            "pza prov pág págs aprox",
            "etc a.m p.m a.c d.c s.a",
            "núm núms art vol tel",
        ),
        "fr": _language(
            "fr",
            "m mm mme mlle mgr me dr pr env c.-à-d p.ex ex bd boul ste éd réf",
            "etc av j.-c s.a",
            "art chap vol tél fig",
        ),
        "it": _language(
            "it",
            "sig sig.ra sigg dott dott.ssa prof.ssa ing avv arch rag geom on p.es es ecc.mo egr "
            "gent spett",
            "ecc etc a.c d.c s.p.a s.r.l",
            "art cap vol tel fig pag pagg",
        ),
        "pt": _language(
            "pt",
            "sr sra srta srs d dra drs profª profa eng exmo exma ilmo av p.ex ex trav",
            "etc a.c d.c s.a ltda",
            "art cap vol tel fig núm pág págs",
        ),
        "ja": _language("ja", ""),
        "nl": _language(
            "nl",
            "dhr mevr mw drs ing ir bijv bv d.w.z d.m.v m.b.t o.a t.a.v i.p.v z.o.z m.a.w resp",
            "enz e.d etc n.v b.v v.chr n.chr",
            "art hfst blz tel nr",
        ),
        "pl": _language(
            "pl",
            "np tzn tj tzw ul al os pl św inż mgr hab red gen płk por ok m.in ds im woj",
            "itd itp r w n.e p.n.e",
            "art rozdz str tel nr godz",
        ),
        "ru": _language(
            "ru",
            "т.е т.к т.н т.д напр ул просп им гр стр проф акад г-н г-жа см ср",
            "др пр руб коп тыс млн млрд",
            "рис табл гл стр тел",
        ),
        "sv": _language("sv", "t.ex bl.a d.v.s dvs ca kl f.d s.k resp", "osv m.m m.fl etc", "nr s"),
        "da": _language("da", "f.eks bl.a dvs ca kl hr fr", "osv m.m m.v etc", "nr s"),
        "nb": _language("nb", "f.eks bl.a dvs ca kl hr fr", "osv m.m m.v etc", "nr s"),
        "tr": _language("tr", "sn bkz vb örn prof doç yrd av alm", "vs vb", "no s"),
        "cs": _language("cs", "např tzv tj mj ing mgr bc ul nám", "atd apod", "č str tel"),
    }
)
