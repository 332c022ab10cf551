"""Words that the site no longer uses, as `plain` has them: sheets that people kept still have them."""

from measures.choices import Status

RETIRED_HEADINGS = {
    "支柱": "pillar",
    "板块": "section",
    "板塊": "section",
    "完成期限": "due",
    "进展情况": "notes",
    "進展情況": "notes",
    "频次": "cadence",
    "頻次": "cadence",
}
RETIRED_STATUSES = {
    "未开始": Status.NOT_STARTED,
    "未開始": Status.NOT_STARTED,
    "进行中": Status.IN_PROGRESS,
    "進行中": Status.IN_PROGRESS,
    "常态化": Status.STANDING,
    "常態化": Status.STANDING,
    "不再推进": Status.DROPPED,
    "不再推進": Status.DROPPED,
}
