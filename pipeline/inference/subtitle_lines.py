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
_ABOUT: Final = (
    r"(?: (?:\S{1,5} ){0,2}\S*(?:vide|film|kanal|canal|chaine|episod|avsnit|jakso|reszt|videa|klip"
    r"|clip|program|видео|відео|βιντεο|καναλι)\S*)?"
)
"""What a line speaks of: a video, a channel."""

_CHINESE_NAME: Final = (
    "[王李张張刘劉陈陳杨楊赵趙黄黃周吴吳徐孙孫胡朱高林何郭马馬罗羅梁宋郑鄭谢謝韩韓唐冯馮于董萧蕭程曹袁邓鄧许許傅沈曾彭吕呂苏蘇"
    "卢盧蒋蔣蔡贾賈丁魏薛叶葉阎余潘杜戴夏钟鍾汪田任姜范方石姚谭譚廖邹鄒熊金陆陸郝孔白崔康毛邱秦江史顾顧侯邵孟龙龍万萬段雷钱錢汤湯"
    "尹黎易常武乔喬贺賀赖賴龚龔文索贝貝][^ ]{1,3}"
)
"""A name of two to four characters with its family name first."""

LINES: Final[Mapping[str, tuple[str, ...]]] = {
    "en": (
        r"(?:(?:and|so|okay|ok|well|alright) )?(?:thanks|thank you)"
        r"(?: (?:guys|everyone|everybody|all|so|very|much|again))* for (?:watching|viewing)"
        r"(?: (?:this|the|my|our) (?:video|channel|show|episode|stream))?"
        r"(?: (?:(?:and|so) )*(?:dont forget|please|ill see|see (?:you|ya)|bye|goodbye|until|till"
        rf"|i hope|subscribe|like|have a|take care|peace){_AND_MORE})?",
        r"(?:(?:please|and|so|dont forget to|remember to|make sure to|be sure to|make sure you"
        r"|like|comment|share|also) )*subscribe(?: to (?:my|our|the|this) channel)?"
        r"(?: for more(?: \S+){0,3}"
        rf"| (?:and )?(?:like|share|comment)(?: (?:and )?(?:like|share|comment))*"
        rf"| and (?:hit|ring|turn|click|press|like|share){_AND_MORE})?",
        r"(?:please )?(?:give us|leave) a (?:like|thumbs up)",
        r"if you (?:enjoyed|liked|like|enjoy) (?:this|the|my|our) video(?: (?:please|then|and|so"
        r"|be|sure"
        r"|to|make|dont|forget|remember|hit|smash|press|the|consider|give|it|a|leave|click|share))*"
        r" (?:subscrib\S+|likes?|thumbs up|thumbs|bell)"
        rf"(?: (?:button|icon|up|and|to|below|for){_AND_MORE})?",
        r"(?:(?:and|so) )?(?:(?:ill|well|we will|i will) )?(?:see|catch) (?:you|ya)"
        r"(?: (?:guys|all|again|soon))* in (?:the|my|our|a) next (?:video|episode|vlog)"
        r"(?: (?:bye|goodbye|guys|everyone|everybody|peace|take|care|soon))*",
        r"this (?:video|episode|podcast|stream) (?:is|was) (?:sponsored|brought to you) by(?:"
        r" \S+){1,5}",
        r"(?:for|to find out) more(?: information)?(?: \S+){0,3} (?:visit|go to|see)(?: \S+){0,3}"
        r" www"
        r"(?: \S+){2,5}",
        r"(?:please )?visit our website(?: at)? www(?: \S+){2,4}(?: for more information)?",
        r"music by kevin macleod",
        r"(?:(?:and|please|dont forget to) )*(?:hit|click|ring|press)(?: on)? the"
        r" (?:notification bell|bell icon|notification bell (?:icon|button)|bell button(?= (?:so"
        r"|to) ))"
        rf"(?: (?:so|to|and (?:subscribe|like|never|dont)){_AND_MORE})?",
        r"to be continued",
        r"(?:copyright )?(?:(?:19|20)\d\d )?all rights reserved",
        r"no part of this (?:recording|video|publication|broadcast) may be reproduced"
        r"(?: \S+){0,14}",
        r"(?:transcription|translation|subtitles?)(?: by \S+ (?:transcription|translation))? by",
        r"blank audio",
    ),
    "de": (
        r"(?:(?:vielen|herzlichen|besten) )?danke?(?: (?:euch|ihnen|schon))* fur ?s?(?: das)? ?"
        r"(?:zuschauen|zusehen|ansehen|anschauen)(?: (?:(?:und )?(?:bis (?:zum nachsten|dann|bald)"
        rf"|abonnier|vergesst|lasst|schaltet|tschuss|ciao)|beim nachsten){_AND_MORE})?",
        r"alle rechte vorbehalten",
        r"(?:spannungsgeladene|unheilvolle|bedrohliche|melancholische) musik",
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
        rf"(?: (?:und|um|damit|fur){_AND_MORE})?",
        rf"(?:\S+ ){{0,6}}vergesst nicht(?: \S+){{0,4}} (?:abonnieren|glocke|daumen){_AND_MORE}",
    ),
    "fr": (
        r"merci(?: (?:beaucoup|a tous|a vous))* davoir (?:regarde|visionne|suivi(?= \S+ \S*"
        r"(?:video|episode)))"
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
        r"tous droits reserves",
        r"musique d(?:e |)(?:intrigue|suspense|tension|action)",
        r"bruits? de (?:clavier|pas|moteurs?|fond)",
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
        r"mas informacion(?: en)? www \S+ com",
        r"todos los derechos reservados",
        r"(?:(?:dale|denle|deja(?:nos)?|un|like|y) )*(?:activa|activen) la campanita",
    ),
    "pt": (
        r"(?:muito )?obrigad[oa](?: a todos)? por assistir(?:em)?"
        rf"(?: (?:ao|o|esse|este|nosso)(?: nosso| meu)? video)?(?: (?:e|ate){_AND_MORE})?",
        r"(?:(?:nao se esqueca de|nao esqueca de|e|deixe|deixem|seu|o|like) )*"
        r"(?:inscrevam? se|se inscrev(?:a|er|am))(?: (?:no|em) (?:meu |nosso )?canal)?"
        rf"(?: (?:e|para){_AND_MORE})?",
        r"(?:(?:e|nos vemos|ate|tchau|valeu|pessoal) )*(?:no|o|ao) proximo video(?: (?:tchau"
        r"|pessoal))*",
        r"todos os direitos reservados",
    ),
    "it": (
        r"grazie(?: (?:mille|a tutti))*(?: per)? (?:la visione|aver guardato|aver visto questo)"
        rf"(?: (?:il|questo|il mio))?(?: video)?(?: (?:e|ci|al){_AND_MORE})?",
        r"(?:(?:e|non dimenticate di|ricordatevi di) )*iscriv(?:etevi|iti)"
        rf"(?: al (?:mio |nostro )?canale)?(?: e{_AND_MORE})?",
        r"(?:ciao )?(?:ci vediamo (?:nel|al|alla)|al) prossim[oa] (?:video|puntata)",
        r"tutti i diritti riservati",
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
        r"ondertiteling (?:tt ?888|npo(?: \d)?|bbc|vrt|nos)(?: (?:19|20)\d\d)?",
        r"alle rechten voorbehouden",
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
        r"(?:(?:и|всем|вам|большое) )*спасибо(?: (?:всем|вам|большое))* за просмотр"
        r"(?: (?:этого )?видео)?(?: (?:(?:и|всем) )*(?:подпис\S+|став\S+|до (?:свид|встреч|нов"
        r"|след)\S+"
        rf"|пока|увид\S+){_AND_MORE})?",
        r"(?:(?:и|не забудьте|пожалуиста) )*став(?:ьте|ь|ить) лаики?(?: (?:и )?(?:подпис\S+|пишите"
        r"|комментари\S+|на канал|колокольчик))*",
        r"(?:всем пока )?до новых (?:видео|выпусков|серии)",
        r"все права защищены",
        r"(?:динамичная|тревожная|напряженная|торжественная|драматичная|таинственная"
        r"|зловещая) музыка",
        r"(?:(?:и|не забудьте|не забываите|ставьте|лаики?|пожалуиста) )*"
        r"подпи(?:сываитесь|сываися|шитесь|шись|саться)(?: на (?:мои |наш |этот )?канал)?"
        rf"(?: (?:и|ставь\S*|чтобы|до){_AND_MORE})?",
        r"продолжение следует",
        r"спасибо за субтитры \S+[ую] \S+[ую]",
        r"(?:(?:увидимся|встретимся|до встречи) )(?:\S+ )?в следующ(?:ем видео|еи серии"
        r"|ем выпуске)",
        r"редактор субтитров(?: \S+){1,4} корректор(?: \S+){1,4}",
    ),
    "uk": (
        r"(?:(?:і|всім|вам) )*дяку(?:ю|ємо)(?: (?:всім|вам))* за перегляд(?: відео)?"
        rf"(?: (?:(?:і|та) )?(?:підпис\S+|став\S+|до|побач\S+){_AND_MORE})?",
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
        r"(?:\S+ ){0,6}(?:abone olmayi|takip etmeyi)(?: ve \S+)? unutmayin\S*(?: \S+){0,6}",
        r"(?:bu )?(?:videoyu|videomu|videomuzu|kanali) (?:begenmeyi|paylasmayi)"
        r"(?: ve \S+)* unutmayin",
        r"(?:(?:lutfen|kanalima|kanala|kanalimiza) )+abone olun(?: \S+){0,4}",
        r"(?:bir )?sonraki videoda gorus\S+(?: uzere)?",
        r"alt ?yazi(?: ve ceviri)? \w \w",
    ),
    "ja": (
        r"[ぁ-んァ-ヶー一-龠々 ]{0,12}(?:視聴|ご覧)(?:いただき|頂き|くださり|下さり)?(?:まして)?"
        r"(?:誠に)? ?ありがとうござい(?:ました|ます)",
        r"[ぁ-んァ-ヶー一-龠々 ]{0,12}チャンネル登録.{0,4}(?:(?:お願い|おねがい)(?: ?(?:します"
        r"|いたします|致します"
        r"|申し上げます|ね|い))*|(?:よろしく|宜しく)(?: ?お?(?:願い|ねがい)?(?:します|いたします"
        r"|致します|ね))*)",
        r"(?:グッドボタン|高評価)(?:と|や|も|、| |コメント|を){0,4}(?:ぜひ|是非|どうぞ)?"
        r"(?:お願いします|お願いいたします|(?:よろしく|宜しく)(?:お願い(?:します|いたします"
        r"|致します))?)",
        r"[ぁ-んァ-ヶー一-龠々 ]{0,8}次回?の動画で(?:お会いしましょう|会いましょう)?(?: ?"
        r"(?:バイバイ|さようなら))?",
        r"(?:最後まで)(?:見て|観て|ご覧|視聴)[ぁ-ん]{0,6}ありがとう(?:ございます|ございました)?",
        r"字幕作成(?:者 ?| )[一-龠々ァ-ヶー]{2,8}",
        r"字幕 ?視聴者さん",
    ),
    "zh": (
        r"(?:非常)?(?:感谢|感謝|谢谢|謝謝|多谢|多謝)(?:大家|各位|您|你|们|們|的)*"
        r"(?:观看|觀看|收看|收聽|收听)(?: .{0,14})?",
        r"[请請]?不吝[点點][赞贊].{0,40}",
        r"(?:[订訂][阅閱] )?(?:转发|轉發) 打[赏賞].{0,20}",
        r"[请請]?(?:大家)?[订訂][阅閱](?:我的|我们的|我們的|本)?[频頻]道(?: .{0,14})?",
        r"(?:中文)?字幕志[愿願]者 ?.{2,6}",
        rf"(?:中文)?字幕(?:制作|製作|提供|校对|校對|翻译|翻譯|组|組) {_CHINESE_NAME}",
        r"(?:中文)?字幕by.{1,12}",
        r"(?:字幕)?由 ?amara ?org ?社[区區群]提供(?:的字幕)?",
        r"中文字幕 ?yk",
        r"[优優][优優][独獨]播[剧劇][场場].{0,40}",
        r"(?:中文)?字幕 by .{1,12}",
        rf"(?:(?:作[词詞曲]|[词詞]曲|[编編]曲) )+{_CHINESE_NAME}(?: {_CHINESE_NAME})?",
        r"(?:记得|記得|[请請]|麻[烦煩])?(?:点[赞]|點[贊讚])[、 ]?(?:加)?(?:[订訂][阅閱]|[关關]注"
        r"|收藏)(?:[、 ]?.{0,8})?",
        r"(?:(?:那|好|我们|我們|咱们) ?){0,2}下期(?:[节節]目|[视視][频頻])?(?:再[见見]|[见見])"
        r"(?: ?(?:拜拜|再[见見]|啦|吧|哦))*",
        r"(?:明[镜鏡]|[点點][点點]).{0,8}需要.{0,4}支持.{0,16}",
    ),
    "ko": (
        r"(?:mbc|kbs|sbs|ytn|jtbc|연합|mbn) ?뉴스 [가-힣]{2,4}입니다",
        r"(?:[가-힣]+ ){0,3}시청해 ?주셔서 (?:대단히 |정말 )?감사(?:합니다|드립니다|해요)",
        r"구독(?:과|하고)? ?(?:(?:좋아요|알림|설정|알림설정|공유|댓글|한번|꼭|많이|그리고|버튼)"
        r"(?:과|와|도|을|를)? ){0,4}"
        r"(?:부탁\S*|(?<=\w\w\w )눌러 ?주세요)",
        r"다음 (?:영상|비디오)에서? (?:또 )?(?:만나요|뵙겠습니다|봐요)",
        r"(?:(?:한글|한국어|영어) ?)?자막 ?(?:by|제공|제작)(?!.*(?:해|줘|세요|니다|까))"
        r"(?! (?:가능|불가|안|못|중|됨|여부|필요|부탁|방법|언제|누가|뭐))(?: \S+){1,3}",
    ),
    "ar": (
        r"اشترك(?:وا)? في (?:ال)?قنا(?:ة|تي|تنا)(?: \S+){0,5}",
        r"لا تنس(?:وا|ى|ي)? الاشتراك(?: \S+){0,4}",
        r"شكرا(?: لكم)? (?:على (?:ال)?|لل?)(?:مشاهد|متابع)(?:ة|تكم)(?: \S+){0,4}",
        r"ترجمة (?:نانسي قنقو?ر|منة الله)",
        r"(?:نراكم|(?:و)?[اإ]لى اللقاء|اراكم) في الفيديو القادم(?: \S+){0,3}",
    ),
    "hi": (
        r"(?:(?:हमारा|हमारे|यह|इस|मेरा|मेरे|ये|वीडियो|विडियो|चैनल|को|आप|आपका|सभी|का) )*देखने के लिए"
        r" (?:\S+ )?(?:धन्यवाद|शुक्रिया)",
        r"(?:\S+ ){0,2}अगले वीडियो में (?:फिर )?(?:मिलते हैं|मिलेंगे)",
        r"(?:(?:तो|फिर) )*मिलते हैं अगले वीडियो में",
        r"(?:\S+ ){0,6}सब्सक्राइब (?:करें|कर दें|कीजिए|ज़रूर करें|करना (?:न|ना|मत) भूलें)",
    ),
    "vi": (
        rf"(?:hay )?(?:đang ky|subscribe)(?: cho)? kenh đe{_AND_MORE}(?: \S+){{0,6}}",
        r"(?:cac ban )?hay (?:subscribe|đang ky) cho kenh(?: \S+){0,14}",
        r"subscribe cho kenh(?: \S+){1,14}",
        r"(?:(?:cac ban|hay|va|nho|đung quen|đung quen nhan|like|chia se|nhan) )+đang ky kenh"
        r"(?: \S+){0,8}",
        r"(?:xin )?cam on(?: (?:cac ban|quy vi|moi nguoi|ban))? đa (?:theo doi|xem(?: video)?|ung"
        r" ho kenh)"
        r"(?: (?:(?:het )?video|kenh|nhe|chuong trinh|va|cua|minh|chung|toi|nay)(?= |$)){0,6}"
        r"(?: hen gap lai(?: \S+){0,8})?",
        rf"(?:(?:xin )?chao (?:tam biet )?va )?hen gap lai(?: \S+){{0,3}} trong"
        rf"(?: \S+){{0,2}} video{_AND_MORE}",
    ),
    "id": (
        r"terima kasih (?:telah|sudah|karena telah) (?:menonton|menyaksikan)"
        r"(?: (?:video|channel|kanal|vidio|konten|tayangan|saya|kami|ini|ya|semua|kalian|dan"
        r"|sampai jumpa"
        r"(?: \S+){0,5}))*",
        r"jangan lupa (?:\S+ ){0,4}subscribe(?: (?:ya|juga|dan|like|share|komen|channel|kanal|ini"
        r"|saya|kami"
        r"|teman|untuk(?: \S+){1,5}))*",
        r"jangan lupa (?:untuk )?(?:like dan )?berlangganan(?: (?:ya|di (?:channel|kanal|saluran)"
        r"(?: \S+){0,3}))?",
        r"sampai (?:jumpa|ketemu)(?: lagi)? di video (?:berikutnya|selanjutnya)(?: \S+){0,3}",
    ),
    "sv": (
        r"tack (?:sa mycket )?for att (?:ni|du)(?: har)? titta(?:de|t)"
        r"(?: pa (?:min|var|den har|detta|videon|kanalen)(?: \S+)?)?(?: och(?: \S+){1,5})?",
        r"(?:svt|tv4|sr) undertext(?:er|ning)?(?: (?:19|20)\d\d)?",
        r"(?:glom inte att )?prenumerera pa (?:min|var) kanal(?: \S+){0,4}",
        r"(?:glom inte att )?(?:gilla och )?prenumerera(?: pa kanalen)?",
        r"(?:vi )?ses i nasta (?:video|avsnitt|vlogg?)(?: \S+){0,3}",
        r"textning \S+ \S+ www(?: \S+){1,3}",
        r"svensk ?textning nu",
    ),
    "no": (
        rf"takk for at (?:du|dere) sa pa{_ABOUT}",
        r"(?:husk a )?abonner(?:e)? pa (?:min )?kanal(?:en)?(?: \S+){0,4}",
    ),
    "da": (rf"tak (?:fordi|for at) (?:(?:du|i|i alle) )?(?:sa|se|kiggede) med{_ABOUT}",),
    "fi": (
        rf"kiitos (?:etta|kun) kats(?:oit|oitte|elit){_ABOUT}",
        r"kiitos katsomisesta",
        r"(?:(?:muista|muistakaa|ja) )*(?:tilaa|tilatkaa|tilata) kanavan?i?",
        r"nahdaan (?:taas )?(?:seuraavassa|ensi) (?:videossa|videolla|jaksossa)",
    ),
    "cs": (
        rf"dekuj(?:i|eme|u)(?: vam)? (?:za (?:sledovani|zhlednuti)|ze jste se divali){_ABOUT}",
        r"(?:nezapomente )?(?:odebirat|odebirejte|odebirej)(?: (?:muj|nas|tento))? kanal(?:"
        r" \S+){0,3}",
        r"(?:uvidime se|na videnou) u (?:dalsiho|pristiho) videa(?: \S+){0,3}",
        rf"dakujem(?:e)?(?: vam)? za (?:sledovanie|pozretie){_ABOUT}",
    ),
    "hu": (
        rf"koszon(?:om|juk) hogy (?:megnezt\S+|nezt\S+|velunk tartott\S+){_ABOUT}",
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
