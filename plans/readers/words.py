"""What a person is told about a file that cannot be read, and what to do about it."""

from models import Words

_SAVE_DOCX = ("请在 Word 或 WPS 中打开，另存为 .docx 后再上传。", "Open it in Word or WPS, save it as .docx, and upload that.")
_SAVE_XLSX = ("请在 Excel 或 WPS 中打开，另存为 .xlsx 后再上传。", "Open it in Excel or WPS, save it as .xlsx, and upload that.")


def _words(zh: str, en: str, advice: tuple[str, str] = ("", "")) -> Words:
    return Words(zh + advice[0], f"{en} {advice[1]}".strip())


REFUSALS: dict[str, Words] = {
    "empty": _words("文件是空的，或者没有文字。", "The file is empty, or holds no text."),
    "too-large": _words("文件超过 {most} MB。", "The file is larger than {most} MB."),
    "not-text": _words("这不是文本文件，也不是能读取的文档。", "This is neither a text nor a document that can be read."),
    "nul-bytes": _words("文本中有 NUL 字节，文件可能已损坏。", "The text holds NUL bytes; the file may be damaged."),
    "damaged": _words("文件已损坏或不完整，无法读取。请重新下载或另存后再上传。",
                      "The file is damaged or incomplete. Fetch it again, or save it anew, and upload that."),
    "crashed": _words("读取该文件时解析程序异常退出，文件可能已损坏。请另存后再上传。",
                      "The parser broke down over this file; it may be damaged. Save it anew and upload that."),
    "too-slow": _words("读取该文件所需时间超过上限，已停止。请只保留任务表，另存后再上传。",
                       "Reading took longer than allowed and was stopped. Keep only the table of tasks, and upload that."),
    "too-much-memory": _words("读取该文件所需内存超过上限，已停止。请只保留任务表，另存后再上传。",
                              "Reading needs more memory than allowed and was stopped. Keep only the table of tasks, and upload that."),
    "too-deep": _words("文件内部嵌套过深，不像任务表。", "The file is nested too deeply for a table of tasks."),
    "too-long": _words("以「{text}」开头的文字超过 {most} 字，不像任务表。",
                       "The text that begins with “{text}” is longer than {most} characters: this is no table of tasks."),
    "line-too-long": _words("第 {line} 行起的文字超过 {most} 字，不像任务表。",
                            "The text from line {line} on is longer than {most} characters: this is no table of tasks."),
    "too-much-text": _words("文字超过 {most} 字，不像任务表。", "There are more than {most} characters: this is no table of tasks."),
    "too-wide": _words("第 {table} 个表超过 {most} 列，不像任务表。", "Table {table} is wider than {most} columns: this is no table of tasks."),
    "too-many-cells": _words("表格超过 {most} 格，不像任务表。", "The tables have more than {most} cells: this is no table of tasks."),
    "cell-far": _words("单元格 {cell} 远离表格（最多 {rows} 行、{columns} 列）。请删除多余的单元格后再上传。",
                       "Cell {cell} lies far from any table (at most {rows} rows, {columns} columns). Delete it and upload again."),
    "encrypted": _words("文件已加密，需要密码才能打开。请取消密码后再上传。",
                        "The file is encrypted. Take its password away and upload it again."),
    "zip-name": _words("文件内部有不安全的名称「{name}」，已拒绝。", "The file holds an unsafe name, “{name}”; it is refused.", _SAVE_DOCX),
    "zip-twice": _words("文件内部有两个「{name}」，已拒绝。", "The file holds “{name}” twice; it is refused.", _SAVE_DOCX),
    "zip-parts": _words("文件内部有 {count} 个部件，超过 {most} 个，已拒绝。",
                        "The file has {count} parts, more than {most}; it is refused."),
    "zip-size": _words("文件解压后超过 {most} MB，已拒绝。", "Inflated, the file is larger than {most} MB; it is refused."),
    "zip-ratio": _words("部件「{name}」的压缩比异常（疑似压缩炸弹），已拒绝。",
                        "The part “{name}” inflates like a bomb; it is refused."),
    "xml-declares": _words("部件「{name}」含有文档类型或实体声明，已拒绝。",
                           "The part “{name}” declares a document type or entities; it is refused.", _SAVE_DOCX),
    "kind-zip": _words("这是压缩包，不是文档。请解压后上传其中的文档。", "This is an archive. Unpack it and upload the document in it."),
    "kind-xlsb": _words("这是二进制工作簿（.xlsb）。", "This is a binary workbook (.xlsb).", _SAVE_XLSX),
    "kind-slides": _words("这是演示文稿，不是任务表。", "These are slides, not a table of tasks."),
    "kind-ofd": _words("这是 OFD 版式文件，不能直接读取。请向发文单位索取 Word 或 Excel 文件，或导出为带文字层的 PDF。",
                       "This is an OFD document, which cannot be read. Ask for the Word or Excel file, or export it as a PDF with text."),
    "kind-odf": _words("这是 OpenDocument 文件。", "This is an OpenDocument file.", _SAVE_DOCX),
    "kind-rtf": _words("这是 RTF 文件。", "This is an RTF file.", _SAVE_DOCX),
    "kind-xml": _words("这是 XML 文件。", "This is an XML file.", _SAVE_DOCX),
    "kind-image": _words("这是图片，没有文字可读。请上传原文件，或先作文字识别（OCR）。",
                         "This is a picture without text. Upload the original, or recognise its text (OCR) first."),
    "kind-archive-page": _words("这是单文件网页存档（.mht）。请在浏览器中另存为「网页，仅 HTML」。",
                                "This is a web archive (.mht). Save the page as “HTML only”."),
    "kind-unknown": _words("无法识别的文件类型。可读取 .docx、.xlsx、.xls、.pdf、.html、.txt、.csv。",
                           "This kind of file is not known. .docx, .xlsx, .xls, .pdf, .html, .txt and .csv can be read."),
    "pdf-scanned": _words("PDF 是扫描件，没有文字层。请上传 Word 或 Excel 原文件，或先作文字识别（OCR）。",
                          "The PDF is a scan without text. Upload the Word or Excel original, or recognise its text (OCR) first."),
    "pdf-pages": _words("PDF 有 {count} 页，超过 {most} 页。请只保留任务表各页。",
                        "The PDF has {count} pages, more than {most}. Keep only those of the table."),
    "doc-no-office": _words("这是旧版 Word 或 WPS 文件（.doc、.wps），本机没有安装 LibreOffice，不能转换。",
                            "This is an old Word or WPS file (.doc, .wps), and LibreOffice is not installed to convert it.", _SAVE_DOCX),
    "doc-failed": _words("旧版 Word 或 WPS 文件转换失败，文件可能已加密或损坏。",
                         "The old Word or WPS file could not be converted; it may be encrypted or damaged.", _SAVE_DOCX),
}
