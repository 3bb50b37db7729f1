"""The drawing of a workflow (SVG), from its definition alone: `flask workflow draw`, README and help page."""

from xml.sax.saxutils import escape

from workflow.definition import Action, State, Workflow

STEP, BOX_WIDTH, BOX_HEIGHT = 300, 160, 64  # user units
MARGIN, TOP = 40, 64
LANE = 58  # between the arcs of one side
INK, FAINT, SEAL = "#1b1f27", "#6b7280", "#8f1d18"
FONT = "Noto Sans SC, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"


def draw(workflow: Workflow, language: str) -> str:
    """States in a row, what leads onward straight between them, what leads back in arcs below."""
    places = {state.name: index for index, state in enumerate(workflow.states)}
    arrows = [action for action in workflow.actions if action.target is not None]
    onward = [a for a in arrows if workflow.is_onward(a)]
    # Short ways back lie inside long ones, so that arcs do not cross their labels.
    back = sorted(
        (a for a in arrows if not workflow.is_onward(a)), key=lambda a: (places[a.source] - places[a.target])
    )
    width = 2 * MARGIN + STEP * (len(places) - 1) + BOX_WIDTH
    height = TOP + BOX_HEIGHT + LANE * len(back) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'class="drawing" font-family="{FONT}" aria-labelledby="drawing-title drawing-words">',
        f'<title id="drawing-title">{escape(workflow.label[language])}</title>',
        f'<desc id="drawing-words">{escape(_in_words(workflow, arrows, language))}</desc>',
        f'<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{INK}"/></marker></defs>',
        *(_state(workflow, state, places[state.name], language) for state in workflow.states),
        *(_straight(action, places, language) for action in onward),
        *(_arc(action, places, lane, language, back) for lane, action in enumerate(back)),
        "</svg>",
    ]
    return "\n".join(parts)


def _in_words(workflow: Workflow, arrows: list[Action], language: str) -> str:
    names = {state.name: state.label[language] for state in workflow.states}
    return "; ".join(f"{a.label[language]}: {names[a.source]} → {names[a.target]}" for a in arrows)


def _left(place: int) -> int:
    return MARGIN + STEP * place


def _middle(place: int) -> int:
    return _left(place) + BOX_WIDTH // 2


def _state(workflow: Workflow, state: State, place: int, language: str) -> str:
    middle = _middle(place)
    colour = SEAL if state in workflow.final else INK
    holder = state.holder.label[language] if state.holder else ""
    label_y = TOP + (28 if holder else 38)
    lines = [
        f'<rect x="{_left(place)}" y="{TOP}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" '
        f'fill="#fff" stroke="{colour}" stroke-width="1.6"/>',
        f'<text x="{middle}" y="{label_y}" text-anchor="middle" font-size="17" font-weight="600" '
        f'fill="{colour}">{escape(state.label[language])}</text>',
    ]
    if holder:
        lines.append(
            f'<text x="{middle}" y="{TOP + 49}" text-anchor="middle" font-size="12" fill="{FAINT}">'
            f"{escape(holder)}</text>"
        )
    return "".join(lines)


def _straight(action: Action, places: dict[str, int], language: str) -> str:
    start, end = _left(places[action.source]) + BOX_WIDTH, _left(places[action.target])
    y = TOP + BOX_HEIGHT // 2
    colour = SEAL if action.seal else INK
    return (
        f'<path d="M{start + 4} {y}H{end - 6}" stroke="{colour}" stroke-width="1.6" fill="none" '
        f'marker-end="url(#tip)"/>'
        f'<text x="{(start + end) // 2}" y="{y - 10}" text-anchor="middle" font-size="14" fill="{colour}">'
        f"{escape(action.label[language])}</text>"
    )


def _arc(action: Action, places: dict[str, int], lane: int, language: str, back: list[Action]) -> str:
    """From the bottom of one box to that of an earlier one; ends are spread, so that no two share a point."""
    depth = TOP + BOX_HEIGHT + LANE * (lane + 1) - 18
    start = _middle(places[action.source]) + _spread([a for a in back if a.source == action.source], action)
    end = _middle(places[action.target]) + _spread([a for a in back if a.target == action.target], action)
    bottom = TOP + BOX_HEIGHT
    middle = (start + end) // 2
    label = f"{action.label[language]}（{action.by.label[language]}）" if language == "zh" else (
        f"{action.label[language]} ({action.by.label[language].lower()})"
    )
    return (
        f'<path d="M{start} {bottom + 3}V{depth - 10}Q{start} {depth} {start - 10} {depth}H{end + 10}'
        f'Q{end} {depth} {end} {depth - 10}V{bottom + 7}" stroke="{FAINT}" stroke-width="1.3" fill="none" '
        f'marker-end="url(#tip)"/>'
        f'<text x="{middle}" y="{depth + 17}" text-anchor="middle" font-size="13" fill="{INK}" '
        f'paint-order="stroke" stroke="#fff" stroke-width="5">{escape(label)}</text>'
    )


def _spread(sharing: list[Action], action: Action) -> int:
    return 22 * sharing.index(action) - 11 * (len(sharing) - 1)
