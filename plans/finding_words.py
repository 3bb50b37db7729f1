"""The catalogue's second half: what is said of deadlines, figures, prose, and of the plan's own quality."""

from models import Words

ERROR, DOUBT, NOTE = "error", "doubt", "note"

MEANING: dict[str, tuple] = {
    "column-guessed": (DOUBT, Words("「{header}」一列按所在位置读作任务名称。", "The column “{header}” is read as the tasks' names, for where it stands.")),
    "serial-missing": (DOUBT, Words("该行没有序号，另有自己的任务和单位，单独作一项。", "The row has no serial, but a task and units of its own; it is taken as a task.")),
    "serial-odd": (DOUBT, Words("「{text}」不像序号，按原文保留。", "“{text}” does not look like a serial; it is kept as printed.")),
    "serial-shared": (DOUBT, Words("序号「{serial}」下有 {count} 行各有责任单位，各作一项任务。", "Under the serial “{serial}” {count} rows have units of their own; each is taken as a task.")),
    "row-total": (NOTE, Words("合计行，已略过：{text}", "A row of totals was passed over: {text}")),
    "text-after": (NOTE, Words("表后文字未读取：{text}", "Text after the table was not read: {text}")),
    "prose-unread": (DOUBT, Words("表前正文另有 {count} 条带责任单位的条文，按表格读取，正文未重复读取。",
                                  "Before the table {count} items of prose name units too; the table was read, the prose was not read again.")),
    "item-without-units": (DOUBT, Words("同组各条均列有单位，本条没有：{text}", "The other items of this part name units; this one does not: {text}")),
    "clause-shared": (DOUBT, Words("单位列在「{text}」之后，按整条读取，其下各款不单列。",
                                   "The units stand after “{text}” and are read for all of it; its parts are no tasks of their own.")),
    "clauses-several": (DOUBT, Words("一条之内有 {count} 处责任单位，各作一项任务。", "One item names units in {count} places; each is taken as a task.")),
    "lead-rule": (NOTE, Words("全文约定：{text}", "Said once for all: {text}")),
    "units-open": (NOTE, Words("「{text}」：另有未列明的单位。", "“{text}”: there are further units that are not named.")),
    "unit-shared": (NOTE, Words("「{name}」与后一单位共用名称的一部分，读作「{full}」。", "“{name}” shares a part of its name with another; it is read as “{full}”."), Words("{full}", "{full}")),
    "label-unknown": (DOUBT, Words("「{label}：」不是已知的标签，其后按单位读取。", "“{label}:” is no label that is known; what follows is read as units.")),
    "unit-odd": (DOUBT, Words("「{name}」不像单位名称，按原文保留。", "“{name}” does not look like a unit; it is kept as printed.")),
    "deadline-no-year": (DOUBT, Words("期限「{text}」没有年份，全文也未写明，未定日期。", "The deadline “{text}” has no year, nor has the plan; no day was set.")),
    "deadline-year-assumed": (DOUBT, Words("期限「{text}」没有年份，暂按 {year} 年。", "The deadline “{text}” has no year; {year} is taken."), Words("{year}年", "{year}")),
    "deadline-begins": (DOUBT, Words("「{text}」是开始时间，不是完成期限，未定日期。", "“{text}” says when it begins, not when it is done; no day was set.")),
    "deadline-open": (NOTE, Words("「{text}」没有完成期限。", "“{text}” names no day.")),
    "deadline-and-on": (DOUBT, Words("「{text}」既有期限又要求持续，按期限读取。", "“{text}” has a day and goes on after it; the day was taken.")),
    "deadline-unread": (DOUBT, Words("期限「{text}」未能读出日期。", "No day could be read from the deadline “{text}”.")),
    "deadline-other-year": (DOUBT, Words("{year} 年一栏写有他年的期限：{text}", "The column of {year} has a deadline of another year: {text}")),
    "deadline-other-part": (DOUBT, Words("「{part}」一栏写有该时段以外的期限：{text}", "The column “{part}” has a deadline outside of it: {text}")),
    "year-unknown": (DOUBT, Words("「{text}」未写明是哪一年。", "“{text}” does not say which year it is.")),
    "area-assumed": (NOTE, Words("「{text}」空白，沿用上一行。", "“{text}” is blank; that of the row above is taken.")),
    "indicator-kind": (DOUBT, Words("「{text}」未写明是当年数、累计数还是增加数。", "“{text}” does not say whether it is a year's amount, a running total or an increase.")),
    "indicator-falls": (DOUBT, Words("累计数由 {first}（{before}年）降到 {second}（{after}年）。", "A running total falls from {first} ({before}) to {second} ({after}).")),
    "indicator-over-100": (DOUBT, Words("「{text}」超过 100%。", "“{text}” is more than 100 per cent.")),
    "indicator-other-year": (DOUBT, Words("{year} 年一栏写的是 {other} 年的目标：{text}", "The column of {year} has a target of {other}: {text}")),
    "done-undefined": (NOTE, Words("「{text}」没有可核对的内容，须由实施方案写明怎样算完成。",
                                   "“{text}” has nothing to check: the implementation plan must state what counts as done.")),
    "task-twice": (DOUBT, Words("与任务 {other} 内容相同。", "It says the same as task {other}.")),
    "task-contradicts": (DOUBT, Words("与任务 {other} 内容相同，而{what}不同。", "It says the same as task {other}, but {what} differ.")),
}
