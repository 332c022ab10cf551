"""The patterns by which clauses are told apart, for text that is folded and has its quotations hidden."""

import re

from measures.articles import words
from measures.articles.verbs import PLAIN

CONNECTIVE = re.compile(
    "同时|此外|另外|其次|首先|再次|最后|总之|特别是|尤其是|特别要|并且|而且|从而|进而|以及|因此|为此|对此|据此|一方面|另一方面"
    "|[一二三四五六七八九十]{1,2}(?:是|要)(?!否)|第[一二三四五六七八九十](?!书)|其[一二三四五]|并(?!购|联|网|轨|案|存)|还|又(?!快)|也|既|而|且|再|则|即|或"
)
MODAL = re.compile(
    "(?:务必要|必须要|应当要|都要|就要|还要|也要|更要|一定要|必须|应当|应该|务必|不得|不准|不可(?!移动|抗力|再生)|不能|严禁|禁止|不许|一律不|原则上不|一律"
    "|(?<![重主需首必纲摘概简将只次紧扼索卡])要(?![求素点闻件害地领闻义务职道案])"
    "|(?<![相反适供响对效感呼])应(?![急届用对变答邀聘召运收付力激战])"
    "|(?<![必莫])须(?![知臾])|(?<![急必所内供军])需(?![求要])|需要|(?<!即)将(?=[新再继于进在继全持加大组会]))"
)
FORBIDS = re.compile(
    "不得|不准|不可(?!移动|抗力|再生)|不能|严禁|禁止|不许|一律不|原则上不|杜绝|坚决不|不再|防止|严控"
)
ACHIEVED = re.compile(
    "(?<![不为除解明知末罢])了(?![解然结如却断])|"
    + "|".join(words.ACHIEVED)
    + "|增长[\\d.]+%(?!左右|以上|以内)"
)
ASPECT = re.compile("(?<![不为除解明知末罢])了(?![解然结如却断])|同比|累计|已")
EQUATES = re.compile(
    "^[^要应须]{1,30}?(?<![尤特还于凡只但若总一二三四五六七八九十可正都])(?:是(?![否非])|即为|称为|是指|系指|意味着|在于|取决于|不等于|不意味)"
)
JUDGES = re.compile(
    "(?<![还但总若只])是[^是]{1,30}(?:的|关键|基础|前提|保障|要求|途径|举措|任务|工程|责任|使命|问题|内容)$"
)
TIME = re.compile(
    r"(?:每|逐)(?:个)?(?:学期|季度|半年|两年|三年|年|季|月|周|天|日)(?:度)?(?:至少|不少于|原则上)?[一二两三四\d]*次?|"
    r"(?:到|于|在)?(?:20\d\d|今明两|今|明)年(?:底|末|内|上半年|下半年|[一二三四]季度|\d+月(?:底|份)?)?(?:之)?(?:前|以前)?|(?:年|月|季度)(?:底|末)(?:之)?前"
    r"|(?:在|于)?[一二两三四五六七八九十\d]+(?:个)?(?:年|月|日|天|周|小时|分钟|工作日)(?:之)?(?:内|前)|(?:在|于)?\d+月(?:\d+日|[底初])(?:之)?前"
)
# A clause that says when, and nothing else.
ONLY_WHEN = re.compile(
    rf"(?:{TIME.pattern})|[^，、]{{0,4}}[一两三四五六七八九十半\d]+(?:个)?(?:年|月|日|天|周|小时|分钟|工作日)(?:之|以)?(?:内|前|后)"
    "|[^，]*每(?:提高|增加|新增|降低|减少|增长)[^，]*(?:[点个%户人家元吨])"
)
# Words that lead a phrase of circumstance; the act may come after it in the same clause.
PREPOSITION = re.compile(
    "(?!自[主觉行愿动查我然营建来]|与会|就[业学医近地读]|为[民官]|以[上下内外及]|向[上心]|从[严业事]|按[图揭时期]|当[地年好前日]"
    "|同[步级等志意一题类]|在[编岗职线建校册]|到[位岗期]|除[险尘]|至[少今])(?:"
    + "|".join(sorted(words.FRAME, key=len, reverse=True))
    + ")"
)
# What a phrase that only says in what spirit or field ends with.
FRAME_END = re.compile(
    "(?:领域|方面|目标|重点|要求|需求|特点|实际|问题|任务|部署|原则|思路|主线|主题|核心|关键|抓手|契机|基础|[下中上里前后时等的]"
    "|环节|短板|定位|方向|精神|规定|规律|大局|战略|统一|结合|为本|为民|优势|标准|发展|格局|为要|情况|职责|分工)$"
)
DISPOSES = re.compile("把|将|使(?=[^用])|对|向|给|给予|由|与|同")
DISPOSED = re.compile(
    "作为|结合起来|统一起来|贯通|放在|放到|摆在|摆到|摆上|纳入|列入|列为|转化为|转为|变为|变成|落到|落实到|贯穿|融入|建成|打造成|建设成|打造为|作|派到|延伸|推荐|移送|报送|抄送|用于|用在|送到|交由|分解|细化|压实|覆盖|给|一遍|到位|办好|抓好|做好|到|[由从][^，]*[减降提增扩压]"
)
# Who is asked, before what they do with something: 财政部门将所需经费…
DISPOSED_BY = re.compile(
    "[^，、的]{0,8}(?:部门|单位|局|委|办|厅|院|政府|党委|街道|镇|村|企业|学校|干部|中心)(?=[把将][^，]{5})"
)
# To whom something is given, or for whom it is done.
GIVES = re.compile("给(?!予)[^，]{6,}")
GROUP = re.compile("(?:" + "|".join(map(re.escape, sorted(words.BODIES, key=len, reverse=True))) + ")$")
STRONG_PAIR = re.compile("[当抓做用管建配办选育引讲压筑织守扛落稳扎走][好实优精深强牢紧细准住到成密足严活]")
# After one of these a word that is on no list is taken for a verb, unless it leads a phrase.
MANNERS = (
    "按期",
    "按时",
    "限期",
    "优先",
    "因地制宜",
    "大力",
    "积极",
    "主动",
    "进一步",
    "切实",
    "认真",
    "加快",
    "着力",
    "扎实",
    "及时",
    "定期",
    "坚决",
    "努力",
    "尽快",
    "抓紧",
    "广泛",
    "深入",
    "全力",
    "逐步",
    "有序",
    "稳步",
    "严厉",
    "从严",
    "妥善",
    "严格",
    "持续",
    "全面",
)
UNKNOWN_VERB = re.compile("(?!把|将|对|向|给|由|与|同|为|以|在|从|围绕|按照|的|○|“)[\u4e00-\u9fff]{4,}")
# A word on no list with what becomes of its object: 聘足护河员, 埋下界桩.
COMPLETED = re.compile(
    "(?![最良友爱美不充富十支收以网线地年乡当之天山水村未原将本近历从由一构直中高早晚周身路组现形赞完变各桌林遇看受感放沉得想到感扑]|○)"
    "[\u4e00-\u9fff][好足清出下到上掉来起成齐准牢住完开满](?![，、；。的是]|年|级)(?=[\u4e00-\u9fff○“0-9]{2})"
)
LONGEST_WORD = 5
# Parts of the names of offices, which are no verbs.
IN_NAMES = re.compile(
    "组织(?:部|人事|关系)|(?:监督|管理|建设|规划|审计|统计|监管|执法|保障|服务)(?:局|厅|委|处|部门|机构|中心|和|管理局|队)"
    "|(?:发展|改革|发展和?改革)(?:委|办|局)|督[查办](?:室|组)|宣传部|巡[视查]组"
)
CLAUSE_VERBS = words.STRONG | words.RESULT | words.STANCE | PLAIN
INNER_END = re.compile("(?:" + "|".join(words.INNER) + ")[”’]?$")
PERSONS = re.compile(
    "^(?:各级)?(?:广大|全体|各级)?(?:年轻|基层|领导|一线)?(?:党员|干部|群众|全社会|人民|大家|市民|职工|青年)"
)


# A figure to be reached, and what has to happen again and again.
TARGET = re.compile(
    r"(?:占比|比例|比率|覆盖率|[^效]率)[^，]{0,4}(?:达|提高|提升|超过)[^，]{0,4}[0-9]|"
    r"(?:达到?|[降压增升提减缩]到|不少于|不低于|不超过|不高于|不得?多于|稳定在|控制在|保持在|下降|提高|压缩|压减|降低|力争)(?:到|至|了)?[^，]{0,6}[0-9一二两三四五六七八九十百]"
    r"|(?:减少|增加|增长|压减)[^，]{0,4}[0-9][^，]{0,4}(?:左右|以上|以内)|增长[0-9.]+%(?:左右|以上)|持续下降|只[增减降升]不[增减降升]|全覆盖|动态清零|年底前"
    r"|[一二两三四五六七八九十0-9]+(?:个)?(?:年|月|日|天|周|小时|分钟|工作日)(?:之)?(?:内|前)"
)
AGAIN = re.compile(r"每(?:个)?(?:学期|季度|半年|[一两二三]年|年|季|月|周|天|日|人每年)")
IDLE = re.compile("不能(?:放松|松懈|忘记|忘却|代替|满足|停)|不可(?:缺|或缺|替代|忽视|逆转|分割)|不容忽视")
# After these in a phrase its verb may come.
PHRASE_ENDS = re.compile(
    "[的中上下内外前后里时」”○》级地县市省区镇乡村会局委组式人者家等员班校所站]|方面|部门|单位|企业|干部|社区"
    "|要求|原则|规定|程序|比例|标准|形式|机关|医院|银行|机构|书记|党委|政府|中心|公司|法院|班子"
)
ANYWHERE = re.compile(".")

# Labels before a colon, such as 整改措施： and 责任单位：.
LABEL = re.compile(
    "[^，、]{0,16}目标[是为]|[^，、]{0,4}(?:措施|单位|部门|时限|目标|任务|处室|领导|要求|表现|内容)$"
)
# Clauses that name a case whose act comes next.
CASE = re.compile("[^、]{2,}的$")
TWO_SIGNS = "|".join(sorted(word for word in words.STRONG if len(word) == 2))
# A phrase that its verb ends: 向社会公开.
ENDS_IN_ACT = re.compile("(?:向|对|给|由|与|同)[^，]{2,24}(?:" + TWO_SIGNS + ")$")
# How, and a word on no list: 对亏损线路按里程发补.
ENDS_DONE = re.compile(
    "[^，]{3}(?:"
    + "|".join(sorted(PLAIN))
    + "|(?:分头|按[^，的、]{2,4}|一家一家|上门|当面|现场)(?!标准|规定|要求|比例|原则|程序)[^，的、]{2})$"
)
# For whom something is done, rather than what for.
FOR_WHOM = re.compile(
    "为[^，]{1,10}(?:者|人员|干部|企业|群众|人|家庭|学生|职工|教师|基层|农户|户|青年|居民|老年?人)(?![^，]*的$)"
)
# Who leads, before what is done: 由某局牵头，
LEADS = re.compile("(?:由)?[^，、]{2,20}(?:牵头|会同[^，]{2,20}|负责)$")
REFUSES = re.compile("对[^，]{2,}?不[^同断少足能仅但，]{1,4}(?:、不|$)")
FOR_WHOM_ACT = re.compile(
    "为[^，]{0,8}(?:者|人员|干部|企业|群众|人|基层|学生|职工|教师|农户)(?:[^，]{2,4}地)?(?:" + TWO_SIGNS + ")"
)
# Whom an act is about, described by a clause: 新设立的小微企业.
DESCRIBED = re.compile(
    "的[^的，、]{0,6}(?:企业|人员|干部|单位|地区|项目|部门|家庭|学生|群众|行为|个人|人才|职工|机构)$"
)
# How, how often or by whom something is done: what follows is an act, though its verb is on no list.
MANNERED = re.compile(
    "(?:逐(?![渐年步])[^，]|按[月旬季年周日期时]|同步|一律|一概|立即|马上|当场|悉数|全部|限期|当[日天场]|优先|统一|分级|定期|严格|从严"
    "|由(?![于此])[^，、]{2,}?|只(?![有要能是])|每逢[^，]{2,}|就地|全额|随[^，]随)[^，的]{2,}$"
    "|立[^，]立[^，]|能.[则就].|应.尽.|[一二三]([^，、])[一二三][^，、]$|不许|切忌|方能|(?<![^，])每[^，、]{1,4}[^，、]{2,}"
)
# How many of something are made, or how often it is done.
MEASURE_WORDS = (
    "个|家|项|处|人次|人|户|套|名|场|公里|亩|所|座|条|件|期|份|次|回|遍|成|批|部|台|株|吨|辆|元|万元|倍"
)
COUNTS = re.compile(f"[^，第有是][0-9一二两三四五六七八九十百]+(?:万|亿|余|多)?(?:{MEASURE_WORDS})(?!的)")
