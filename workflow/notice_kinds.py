"""The kinds of notice: a catalogue of words, one entry a line, and the sentence that each makes of a notice's detail."""

from dataclasses import dataclass
from datetime import date

from models import Words


@dataclass(frozen=True)
class Kind:
    """One kind of notice: what it is called where people choose, and its sentence, filled from the detail."""

    code: str
    label: Words
    sentence: Words


KINDS: dict[str, Kind] = {kind.code: kind for kind in (
    Kind("assigned", Words("责任分工", "Parts in tasks"), Words("{actor}将「{about}」交由本单位{part}", "{actor}: your unit now has a part ({part}) in “{about}”")),
    Kind("asked", Words("请予配合", "Asked to contribute"), Words("{actor}请本单位配合「{about}」，{day}前反馈", "{actor} asks your unit to contribute to “{about}” by {day}")),
    Kind("due", Words("临期提醒", "Due soon"), Words("「{about}」{day}到期，还有 {days} 天", "“{about}” is due on {day}, in {days} days")),
    Kind("overdue", Words("逾期提醒", "Overdue"), Words("「{about}」已逾期 {days} 个工作日（{day}到期，牵头：{leads}）", "“{about}” is {days} working days overdue (due on {day}; lead: {leads})")),
    Kind("to-review", Words("待审核", "To review"), Words("{actor}提交了「{about}」，请审核", "{actor} submitted “{about}” for review")),
    Kind("to-sign-off", Words("待审定", "To sign off"), Words("「{about}」已由{actor}审核通过，请审定", "{actor} approved “{about}”; it awaits sign-off")),
    Kind("clock", Words("办理超时", "Waiting too long"), Words("「{about}」在{role}处已 {days} 个工作日", "“{about}” has been with the {role} for {days} working days")),
    Kind("returned", Words("退回修改", "Returned"), Words("{actor}退回了「{about}」，请修改后重新提交", "{actor} returned “{about}” to be mended")),
    Kind("sent-back", Words("退回复核", "Sent back"), Words("{actor}将「{about}」退回复核", "{actor} sent “{about}” back to the reviewer")),
    Kind("withdrawn", Words("撤回", "Withdrawn"), Words("{actor}撤回了「{about}」", "{actor} withdrew “{about}”")),
    Kind("approved", Words("审核通过", "Approved"), Words("{actor}审核通过了「{about}」，待管委会审定", "{actor} approved “{about}”; it awaits the committee")),
    Kind("accepted", Words("办结销号", "Signed off"), Words("{actor}同意「{about}」办结销号", "{actor} signed “{about}” off")),
    Kind("reopened", Words("撤销办结", "Reopened"), Words("{actor}撤销了「{about}」的办结", "{actor} reopened “{about}”")),
    Kind("urged", Words("催办", "Urged"), Words("{actor}催办「{about}」", "{actor} urges “{about}”")),
    Kind("instructed", Words("批示", "Instructions"), Words("{actor}对「{about}」作出批示，请于{day}前答复", "{actor} gave an instruction on “{about}”, to be answered by {day}")),
    Kind("answered", Words("批示答复", "Answers to instructions"), Words("{actor}答复了您对「{about}」的批示", "{actor} answered your instruction on “{about}”")),
    Kind("mentioned", Words("提到我的", "Mentions"), Words("{actor}在「{about}」中提到了您", "{actor} mentioned you on “{about}”")),
    Kind("delegated", Words("代办授权", "Delegations"), Words("{actor}授权您自{first}至{last}代办", "{actor} lets you act for them from {first} to {last}")),
    Kind("delegation-ended", Words("代办授权结束", "Ended delegations"), Words("{actor}结束了代办授权（{first}至{last}）", "{actor} ended the delegation ({first} to {last})")),
    Kind("handed-over", Words("工作交接", "Handovers"), Words("{actor}办理了工作交接，{from_title}的在办事项由您接手：{about}", "{actor} handed the open work of {from_title} over to you: {about}")),
)}


def sentence(kind: str, detail: dict) -> Words:
    """What a notice says. Where a value has a text for each language (`said`), each gets its own."""
    if kind not in KINDS:
        return Words(kind, kind)
    wanted = KINDS[kind].sentence
    return Words(*(
        wanted[language].format_map(_Known(
            {name: value.get(language, "") if isinstance(value, dict) else value for name, value in detail.items()}
        )) for language in ("zh", "en")
    ))


def said(words: Words | date) -> dict[str, str]:
    """Words, or a day, as a notice's detail keeps them."""
    if isinstance(words, date):
        return {"zh": f"{words.year}年{words.month}月{words.day}日", "en": f"{words:%-d %B %Y}"}
    return {"zh": words.zh, "en": words.en}


class _Known(dict):
    """What an older notice does not say is left blank."""

    def __missing__(self, _name: str) -> str:
        return ""
