"""Abbreviations of languages without word lists, for splitting their sentences.

All entries are lower case, without the last dot.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.language.lexicons.model import BEFORE_NUMBERS, INTERNATIONAL, Language, words


def _language(code: str, abbreviations: str, closing: str = "", numbers: str = "") -> Language:
    return Language(
        code=code,
        abbreviations=INTERNATIONAL | words(abbreviations),
        closing_abbreviations=words(closing),
        number_abbreviations=BEFORE_NUMBERS | words(numbers),
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
