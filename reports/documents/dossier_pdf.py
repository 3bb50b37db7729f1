"""单项档案 as a PDF: cover, table of contents, then chapter by chapter. Only the signs that it uses are embedded."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from models import ChangeKind, Evidence, Part, Words
from reports.documents.dossier import Dossier, RoundShown
from reports.documents.taken import day_said, moment_said
from reports.timeline import Moment
from workflow.audit.words import action_words
from workflow.definitions.milestone import MILESTONE

# Noto Serif SC, reduced to GB 2312 and the general-use list (reports/documents/fonts/OFL.txt).
OURS = Path(__file__).parent / "fonts" / "NotoSerifSC-GB2312.woff"
log = logging.getLogger(__name__)
UNKNOWN = "〓"  # what printers set where they have no such sign
MARGIN, WIDE = 25, 160  # millimetres
BODY, SMALL, LINE = 11, 8.5, 6.5  # points, points, millimetres
NOTHING = "（无）"
KINDS = {Evidence.FILE: "文件", Evidence.LINK: "链接", Evidence.WORDS: "配合情况说明"}


def write_pdf(shown: Dossier, own_font: str = "") -> bytes:
    """`own_font` is a font file with more signs than ours, or ""; one that cannot be used is told to the log."""
    pdf = _Pdf(shown.title, own_font, shown.at)
    _cover(pdf, shown)
    pdf.add_page()
    pdf.insert_toc_placeholder(_contents, allow_extra_pages=True)
    for chapter in (_requirement, _rounds, _decisions, _changes, _timeline, _proof):
        chapter(pdf, shown)
    return bytes(pdf.output())


class _Pdf(FPDF):
    """A4 in one font; `said` takes out what it has no sign for."""

    def __init__(self, title: str, own_font: str, at: datetime):
        super().__init__(format="A4")
        self.set_margins(MARGIN, 25, MARGIN)
        self.set_auto_page_break(True, 25)
        self.add_font("song", "", OURS)
        self.known = set(self.fonts["song"].cmap)
        self.beginning = True  # nothing stands on the page yet but chapters that hold nothing
        if own_font:
            self._add_own(own_font)
        self.running = self.said(title)
        self.set_title(self.running)
        self.set_creation_date(at)
        self.set_font("song", size=BODY)

    def _add_own(self, file: str) -> None:
        try:
            self.add_font("own", "", file)
        except Exception:  # of whatever make: the library says what is wrong with a file in ways of its own
            log.exception("DOCUMENT_FONT: %s cannot be embedded; documents go without its signs", file)
            return
        self.known |= set(self.fonts["own"].cmap)
        self.set_fallback_fonts(["own"])

    def said(self, text: str) -> str:
        return "".join(
            sign if sign == "\n" or ord(sign) in self.known else " " if sign.isspace() else UNKNOWN
            for sign in text if sign.isprintable() or sign.isspace()
        )

    def header(self) -> None:
        if self.page_no() > 1:
            self.set_font("song", size=SMALL)
            self.set_text_color(110)
            self.cell(0, 5, self.running[:60], align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_text_color(0)
            self.ln(3)
            self.set_font("song", size=BODY)

    def footer(self) -> None:
        if self.page_no() > 1:
            self.set_y(-18)
            self.set_font("song", size=10)
            self.cell(0, 6, f"— {self.page_no()} —", align="C")

    def chapter(self, name: str, nothing: str = "") -> None:
        """Begin a chapter on a page of its own; one that holds nothing says so, and leaves the page to the next."""
        if not self.beginning:
            self.add_page()
        self.start_section(name)
        self.set_font("song", size=16)
        self.line_of(name, 10)
        self.ln(2)
        self.set_font("song", size=BODY)
        self.beginning = bool(nothing)
        if nothing:
            self.line_of(nothing)
            self.ln(LINE)

    def part(self, name: str) -> None:
        self.ln(2)
        self.start_section(self.said(name), level=1)
        self.set_font("song", size=13)
        self.line_of(name, 8)
        self.set_font("song", size=BODY)

    def line_of(self, text: str, height: float = LINE) -> None:
        self.set_x(MARGIN)  # in no width at all, the library would look for a line's end for ever
        self.multi_cell(0, height, self.said(text), wrapmode="CHAR", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def pairs(self, lines: Iterable[tuple[str, str]]) -> None:
        """Names and what they are, in two columns; what is nothing is left out."""
        self.rows((), [line for line in lines if line[1]], (32, 128))

    def rows(self, heads: Sequence[str], lines: Sequence[Sequence[str]], widths: tuple[int, ...]) -> None:
        if not lines:
            self.line_of(NOTHING)
            return
        self.set_font("song", size=9.5)
        with self.table(
            col_widths=widths, width=WIDE, first_row_as_headings=bool(heads), line_height=5.2, wrapmode="CHAR",
            text_align="LEFT", headings_style=FontFace(fill_color=(233, 230, 223)), padding=1,
        ) as table:
            for line in ([heads] if heads else []) + list(lines):
                row = table.row()
                for text in line:
                    row.cell(self.said(text))
        self.set_font("song", size=BODY)
        self.ln(3)


def _contents(pdf: _Pdf, outline) -> None:
    pdf.set_font("song", size=16)
    pdf.line_of("目　录", 12)
    for section in outline:
        pdf.set_font("song", size=BODY if section.level == 0 else 10)
        link = pdf.add_link(page=section.page_number)
        pdf.set_x(MARGIN + 8 * section.level)
        pdf.cell(WIDE - 20 - 8 * section.level, 7, section.name[:52], link=link)
        pdf.cell(20, 7, str(section.page_number), align="R", link=link, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _cover(pdf: _Pdf, shown: Dossier) -> None:
    task = shown.milestone.task
    pdf.add_page()
    pdf.ln(35)
    pdf.set_font("song", size=30)
    pdf.cell(0, 16, "单 项 档 案", align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(12)
    pdf.set_font("song", size=17)
    pdf.multi_cell(
        0, 10, pdf.said(shown.title), align="C", wrapmode="CHAR", new_x=XPos.LMARGIN, new_y=YPos.NEXT
    )
    pdf.ln(25)
    pdf.pairs((
        ("方案", task.plan.title), ("行动", task.area.title), ("状态", f"{shown.state}（{shown.light.word.zh}）"),
        ("期限", day_said(shown.milestone.due)), ("牵头单位", _units(task, Part.LEAD)),
        ("取档时间", f"{moment_said(shown.at)}（北京时间）"),
        ("取档人", f"{shown.actor.title}（只含其有权查看的内容）"),
        ("链尾摘要", shown.milestone.chain_head),
    ))


def _units(task, part: Part) -> str:
    return "、".join(it.unit.name for it in task.responsibilities if it.part == part)


def _requirement(pdf: _Pdf, shown: Dossier) -> None:
    milestone, task = shown.milestone, shown.milestone.task
    pdf.chapter("一、进度要求与原文")
    published = milestone.published_requirement
    pdf.pairs((
        ("进度要求", milestone.requirement),
        ("公布时的要求", published if published != milestone.requirement else ""),
        ("工作内容", "\n".join(line for line in task.contents if line)), ("期限", day_said(milestone.due)),
        ("牵头单位", _units(task, Part.LEAD)), ("配合单位", _units(task, Part.SUPPORT)),
        ("指标", "\n".join(
            f"{it.name}：{it.comparison_words.zh}{it.target}{it.unit}" for it in milestone.indicators
        )),
        ("时间步骤", "\n".join(f"{it['due']} {it['text']}" for it in milestone.steps)),
    ))
    pdf.part("原文")
    source, edition = task.plan.source, task.plan.edition_number
    pdf.line_of(f"{source.name}，第 {task.first_line}—{task.last_line} 行，按第 {edition} 版执行")
    pdf.line_of(f"SHA-256 {source.sha256}")
    pdf.rows((), [[" ".join(line.split())] for line in task.source_text.splitlines() if line.strip()], (160,))


def _rounds(pdf: _Pdf, shown: Dossier) -> None:
    pdf.chapter("二、报送轮次", "" if shown.rounds else "没有取档人可以查看的报送。")
    for it in shown.rounds:
        _round(pdf, it)


def _round(pdf: _Pdf, it: RoundShown) -> None:
    content = it.content
    pdf.part(f"第 {content.number} 轮" + ("" if content.frozen else "（草稿）"))
    pdf.pairs((
        ("报送时间", moment_said(content.submitted_at)),
        ("报送人", content.submitted_by.title if content.submitted_by else ""),
        ("本轮所答要求", content.requirement), ("进展说明", content.account),
        ("完成值", "\n".join(f"{it['name']}：{it['amount']}{it['unit']}" for it in content.reported)),
        ("本轮摘要", content.digest or ""),
    ))
    for name, points in (("待改事项", content.points), ("对照实施方案", content.checklist)):
        if points:
            pdf.rows((name, "答复"), [(point["words"], point["answer"]) for point in points], (80, 80))
    pdf.line_of("佐证材料")
    pdf.rows(("类别", "名称或内容", "单位", "SHA-256 或地址"), [
        (KINDS[piece.kind], piece.body if piece.kind == Evidence.WORDS else piece.name, piece.unit.name,
         piece.sha256 or (piece.body if piece.kind == Evidence.LINK else "")) for piece in it.pieces
    ], (14, 56, 30, 60))


def _decisions(pdf: _Pdf, shown: Dossier) -> None:
    lines = [_told(it) for it in shown.decisions]
    _chapter_of(pdf, "三、审核与审定", ("时间", "谁", "办理", "原因与意见"), lines, (38, 38, 24, 60))


def _chapter_of(pdf: _Pdf, name: str, heads: tuple[str, ...], lines: list, widths: tuple[int, ...]) -> None:
    """A chapter that is one table."""
    pdf.chapter(name, "" if lines else NOTHING)
    if lines:
        pdf.rows(heads, lines, widths)


def _told(moment: Moment) -> tuple[str, str, str, str]:
    reason = moment.reason.zh if moment.reason else ""
    words = "：".join(it for it in (reason, moment.words) if it)
    return moment_said(moment.at), moment.who, moment.action.zh, words


def _changes(pdf: _Pdf, shown: Dossier) -> None:
    lines = [
        (ChangeKind(kind).label.zh, it.label.zh, _plain(it.before), _plain(it.after))
        for kind, compared in shown.changed for it in compared
    ]
    _chapter_of(pdf, "四、变更", ("变更", "事项", "原为", "改为（或申请改为）"), lines, (24, 32, 52, 52))


def _plain(value) -> str:
    if isinstance(value, Words):
        return value.zh
    return value or "" if isinstance(value, str | None) else day_said(value)


def _timeline(pdf: _Pdf, shown: Dossier) -> None:
    _chapter_of(pdf, "五、经过", ("时间", "谁", "办理", "此前由谁持有几个工作日", "原因与意见"), [
        (told[0], told[1], told[2], f"{it.held_by.zh} {it.days}" if it.held_by else "", told[3])
        for it in shown.moments for told in [_told(it)]
    ], (38, 36, 22, 24, 40))


def _proof(pdf: _Pdf, shown: Dossier) -> None:
    pdf.chapter("六、审计证明")
    last = shown.checkpoint
    pdf.line_of(
        "每个事件的摘要（SHA-256）含其全部内容和前一事件的摘要，改动、删去或插入任何一个，其后各摘要都对不上。"
        "把链尾摘要告知台账的审计员，由其用 flask audit verify 和系统外保管的检查点核对；"
        "档案压缩包中的 verify.py 不需要台账系统即可逐个重算，sha256sum -c SHA256SUMS 核对各文件。"
    )
    pdf.pairs((
        ("事件数", str(len(shown.events))), ("链尾摘要", shown.milestone.chain_head),
        ("最近检查点", f"第 {last.number} 号，{moment_said(last.at)}\n{last.hash}" if last else "台账尚未开具检查点"),
    ))
    pdf.rows(("序", "时间（UTC）", "动作", "状态", "前一摘要 / 本事件摘要"), [
        (str(it["sequence"]), it["at"][:19].replace("T", " "), action_words(MILESTONE, it["action"]).zh,
         _state(it["to_state"]), f"{it['previous']}\n{it['hash']}") for it in shown.events
    ], (9, 34, 22, 16, 79))


def _state(name: str | None) -> str:
    return MILESTONE.by_name[name].label.zh if name in MILESTONE.by_name else ""
