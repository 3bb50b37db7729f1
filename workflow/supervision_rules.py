"""The rules of supervision sheets: answered by the unit that they go to, closed by the committee."""


from models import Supervision, Unit, Words
from workflow import rules
from workflow.definition import Rule

own_sheet = Rule(
    "other-units-sheet",
    Words("此项由承办单位办理。", "This is for the unit that the sheet goes to."),
    holds=lambda actor, s: s.unit_id in actor.unit_ids,
    where=lambda actor: Supervision.unit_id.in_(sorted(actor.unit_ids)),
)

answers_alone = Rule(
    "leader-signs",
    Words("本单位的答复须经分管领导审签。", "In this unit the leader in charge signs an answer before it goes out."),
    holds=lambda actor, s: not s.unit.leader_signs,
    where=lambda actor: Unit.leader_signs.is_(False),
)

leader_signs = Rule(
    "no-leader-signs",
    Words("本单位的答复不须审签，可直接答复。", "In this unit nobody signs an answer: it goes out at once."),
    holds=lambda actor, s: s.unit.leader_signs,
    where=lambda actor: Unit.leader_signs,
)

not_own_unit = Rule(
    "own-unit",
    Words("督办单发给本单位，须回避。", "The sheet goes to your own unit, so you may not judge its answer."),
    holds=lambda actor, s: s.unit_id not in actor.both_units,
    where=lambda actor: Supervision.unit_id.not_in(sorted(actor.both_units)),
)

not_answerer = Rule(
    "own-answer",
    Words("答复由您作出，须由他人核销。", "You gave the answer, so somebody else has to judge it."),
    holds=lambda actor, s: rules.other_hand(actor, s.answered_by_id, s.answered_for_id),
    where=lambda actor: rules.other_hand_where(actor, Supervision.answered_by_id, Supervision.answered_for_id),
)


sees_supervision = rules.seen_by_its_unit(
    Words("没有这份督办单，或不在您的范围内。", "There is no such supervision sheet, or it is not yours to see."),
    own=own_sheet,
)
