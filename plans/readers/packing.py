"""A grid as plain data for the way out of the child process, and back.

JSON and nothing more: whatever a hostile file made of the child, it cannot make objects in the server.
Each cell is sent once, however many places it covers.
"""

from plans.grid import Cell, Doubt, Grid, Paragraph, Place, Row


def pack(grid: Grid) -> dict:
    cells: dict[int, int] = {}  # of a cell object → where it stands in the lists
    texts: list[str] = []
    numbers: list[int] = []  # first line, last line and span (0: none) of each
    stressed: list = []
    blocks: list = []
    for block in grid.blocks:
        if isinstance(block, Paragraph):
            blocks.append([block.text, *block.lines])
            continue
        places = []
        for cell in block.cells:
            if id(cell) not in cells:
                cells[id(cell)] = len(texts)
                if cell.stressed:
                    stressed.append([len(texts), cell.stressed])
                texts.append(cell.text)
                numbers += (*cell.lines, cell.span or 0)
            places.append(cells[id(cell)])
        blocks.append([block.table, *block.lines, places])
    return {
        "texts": texts, "numbers": numbers, "stressed": stressed, "blocks": blocks, "source": grid.source,
        "places": grid.places, "doubts": grid.doubts,
    }


def unpack(data: dict) -> Grid:
    """Raises KeyError, TypeError, ValueError or IndexError for what `pack` did not make."""
    numbers, stressed = iter(data["numbers"]), {at: tuple(stretches) for at, stretches in data["stressed"]}
    cells = [
        Cell(text, (first, last), span or None, stressed.get(at, ()))
        for at, (text, first, last, span) in enumerate(zip(data["texts"], numbers, numbers, numbers, strict=True))
    ]
    blocks = []
    for first, *rest in data["blocks"]:
        if isinstance(first, str):
            blocks.append(Paragraph(first, (rest[0], rest[1])))
        else:
            begin, end, places = rest
            blocks.append(Row(tuple(cells[place] for place in places), first, (begin, end)))
    return Grid(
        tuple(blocks), tuple(data["source"]), tuple(Place(*place) for place in data["places"]),
        tuple(Doubt(code, (first, last), fields) for code, (first, last), fields in data["doubts"]),
    )
