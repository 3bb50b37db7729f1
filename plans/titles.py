"""Names of tasks and of persons, taken out of longer texts."""

import re

_MOST = 40  # characters of a name that is cut from a content
_SENTENCE = re.compile(r"[。！!\n]")
_CLAUSE = re.compile(r"[，,；;：:]")
_POST = re.compile(r"^\S*(?:长|主任|书记|主席|常委|委员|巡视员|调研员|经理|组长|专员)$")
_PERSONS = re.compile(r"[、，,；;\n/]|\s{1,}")


def short_title(content: str) -> str:
    """A task without a name is known by its first sentence, or by as many of its first clauses as are short."""
    first = _SENTENCE.split(content.strip())[0].strip()
    if len(first) <= _MOST:
        return first.rstrip("；;，,：:")
    title = ""
    for found in _CLAUSE.finditer(first):
        if found.start() > _MOST:
            break
        title = first[: found.start()]
    return title or first[:_MOST]


def persons_in(text: str) -> tuple[str, ...]:
    """The persons of a cell; a name of two signs may be set apart by a blank, which is taken out."""
    joined = re.sub(r"(?<![一-鿿])([一-鿿])[^\S\n]+([一-鿿])(?![一-鿿])", r"\1\2", text)
    found: list[str] = []
    for piece in (piece.strip() for piece in _PERSONS.split(joined)):
        if found and piece and _POST.search(found[-1].split(" ")[0]) and " " not in found[-1]:
            # 「县长 甲某某」 is one person with the post, 「县委常委、副县长 甲某某」 one with two.
            found[-1] += ("、" if _POST.search(piece) else " ") + piece
        elif piece and not re.fullmatch(r"[-—–/无]+", piece):
            found.append(piece)
    return tuple(dict.fromkeys(found))
