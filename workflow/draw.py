"""The drawing of a workflow (SVG), from its definition alone: `flask workflow draw`, README and help page."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from workflow.definition import Action, State, Workflow

STEP, BOX_WIDTH, BOX_HEIGHT = 300, 160, 64  # user units
MARGIN, TOP = 40, 64
LANE = 58  # between the arcs of one side
INK, FAINT, SEAL = "#1b1f27", "#6b7280", "#8f1d18"
FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True)
class Plane:
    """Where things lie: the place of each state in the row, and the top of the row."""

    places: dict[str, int]
    top: int
    language: str

    @property
    def bottom(self) -> int:
        return self.top + BOX_HEIGHT

    def reach(self, action: Action) -> int:
        """How many places on; below zero for a way back, 0 for one that comes to where it began."""
        return self.places[action.target] - self.places[action.source]


def draw(workflow: Workflow, language: str) -> str:
    """States in a row; the first way to the next one straight, further ways on in arcs above, ways back below."""
    places = {state.name: index for index, state in enumerate(workflow.states)}
    arrows = [action for action in workflow.actions if action.target is not None]
    straight, above, back = _sorted(arrows, places)
    plane = Plane(places, TOP + LANE * len(above), language)
    width = 2 * MARGIN + STEP * (len(places) - 1) + BOX_WIDTH
    height = plane.bottom + LANE * len(back) + 40
    name = workflow.name
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'class="drawing" font-family="{FONT}" aria-labelledby="{name}-title {name}-words">',
        f'<title id="{name}-title">{escape(workflow.label[language])}</title>',
        f'<desc id="{name}-words">{escape(_in_words(workflow, arrows, language))}</desc>',
        f'<defs><marker id="{name}-tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{INK}"/></marker></defs>',
        *(_state(workflow, state, plane) for state in workflow.states),
        # All lines first: a label that one crosses stays readable.
        *(part for pair in zip(*_arrows(plane, straight, above, back, name), strict=True) for part in pair),
        "</svg>",
    ]
    return "\n".join(parts)


def _arrows(plane: Plane, straight: list[Action], above: list[Action], back: list[Action], name: str) -> list:
    """(line, label) of every arrow."""
    return [
        *(_straight(action, plane, name) for action in straight),
        *(_arc(action, plane, -lane, above, name) for lane, action in enumerate(above, 1)),
        *(_arc(action, plane, lane, back, name) for lane, action in enumerate(back, 1)),
    ]


def _sorted(arrows: list[Action], places: dict[str, int]) -> tuple[list[Action], list[Action], list[Action]]:
    """Straight, above, below. Short ways lie inside long ones, so that arcs do not cross their labels."""

    def reach(action: Action) -> int:
        return places[action.target] - places[action.source]

    nearest: dict[str, Action] = {}
    for action in arrows:
        if reach(action) == 1:
            nearest.setdefault(action.source, action)
    straight = list(nearest.values())
    above = sorted((a for a in arrows if reach(a) > 0 and a not in straight), key=reach)
    return straight, above, sorted((a for a in arrows if reach(a) <= 0), key=lambda a: -reach(a))


def _in_words(workflow: Workflow, arrows: list[Action], language: str) -> str:
    names = {state.name: state.label[language] for state in workflow.states}
    return "; ".join(f"{a.label[language]}: {names[a.source]} → {names[a.target]}" for a in arrows)


def _left(place: int) -> int:
    return MARGIN + STEP * place


def _middle(place: int) -> int:
    return _left(place) + BOX_WIDTH // 2


def _length(text: str) -> float:
    """About how wide a text is, in its own height: a Chinese sign is as wide as it is high."""
    return sum(1 if ord(sign) > 0x2E7F else 0.56 for sign in text)


def _state(workflow: Workflow, state: State, plane: Plane) -> str:
    place, language = plane.places[state.name], plane.language
    middle = _middle(place)
    colour = SEAL if state in workflow.sealed else INK
    holder = state.holder.label[language] if state.holder else ""
    label_y = plane.top + (28 if holder else 38)
    label = state.label[language]
    size = min(17.0, (BOX_WIDTH - 12) / _length(label))
    lines = [
        f'<rect x="{_left(place)}" y="{plane.top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" '
        f'fill="#fff" stroke="{colour}" stroke-width="1.6"/>',
        f'<text x="{middle}" y="{label_y}" text-anchor="middle" font-size="{size:.3g}" font-weight="600" '
        f'fill="{colour}">{escape(label)}</text>',
    ]
    if holder:
        lines.append(
            f'<text x="{middle}" y="{plane.top + 49}" text-anchor="middle" font-size="12" fill="{FAINT}">'
            f"{escape(holder)}</text>"
        )
    return "".join(lines)


def _straight(action: Action, plane: Plane, name: str) -> tuple[str, str]:
    start, end = _left(plane.places[action.source]) + BOX_WIDTH, _left(plane.places[action.target])
    y = plane.top + BOX_HEIGHT // 2
    colour = SEAL if action.seal else INK
    return (
        f'<path d="M{start + 4} {y}H{end - 6}" stroke="{colour}" stroke-width="1.6" fill="none" '
        f'marker-end="url(#{name}-tip)"/>',
        f'<text x="{(start + end) // 2}" y="{y - 10}" text-anchor="middle" font-size="14" fill="{colour}">'
        f"{escape(action.label[plane.language])}</text>"
    )


def _arc(action: Action, plane: Plane, lane: int, side: list[Action], name: str) -> tuple[str, str]:
    """From one box to another, below the row (`lane` from 1 down) or above it (from -1 up).

    Ends are spread, so that no two share a point.
    """
    down = 1 if lane > 0 else -1
    edge = plane.bottom if lane > 0 else plane.top
    depth = edge + LANE * lane - 18 * down
    start = _middle(plane.places[action.source]) + _spread([a for a in side if a.source == action.source], action)
    end = _middle(plane.places[action.target]) + _spread([a for a in side if a.target == action.target], action)
    if start == end:
        start, end = start + 30, end - 30
    turn = 10 if end > start else -10  # towards the end
    label = f"{action.label[plane.language]}（{action.by.label[plane.language]}）" if plane.language == "zh" else (
        f"{action.label[plane.language]} ({action.by.label[plane.language].lower()})"
    )
    ink = SEAL if action.seal else INK
    middle = max((start + end) // 2, round(13 * _length(label) / 2) + 6)  # not beyond the drawing's edge
    return (
        f'<path d="M{start} {edge + 3 * down}V{depth - 10 * down}Q{start} {depth} {start + turn} {depth}H{end - turn}'
        f'Q{end} {depth} {end} {depth - 10 * down}V{edge + 7 * down}" stroke="{FAINT}" stroke-width="1.3" fill="none" '
        f'marker-end="url(#{name}-tip)"/>',
        f'<text x="{middle}" y="{depth + 17 if lane > 0 else depth - 7}" text-anchor="middle" '
        f'font-size="13" fill="{ink}" paint-order="stroke" stroke="#fff" stroke-width="5">{escape(label)}</text>'
    )


def _spread(sharing: list[Action], action: Action) -> int:
    """So far from the box's middle that all who share its edge find room on it."""
    gaps = len(sharing) - 1
    step = min(22, (BOX_WIDTH - 20) // gaps) if gaps else 0
    return step * sharing.index(action) - step * gaps // 2
