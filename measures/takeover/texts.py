"""Texts of cells as they are compared: one width, one script, no stray spaces."""

import re
import unicodedata
from pathlib import Path

from measures.sheets.words import trimmed

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
# Characters of headings, dates and statuses only: texts that are kept stay in their own script.
_TRADITIONAL = (
    "級级類类別别領领單单聯联絡络電电話话責责導导負负務务項项標标時时間间節节點点進进況况備备註注號号編编數数據据實实"
    "際际現现問问題题難难決决與与計计劃划應应對对發发開开關关閉闭門门處处協协參参辦办結结銷销狀状態态續续堅坚長长"
    "後后當当內内會会議议記记錄录報报機机構构體体總总額额資资費费預预檢检查查驗验審审風风險险緊紧優优種种業业來来"
    "歸归屬属專专戶户隊队員员終终擱搁緩缓慢慢順顺達达轉转變变調调啟启動动無无週周訂订準准層层條条線线組组織织統统"
    "籌筹環环強强財财經经濟济農农衛卫醫医鄉乡鎮镇縣县區区團团廳厅學学園园護护場场擴扩歷历許许請请寫写願愿質质量量"
    "確确認认確确佔占執执減减帶带驅驱擊击測测廢废繼继約约練练運运遞递遲迟連连選选極极稱称徵征從从復复懸悬撤撤"
    "權权擬拟證证檔档併并滿满舉举佈布託托銜衔覽览獲获複复幹干個个兩两圍围廣广義义書书產产親亲範范築筑納纳維维"
    "繳缴觀观規规訊讯訓训設设詳详試试語语說说課课識识讀读買买車车較较載载輔辅輪轮適适遷迁釋释隨随雙双離离頁页顧顾館馆"
    "製制條条盤盘聞闻補补訪访診诊訴诉論论諮咨謀谋謹谨講讲賬账購购貼贴貿贸費费賽赛跡迹踐践軟软輸输"
    "為为於于將将達达圖图紅红綠绿黃黄燈灯簡简闊阔誤误嚴严滯滞礙碍評评價价術术視视話话過过還还邊边"
    "階阶績绩討讨臨临戰战淨净鏈链陳陈靈灵頒颁頭头牽牵勵励勞劳國国師师擔担換换損损樓楼樞枢橫横沒没漁渔潔洁獨独獎奖監监礦矿稅税穩稳競竞糾纠紙纸純纯細细給给網网縮缩罰罚習习職职臺台見见詢询該该談谈譯译讓让貧贫貨货貫贯贈赠軍军"
    "轄辖遠远遺遗錯错鐵铁陰阴陸陆陽阳隱隐雜杂靜静響响須须頻频飯饭駐驻齊齐畫划軸轴"
)
TO_SIMPLIFIED = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)))
BRACKETED = re.compile(r"[(（【\[〔][^()（）】\]〕]*[)）】\]〕]")
HAN = re.compile(r"[\u3400-\u9fff]")
UPRIGHT = re.compile(r"(?:\S\s*\n\s*){2,}\S")
NOTHING = {"", "-", "--", "–", "—", "——", "/", "\\", "／", "－", "〃", "."}
SAME = {"同上", "〃", "″", '"', "ditto", "sameasabove", "asabove", "同前", "同左"}


def squeezed(text: str) -> str:
    """One width, and no white space at all."""
    return "".join(unicodedata.normalize("NFKC", text).translate(INVISIBLE).split())


def in_one_script(text: str) -> str:
    """A text for comparing: one width, simplified, small letters; spaces only between Latin words."""
    plain = unicodedata.normalize("NFKC", text).translate(INVISIBLE).lower()
    joined = "" if HAN.search(plain) else " "
    return joined.join(plain.split()).translate(TO_SIMPLIFIED)


def heading_text(text: str) -> str:
    """A heading for comparing: without what stands in brackets, unless that is all."""
    plain = in_one_script(text)
    return (BRACKETED.sub("", plain) or plain).strip(" :*。.、,;")


def kept(text: str) -> str:
    """A text as it is taken over: nothing blank around it, upright writing laid down."""
    stripped = trimmed(text.translate(INVISIBLE))
    is_upright = "\n" in stripped and len(stripped) <= 100 and UPRIGHT.fullmatch(stripped)
    return squeezed(stripped) if is_upright else stripped


def says_nothing(text: str) -> bool:
    return squeezed(text) in NOTHING


def lines_in(name: str) -> list[list[str]]:
    """The lines of one of the files of words here, each at its tab in two."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def words_file(name: str) -> list[tuple[str, re.Pattern[str]]]:
    """What each line of a file of patterns means, and the pattern of its words."""
    return [(meant, re.compile(words)) for meant, words in lines_in(name)]
