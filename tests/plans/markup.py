"""Papers written as text: a row begins with |, a cell `^` is merged with the one above, `<` with the one left of it.

`\\n` within a cell is a line end. A blank line before a row begins a new table. Everything else is a paragraph;
`@ name` is the name of a workbook's sheet.
"""

from plans.grid import Cell, Grid, Paragraph, Place, Row


def grid_of(text: str) -> Grid:
    blocks, source, places = [], [], []
    table, spans, above = 0, 0, None
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            above = None
            continue
        number = len(source) + 1
        source.append(line)
        if not line.startswith("|"):
            above = None
            name = line.removeprefix("@ ")
            place = f"工作表「{name}」" if line.startswith("@ ") else f"第{number}段"
            places.append(Place(place, f"paragraph {number}"))
            blocks.append(Paragraph(name, (number, number)))
            continue
        table += above is None
        places.append(Place(f"表{table}第{number}行", f"table {table}, row {number}"))
        cells: list[Cell] = []
        for at, words in enumerate(piece.strip().replace("\\n", "\n") for piece in line.strip("|").split("|")):
            if words in ("^", "<"):
                holder = above if words == "^" else cells
                place = at if words == "^" else at - 1
                if holder[place].span is None:
                    spans += 1
                    merged = Cell(holder[place].text, holder[place].lines, spans)
                    holder[place] = merged
                cells.append(holder[place])
            else:
                cells.append(Cell(words, (number, number)))
        above = cells
        blocks.append((table, cells, (number, number)))
    done = [block if isinstance(block, Paragraph) else Row(tuple(block[1]), block[0], block[2]) for block in blocks]
    return Grid(tuple(done), tuple(source), tuple(places))
