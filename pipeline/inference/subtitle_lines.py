"""What Whisper writes where nothing was said, as data: one table a language.

Whisper learned from subtitled video. For silence, noise and music it writes what subtitles say
there: who made them, the end of a video, a request to subscribe, the name of a broadcaster.
Sources: reports of its users (openai/whisper discussions 679, 928 and 1606, issues of
faster-whisper and whisper.cpp), in other forms, years and persons too.

The patterns are for text as `invented_lines.folded` gives it: without accents, apostrophes and
punctuation. They match a whole sentence, in either case. ``\\S+`` is a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_AND_MORE: Final = r"(?: \S+){0,10}"

LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        r"(?:(?:and|so|okay|ok|well|alright) )?(?:thanks|thank you)"
        r"(?: (?:guys|everyone|everybody|all|so|very|much|again))* for (?:watching|viewing)"
        r"(?: (?:this|the|my|our) (?:video|channel|show|episode|stream))?"
        rf"(?: (?:and|dont|please|ill|see|bye|until|till|i hope){_AND_MORE})?",
        r"(?:(?:please|and|so|dont forget to|remember to|make sure to|be sure to|make sure you"
        r"|like|comment|share) )*subscribe(?: to (?:my|our|the|this) channel)?"
        rf"(?: for more(?: \S+){{0,3}}| and (?:hit|ring|turn|click|press|like|share){_AND_MORE})?",
        r"if you (?:enjoyed|liked|like|enjoy) (?:this|the|my|our) video(?: \S+){0,6}"
        rf" (?:subscribe|like|thumbs|bell){_AND_MORE}",
        r"(?:(?:and|so) )?(?:(?:ill|well|we will|i will) )?(?:see|catch) (?:you|ya)"
        r"(?: (?:guys|all|again|soon))* in (?:the|my|our|a) next (?:video|episode|vlog)"
        r"(?: \S+){0,3}",
        r"this (?:video|episode|podcast|stream) (?:is|was) (?:sponsored|brought to you) by(?:"
        r" \S+){1,5}",
        r"(?:for|to find out) more(?: information)?(?: \S+){0,3} (?:visit|go to|see)(?: \S+){0,3}"
        r" www"
        r"(?: \S+){2,5}",
        r"(?:please )?visit our website(?: at)?(?: www)?(?: \S+){1,6}",
        r"music by kevin macleod",
        rf"(?:(?:and|please|dont forget to) )*(?:hit|click|ring|press)(?: on)? the (?:notification"
        rf" )?bell (?:icon|button)"
        rf"{_AND_MORE}",
        r"to be continued",
        rf"copyright (?:\S+ ){{0,6}}(?:19|20)\d\d{_AND_MORE}",
        r"(?:\S+ ){0,4}all rights reserved",
        r"blank audio",
    ),
    "de": (
        r"(?:(?:vielen|herzlichen|besten) )?danke?(?: (?:euch|ihnen|schon))* fur ?s?(?: das)? ?"
        rf"(?:zuschauen|zusehen|ansehen|anschauen)(?: (?:und|bis|beim nachsten){_AND_MORE})?",
        r"untertitel(?:ung)?(?: (?:im auftrag|aufgrund|von|vom|der|des|durch|fur|funk|text|gmbh"
        r"|mediagroup|community|text|zdf|ard|wdr|swr|ndr|mdr|hr|rbb|br|orf|srf|arte|(?:19"
        r"|20)\d\d))+",
        r"(?:copyright )?(?:ard|zdf|wdr|swr|ndr|mdr|rbb|orf|srf|br|hr)"
        r"(?: (?:text|mediagroup|gmbh|fernsehen))*"
        r"(?: (?:19|20)\d\d| im auftrag (?:von|vom|der|des) \S+(?: (?:19|20)\d\d)?)",
        r"(?:(?:und|also|wir sehen uns|bis dann|dann) )*(?:bis zum|im|bis im) nachsten (?:video"
        r"|clip)"
        r"(?: (?:und )?(?:tschuss|ciao|bis dann|macht)(?: \S+){0,3})?",
        rf"wenn (?:euch|dir|ihnen) (?:das|dieses|mein|unser) video(?: \S+){{0,4}} (?:gefallen"
        rf"|gefallt)"
        rf"(?: \S+){{0,5}} (?:daumen|abo|abonnier\S*|like|liked?){_AND_MORE}",
        r"das wars fur heute (?:vielen )?danke? furs (?:zuschauen|zusehen)(?: \S+){0,5}",
        r"(?:mehr|weitere) (?:infos?|informationen)(?: \S+){0,3} (?:auf|unter) www(?: \S+){2,5}",
        r"live untertitel(?: (?:ard|zdf|wdr|swr|ndr|mdr|rbb|orf|srf|br|hr))(?: (?:19|20)\d\d)?",
        r"untertitelung",
        rf"(?:bitte )?abonniert(?: (?:doch|bitte|gerne))* (?:meinen|den|unseren|diesen) kanal"
        rf"{_AND_MORE}",
        rf"(?:\S+ ){{0,6}}vergesst nicht(?: \S+){{0,4}} (?:abonnieren|glocke|daumen){_AND_MORE}",
    ),
    "fr": (
        r"merci(?: (?:beaucoup|a tous|a vous))* davoir (?:regarde|visionne)"
        r"(?: (?:cette|la|ma|notre) video| cet episode)?"
        rf"(?: (?:et|a|nhesitez|noubliez|abonnez){_AND_MORE})?",
        r"(?:et )?(?:noubliez pas de (?:\S+ ){0,4}vous abonner|abonnez vous)"
        rf"(?: a (?:la|ma|notre) (?:chaine|page))?(?: (?:et|pour){_AND_MORE})?",
        rf"(?:cliquez|appuyez) sur (?:la|le) (?:cloche|bouton dabonnement){_AND_MORE}",
        r"cliquez(?: vous)? sur les sous titres(?: \S+){0,6}",
        rf"nhesitez pas a (?:\S+ ){{0,4}}vous abonner{_AND_MORE}",
        rf"si (?:vous avez|tu as) aime (?:cette|la|ma|notre) video(?: \S+){{0,5}}"
        rf" (?:pouce|like|liker|abonne\S*){_AND_MORE}",
        r"on se (?:retrouve|voit)(?: \S+){0,2} (?:dans|pour) (?:une|la|ma)"
        r" (?:prochaine|nouvelle) video(?: \S+){0,3}",
        r"(?:\S+ )?sous ?titrage(?: (?:st ?\d*|mfp|fr|\d{1,4}|societe|radio|canada|titra|film"
        r"|eclair|group|tv5|monde))+",
        r"(?:traduction|sous titres?)(?: et sous titres?)?(?: (?:realises?|faite?s?|crees?))?"
        r"(?: (?:par|para|pour|de|la|les|communaute))* (?:sous ?)?(?:titres |d|l)*amara org",
        r"par sous ?titreur com",
    ),
    "es": (
        r"(?:muchas )?gracias(?: a todos)? por (?:ver|mirar)(?:nos)?"
        r"(?: (?:el|este|mi|nuestro) (?:video|canal))?"
        rf"(?: (?:y|nos|no|hasta|suscr\S+){_AND_MORE})?",
        r"(?:(?:y|por favor|no olvides|no te olvides de|no olviden|darle|dale|denle|a|like"
        r"|me gusta) )*suscrib(?:ete|anse|irte|irse|iros)(?: (?:al|a mi|a nuestro|a este) canal)?"
        rf"(?: (?:y|para){_AND_MORE})?",
        r"(?:y )?(?:eso es todo por hoy )?nos vemos en (?:el|un) proximo video(?: \S+){0,3}",
        rf"(?:y )?si te (?:ha )?gust(?:ado|o) (?:el|este|mi) video(?: \S+){{0,5}}"
        rf" (?:like|suscrib\S+|me gusta){_AND_MORE}",
        r"mas informacion www \S+ com",
    ),
    "pt": (
        r"(?:muito )?obrigad[oa](?: a todos)? por assistir(?:em)?"
        rf"(?: (?:ao|o|esse|este|nosso)(?: nosso| meu)? video)?(?: (?:e|ate){_AND_MORE})?",
        r"(?:(?:nao se esqueca de|nao esqueca de|e|deixe|deixem|seu|o|like) )*"
        r"(?:inscrevam? se|se inscrev(?:a|er|am))(?: (?:no|em) (?:meu |nosso )?canal)?"
        rf"(?: (?:e|para){_AND_MORE})?",
        r"(?:(?:e|nos vemos|ate) )*(?:no|o|ao) proximo video",
    ),
    "it": (
        r"grazie(?: (?:mille|a tutti))*(?: per)? (?:la visione|aver guardato|aver visto questo)"
        rf"(?: (?:il|questo|il mio))?(?: video)?(?: (?:e|ci|al){_AND_MORE})?",
        r"(?:(?:e|non dimenticate di|ricordatevi di) )*iscriv(?:etevi|iti)"
        rf"(?: al (?:mio |nostro )?canale)?(?: e{_AND_MORE})?",
        r"(?:ci vediamo (?:nel|al|alla)|al) prossim[oa] (?:video|puntata)",
        rf"se (?:il|questo) video (?:ti|vi) e piaciuto(?: \S+){{0,5}} (?:like"
        rf"|iscriv\S+){_AND_MORE}",
    ),
    "nl": (
        r"(?:bedankt|dank (?:je|u|jullie)(?: wel)?|hartelijk dank) voor (?:het )?kijken"
        r"(?: naar (?:deze|dit|onze|mijn|de|het) (?:video|filmpje|aflevering|kanaal))?"
        rf"(?: (?:en|tot){_AND_MORE})?",
        r"(?:vergeet niet (?:\S+ ){0,4}te abonneren|abonneer(?: je)?(?: nu)? op (?:mijn|dit|ons)"
        r" kanaal)(?: \S+){0,4}",
        r"abonneer(?: je)? op het kanaal",
        r"bedankt om te (?:kijken|luisteren)(?: en te abonneren)?",
        r"tot (?:de|in de|in het) volgende video",
        r"tv gelderland (?:19|20)\d\d",
    ),
    "pl": (
        r"(?:bardzo )?(?:dziekuje(?:my)?|dzieki)(?: (?:wam|bardzo))* za (?:ogladanie|obejrzenie)"
        rf"(?: (?:filmu|wideo|odcinka))?(?: i{_AND_MORE})?",
        r"(?:(?:zapraszam|zapraszamy|do|nie|zapomnij|zapomnijcie|i) )*(?:subskrypcji|subskrybowania"
        r"|zasubskrybowac|subskrybuj|subskrybujcie)"
        rf"(?: (?:moj|nasz|mojego|naszego))?(?: kanału?)?(?: i{_AND_MORE})?",
        r"(?:do zobaczenia|widzimy sie) w (?:nastepnym|kolejnym) (?:odcinku|filmie|filmiku)(?:"
        r" \S+){0,2}",
    ),
    "ru": (
        r"спасибо(?: (?:всем|вам|большое))* за просмотр(?: (?:этого )?видео)?"
        rf"(?: (?:и|подпис\S+|став\S+|до|пока|увид\S+){_AND_MORE})?",
        r"(?:(?:и|не забудьте|не забываите|ставьте|лаики?|пожалуиста) )*"
        r"подпи(?:сываитесь|сываися|шитесь|шись|саться)(?: на (?:мои |наш |этот )?канал)?"
        rf"(?: (?:и|ставь\S*|чтобы|до){_AND_MORE})?",
        r"продолжение следует",
        r"спасибо за субтитры(?: \S+){1,3}",
        r"(?:(?:увидимся|встретимся|до встречи) )(?:\S+ )?в следующ(?:ем видео|еи серии"
        r"|ем выпуске)",
        r"редактор субтитров(?: \S+){1,4} корректор(?: \S+){1,4}",
    ),
    "uk": (
        rf"дяку(?:ю|ємо)(?: (?:всім|вам))* за перегляд(?: відео)?(?: (?:і|та){_AND_MORE})?",
        r"(?:і )?підпи(?:суитесь|шіться)(?: на (?:міи |наш )?канал)?"
        rf"(?: (?:і|та|став\S+){_AND_MORE})?",
        r"(?:продовження буде|далі буде)",
        r"(?:до зустрічі|побачимося|зустрінемося) (?:в|у) наступн(?:ому відео|ому випуску|іи"
        r" серіі)",
        r"редактор субтитрів(?: \S+){1,4}",
    ),
    "tr": (
        r"(?:(?:videoyu|bizi|beni) )*izledig(?:iniz|in) icin (?:cok )?tesekkur(?:ler| eder\S+)"
        r"(?: \S+){0,8}",
        r"(?:\S+ ){0,6}(?:abone olmayi|takip etmeyi)(?: ve \S+)? unutmay\S+(?: \S+){0,6}",
        r"(?:(?:lutfen|kanalima|kanala|kanalimiza) )+abone olun(?: \S+){0,4}",
        r"(?:bir )?sonraki videoda gorus\S+(?: uzere)?",
        r"alt ?yazi(?: ve ceviri)? \w \w",
    ),
    "ja": (
        r"[ぁ-んァ-ヶー一-龠々 ]{0,12}(?:視聴|ご覧)(?:いただき|頂き|くださり|下さり)?(?:まして)?"
        r"(?:誠に)? ?ありがとうござい(?:ました|ます)",
        r"[ぁ-んァ-ヶー一-龠々 ]{0,12}チャンネル登録.{0,4}(?:お願い|よろしく|宜しく).{0,12}",
        r"[ぁ-んァ-ヶー一-龠々 ]{0,8}次回?の動画で(?:お会いしましょう|会いましょう)?(?: ?"
        r"(?:バイバイ|さようなら))?",
        r"(?:最後まで)(?:見て|観て|ご覧|視聴)[ぁ-ん]{0,6}ありがとう(?:ございます|ございました)?",
        r"字幕作成(?:者 ?| ).{1,10}",
    ),
    "zh": (
        r"(?:非常)?(?:感谢|感謝|谢谢|謝謝|多谢|多謝)(?:大家|各位|您|你|们|們|的)*"
        r"(?:观看|觀看|收看|收聽|收听)(?: .{0,14})?",
        r"[请請]?不吝[点點][赞贊].{0,40}",
        r"(?:[订訂][阅閱] )?(?:转发|轉發) 打[赏賞].{0,20}",
        r"[请請]?(?:大家)?[订訂][阅閱](?:我的|我们的|我們的|本)?[频頻]道(?: .{0,14})?",
        r"(?:中文)?字幕志[愿願]者 ?.{2,6}",
        r"(?:中文)?字幕(?:制作|製作|提供|校对|校對|翻译|翻譯|组|組) .{2,8}",
        r"(?:中文)?字幕by.{1,12}",
        r"(?:字幕)?由 ?amara ?org ?社[区區群]提供(?:的字幕)?",
        r"中文字幕 ?yk",
        r"[优優][优優][独獨]播[剧劇][场場].{0,40}",
        r"(?:中文)?字幕 by .{1,12}",
        r"(?:作[词詞曲]|[词詞]曲|[编編]曲)(?: (?!是|的).{2,4}){1,2}",
        r"(?:记得|記得|[请請]|麻[烦煩])?(?:点[赞]|點[贊讚])[、 ]?(?:加)?(?:[订訂][阅閱]|[关關]注"
        r"|收藏)(?:[、 ]?.{0,8})?",
        r"下期(?:再[见見]|[节節]目再[见見]|[视視][频頻]再[见見])",
        r"(?:明[镜鏡]|[点點][点點]).{0,8}需要.{0,4}支持.{0,16}",
    ),
    "ko": (
        r"(?:mbc|kbs|sbs|ytn|jtbc|연합|mbn) ?뉴스 [가-힣]{2,4}입니다",
        r"(?:[가-힣]+ ){0,3}시청해 ?주셔서 (?:대단히 |정말 )?감사(?:합니다|드립니다|해요)",
        r"구독(?:과|하고)? ?(?:\S+ ){0,4}(?:부탁\S*|눌러 ?주세요)",
        r"다음 (?:영상|비디오)에서? (?:또 )?(?:만나요|뵙겠습니다|봐요)",
        r"(?:(?:한글|한국어|영어) ?)?자막 ?(?:by|제공|제작)(?!.*(?:해|줘|세요|니다|까))(?:"
        r" \S+){1,3}",
    ),
    "ar": (
        r"اشترك(?:وا)? في (?:ال)?قنا(?:ة|تي|تنا)(?: \S+){0,5}",
        r"لا تنسوا الاشتراك(?: \S+){0,4}",
        r"شكرا(?: لكم)? (?:على (?:ال)?|لل?)(?:مشاهد|متابع)(?:ة|تكم)(?: \S+){0,4}",
        r"ترجمة (?:نانسي قنقر|منة الله)",
        r"(?:نراكم|(?:و)?[اإ]لى اللقاء|اراكم) في الفيديو القادم(?: \S+){0,3}",
    ),
    "hi": (
        r"(?:\S+ ){0,2}देखने के लिए (?:\S+ )?(?:धन्यवाद|शुक्रिया)",
        r"(?:\S+ ){0,2}अगले वीडियो में (?:फिर )?(?:मिलते हैं|मिलेंगे)",
        r"(?:\S+ ){0,6}सब्सक्राइब (?:करें|कर दें|कीजिए|ज़रूर करें|करना न भूलें)",
    ),
    "vi": (
        rf"(?:hay )?(?:đang ky|subscribe)(?: cho)? kenh đe{_AND_MORE}(?: \S+){{0,6}}",
        r"hay subscribe cho kenh(?: \S+){0,14}",
        r"subscribe cho kenh(?: \S+){1,14}",
        r"(?:(?:hay|va|nho|đung quen|đung quen nhan) )+đang ky kenh(?: \S+){0,8}",
        r"(?:xin )?cam on(?: (?:cac ban|quy vi|moi nguoi|ban))? đa (?:theo doi|xem(?: video)?|ung"
        r" ho kenh)"
        r"(?: (?:cua|va|nhe|video|hen|minh|chung)(?: \S+){0,10})?",
        rf"(?:xin chao va )?hen gap lai(?: \S+){{0,3}} trong(?: \S+){{0,2}} video{_AND_MORE}",
    ),
    "id": (
        r"terima kasih (?:telah|sudah|karena telah) (?:menonton|menyaksikan)(?: \S+){0,5}",
        r"jangan lupa (?:\S+ ){0,4}subscribe(?: \S+){0,6}",
        r"jangan lupa (?:untuk )?(?:like dan )?berlangganan(?: (?:ya|di (?:channel|kanal|saluran)"
        r"(?: \S+){0,3}))?",
        r"sampai (?:jumpa|ketemu)(?: lagi)? di video (?:berikutnya|selanjutnya)(?: \S+){0,3}",
    ),
    "sv": (
        r"tack (?:sa mycket )?for att (?:ni|du)(?: har)? titta(?:de|t)(?: \S+){0,4}",
        r"(?:glom inte att )?prenumerera pa (?:min|var) kanal(?: \S+){0,4}",
        r"(?:glom inte att )?(?:gilla och )?prenumerera(?: pa kanalen)?",
        r"(?:vi )?ses i nasta (?:video|avsnitt|vlogg?)(?: \S+){0,3}",
        r"textning \S+ \S+ www(?: \S+){1,3}",
        r"svensk ?textning nu",
    ),
    "no": (
        r"takk for at (?:du|dere) sa pa(?: \S+){0,3}",
        r"(?:husk a )?abonner(?:e)? pa (?:min )?kanal(?:en)?(?: \S+){0,4}",
    ),
    "da": (r"tak (?:fordi|for at) (?:(?:du|i|i alle) )?(?:sa|se|kiggede) med(?: \S+){0,3}",),
    "fi": (
        r"kiitos (?:etta|kun) kats(?:oit|oitte|elit)(?: \S+){0,3}",
        r"kiitos katsomisesta(?: \S+){0,3}",
        r"(?:(?:muista|muistakaa|ja) )*(?:tilaa|tilatkaa|tilata) kanavan?i?",
        r"nahdaan (?:taas )?(?:seuraavassa|ensi) (?:videossa|videolla|jaksossa)",
    ),
    "cs": (
        r"dekuj(?:i|eme|u)(?: vam)? (?:za (?:sledovani|zhlednuti)|ze jste se divali)(?: \S+){0,3}",
        r"(?:nezapomente )?(?:odebirat|odebirejte|odebirej)(?: (?:muj|nas|tento))? kanal(?:"
        r" \S+){0,3}",
        r"(?:uvidime se|na videnou) u (?:dalsiho|pristiho) videa(?: \S+){0,3}",
        r"dakujem(?:e)?(?: vam)? za (?:sledovanie|pozretie)(?: \S+){0,3}",
    ),
    "hu": (
        r"koszon(?:om|juk) hogy (?:megnezt\S+|nezt\S+|velunk tartott\S+)(?: \S+){0,3}",
        r"ne felejts(?:etek|d|)? el feliratkozni(?: \S+){0,4}",
        r"(?:talalkozunk|viszlat) a kovetkezo (?:videoban|reszben|epizodban)",
        r"a felirat(?:ot|okat) keszitette(?: \S+){1,4}",
        r"(?:\S+ ){0,4}(?:fel)?iratkozz(?:atok)?(?: fel)?(?: a)? csatorn\S+(?: \S+){0,3}",
    ),
    "ro": (
        r"(?:va rog )?(?:sa )?(?:nu uitati sa va )?abonati va(?: la (?:acest )?canal\S*(?:"
        r" \S+){0,5})?",
        r"nu uitati sa (?:\S+ ){0,4}like(?: \S+){0,10}",
        r"ne vedem (?:in|la) (?:urmatorul|viitorul) (?:video|episod|clip)(?: \S+){0,3}",
        r"(?:sa )?(?:va |iti )?multum(?:im|esc)(?: tuturor)? pentru vizionare(?: \S+){0,4}",
        r"nu uitati sa (?:\S+ ){0,6}abonati(?: \S+){0,5}",
    ),
    "el": (
        r"(?:σας )?ευχαριστ(?:ω|ουμε)(?: πολυ)? που παρακολουθησατε(?: \S+){0,4}",
        r"(?:(?:και|μην ξεχασετε να|παρακαλω) )*εγγραφειτε στο καναλι(?: \S+){0,4}",
        r"(?:τα λεμε|θα τα πουμε) στο επομενο (?:βιντεο|επεισοδιο)(?: \S+){0,3}",
    ),
    "th": (
        r"ขอบคุณ(?:ที่|สําหรับการ)(?:รับชม|ติดตามชม|ติดตาม)(?:ครับ|ค่ะ|คะ|นะครับ|นะคะ)?",
        r"(?:อย่าลืม|ฝาก|ช่วย|และ| )*กด(?:ไลค์|ไลก์|แชร์|ติดตาม|กระดิ่ง|ซับสไคร้ป์|กด| |และ)+"
        r"(?:ช่อง.{0,20})?"
        r"(?:ด้วย|นะ|ครับ|ค่ะ|คะ|กัน)*",
        r"โปรดติดตามตอนต่อไป",
        r"(?:แล้ว)?(?:เจอ|พบ)กัน(?:ใหม่)?(?:ใน)?(?:คลิป|วิดีโอ|ตอน)(?:หน้า|ต่อไป)(?:ครับ|ค่ะ|นะครับ"
        r"|นะคะ)?",
    ),
    "he": (r"תודה(?: רבה)?(?: לכם)? על הצפייה",),
}
"""Sentences that are not said in a call: how a video ends, and what broadcasters write."""

CREDITS: Final[Mapping[str, tuple[int, str]]] = {
    "en": (
        1,
        r"(?:english |closed )?(?:subtitle[ds]?|subtitling|caption(?:s|ed|ing)|transcri(?:bed|ption"
        r"|pts?)|(?:subtitle )?translat(?:ed|ion))(?: and (?:subtitles|translation|timing"
        r"|translated))?"
        r"(?: (?:provided|made|created))? by(?: the)? ",
    ),
    "de": (2, r"(?:untertitel(?:ung)?|ubersetz(?:ung|t)) (?:von|durch) "),
    "fr": (
        1,
        r"(?:sous titres?|sous titrage|traduction|traduit|transcription)"
        r"(?: (?:realises?|realisee|faite?s?|crees?))? par(?: la| les)? ",
    ),
    "es": (
        1,
        r"(?:subtitulos|subtitulad[oa]s?|traduccion|traducid[oa]|transcripcion)"
        r"(?: (?:realizados|creados|hechos|realizada))? por(?: la)? ",
    ),
    "pt": (
        2,
        r"(?:legendas?|legendado|legendagem|traducao|transcricao)(?: e legendas)?"
        r"(?: (?:feitas|criadas))?(?: por| pela| pelo)? ",
    ),
    "it": (
        1,
        r"(?:sottotitoli|traduzione|trascrizione)(?: e (?:revisione|traduzione|sottotitoli))?"
        r" (?:a cura di|creati da|creati dalla|by) ",
    ),
    "nl": (1, r"(?:ondertitel(?:s|d|ing)|vertaling|vertaald)(?: ingediend)? door(?: de)? "),
    "pl": (
        2,
        r"(?:zdjecia i )?(?:napisy|tlumaczenie|tłumaczenie)"
        r"(?: (?:stworzone|wykonane|przygotowane))?(?: przez)?(?: spolecznosc| społecznosc)? ",
    ),
    "ru": (
        1,
        r"субтитры(?: и \S+)? (?:с?делала?|создавала?|создала?|добавила?|подогнала?|подготовила?"
        r"|предоставила?|перевела?) ",
    ),
    "uk": (1, r"субтитри (?:створи|зроби|дода|підготува)(?:в|ла)(?: спільнота)? "),
    "sv": (1, r"(?:textning|textat|undertexter|oversattning) av "),
    "sv, without av": (2, r"(?:textning|textat|undertexter|oversattning)(?: av| fran)? "),
    "no": (1, r"(?:teksting|tekstet|undertekster|norske tekster) av "),
    "da": (1, r"(?:undertekster|danske tekster|tekster|oversættelse) af "),
    "fi": (1, r"(?:suomentanut|suomennos|tekstitys|kaannos) "),
    "cs": (1, r"titulky (?:vytvorila?|prelozila?|pripravila?) "),
    "el": (1, r"υποτιτλοι "),
    "tr": (1, r"(?:ceviri ve )?alt ?yazi(?: ve ceviri)? "),
    "en, without by": (2, r"transcript "),
}
"""How a credit begins, and how many words its name has at least. What follows must be a name: words
with a capital letter, of which a sentence that someone says about subtitles has few."""

IN_NAMES: Final = frozenset(
    ("and", "of", "at", "for", "the", "de", "da", "di", "du", "la", "von", "van", "der", "i", "og",
     "och", "e", "y", "і", "и", "org", "com")
)  # fmt: skip
"""Words in lower case that a credit may have between those of a name."""

SUBTITLE_WORDS: Final = (
    "subtit", "caption", "transcri", "untertit", "sous titr", "legenda", "sottotit", "ondertit",
    "napisy", "tłumaczeni", "субтит", "alt ?yazi", "字幕", "자막", "υποτιτλ", "felirat",
    "undertext",
    "undertekst", "titulky", "tekst", "subtitr", "ترجمة", "phu đe", "textning",
)  # fmt: skip
CREDITED: Final = (
    "amara ?org", "dimatorzok", "sous ?titreur", "casting ?words", "otter ai", "qtss", "mooji",
    "authorwave", "closed captions? inc", "releska", "zdf fur funk",
)  # fmt: skip
"""Beside a word for subtitles, these names make a sentence a credit, whatever else it has."""

SITES: Final = (
    r"(?:https? )?(?:www )?(?:mooji org|otter ai|amara org|alimmenta com|isglobal org"
    r"|hradeckesluzby cz"
    r"|btistudios com|multi moto eu|sommers radio de|pissedconsumer com|zeoranger co uk)",
)

SOUNDS: Final = (
    "music", "applau", "aplaus", "laugh", "cough", "sigh", "silence", "inaudible", "noise", "cheer",
    "musik",
    "gelachter", "lachen", "stille", "musique", "rire", "silencio", "risa", "musica", "muziek",
    "gelach", "muzyka", "oklaski", "smiech", "музык", "аплодисмент", "смех", "песня", "тишина",
    "музика", "сміх", "оплески", "muzik", "alkis", "kahkaha", "音楽", "拍手", "笑", "音乐", "音樂",
    "掌声", "掌聲", "음악", "박수", "웃음", "موسيقى", "تصفيق", "ضحك", "संगीत", "तालिय", "nhac",
    "musikk",
    "zene", "hudba", "muzica", "μουσικη",
)  # fmt: skip
"""Stems of what stands in brackets or in capitals: sounds, not words."""
