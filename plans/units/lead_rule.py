"""Who leads, said once for all: 「排在第一位的部门为牵头部门，下同」, 「标★的为牵头单位」.

It stands in a note, in a covering letter, in a header, or in the bracket of the first item.
"""

import re
from dataclasses import dataclass

_FIRST = "(?:第一个?|首)(?:位|名|个)?"
_IS = (
    "(?:的|者)?(?:责任|承办)?(?:单位|部门|科室|处室|者)?(?:均|一律|即|视|默认)?(?:为|是|系|作为)(?:该项(?:任务|"
    "工作)(?:的)?)?"
)
_LEADER = "(?:总?牵头|主办|主要责任|主要牵头|主责)(?:责任)?(?:单位|部门|科室|处室)?(?:或汇总单位|或汇总部门)?"
_RULE = re.compile(
    rf"(?:除[^，,。；;（）()]{{2,30}}外[，,]?)?"
    rf"(?:注[:：])?(?:其中|各项(?:任务|工作))?[，,]?(?:(?:责任|承办|负责)?(?:单位|部门|科室|处室)(?:中|里|栏)?[，,]?)?"
    rf"(?:(?:排|列|名列|位列|位于|居)(?:名|列|序)?(?:在|于)?|排名)?(?:最前|{_FIRST}){_IS}{_LEADER}"
    r"(?:[，,、]?(?:其[他余它])(?:的)?(?:单位|部门)?(?:均?为|是)(?:配合|协办|责任|参与|协同)(?:单位|部门)?)?"
    r"(?:[，,；;]?(?:以)?下同)?[。]?"
    rf"|{_LEADER}(?:排|列|位)(?:名|列)?(?:在|于)?(?:最前|{_FIRST})(?:[，,；;]?下同)?[。]?"
)
_MARK = "*＊★☆※▲△●◆■#＃"
_MARKED = re.compile(
    rf"(?:标注?|带|注)(?:有|记|注)?[“\"「]?(?P<mark>[{_MARK}])[”\"」]?(?:号|者)?的?(?:单位|部门)?(?:为|是)牵头"
    rf"|[“\"「]?(?P<quoted>[{_MARK}])[”\"」]?(?:号)?(?:的|者)?(?:单位|部门)?(?:为|表示|代表)牵头"
)
_STRESSED = re.compile(
    "(?:黑体|加粗|粗体|加黑|[红蓝绿紫橙]色|标[红蓝])(?:字|字体|标注|标示|显示|部分|标识)?的?(?:责任)?(?:单位|部门|科室|者)?(?:均)?(?:为|是|系)"
    "(?:该项(?:任务|工作)的?)?(?:牵头|主办)(?:责任)?(?:单位|部门|科室)?"
)
_NOT_ALL = re.compile(r"分别牵头|分别负责")


@dataclass(frozen=True)
class LeadRule:
    """`mark` is the sign that leading units bear; `stress`: they are printed bold or in a colour; else the first leads.

    `words` are the paper's.
    """

    words: str
    mark: str = ""
    stress: bool = False

    @property
    def by_place(self) -> bool:
        return not self.mark and not self.stress


def find_lead_rule(text: str) -> LeadRule | None:
    """The first such sentence of `text`."""
    text = "".join(text.split())
    marked = _MARKED.search(text)
    if marked:
        return LeadRule(marked.group(), marked["mark"] or marked["quoted"])
    printed = _STRESSED.search(text)
    if printed:
        return LeadRule(printed.group(), stress=True)
    found = _RULE.search(text)
    return LeadRule(found.group().strip("，,。；; ")) if found else None


def without_rule(text: str) -> str:
    """The units of a list, without the rule that is said among them."""
    cut = _RULE.sub("", text)
    if cut == text:
        return text
    cut = re.sub(r"[（(]\s*[）)]", "", cut)
    return re.sub(r"[，,；;。、\s]*(?:以?下同)?[，,；;。、\s]*$", "", cut)
