"""What the reader noticed: every oddity is said, with where it stands, and nothing is guessed silently."""

from collections.abc import Callable
from dataclasses import dataclass

from models import Words
from plans.finding_words import DOUBT, ERROR, MEANING, NOTE

# Stable codes: grade and words, with places for what was found.
CATALOGUE: dict[str, tuple[str, Words]] = {
    "row-broken": (NOTE, Words("表格行被空行断开，已接上。", "The row is broken by blank lines; it was joined.")),
    "row-length": (ERROR, Words("该行有 {found} 格，表头为 {wanted} 列，无法对应。",
                                "The row has {found} cells where the header has {wanted} columns.")),
    "row-without-task": (ERROR, Words("该行没有序号，前面也没有可归入的任务。", "The row has no serial, and no task stands before it.")),
    "header-repeated": (NOTE, Words("表头重复出现，已略过。", "The header is repeated; it was passed over.")),
    "header-changed": (DOUBT, Words("此处表头与前面不同，以下各行按此表头读取。",
                                    "The header differs from the one before; the rows below are read by it.")),
    "text-unread": (DOUBT, Words("表格之间的文字未读取：{text}", "Text between the rows was not read: {text}")),
    "title-missing": (DOUBT, Words("表前没有方案名称。", "No title stands before the table.")),
    "serial-unknown": (ERROR, Words("「{text}」不是序号，该行未读取。", "“{text}” is no serial; the row was not read.")),
    "serial-broken": (NOTE, Words("序号「{serial}」被换行断开，已接上。", "The serial “{serial}” is broken over lines; it was joined.")),
    "serial-repeated": (DOUBT, Words("序号「{serial}」重复。", "The serial “{serial}” occurs again.")),
    "serial-gap": (DOUBT, Words("序号由「{before}」跳到「{after}」。", "The serials jump from “{before}” to “{after}”.")),
    "title-broken": (NOTE, Words("名称被换行断开，已接上：{title}", "The title is broken over lines; it was joined: {title}")),
    "title-twice": (DOUBT, Words("与任务 {other} 同名：{title}", "It has the same title as task {other}: {title}")),
    "contents-several": (NOTE, Words("该任务另有一行工作内容。", "The task has a further line of work content.")),
    "no-requirement": (DOUBT, Words("各年度均无进度要求，不生成年度节点。", "No year has a requirement, so there is no milestone.")),
    "column-unknown": (NOTE, Words("未能识别的列：{header}", "A column that is not understood: {header}")),
    "count-differs": (DOUBT, Words("说明写 {stated} 项（{what}），表中实为 {counted} 项。",
                                   "The note states {stated} ({what}); the table has {counted}.")),
    "no-unit": (DOUBT, Words("没有责任单位。", "There is no responsible unit.")),
    "no-lead": (DOUBT, Words("没有牵头单位。", "There is no lead unit.")),
    "lead-inferred": (DOUBT, Words("未标明牵头，暂以「{name}」为牵头，其余为配合。",
                                   "Nobody is named as lead; {name} is taken as lead, the others as supporting.")),
    "lead-printed": (DOUBT, Words("「{name}」以加粗或颜色印出，可能为牵头；文中未说明其含义。",
                                  "{name} is printed bold or in a colour and may be meant to lead; nothing says what that means."),
                     Words("以「{name}」为牵头", "{name} leads")),
    "support-inferred": (NOTE, Words("另有单位标明牵头，未标明的「{name}」按配合读取。",
                                      "Another unit is named as lead; {name}, without a label, is taken as supporting.")),
    "leads-several": (NOTE, Words("「牵头单位」下列有 {count} 个单位，均按牵头读取。",
                                  "{count} units stand under the lead label; all are read as lead.")),
    "leads-apart": (NOTE, Words("「分别负责」：各单位分别牵头。", "“分别负责”: each unit leads its own part.")),
    "label-twice": (DOUBT, Words("「{label}」出现两次，后一处可能应为「配合单位」；按原文读取。",
                                 "“{label}” occurs twice; the second may be meant as “配合单位”. It is read as written.")),
    "label-unparted": (NOTE, Words("「{label}」前缺少分隔符。", "No separator stands before “{label}”.")),
    "separator-odd": (NOTE, Words("单位之间混用分隔符「{found}」。", "Units are parted by a mix of separators: “{found}”.")),
    "separator-missing": (DOUBT, Words("「{name}」缺少分隔符，拆为：{parts}。", "“{name}” lacks a separator; it was split into {parts}.")),
    "separator-trailing": (NOTE, Words("责任单位末尾有多余的分隔符。", "A separator stands at the end of the units.")),
    "units-broken": (NOTE, Words("责任单位被换行断开，已接上。", "The units are broken over lines; they were joined.")),
    "unit-twice": (NOTE, Words("单位「{name}」重复，只计一次。", "The unit {name} occurs twice; it is counted once.")),
    "unit-too-long": (ERROR, Words("单位名称超过 {most} 字：{name}…", "A unit's name is longer than {most} characters: {name}…")),
    "unit-elided": (DOUBT, Words("「{name}」似为省略写法，读作「{full}」。", "“{name}” seems to be shortened; it is read as “{full}”.")),
    "unit-brackets": (NOTE, Words("括号内容随单位保留：{name}", "The brackets stay with the unit: {name}")),
    "unit-collective": (NOTE, Words("「{name}」是统称，可由管理员对应到具体单位。",
                                    "“{name}” is a collective name; an administrator can resolve it to units.")),
    "unit-vague": (DOUBT, Words("「{name}」指代不明，须确定具体单位。", "“{name}” is vague; the units have to be named.")),
    "unit-like-another": (DOUBT, Words("「{name}」与「{other}」相近，可能是同一单位；按原文读取。",
                                       "“{name}” looks like “{other}” and may be the same unit; it is read as written.")),
    "word-residue": (NOTE, Words("已去除文字处理软件的残留：{text}", "A word processor's residue was removed: {text}")),
    "correction-lost": (DOUBT, Words("第 {n} 条更正未能套用：{why}", "Correction no. {n} was not applied: {why}")),
    "date-impossible": (DOUBT, Words("没有「{text}」这一天，未读作期限。", "There is no day “{text}”; it is not read as a deadline.")),
    "deadline-ambiguous": (DOUBT, Words("「{text}」可指 {first} 或 {second}，暂按 {second}。",
                                        "“{text}” may mean {first} or {second}; {second} is taken.")),
    # What the readers of files notice, before anything is understood.
    "text-inserted": (DOUBT, Words("修订中插入的文字，按正文读取：{text}", "Text inserted by a tracked change; it is read: {text}")),
    "text-deleted": (DOUBT, Words("修订中删除的文字，未读取：{text}", "Text deleted by a tracked change; it is not read: {text}")),
    "row-inserted": (DOUBT, Words("修订中插入的表格行，按正文读取：{text}", "A row inserted by a tracked change; it is read: {text}")),
    "row-deleted": (DOUBT, Words("修订中删除的表格行，未读取：{text}", "A row deleted by a tracked change; it is not read: {text}")),
    "text-hidden": (DOUBT, Words("隐藏文字，未读取：{text}", "Hidden text; it is not read: {text}")),
    "text-struck": (DOUBT, Words("带删除线的文字，按正文读取：{text}", "Text that is struck through; it is read: {text}")),
    "page-hidden": (NOTE, Words("网页中不显示的文字，未读取：{text}", "Text that the page does not show; it is not read: {text}")),
    "row-hidden": (DOUBT, Words("隐藏的行 {place}，未读取：{text}", "The hidden row {place} is not read: {text}")),
    "column-hidden": (DOUBT, Words("隐藏的列 {place} 有 {count} 格文字，未读取。", "The hidden column {place} has text in {count} cells; it is not read.")),
    "sheet-hidden": (DOUBT, Words("隐藏的工作表「{name}」有内容，未读取。", "The hidden sheet “{name}” has content; it is not read.")),
    "formula-values": (NOTE, Words("工作表「{sheet}」有 {count} 格是公式，读取其保存的结果。", "{count} cells of the sheet “{sheet}” are formulas; the results stored with them are read.")),
    "formula-empty": (DOUBT, Words("{cell} 的公式没有保存结果，读作空白。请在 Excel 中打开并保存后再上传。", "The formula in {cell} has no stored result and is read as blank. Open and save the file in Excel, and upload it again.")),
    "cell-error": (DOUBT, Words("{cell} 的公式出错：{text}", "The formula in {cell} has failed: {text}")),
    "table-within": (DOUBT, Words("单元格内还有表格，其文字按行读入该格。", "A table stands within a cell; its text is read into the cell, line by line.")),
    "parts-unread": (DOUBT, Words("文档中嵌入的其他文件未读取。", "Other documents embedded in this one are not read.")),
    "picture-in-table": (DOUBT, Words("表格中有图片，其中的文字未读取。", "A picture stands in the table; what is written in it is not read.")),
    "pictures-unread": (NOTE, Words("文档中有 {count} 幅图片，其中的文字未读取。", "There are {count} pictures; what is written in them is not read.")),
    "sign-of-font": (DOUBT, Words("特殊字体的符号（{sign}）读作「{read}」。", "A sign of a special font ({sign}) is read as “{read}”.")),
    "text-turned": (DOUBT, Words("第 {page} 页有竖排或旋转的文字，未读取：{text}", "Page {page} has text that stands upright or is turned; it is not read: {text}")),
    "bytes-unread": (DOUBT, Words("有 {count} 处字节不合文字编码，未能读取。", "{count} pieces of the file are not of its encoding; they are not read.")),
    "signs-unmapped": (DOUBT, Words("第 {page} 页有 {count} 个字的字体不含文字编码，未能读取。", "Page {page} has {count} signs whose font does not say what they are; they are not read.")),
    "columns-unruled": (DOUBT, Words("第 {page} 页似有没有框线的表格，按文字行读取，列未分开。", "Page {page} seems to have a table without ruling lines; it is read as lines of text, its columns not parted.")),
    "macros-ignored": (NOTE, Words("文件带有宏，未执行。", "The file carries macros; they are not run.")),
    "outside-ignored": (NOTE, Words("文件引用了 {count} 处外部内容（{kinds}），未获取。", "The file refers to {count} things outside it ({kinds}); they are not fetched.")),
    "signs-unseen": (NOTE, Words("去除了 {count} 个不可见字符（{signs}）。", "{count} characters that cannot be seen were taken out ({signs}).")),
    "signs-radical": (NOTE, Words("有 {count} 个部首符号按其汉字读取（多见于 PDF）。", "{count} signs for radicals, as PDF writers put them, are read as the characters that they stand for.")),
    "signs-turning": (DOUBT, Words("去除了 {count} 个不可见字符（{signs}），其中有改变书写方向的，显示的文字可能与内容不同。",
                                   "{count} characters that cannot be seen were taken out ({signs}); some turn the direction of writing, so what was displayed may differ.")),
    "ending-wrong": (NOTE, Words("文件扩展名是「{ending}」，内容实为 {kind}，按内容读取。", "The file ends in “{ending}”, but is {kind}; it is read as such.")),
    "page-unread": (DOUBT, Words("第 {page} 页没有文字层（可能是扫描件），未读取。", "Page {page} has no text (it may be a scan); it is not read.")),
    "row-over-pages": (DOUBT, Words("该行被分页断开，已接上。", "The row is broken by the end of a page; it was joined.")),
    "merge-over-pages": (DOUBT, Words("空白格位于页首，按上页合并单元格的延续读取：{text}", "A blank cell at the top of a page is read as the merged cell before it going on: {text}")),
} | MEANING
# The words in question stand in one of these places.
_IN_QUESTION = ("words", "text", "name", "found", "label", "title", "serial", "header", "stated")


@dataclass(frozen=True)
class Finding:
    """One oddity: its code, the task it concerns (serial as printed), where it stands, and words.

    `lines` are the first and last source line; `source` names that place as the file's kind calls for. `words` are
    those of the paper that are in question, `proposal` what was taken in their place, None where nothing was.
    `position` is the task's place in the plan from 1, for tasks without a serial or with one that occurs twice.
    """

    code: str
    source: str
    task: str | None
    message: Words
    lines: tuple[int, int] = (0, 0)
    words: str = ""
    proposal: Words | None = None
    place: Words | None = None
    position: int | None = None

    @property
    def grade(self) -> str:
        return CATALOGUE[self.code][0]

    def to_json(self, language: str) -> dict:
        return {
            "grade": self.grade, "code": self.code, "task": self.task, "position": self.position,
            "source": self.place[language] if self.place else self.source, "message": self.message[language],
            "words": self.words, "proposal": self.proposal[language] if self.proposal else None,
        }


class Findings(list[Finding]):
    """Collected while reading. `place_of` names the place of source lines; without it they are numbers."""

    def __init__(self, found: list[Finding] = (), place_of: Callable[[tuple[int, int]], object] | None = None):
        super().__init__(found)
        self.place_of = place_of
        self.position: int | None = None  # of the task that is being read

    def add(self, code: str, lines: tuple[int, int], task: str | None = None, **fields) -> None:
        """`lines` are the first and last source line, from 1; `words` and `position` among the fields are for the finding alone."""
        words = next((str(fields[name]) for name in _IN_QUESTION if fields.get(name)), "")
        fields.pop("words", None)
        position = fields.pop("position", self.position)
        entry = CATALOGUE[code]
        place = self.place_of(lines) if self.place_of else None
        source = place.zh if place else source_of(lines)
        self.append(Finding(
            code, source, task, entry[1].format(**fields), lines, words,
            entry[2].format(**fields) if len(entry) > 2 else None,
            Words(place.zh, place.en) if place else None, position,
        ))


def source_of(lines: tuple[int, int]) -> str:
    first, last = lines
    return str(first) if first == last else f"{first}-{last}"


def clipped(text: str) -> str:
    """Enough of a text to know it by, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= 40 else text[:39] + "…"
