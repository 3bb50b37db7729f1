"""The kinds of notice: a catalogue of words, one entry a line, with the topics by which people choose how to be told."""

from dataclasses import dataclass
from datetime import date

from models import Words


@dataclass(frozen=True)
class Kind:
    """One kind of notice: the sentence that it makes of a detail, and the topic under which people choose."""

    code: str
    topic: str
    sentence: Words


# What people choose by, for mail and robots; a kind of notice belongs to one of them.
TOPICS: dict[str, Words] = {
    "assigned": Words("责任分工", "Parts in tasks"),
    "due": Words("临期提醒", "Due soon"),
    "overdue": Words("逾期提醒", "Overdue"),
    "urged": Words("催办", "Urged"),
    "asked": Words("请予配合", "Asked to contribute"),
    "fed-back": Words("配合反馈", "Units' answers"),
    "signing": Words("会签审签", "Co-leads, signatures"),
    "to-review": Words("待审核", "To review"),
    "to-sign-off": Words("待审定", "To sign off"),
    "clock": Words("办理超时", "Waiting too long"),
    "returned": Words("退回修改", "Returned"),
    "sent-back": Words("退回复核", "Sent back"),
    "withdrawn": Words("撤回", "Withdrawn"),
    "approved": Words("审核通过", "Approved"),
    "accepted": Words("办结销号", "Signed off"),
    "reopened": Words("撤销办结", "Reopened"),
    "plan": Words("实施方案", "Implementation plans"),
    "change": Words("变更申请", "Change requests"),
    "handover": Words("交接单", "Handovers of the lead"),
    "supervision": Words("督办单", "Supervision sheets"),
    "assessment": Words("考核", "Assessment"),
    "instructed": Words("批示", "Instructions"),
    "answered": Words("批示答复", "Answers to instructions"),
    "mentioned": Words("提到我的", "Mentions"),
    "delegated": Words("代办授权", "Delegations"),
    "delegation-ended": Words("代办授权结束", "Ended delegations"),
    "handed-over": Words("工作交接", "Work handed over"),
}

KINDS: dict[str, Kind] = {kind.code: kind for kind in (
    Kind("assigned", "assigned", Words("{actor}将「{about}」交由本单位{part}", "{actor}: your unit now has a part ({part}) in “{about}”")),
    Kind("unassigned", "assigned", Words("{actor}调整了责任单位，本单位不再承担「{about}」", "{actor}: your unit no longer has a part in “{about}”")),
    Kind("due", "due", Words("「{about}」{day}到期，还有 {days} 天", "“{about}” is due on {day}, in {days} day(s)")),
    Kind("overdue", "overdue", Words("「{about}」已逾期 {days} 个工作日（{day}到期，牵头：{leads}）", "“{about}” is {days} working day(s) overdue (due on {day}; lead: {leads})")),
    Kind("urged", "urged", Words("{actor}催办「{about}」", "{actor} urges “{about}”")),
    Kind("asked", "asked", Words("请本单位配合「{about}」（牵头：{leads}），{day}前反馈", "Your unit is asked to contribute to “{about}” (lead: {leads}) by {day}")),
    Kind("asked-again", "asked", Words("{actor}再次提请本单位配合「{about}」，{day}前反馈", "{actor} asks your unit again to contribute to “{about}” by {day}")),
    Kind("request-due", "asked", Words("「{about}」的配合反馈{day}到期，还有 {days} 天", "Your unit's answer on “{about}” is due on {day}, in {days} day(s)")),
    Kind("request-lapsed", "fed-back", Words("{unit}对「{about}」逾期未反馈（{day}到期）", "{unit} has not answered on “{about}” in time (due on {day})")),
    Kind("fed-back", "fed-back", Words("{actor}就「{about}」反馈：{action}", "{actor} on “{about}”: {action}")),
    Kind("objected", "fed-back", Words("{actor}对「{about}」提出异议，请答复或采纳", "{actor} objects to “{about}”: please answer the objection or take it up")),
    Kind("objection-answered", "asked", Words("{actor}就本单位对「{about}」的异议：{action}", "{actor} on your unit's objection to “{about}”: {action}")),
    Kind("co-lead", "signing", Words("{actor}就共同牵头的「{about}」：{action}", "{actor} on “{about}”, led together: {action}")),
    Kind("to-sign", "signing", Words("{actor}将「{about}」送您审签", "{actor} sent “{about}” to you to be signed")),
    Kind("signed", "signing", Words("{actor}已审签「{about}」", "{actor} signed “{about}”")),
    Kind("handed-back", "signing", Words("{actor}将「{about}」退回经办人", "{actor} handed “{about}” back to the handler")),
    Kind("to-review", "to-review", Words("{actor}提交了「{about}」，请审核", "{actor} submitted “{about}” for review")),
    Kind("to-sign-off", "to-sign-off", Words("「{about}」已由{actor}审核通过，请审定", "{actor} approved “{about}”; it awaits sign-off")),
    Kind("clock", "clock", Words("「{about}」在{role}处已 {days} 个工作日", "“{about}” has been with the {role} for {days} working days")),
    Kind("returned", "returned", Words("{actor}退回了「{about}」，请修改后重新提交", "{actor} returned “{about}” to be mended")),
    Kind("sent-back", "sent-back", Words("{actor}将「{about}」退回复核", "{actor} sent “{about}” back to the reviewer")),
    Kind("withdrawn", "withdrawn", Words("{actor}撤回了「{about}」", "{actor} withdrew “{about}”")),
    Kind("approved", "approved", Words("{actor}审核通过了「{about}」，待管委会审定", "{actor} approved “{about}”; it awaits the committee")),
    Kind("accepted", "accepted", Words("{actor}同意「{about}」办结销号", "{actor} signed “{about}” off")),
    Kind("reopened", "reopened", Words("{actor}撤销了「{about}」的办结", "{actor} reopened “{about}”")),
    Kind("plan-begun", "plan", Words("请编制「{about}」{by}", "Please draw up “{about}”{by}")),
    Kind("plan-due", "plan", Words("「{about}」{day}报送到期，还有 {days} 天", "“{about}” is due on {day}, in {days} day(s)")),
    Kind("plan-overdue", "plan", Words("「{about}」逾期 {days} 个工作日未报送（{day}到期）", "“{about}” is {days} working day(s) overdue (due on {day})")),
    Kind("plan-to-review", "plan", Words("{actor}报送了「{about}」，请审核", "{actor} submitted “{about}” for review")),
    Kind("plan-withdrawn", "plan", Words("{actor}撤回了「{about}」", "{actor} withdrew “{about}”")),
    Kind("plan-to-file", "plan", Words("「{about}」已由{actor}审核通过，请备案", "{actor} approved “{about}”; it is to be filed")),
    Kind("plan-approved", "plan", Words("{actor}审核通过了「{about}」，待备案", "{actor} approved “{about}”; it is to be filed")),
    Kind("plan-returned", "plan", Words("{actor}退回了「{about}」，请修改后重新报送", "{actor} returned “{about}” to be mended")),
    Kind("plan-filed", "plan", Words("{actor}同意「{about}」备案", "{actor} filed “{about}”")),
    Kind("plan-reopened", "plan", Words("{actor}将已备案的「{about}」退回重编", "{actor} opened “{about}” again, to be drawn up anew")),
    Kind("change-to-review", "change", Words("{actor}提出变更申请「{about}」，请审核", "{actor} asks for a change, “{about}”; it is to be reviewed")),
    Kind("change-to-decide", "change", Words("{actor}对变更申请「{about}」{action}，请审定", "{actor} on the change request “{about}”: {action}; it awaits the decision")),
    Kind("change-opinion", "change", Words("{actor}对变更申请「{about}」{action}，待管委会审定", "{actor} on the change request “{about}”: {action}; it awaits the committee")),
    Kind("change-decided", "change", Words("{actor}对变更申请「{about}」作出审定：{action}", "{actor} decided on the change request “{about}”: {action}")),
    Kind("change-withdrawn", "change", Words("{actor}撤回了变更申请「{about}」", "{actor} withdrew the change request “{about}”")),
    Kind("handover-to-sign", "handover", Words("交接单「{about}」待本单位签字", "The handover “{about}” is for your unit to sign")),
    Kind("handover-signed", "handover", Words("{actor}已在交接单「{about}」上签字", "{actor} signed the handover “{about}”")),
    Kind("supervision-issued", "supervision", Words("{actor}下发{about}，请于{day}前答复", "{actor} issued {about}, to be answered by {day}")),
    Kind("supervision-due", "supervision", Words("{about} {day}答复到期，还有 {days} 天", "The answer to {about} is due on {day}, in {days} days")),
    Kind("supervision-overdue", "supervision", Words("{about} 逾期 {days} 个工作日未答复（{day}到期）", "{about} is {days} working days overdue for an answer (due on {day})")),
    Kind("supervision-answered", "supervision", Words("{actor}答复了{about}，请核销", "{actor} answered {about}; it is to be closed")),
    Kind("supervision-returned", "supervision", Words("{actor}将{about}退回重办", "{actor} returned {about}: there is more to be done")),
    Kind("supervision-closed", "supervision", Words("{actor}核销了{about}", "{actor} closed {about}")),
    Kind("supervision-withdrawn", "supervision", Words("{actor}撤销了{about}", "{actor} withdrew {about}")),
    Kind("assessed", "assessment", Words("{actor}拟出{about}，有异议的请于{day}前提出", "{actor} drew up “{about}”; objections are raised by {day}")),
    Kind("assessment-published", "assessment", Words("{actor}公布了{about}", "{actor} published “{about}”")),
    Kind("assessment-withdrawn", "assessment", Words("{actor}撤回了{about}", "{actor} withdrew “{about}”")),
    Kind("objection-raised", "assessment", Words("{actor}提出{about}，请处理", "{actor} raised an objection, {about}; it is to be settled")),
    Kind("objection-settled", "assessment", Words("{actor}就{about}作出处理：{action}", "{actor} settled the objection, {about}: {action}")),
    Kind("instructed", "instructed", Words("{actor}对「{about}」作出批示，请于{day}前答复", "{actor} gave an instruction on “{about}”, to be answered by {day}")),
    Kind("instruction-due", "instructed", Words("{by}对「{about}」的批示{day}答复到期，还有 {days} 天", "The answer to {by}'s instruction on “{about}” is due on {day}, in {days} day(s)")),
    Kind("instruction-overdue", "instructed", Words("{by}对「{about}」的批示逾期 {days} 个工作日未答复（{day}到期，牵头：{leads}）", "{by}'s instruction on “{about}” is {days} working day(s) overdue for an answer (due on {day}; lead: {leads})")),
    Kind("answered", "answered", Words("{actor}答复了您对「{about}」的批示", "{actor} answered your instruction on “{about}”")),
    Kind("mentioned", "mentioned", Words("{actor}在「{about}」中提到了您", "{actor} mentioned you on “{about}”")),
    Kind("delegated", "delegated", Words("{actor}授权您自{first}至{last}代办", "{actor} lets you act for them from {first} to {last}")),
    Kind("delegation-ended", "delegation-ended", Words("{actor}结束了代办授权（{first}至{last}）", "{actor} ended the delegation ({first} to {last})")),
    Kind("handed-over", "handed-over", Words("{actor}办理了工作交接，{from_title}的在办事项由您接手：{about}", "{actor} handed the open work of {from_title} over to you: {about}")),
)}


def topic_of(kind: str) -> str:
    """The topic of a kind of notice; the kind itself where there is no longer such a kind."""
    return KINDS[kind].topic if kind in KINDS else kind


def topic_words(kind: str) -> Words:
    return TOPICS.get(topic_of(kind), Words(kind, kind))


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


def day_words(day: date) -> Words:
    return Words(f"{day.year}年{day.month}月{day.day}日", f"{day:%-d %B %Y}")


def said(words: Words | date) -> dict[str, str]:
    """Words, or a day, as a notice's detail keeps them."""
    words = day_words(words) if isinstance(words, date) else words
    return {"zh": words.zh, "en": words.en}


class _Known(dict):
    """What an older notice does not say is left blank."""

    def __missing__(self, _name: str) -> str:
        return ""
