"""Words of administrative writing that mean much the same: a line for each, in Chinese and English.

Comparing editions uses them for a measure that was written anew. A line need not be complete, and a catalogue
about something else is compared by its other words.
"""

from collections import defaultdict
from collections.abc import Mapping

ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ers",
    "er",
    "ed",
    "es",
    "ly",
    "s",
    "e",
    "y",
)
SHORTEST_STEM = 3


LINES = """
群众 百姓 民众 老乡 居民 民意 民生 群眾 民眾 | people public folk resident citizen popular
干部 官员 公职 幹部 官員 公職 | cadre official officer
企业 公司 厂商 企業 廠商 经营主体 經營主體 | enterprise company business firm
培训 研修 轮训 进修 讲习 办班 训练 培訓 輪訓 進修 班次 | training course instruction workshop coaching
学习 研读 研学 读书 自学 學習 研讀 讀書 | study learn reading
讲堂 讲座 授课 开讲 宣讲 講堂 講座 授課 宣講 | lecture lecturer speaker talk
教师 师资 讲师 老师 教員 師資 講師 老師 | teacher lecturer faculty tutor
教育 教导 熏陶 教導 | education teach teaching educate
考核 考评 测评 评估 评价 评判 打分 評估 評價 考評 測評 评议 | assessment evaluation appraisal rate rating
考察 了解 摸底 摸清 掌握 调研 调查 走访 調研 調查 走訪 | examination finding visit survey inquiry fieldwork
检查 抽查 核查 查看 查阅 核对 核实 督查 巡查 检视 翻看 翻阅 檢查 核對 核實 查閱 | check inspect inspection
监督 督促 盯住 监管 監督 監管 看管 | supervision supervise oversight monitor watch
纪律 规矩 紀律 規矩 | discipline conduct
违规 违纪 违法 犯错 违反 違規 違紀 違法 違反 | breach offend violate misconduct breaking
处分 处理 处置 惩处 处罚 追究 查处 處分 處理 處置 懲處 處罰 查處 | penalty sanction punish deal discipline
问责 追责 担责 問責 追責 擔責 | accountability accountable blame
容错 免责 宽容 减责 容錯 免責 寬容 | tolerance mistake leniency excuse forgive
失误 差错 过错 错误 走了弯路 失誤 差錯 過錯 錯誤 | mistake error fault slip
诬告 陷害 造谣 诽谤 抹黑 冤枉 誣告 造謠 誹謗 | false accusation slander smear wrongly
澄清 正名 清白 | clear clearing vindicate
举报 信访 反映 检举 投诉 來信 来信 舉報 信訪 檢舉 投訴 | report complaint petition letter accusation
激励 鼓励 鼓舞 奖励 嘉奖 表扬 表彰 激勵 鼓勵 獎勵 表揚 | reward encourage commend praise motivate incentive
提拔 晋升 任用 重用 提任 晉升 | promote promotion appoint appointment
任免 任命 任职 就任 上任 任職 | appoint appointment removal office
退出 免职 降职 去职 下来 调整 让位 免職 降職 去職 下來 調整 | removal demote demotion dismiss stepped step
选拔 选任 遴选 挑选 选用 選拔 選任 遴選 挑選 物色 | select selection choose choosing pick
推荐 举荐 提名 推薦 舉薦 荐 | nomination recommend nominate propose
班子 领导层 决策层 領導 班長 领导集体 | leadership team
岗位 职位 位子 职务 崗位 職位 職務 | post position job
交流 轮岗 流动 换岗 挂职 交流任职 輪崗 換崗 掛職 | rotation exchange transfer secondment
年轻 青年 后备 新人 年輕 青年骨干 后生 | young younger youth junior
老同志 经验 资深 過來人 过来人 經驗 资历 | experience experienced senior veteran
基层 乡镇 村 社区 一线 基層 鄉鎮 社區 第一线 街道 | grass township village community front frontline
困难 难题 棘手 急难 难事 硬骨头 烫手 困難 難題 疑难 | difficulty difficult hard thorny urgent tough trouble
任务 差使 差事 工作 活 事项 任務 差使 事項 担子 擔子 | task job duty work assignment burden
锻炼 历练 磨炼 摔打 鍛煉 歷練 磨煉 帮带 带教 | practice temper experience posting mentor
重大 关键 要紧 关乎 重點 重点 大事 關鍵 要緊 | major key important critical crucial
项目 工程 建设 項目 工程 建設 | project scheme construction
政策 举措 文件 措施 舉措 方案 辦法 办法 | policy measure document scheme
制度 规定 办法 规则 章程 细则 規定 規則 機制 机制 | rule rules regulation system mechanism institution
程序 流程 步骤 环节 手续 流程 步驟 環節 手續 | procedure process step stage
标准 条件 尺度 门槛 標準 條件 門檻 | standard condition criteria threshold
计划 规划 安排 打算 日程 時間表 計劃 規劃 方案 | plan schedule programme arrange
清单 目录 名单 名录 名册 一览 清單 目錄 名單 名錄 名冊 | list catalogue register roster inventory directory
台账 记录 登记 记载 档案 笔记 写下 逐笔 台賬 記錄 登記 記載 檔案 筆記 存档 | ledger record note register
报告 汇报 总结 小结 报表 材料 報告 匯報 總結 小結 報表 填报 | report summary return account paper
会议 开会 会商 例会 會議 開會 會商 例會 陪会 | meeting session conference
讨论 研讨 交流 商议 座谈 討論 研討 商議 座談 | discuss discussion seminar debate
谈话 谈心 面谈 约谈 交谈 談話 談心 面談 約談 | talk conversation interview
决策 表决 决定 拍板 集体研究 決策 表決 決定 | decision decide vote resolve
论证 可行性 必要性 該不該 该不该 論證 评审 | feasibility need study ask whether justify
资金 经费 钱 款项 预算 資金 經費 錢 預算 | fund money budget cost
政绩 形象工程 出彩 花架子 面子 作秀 政績 實績 实绩 业绩 | result showy showpiece performance show
作风 形式主义 痕迹 留痕 虚功 走过场 作風 形式主義 痕跡 | formality trace show formalism dressing
减负 精简 压减 削减 砍掉 減負 精簡 壓減 减少 取消 | cut reduce fewer lighten remove
责任 职责 负责 分工 担当 担责 責任 職責 負責 擔當 责任状 | responsibility responsible duty charge
推诿 甩锅 不作为 躺平 懈怠 卸责 推諉 甩鍋 不作為 踢皮球 | passing blame shirk inaction idle avoid buck
能力 本领 素质 才干 本事 能力 本領 素質 专长 | ability skill competence capability expertise
短板 缺口 弱项 不足 薄弱 空白 短處 短处 缺項 | gap weakness shortfall lack weak
专业 业务 知识 專業 業務 知識 | professional expertise knowledge specialist
网络 线上 在线 平台 互联网 網絡 線上 數字 数字 信息化 | online platform internet digital web
公开 公示 公布 通报 发布 公開 公布 通報 张榜 | public publish notice publicise circular announce
宣传 宣扬 推介 报道 媒体 宣傳 宣揚 報道 媒體 | publicise publicity media promote broadcast
典型 榜样 先进 案例 标杆 好样的 典型 榜樣 先進 範例 | model example case exemplary typical
党性 信念 理想 信仰 初心 黨性 宗旨 | conviction ideal faith spirit belief purpose
忠诚 政治 立场 忠誠 立場 | loyalty political loyal stance
党支部 党组织 支部 党委 党组 黨支部 黨組織 黨委 | party branch committee
组织部 组织部门 組織部 人事部门 | organisation department personnel
廉洁 清廉 腐败 贪 廉政 廉潔 腐敗 | clean integrity corruption honest
健康 体检 休养 疗养 身心 心理 医疗 健康 體檢 休養 療養 醫療 | health recuperation medical psychological
休假 假期 休息 年假 加班 | leave holiday rest overtime
待遇 工资 津贴 补贴 补助 薪酬 收入 工資 津貼 補貼 職級 职级 | pay salary allowance subsidy rank treatment
家庭 家属 子女 亲属 家人 家屬 親屬 | family child spouse relative home
关心 关爱 关怀 帮助 照顾 慰问 關心 關愛 關懷 幫助 慰問 有人帮 扶助 | care help support look concern attend
保护 撑腰 保障 维护 权益 保護 撐腰 維護 權益 | protect protection safeguard back rights
服务 办事 服務 辦事 便民 | serve service
评优 评选 评先 荣誉 評優 評選 榮譽 称号 | award honour title selection
数据 统计 比对 信息 數據 統計 資訊 | data statistics figure information compare
安全 风险 稳定 防范 隐患 風險 穩定 防範 隱患 | risk safety stability prevent hazard secure
创新 改革 首创 探索 试点 創新 改革 首創 試點 先行先试 | innovate innovation reform pilot new experiment
经济 产业 投资 招商 发展 經濟 產業 投資 發展 | economy industry investment development growth
乡村 农村 农业 农民 鄉村 農村 農業 農民 | rural farm countryside agriculture
保密 涉密 秘密 泄密 | secret confidential classified
结构 年龄 性别 配备 搭配 結構 年齡 性別 配備 | structure age composition staffing mix
人才 专家 人選 人选 专门人才 專家 | talent expert candidate
档案 履历 经历 履歷 經歷 简历 | file career experience record cv
试用 考察期 试用期 期满 試用 期滿 | probation trial term expiry
跟踪 回访 后续 盯 定期了解 回頭看 回头看 跟蹤 回訪 | follow track revisit later afterwards
反馈 回应 答复 答问 意见 建议 反饋 回應 答復 意見 建議 | feedback reply answer response view opinion
整改 纠正 改正 纠治 整治 改进 糾正 糾治 改進 刹车 叫停 | correct correction rectify remedy stop halt
防止 杜绝 不得 不许 禁止 严禁 一概 避免 防範 杜絕 不許 嚴禁 | prevent forbid ban avoid prohibit stop
按时 期限 限期 时限 及时 拖延 按時 時限 及時 | deadline promptly time delay timely
年度 每年 一年 全年 每季 每月 定期 | year annual yearly quarter month regular
红色 革命 传统 传承 紅色 傳統 傳承 旧址 | red revolutionary tradition heritage
英雄 烈士 焦裕禄 焦裕祿 紅旗渠 红旗渠 大别山 大別山 | hero martyr
学院 党校 基地 學院 黨校 | college school base academy
中央 总书记 上级 中央 總書記 上級 | central secretary superior above
辞职 离职 退休 離職 辭職 | resign resignation leave retire
竞争 比拼 排位 赛马 擂台 競爭 比拚 赛场 | competition ranked compete race contest
提醒 告诫 批评 敲打 警示 诫勉 告誡 批評 誡勉 | reminder criticism warn warning admonish
申诉 复查 复核 申訴 復查 複核 | appeal review recheck
先后 顺序 首先 首要 第一 头等 優先 优先 | first priority top foremost prior
"""


def stem(word: str) -> str:
    """What is left of an English word without its usual endings: plan, plans and planning are one."""
    word = word.removesuffix("'s")
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > SHORTEST_STEM and word[-1] == word[-2] else word


def read_lines() -> tuple[tuple[tuple[str, int], ...], Mapping[str, frozenset[int]]]:
    """Chinese words, each with its line; English stems with theirs."""
    chinese: set[tuple[str, int]] = set()
    english: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(LINES.strip().splitlines()):
        in_chinese, _bar, in_english = line.partition("|")
        chinese |= {(word, number) for word in in_chinese.split()}
        for word in in_english.split():
            english[stem(word)].add(number)
    return tuple(sorted(chinese)), {word: frozenset(numbers) for word, numbers in english.items()}


CHINESE_CONCEPTS, ENGLISH_CONCEPTS = read_lines()
