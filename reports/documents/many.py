"""The dossiers of many milestones, in the background: a zip of PDFs, in the authority of whoever asked."""

import io
import zipfile
from datetime import date

from evidence.names import safe_name
from models import Database, Words
from reports.documents.dossier import dossier
from reports.documents.dossier_pdf import write_pdf
from workflow.actor import Actor
from workflow.definitions.milestone import MILESTONE
from workflow.jobs import Kind, Made, Teller
from workflow.lights import Day

MOST = 300
LABEL = Words("单项档案", "Dossiers")
LEFT_OUT = "未收入：{count} 个节点已不在取档人的范围内（编号 {ids}）。\n"


def write_many(database: Database, input: dict, actor: Actor, tell: Teller) -> Made:
    """`input`: "milestones" (ids), "today" (ISO), "lights" (the settings of `Day`, in their order), "font"."""
    ids, kept, left_out = input["milestones"], io.BytesIO(), []
    day = Day(date.fromisoformat(input["today"]), *input["lights"])
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        for place, milestone_id in enumerate(ids, 1):
            with database.snapshot() as session:
                milestone = MILESTONE.load(session, milestone_id)
                if milestone is None or not MILESTONE.sees.holds(actor, milestone):
                    left_out.append(milestone_id)
                else:
                    shown = dossier(session, actor, milestone_id, day, database.clock())
                    made.writestr(f"{place:03d}-{safe_name(shown.title, 'pdf')}", write_pdf(shown, input["font"]))
            tell(place, len(ids))
        if left_out:
            made.writestr("未收入.txt", LEFT_OUT.format(count=len(left_out), ids="、".join(map(str, left_out))))
    return Made(f"单项档案-{len(ids) - len(left_out)}个.zip", "application/zip", kept.getvalue())


DOSSIERS = Kind("dossiers", LABEL, write_many)
