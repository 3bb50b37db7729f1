"""PDF as a browser prints it: real pages, real ruling lines, rows and merged cells cut by the ends of pages."""

import io
import re
import subprocess

import pypdfium2 as pdfium
import pypdfium2.raw as raw
import pytest

from plans.readers.document import read_grid
from plans.unreadable import Unreadable
from tests.chromium.finding import find_chromium
from tests.plans.papers import Paper, Spot, expected_of, html_table, paragraphs_of, seed_paper, seen_in

RULED = "table{border-collapse:collapse;width:100%}td,th{border:1px solid #000;padding:4px;font-size:12px}td p{margin:0}"


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The body of a page as PDF."""
    folder = tmp_path_factory.mktemp("printed")

    def print_(body: str, css: str = RULED) -> bytes:
        page, made = folder / "page.html", folder / "page.pdf"
        page.write_text(f'<html><head><meta charset="utf-8"><style>{css}</style></head><body>{body}</body></html>', "utf-8")
        subprocess.run([
            find_chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer", f"--print-to-pdf={made}", str(page),
        ], capture_output=True, timeout=120, check=True)
        return made.read_bytes()

    return print_


def bare(rows):
    """Without blanks: a printed page does not tell those of the writer from those of the layout."""
    return [[("".join(text.split()), span) for text, span in row] for row in rows]


def test_the_seeds_table_is_the_same_grid_over_many_pages(printed):
    paper = seed_paper()
    data = printed("".join(f"<p>{text}</p>" for text in paper.paragraphs) + html_table(paper))
    grid = read_grid(data, "seed.pdf")
    assert bare(seen_in(grid)) == bare(expected_of(paper))
    assert paragraphs_of(grid) == paper.paragraphs
    assert {doubt.code for doubt in grid.doubts} <= {"row-over-pages", "signs-radical"}
    assert re.match(r"第1\d页表1第\d+行", grid.places[-1].zh)


def test_a_merged_cell_cut_by_the_end_of_a_page_goes_on_and_is_said(printed):
    spots = [Spot(0, 0, "序号"), Spot(0, 1, "领域"), Spot(0, 2, "任务")]
    spots += [Spot(n, 0, str(n)) for n in range(1, 61)] + [Spot(n, 2, f"任务{n}") for n in range(1, 61)]
    spots += [Spot(n, 1, f"领域{n}", height=3) for n in range(1, 61, 3)]
    paper = Paper(["标题"], spots)
    data = printed("<p>标题</p>" + html_table(paper), RULED + "tr{break-inside:avoid;height:34px}td{vertical-align:top}")
    grid = read_grid(data, "merged.pdf")
    assert bare(seen_in(grid)) == bare(expected_of(paper))


def test_a_head_that_every_page_repeats_is_read_once(printed):
    rows = "".join(f"<tr><td>{n}</td><td>任务{n}</td><td>市发改委</td></tr>" for n in range(1, 81))
    head = "<thead><tr><th>序号</th><th>任务</th><th>责任单位</th></tr></thead>"
    grid = read_grid(printed(f"<table>{head}<tbody>{rows}</tbody></table>"), "heads.pdf")
    assert [row[0][0] for row in seen_in(grid)] == ["序号", *map(str, range(1, 81))]


def test_units_on_lines_of_their_own_stay_so_and_wrapped_lines_do_not(printed):
    body = (
        '<table style="width:400px"><tr><td style="width:200px">序号</td><td>责任单位</td></tr><tr><td>贯彻落实党中央、国务院关于推动高质'
        "量发展的决策部署，坚持稳中求进</td><td>市发展改革委<br>市财政局<br>市农业农村局</td></tr></table>"
    )
    grid = read_grid(printed(body), "lines.pdf")
    assert seen_in(grid)[1] == [
        ("贯彻落实党中央、国务院关于推动高质量发展的决策部署，坚持稳中求进", None), ("市发展改革委\n市财政局\n市农业农村局", None),
    ]


def test_prose_is_put_together_again_without_page_numbers(printed):
    item = "（{n}）完善农机装备创新体系。瞄准农业机械化需求，加快推进农机装备创新，研发适合国情、农民需要的各类农机，既要发展适应多种形式适度规模经营的大中型农机，也要发展适应小农生产的小型农机。（科技部、农业农村部等负责）"
    items = [item.format(n=n) for n in range(1, 41)]
    css = 'p{text-indent:2em;margin:0;font-size:16px} @page{margin:25mm; @bottom-center{content:"— " counter(page) " —"}}'
    grid = read_grid(printed("".join(f"<p>{text}</p>" for text in items), css), "prose.pdf")
    assert ["".join(text.split()) for text in paragraphs_of(grid)] == items


def test_a_scan_is_refused_with_what_to_do(printed):
    picture = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )
    with pytest.raises(Unreadable) as refused:
        read_grid(printed(f'<img src="{picture}" width="500" height="700">'), "scan.pdf")
    assert "扫描件" in refused.value.words.zh
    assert "OCR" in refused.value.words.en


def test_a_table_without_ruling_lines_and_turned_text_are_said(printed):
    rows = "".join(f"<tr><td>{n}</td><td>任务{n}</td><td>市发改委</td></tr>" for n in range(9))
    grid = read_grid(printed(
        f'<table style="width:100%">{rows}</table><p style="writing-mode:vertical-rl;text-orientation:sideways">侧面</p>', ""
    ))
    assert {doubt.code for doubt in grid.doubts} >= {"columns-unruled", "text-turned"}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_says_it_is_to_be_turned_is_read_as_it_is_shown(printed, turn):
    rows = "".join(f"<tr><td>{n}</td><td>任务{n}</td></tr>" for n in range(5))
    document = pdfium.PdfDocument(printed(f"<p>标题</p><table>{rows}</table>"))
    page = document[0]
    width, height = page.get_size()
    matrix, box = {
        90: ((0, 1, -1, 0, height, 0), (0, 0, height, width)), 180: ((-1, 0, 0, -1, width, height), (0, 0, width, height)),
        270: ((0, -1, 1, 0, 0, width), (0, 0, height, width)),
    }[turn]
    raw.FPDFPage_TransFormWithClip(page, raw.FS_MATRIX(*matrix), None)
    page.set_mediabox(*box)
    page.set_cropbox(*box)
    page.set_rotation(turn)
    out = io.BytesIO()
    document.save(out)
    grid = read_grid(out.getvalue(), "turned.pdf")
    assert [[text for text, _ in row] for row in seen_in(grid)] == [[str(n), f"任务{n}"] for n in range(5)]
    assert paragraphs_of(grid) == ["标题"]


def test_a_table_without_lines_at_its_sides_and_end_is_a_table(printed):
    """Lines between columns and rows only: the sides are where those lines end."""
    css = "table{border-collapse:collapse;width:100%}tr+tr td{border-top:1px solid #000}td+td{border-left:1px solid #000}"
    rows = "".join(f"<tr><td>{n}</td><td>任务{n}</td><td>甲</td></tr>" for n in range(5))
    grid = read_grid(printed(f"<table>{rows}</table>", css), "open.pdf")
    assert [[text for text, _ in row] for row in seen_in(grid)] == [[str(n), f"任务{n}", "甲"] for n in range(5)]
