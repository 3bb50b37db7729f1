"""What a header's or a label's words call for: a table of patterns, tried from the first.

The same words stand over a column (「牵头单位」), before names in a cell and in a bracket after an item of prose.
"""

import re
from enum import StrEnum
from functools import lru_cache
from unicodedata import normalize


class Role(StrEnum):
    """What a column holds. Its values are what a mapping from outside is written with."""

    SERIAL = "serial"
    GROUP = "group"  # a domain or action area that several tasks share
    TITLE = "title"
    CONTENT = "content"
    INDICATOR = "indicator"
    TARGET = "target"
    MEASURE = "measure"  # the unit that an indicator is counted in
    BASELINE = "baseline"
    LEAD = "lead"
    SUPPORT = "support"
    UNITS = "units"  # responsible, with no word about who leads
    LEADERS = "leaders"  # persons
    DEADLINE = "deadline"
    PROGRESS = "progress"  # what has been done so far
    REMARKS = "remarks"
    OTHER = "other"  # understood, and kept as it is: scope, who examines, what it costs
    PERIOD = "period"  # what is asked of a year, a quarter, the time up to a day


SEATS = (Role.LEAD, Role.UNITS, Role.SUPPORT)

_LEVEL = "(?:国家|中央|全?省|全?市|全?县|全?区|自治区|州|盟|旗|镇|乡)?(?:级|直|属)?"
_BODY = "(?:单位|部门|科室|处室|股室|机构|主体|地区|县区|区县|市县|县市区|镇街|乡镇|街道|方)"
_BODIES = f"{_BODY}(?:[、及和与/]{{0,2}}{_BODY})?"
_AND_SAID = "[、及和与,/]{1,2}"
_AND = f"(?:{_AND_SAID})?"

_PATTERNS: tuple[tuple[Role, str], ...] = (
    (Role.SERIAL, "(?:总|任务|事项|项目|指标|工作|措施|问题)?(?:序号|编号|编码|序)|号|NO"),
    (Role.PROGRESS, "(?:目前|当前|最新|工作|任务|整改|项目|实际|季度|本?[周月]|年度|阶段)?"
                    "(?:进展|推进|完成|落实|整改|办理|实施|工作|销号|办结|存在)(?:情况|程度|状态|效果|成效|率|比例|"
                    "百分比|结果)"
                    "|(?:目前|当前|工作|最新|实际|整改|推进|任务|项目)?进展|(?:序时|时序)进度|(?:完成|工作|目前|当前|"
                    "实际|总体|累计)进度|"
                    "进度[%％]?"
                    "|截[至止].*|是否(?:完成|办结|销号).*|(?:已)?完成[%％]"),
    (Role.UNITS, f"{_LEVEL}(?:牵头|主办|主要责任)(?:责任)?{_BODY}?(?:{_AND_SAID}|[(（])(?:配合|协办|责任|参与|协同|"
                 f"参加)(?:责任)?{_BODY}"
                 f"|{_LEVEL}责任{_BODY}{_AND}(?:配合|协办|参与)(?:责任)?{_BODY}|(?:责任|牵头){_BODY}(?:{_AND_SAID})"
                 f"(?:责任人|负责人|联系人|责任领导)"
     "|(?:责任|牵头|包[保抓联]|分管|联系)?(?:领导|责任人|负责人)[、及和与/]{1,2}(?:责任|牵头)?(?:单位|部门|科室)"),
    (Role.LEADERS, ".*(?:领导|负责人|责任人|经办人|承办人|牵头人|领办人|包[保抓联]人|专员|人员|同志|[市县区镇乡]长|"
                   "干部|姓名)"
                   "|(?:.{0,6}领导)?责任领导.*"),
    (Role.LEAD, f"{_LEVEL}(?:总|主|共同|联合|具体)?(?:牵头|主办|主要责任|主责|首要责任|第一责任|主要负责|第一牵头|"
                f"主要牵头|组织牵头)"
                f"(?:责任|负责|实施|落实|协调|推进)?{_LEVEL}(?:{_BODIES})?"),
    (Role.SUPPORT, f"{_LEVEL}(?:主要)?(?:协同)?(?:配合|协办|协作|协同|协助|参与|参加|支持|会办|联办|辅助|共同责任|"
                   f"次要责任|其他责任|次责)"
                   f"(?:责任|实施|落实|推进|负责)?{_LEVEL}(?:{_BODIES})?"),
    (Role.OTHER, f"(?:督导|督查|督办|监督|监管|考核|评分|评价|验收|审核|审批|评估|统计|数据来源|数据提供){_BODY}"),
    (Role.UNITS, f"{_LEVEL}(?:任务|工作|具体|主体|指导|属地|直接|相关|有关|项目)?"
                 "(?:责任|负责|承办|实施|落实|承担|执行|完成|主管|指导|归口|建设|推进|办理|组织实施|责任落实|承接|整改|"
                 "申报)"
                 f"(?:责任|负责|落实)?{_LEVEL}{_BODIES}|(?:任务|责任|部门|单位|职责|工作)?分工|单位|部门|{_LEVEL}责任|"
                 f"单位名称"),
    (Role.DEADLINE, ".*(?:时限|期限|时间节点|完成节点)(?:[及和]?要求)?|"
                    ".*(?:完成|办结|截止|整改|结束|竣工|达标|投产|建成|办理)"
                    "(?:时间|日期|节点|年限|年度|年份)"
                    "|(?:起止|建设|实施|推进)(?:时间|年限|年份|日期)|时间(?:要求|进度|安排|表|节点)?|工期|(?:工作|实施|"
                    "推进)时间|完成(?:要求)?时间"),
    (Role.REMARKS, "备注|说明|备考|附注|注|其他说明"),
    (Role.BASELINE, r"(?:(?:19|20)\d\d年?(?:底|末)?)?(?:现状|基期|基准|基数|基础|实际|完成|实绩|完成情况)(?:值|数|水平|"
                    r"量)?"
                    r"|基[期准]年?(?:值|数)?|现有(?:水平|值)?|(?:19|20)\d\d年?(?:底|末)?(?:现状|基数|实际|完成).*"),
    (Role.MEASURE, "(?:计量|指标|计算)单位"),
    (Role.GROUP, "(?:.{0,6})(?:领域|类别|分类|板块|方面|大类|类型|方向|专题|章节|篇章|条目|条款|部分)|一级指标|(?:专项|"
                 "重大|重点)?行动(?:名称)?|部分|专项|类"
                 "|(?:考核|测评)项目|对应(?:任务|章节)"),
    (Role.TARGET, "目标值?|(?:目标|指标|任务|计划)(?:值|数|量)|(?:工作|年度|预期|具体|阶段性?|总体|主要|本年度?|全年|"
                  "当年|考核|绩效|奋斗|完成|达到|任务|"
                  "进度|计划|总|到期|规划|质量|整改|改革|建设)"
                  "目标(?:值|要求|任务|成果)?|(?:标志性|预期|阶段性?|主要|工作|最终)?(?:成果|成效|效果)(?:形式|要求|"
                  "清单|目标)?"
                  "|(?:工作|完成|质量|达标|进度|验收|考核|测评|创建|评价|销号)标准|(?:完成|质量|达标|进度|验收|考核|评价|销号)"
                  "(?:要求|安排)|(?:工作|形象|时序|序时|年度|分年度|季度|阶段)?"
                  "(?:进度|计划)(?:安排|要求|计划|目标)|年度(?:计划|任务|安排|要求)|目标要求|时序进度|形象进度|"
                  "分年度任务|年度目标任务"),
    (Role.INDICATOR, "(?:工作|考核|主要|核心|量化|评价|监测|绩效|具体|二级|三级|目标|关键|约束性|预期性)?指标(?:名称|"
                     "内容|要求|体系)?"),
    (Role.CONTENT, "内容|举措|措施|(?:工作|主要|具体|任务|建设|实施|整改|推进|细化|落实|重点|攻坚|对策|政策|保障|分解|"
                   "考核|测评|创建|项目)(?:内容|措施|举措|要求|做法|办法|步骤)"
                   "|(?:具体|主要|细化|分解|子|分项|重点)(?:工作)?(?:任务|工作|事项|项目)?(?:内容|措施|举措|任务|工作|"
                   "事项|安排|分解)"
                   "|(?:工作|任务|项目|目标)?(?:任务)?(?:分解|概况|描述|概述)|具体工作(?:安排|任务)?|内容(?:及|和)?"
                   "(?:要求|目标|标准|规模)"
                   "|(?:主要)?建设(?:内容|规模)(?:(?:及|和|与)(?:建设)?(?:内容|规模))?|工作(?:内容|任务|措施)(?:及|和|"
                   "与)?(?:要求|目标|措施|标准)"),
    (Role.TITLE, "(?:主体)?责任(?:内容|清单)|(?:.{0,8})(?:任务|工作|事项|项目|实事|问题|改革|举措|措施|要点|清单|指示|"
                 "批示)(?:名称|内容|事项|题目)?|名称|标题|事项|目标任务"),
    (Role.OTHER, ".*联系(?:人|方式|电话)|.{0,6}(?:范围|资金|投资|经费|地点|区域|依据|来源|性质|属性|规模|预算|电话|"
                 "联系方式|文号|频次)(?:[（(].*)?|权重|分值|得分"),
)
_COMPILED = tuple((role, re.compile(pattern)) for role, pattern in _PATTERNS)
# These stay what the paper printed first where a header says more than one thing.
_BRACKETS = re.compile(r"[(（\[【〔].*?[)）\]】〕]")
_TIMED = re.compile(
    "(?P<what>.{2,})[及和与、/](?:其)?(?:完成|办结|整改|推进|工作)?(?:时限|期限|时间|进度|节点|时间节点)(?:要求|安排)?"
)
_FIRST = re.compile(r"^(?:重点任务|重点工作|工作任务|工作项目|重点事项|重点项目|主要任务)$")


def plain(text: str) -> str:
    """Without blanks, line ends and the difference between half and full width: how headers are compared."""
    return "".join(normalize("NFKC", text).split())


@lru_cache(maxsize=4096)
def role_of(words: str) -> Role | None:
    """The role of a header or a label; None where its words call for none."""
    bare = _BRACKETS.sub("", plain(words)).strip(":：*＊")
    if not bare or len(bare) > 20:
        return None
    if _FIRST.match(bare):
        return Role.TITLE
    timed = _TIMED.fullmatch(bare)
    if timed and (role := role_of(timed["what"])) in (Role.TITLE, Role.CONTENT, Role.TARGET):
        return role
    return next((role for role, pattern in _COMPILED if pattern.fullmatch(bare)), None)


def is_timed(header: str) -> bool:
    """Whether a column of what is to be done says in its header that the time stands there too."""
    return bool(_TIMED.fullmatch(_BRACKETS.sub("", plain(header))))


# What a header begins with tells its column where the rest of its words is no known one: 「配合科室、社区」.
_BEGINNINGS = (
    (Role.LEADERS, re.compile("^(?:责任|牵头|配合|包).{0,8}(?:人|领导|长|书记)$")),
    (Role.LEAD, re.compile("^(?:牵头|主办)(?!任务|工作|事项).{0,10}$")),
    (Role.SUPPORT, re.compile("^(?:配合|协办|协同|协作|参与|协助)(?!任务|工作|事项|情况).{0,10}$")),
    (Role.UNITS, re.compile("^(?:[省市县区]直|乡镇|镇街|街道|部门|单位|属地).{0,4}责任$")),
    (Role.UNITS, re.compile(
        "^(?:责任|负责|承办|落实).{0,6}(?:单位|部门|科|处|室|组|社区|村|企业|学校|院系|专班|中心|机关|镇|街道|县|"
        "区)$"
    )),
)


def header_role(words: str) -> Role | None:
    """The role of a header, by its beginning where its words as a whole call for none."""
    bare = _BRACKETS.sub("", plain(words))
    begun = next((role for role, pattern in _BEGINNINGS if pattern.match(bare)), None)
    return role_of(words) or begun
