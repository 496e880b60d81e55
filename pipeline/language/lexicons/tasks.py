"""Requests that an assistant fulfils, by openings and objects: data only, lower case."""

from __future__ import annotations

from typing import Final

from pipeline.language.lexicons.model import phrases, words

TASKS_IN_ENGLISH: Final = phrases(
    "set/remind/play/turn/switch/dim/brighten/add/search/google/look up/find out/translate/"
    "spell/convert/calculate/compute/define/explain/describe/tell/repeat/summarize/summarise/"
    "read/order/book/cancel/schedule/reschedule/delete/remove/rename/compress/list/compare/"
    "recommend/suggest/name/save/shuffle/skip/resume/rewind/mute/unmute/increase/decrease/"
    "estimate/rephrase/paraphrase/shorten/simplify/proofread/clarify/elaborate/quiz/"
    "write down/write that down/write this down/note down/write a/write an/"
    "write me/draft/say that again/say it again/create/generate/solve/rank/navigate/wake/sort/"
    "flip a coin/toss a coin/roll a/roll the/roll two/pick a/choose a/count/unlock"
)
TASK_OBJECTS_IN_ENGLISH: Final = words(
    "list lists timer timers alarm alarms reminder reminders countdown light lights lamp "
    "lamps volume music song songs playlist album podcast station calendar appointment note "
    "notes message email mail news headlines weather forecast temperature heating thermostat "
    "joke story riddle poem recipe example examples synonym definition translation summary"
)

TASKS_IN_GERMAN: Final = phrases(
    "stell/stelle/erinner/erinnere/spiel/spiele/schalt/schalte/dimm/dimme/füg/füge/such/suche/"
    "übersetz/übersetze/buchstabier/buchstabiere/rechne/berechne/erklär/erkläre/beschreib/"
    "beschreibe/sag/erzähl/erzähle/wiederhol/wiederhole/fass/lies/bestell/bestelle/buch/buche/"
    "lösch/lösche/benenn/benenne/vergleich/vergleiche/empfiehl/nenn/nenne/speicher/speichere/"
    "überspring/schätz/schätze/kürz/kürze/notier/notiere/schreib auf/schreib das auf/"
    "schreib mir/schlag/weck/wecke/erstell/erstelle/löse/zähl/zähle/würfle/würfel/wirf eine/"
    "merk dir/prüf/prüfe/rate"
)
TASK_OBJECTS_IN_GERMAN: Final = words(
    "liste einkaufsliste timer wecker erinnerung licht lichter lampe lampen lautstärke musik "
    "lied lieder album podcast sender kalender termin notiz nachricht mail email nachrichten "
    "wetter temperatur heizung thermostat witz geschichte rätsel gedicht rezept beispiel "
    "beispiele zusammenfassung übersetzung"
)
