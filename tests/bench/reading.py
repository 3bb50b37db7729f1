"""Time and memory of reading plans of 120, 1,200 and 12,000 rows, from text, Word and a workbook.

Run as `python -m tests.bench.reading`. Reading is linear where the last column stays near 1.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plans.apart import read_apart
from plans.readers.document import parse
from tests.plans.papers import Paper, Spot, seed_paper, to_docx, to_xlsx

SIZES = (120, 1_200, 12_000)
KINDS = {"txt": lambda paper: _to_text(paper), "docx": to_docx, "xlsx": to_xlsx}
COLUMNS = ("kind", "rows", "MB", "grid s", "plan s", "work s", "peak MiB", "work / linear")


def print_reading() -> None:
    print(("{:>6} {:>7} {:>7} {:>8} {:>8} {:>8} {:>9} {:>14}").format(*COLUMNS))
    for kind, write in KINDS.items():
        smallest = None
        for size in SIZES:
            data = write(paper_of(size))
            grid, plan, work, peak = _measured(data, kind)
            smallest = smallest or work / size
            ratio = work / size / smallest
            print(
                f"{kind:>6} {size:>7} {len(data) / 1e6:>7.2f} {grid:>8.2f} {plan:>8.2f} {work:>8.2f} {peak:>9.0f} "
                f"{ratio:>14.2f}"
            )


def paper_of(size: int) -> Paper:
    """As many tasks as that: the sample's again and again, with serials that go on."""
    seed = seed_paper()
    rows: dict[int, list[Spot]] = {}
    for spot in seed.spots:
        rows.setdefault(spot.row, []).append(spot)
    head = [spot for spot in seed.spots if spot.row < 2]
    tasks = [row for row in rows.values() if len(row) == 7 and all(spot.height == 1 for spot in row)]
    paper = Paper(seed.paragraphs[1:2], head)
    for number in range(1, size + 1):
        for spot in tasks[number % len(tasks)]:
            text = str(number) if spot.column == 0 else f"{spot.text}{number}" if spot.column == 1 else spot.text
            paper.spots.append(Spot(number + 1, spot.column, text))
    return paper


def _to_text(paper: Paper) -> bytes:
    """A cell a line, as the sample."""
    lines = list(paper.paragraphs)
    for at, row in enumerate(paper.matrix()):
        if at == 0:
            cells = [row[column].text for column in (0, 1, 2, 3, 6)]
        elif at == 1:
            cells = ["", "", "", *(row[column].text for column in (3, 4, 5)), ""]
        else:
            cells = [spot.text for spot in row]
        lines += ["\t" + cell for cell in cells] + [""]
    return "\n".join(lines).encode()


def _measured(data: bytes, kind: str) -> tuple[float, float, float, float]:
    """In a process that a shell starts, since this one is large: seconds to the grid and to the plan by the clock,
    the seconds of work that the plan's processes took, and the MiB of the largest of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, f"plan.{kind}")
        file.write_bytes(data)
        done = subprocess.run(
            ["sh", "-c", '"$0" -m tests.bench.reading "$1"; exit $?', sys.executable, str(file)],
            capture_output=True, text=True, check=True,
        )
    grid, plan, work, peak = map(float, done.stdout.split())
    return grid, plan, work, peak


def _measure(file: Path) -> None:
    data = file.read_bytes()
    begun = time.perf_counter()
    parse(data)
    between, before = time.perf_counter(), _work()
    read_apart(data, file.name, {})
    ended, after = time.perf_counter(), _work()
    peak = max(resource.getrusage(of).ru_maxrss for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(between - begun, ended - between, after - before, peak / 1024)


def _work() -> float:
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    _measure(Path(sys.argv[1])) if len(sys.argv) > 1 else print_reading()
