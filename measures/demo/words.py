"""What the units of the demo write: sentences in the register of an official ledger, by kind of measure.

`{paper}` is the document that a measure asks for; `{n}` is a small number, `{m}` a smaller,
`{many}` a larger one.
Sentences are in the order in which such work proceeds. None mentions a person or a case.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from random import Random

from measures.choices import Cadence
from measures.models import Measure


@dataclass(frozen=True)
class MeasureKind:
    """The sentences of one kind of measure: how it begins, goes on, and ends well."""

    begins: tuple[str, ...]
    goes_on: tuple[str, ...]
    ends: tuple[str, ...]


RULES = MeasureKind(
    (
        "已列入年度重点任务，成立起草小组，明确任务分工和时间节点。",
        "启动起草工作，梳理现行有关规定{n}件，形成问题清单。",
    ),
    (
        "赴{n}个省辖市、{m}家省直单位调研座谈，收集意见建议{many}条。",
        "形成《{paper}（初稿）》，处内讨论修改{m}轮。",
        "《{paper}（征求意见稿）》送{n}家单位征求意见。",
        "汇总各单位反馈意见{many}条，采纳{n}条，正在逐条说明。",
        "选取{n}个单位先行试点，跟踪了解执行中的问题。",
        "修改形成送审稿，已送法规审核。",
    ),
    (
        "已正式印发实施，同步开展政策解读，纳入督查内容。",
        "经部务会审议通过并印发，配套制定操作流程{n}项。",
    ),
)
TRAINING = MeasureKind(
    (
        "编制年度班次计划，列入班次{n}个，明确承办院校和教学重点。",
        "开展培训需求摸底，{n}家单位报送需求，据此确定专题{m}个。",
    ),
    (
        "举办第一期，培训{many}人次，覆盖{n}个省辖市。",
        "新开发课程{n}门，经评审列入教学计划{m}门。",
        "组织现场教学{n}次，学员综合评价良好。",
        "按计划推进，本季度完成班次{n}个，培训{many}人次。",
        "对前期班次开展质量评估，反馈改进意见{n}条，已在后续班次落实。",
        "协调师资{n}名，完善案例库，新增本省案例{m}个。",
    ),
    (
        "年度班次全部完成，累计培训{many}人次，形成质量评估报告。",
        "计划内班次结束，资料归档，评估意见纳入下一年度计划。",
    ),
)
CAMPAIGN = MeasureKind(
    (
        "印发工作方案，明确重点内容{n}项、步骤{m}个。",
        "召开部署会，统一政策口径，建立周调度、月通报机制。",
    ),
    (
        "组织自查自纠，{many}家单位报送自查报告，梳理共性问题{n}个。",
        "对{n}个省辖市开展实地督导，交办问题{m}条。",
        "建立问题台账，实行销号管理，已销号{n}条。",
        "开展“回头看”，抽查单位{n}家，反馈意见{m}条。",
        "制定分类处置口径，提高认定精准度，防止简单化、一刀切。",
        "召开调度会，通报进展情况，对进度滞后的{n}家单位予以提醒。",
    ),
    (
        "阶段任务完成，形成总结报告，提出长效机制建议{n}条。",
        "集中整治阶段结束，问题全部销号，转入日常监督。",
    ),
)
AWARD = MeasureKind(
    ("印发评选表彰通知，明确条件、程序和名额分配原则。",),
    (
        "各地各单位完成推荐，上报材料{many}份，正在组织联审。",
        "完成资格联审，征求有关部门意见。",
        "按程序公示，公示期未收到影响表彰的反映。",
        "表彰建议方案报审。",
    ),
    ("表彰决定已印发，配套开展事迹宣传{n}场。",),
)
DISPATCH = MeasureKind(
    (
        "制定年度选派计划，明确岗位{n}个，突出基层一线和吃劲岗位。",
        "摸排岗位需求，形成岗位清单，涉及{n}个省辖市、{m}家省直单位。",
    ),
    (
        "首批岗位对接到位，落实结对帮带和日常管理要求。",
        "开展中期走访，汇总意见建议{n}条，逐条反馈。",
        "完善跟踪培养措施，建立季度报告制度。",
        "召开工作推进会，交流典型做法{n}个。",
        "对接派出和接收单位{n}家，协调解决工作保障问题{m}个。",
    ),
    (
        "本批次期满，完成总结鉴定，结果纳入综合研判。",
        "年度选派任务完成，形成工作报告。",
    ),
)
PRACTICE = MeasureKind(
    (
        "明确常态化开展的内容、频次和责任分工，纳入年度工作要点。",
        "制定操作细则，统一口径和表样，下发各单位执行。",
    ),
    (
        "按要求常态化开展，{n}家单位报送情况，总体平稳。",
        "随机抽查单位{n}家，反馈问题{m}条，已督促整改。",
        "季度调度：执行情况总体较好，对报送不及时的{n}家单位予以提醒。",
        "总结推广典型做法{n}个，编发情况交流{m}期。",
        "结合实地调研了解落实情况，收集基层反映{n}条，研究提出改进措施。",
        "有关要求嵌入工作流程，形成“一事一记录、一季一分析”。",
    ),
    (
        "形成常态化工作机制，转入日常落实。",
        "运行平稳，转为长期坚持事项，按季度报送情况。",
    ),
)
ACTIVITY = MeasureKind(
    (
        "制定年度实施方案，明确任务{n}项，分解到责任单位。",
        "召开专题会部署，确定时间安排和工作标准。",
    ),
    (
        "组织开展第一轮，覆盖省直单位{n}家、省辖市{m}个。",
        "形成阶段性情况报告，梳理问题{n}个，提出改进措施{m}条。",
        "召开座谈会{n}场，听取意见建议{many}条。",
        "按计划推进，完成年度任务的{many}%。",
        "编印工作指引，组织业务骨干集中学习{n}次。",
        "开展实地调研，走访基层单位{n}家，形成调研材料。",
    ),
    (
        "年度任务完成，形成总结报告并归档。",
        "全部任务按期完成，经验做法在全省推广。",
    ),
)

# The first that fits counts.
BY_WORD = [
    ("评选表彰", AWARD),
    ("整治|排查|纠治|纠正|清除|查实|调整问责", CAMPAIGN),
    ("培训|轮训|调训|讲堂|研修|课程|学院|授课|学分|专题教育|教育列为|训练", TRAINING),
    ("选派|派往|锻炼|墩苗|挂职|攻坚|急难险重", DISPATCH),
]
BLOCKED = (
    "上级配套文件尚未印发，待明确口径后推进",
    "涉及多个部门职责，分工意见尚未统一",
    "所需经费未列入年度预算，正与财政部门协商",
    "信息系统改造招标未成功，需重新组织",
    "试点单位意见分歧较大，需补充论证",
    "与在研的国家层面规定有交叉，暂缓报审",
)
RESUMED = (
    "口径已明确，恢复推进。",
    "协调会议定分工，恢复推进。",
    "经费渠道落实，恢复推进。",
)
MOVED = (
    "征求意见增加一轮，经请示同意顺延",
    "与年度考核统筹安排，完成时限相应调整",
    "试点延长一个季度，完成时限顺延",
    "并入年底集中审议，完成时限相应调整",
)
DROPPED = {
    "2.1.12": "与2.1.11合并实施，不再单列",
    "2.3.3": "与2.2.7内容重合，合并推进，不再单列",
}


def kind_of(measure: Measure) -> MeasureKind:
    """The sentences that fit this measure."""
    for words, kind in BY_WORD:
        if re.search(words, measure.title_zh_hans):  # type: ignore[attr-defined]
            return kind
    if measure.cadence == Cadence.ONCE:
        return RULES
    return PRACTICE if measure.cadence == Cadence.STANDING else ACTIVITY


def paper_of(title: str) -> str:
    """What a document would be called that does what this title asks for."""
    matter = re.sub("^.*?(制定实施|制定|建立|健全|完善|改进|疏通|优化)", "", title)
    return matter if re.search("(办法|细则|清单|计划|程序|标准|措施)$", matter) else f"{matter}实施办法"


def filled(sentence: str, measure: Measure, rng: Random) -> str:
    """The sentence with the measure's document and some numbers in it."""
    n = rng.randint(4, 12)
    return sentence.format(
        paper=paper_of(measure.title_zh_hans),  # type: ignore[attr-defined]
        n=n,
        m=rng.randint(2, n - 1),
        many=rng.randint(24, 96),
    )


def some(sentences: tuple[str, ...], count: int, rng: Random) -> list[str]:
    """So many of the sentences, in their order."""
    places = sorted(rng.sample(range(len(sentences)), min(count, len(sentences))))
    return [sentences[place] for place in places]


NEXT_STEPS = (
    "按时间节点抓好落实，下月底前报送阶段性情况。",
    "会同有关单位研究完善，形成修改稿后征求意见。",
    "适时开展督促检查，及时发现并解决问题。",
    "继续跟踪问效，总结可复制的经验做法。",
    "加强与相关处室沟通，推动尽快取得实效。",
)


def next_step(code: str, at: datetime) -> str:
    """What a unit means to do next; empty for every other entry."""
    place = at.toordinal() + sum(map(ord, code))
    return NEXT_STEPS[place % len(NEXT_STEPS)] if place % 2 else ""
