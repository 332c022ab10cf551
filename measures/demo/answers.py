"""Who answers for what in the demo besides the owner: leaders, office telephones, helpers and targets."""

from measures.demo import words
from measures.demo.plots import rng_of
from measures.demo.units import UNITS, unit_of
from measures.models import Measure

# By unit: the post that leads it, the office to call, and its telephone, which nobody has.
ANSWERS = {
    unit: (post, f"{unit}综合岗", f"0371-0000{number:04}")
    for number, (unit, post) in enumerate(
        {
            "干部一处": "常务副部长",
            "干部二处": "常务副部长",
            "干部教育处": "分管干部教育的副部长",
            "干部监督处": "分管干部监督的副部长",
            "公务员处": "分管公务员工作的副部长",
            "人才工作处": "分管人才工作的副部长",
            "组织一处": "分管基层党建的副部长",
            "组织二处": "分管基层党建的副部长",
            "考核办公室": "分管考核的副部长",
            "研究室": "部务委员",
        }.items(),
        start=8001,
    )
}
# An item whose leader is not its unit's.
LEADERS = {"3.1.4": "部长", "4.3.3": "部长", "1.3.8": "分管人才工作的副部长"}
TARGETS = {
    words.RULES: "印发{paper}，配套形成操作流程",
    words.TRAINING: "年内完成计划班次{n}个，形成质量评估报告",
    words.CAMPAIGN: "问题清单全部销号，形成总结报告",
    words.AWARD: "印发表彰决定，开展事迹宣传{m}场",
    words.DISPATCH: "选派到位{many}人，期满完成总结鉴定",
    words.PRACTICE: "每季度形成情况报告1份",
    words.ACTIVITY: "完成年度任务，形成总结报告1份",
}


def helpers_of(measure: Measure) -> list[str]:
    """The names of the units that cooperate on this measure: on most none, else one or two."""
    rng, lead = rng_of(f"{measure.code} helpers"), unit_of(measure)
    if lead is None or rng.random() > 0.35:
        return []
    others = [unit for unit in UNITS if unit != lead]
    return rng.sample(others, rng.randint(1, 2))


def target_of(measure: Measure) -> str:
    """What the unit will deliver; a third of the items have no target."""
    rng = rng_of(f"{measure.code} target")
    if rng.random() < 0.33:
        return ""
    return words.filled(TARGETS[words.kind_of(measure)], measure, rng)
