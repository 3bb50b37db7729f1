"""`make mutate`: change the rules of workflow/ one place at a time, and see whether a test notices.

The rules are module-level data, lambdas in tuples, which the usual tools pass over: they change the bodies of
functions. So this one walks the syntax tree of each file: it turns comparisons and tests round, swaps `and` and
`or`, drops a `not`, takes single elements out of tuples (a rule out of an action), exchanges True and False and
roles and parts for their neighbours. Each change is tried in a copy of the project with the tests below, on SQLite,
the nearest first; what survives is printed at the end, to be killed by a test or to be explained.
"""

import argparse
import ast
import copy
import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT

FILES = (
    "workflow/rules.py", "workflow/definitions/milestone.py", "workflow/authority.py", "workflow/engine.py",
    "workflow/rounds.py", "workflow/lights.py",
)
# Those that ask the rules themselves; over HTTP the same is asked again, at ten times the cost.
NEAR = ("tests/test_authority.py", "tests/test_fire.py", "tests/test_lights.py", "-k", "sqlite and not http")
# What survives those meets the tests of each rule's own matter.
FAR = (
    "tests/test_leads.py", "tests/test_changes.py", "tests/test_delegation.py", "tests/test_support.py",
    "tests/test_talk.py", "tests/test_indicators.py",
    "-k", "sqlite and not http and not on_no_page and not no_route_shows and not nobody_changes_a_contribution",
)
# Imported once, before the trials, which are forks: three quarters of a trial were imports.
LIBRARIES = (
    "pytest", "sqlalchemy.orm", "flask", "flask_babel", "flask_login", "flask_wtf", "wtforms", "transitions",
    "argon2", "psycopg", "alembic.command", "jinja2", "hypothesis", "apprise", "obstore", "PIL.Image", "docx",
    "pypinyin", "chinese_calendar",
)
COPIED = (
    "models", "workflow", "plans", "evidence", "reports", "views", "notices", "templates", "static", "translations",
    "migrations", "tests", "docs", "settings.py", "wsgi.py", "pyproject.toml", "Makefile",
)
_PROJECT = {Path(part).stem for part in COPIED}

COMPARISONS = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}
NEIGHBOURS = {
    "HANDLER": "REVIEWER", "REVIEWER": "COMMITTEE", "COMMITTEE": "REVIEWER", "AUDITOR": "COMMITTEE",
    "LEAD": "SUPPORT", "SUPPORT": "LEAD", "is_": "is_not", "is_not": "is_", "in_": "not_in", "and_": "or_",
    "or_": "and_", "true": "false", "false": "true", "isdisjoint": "issubset",
}


class Place:
    """One change: what it does to a node, found again by its number in the walk of the tree."""

    def __init__(self, number: int, line: int, words: str, change):
        self.number, self.line, self.words, self.change = number, line, words, change


def places(tree: ast.AST) -> Iterator[Place]:
    types = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Subscript) for inner in ast.walk(node.slice)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in types:  # tuple[Reason, ...]: nothing runs there
            continue
        for words, change in _changes(node):
            yield Place(number, getattr(node, "lineno", 0), words, change)


def mutated(tree: ast.AST, place: Place) -> str:
    changed = copy.deepcopy(tree)
    node = next(node for number, node in enumerate(ast.walk(changed)) if number == place.number)
    place.change(node)
    return ast.unparse(ast.fix_missing_locations(changed))


def _changes(node: ast.AST):
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for place, element in enumerate(node.elts):
            if isinstance(element, ast.Attribute | ast.Name | ast.Starred):
                yield f"{ast.unparse(element)} taken out", lambda n, place=place: n.elts.pop(place)
    change = _turned(node)
    if change:
        yield ast.unparse(node)[:80], change


def _turned(node: ast.AST):
    """What turns a test, a truth or a name round; None for all else."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        return lambda n: n.ops.__setitem__(0, COMPARISONS[type(n.ops[0])]())
    if isinstance(node, ast.BoolOp):
        return lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        return _drop_not
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return lambda n: setattr(n, "value", not n.value)
    return _renamed(node)


def _renamed(node: ast.AST):
    name = {ast.Attribute: "attr", ast.Name: "id"}.get(type(node))
    if name is None or not isinstance(node.ctx, ast.Load) or getattr(node, name) not in NEIGHBOURS:
        return None
    return lambda n: setattr(n, name, NEIGHBOURS[getattr(n, name)])


def _drop_not(node: ast.UnaryOp) -> None:
    """Denied twice is not denied."""
    node.operand = ast.UnaryOp(node.op, node.operand)


def _outcome(folder: Path, seconds: int) -> str:
    if any(_trial(folder, seconds, tests) == "killed" for tests in (NEAR, FAR)):
        return "killed"
    return "survived"


def _trial(folder: Path, seconds: int, tests: tuple[str, ...]) -> str:
    """Run the tests in a fork of this process, in the copy of the project."""
    child = os.fork()
    if not child:
        signal.alarm(seconds)
        _become(folder)
        os._exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
    _, status = os.waitpid(child, 0)
    return "survived" if status == 0 else "killed"


def _become(folder: Path) -> None:
    """Take the copy's modules from now on instead of the project's own, and say nothing."""
    os.chdir(folder)
    sys.path[:] = [str(folder), *(path for path in sys.path if path not in ("", str(ROOT)))]
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.split(".")[0] in _PROJECT]:
        del sys.modules[name]
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("files", nargs="*", default=FILES, help="FILE, or FILE:LINE for the places of one line")
    asked.add_argument("--seconds", type=int, default=300, help="of one run of tests before it counts as killed")
    given = asked.parse_args()
    for library in LIBRARIES:
        importlib.import_module(library)
    with tempfile.TemporaryDirectory(prefix="taizhang-mutate-") as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "chromium"))
            else:
                shutil.copy(source, folder / part)
        if _outcome(folder, given.seconds) != "survived":
            print("The tests fail without any change; nothing to learn.")
            return 2
        survivors = [line for file in given.files for line in _survivors(folder, file, given.seconds)]
    print(f"\n{len(survivors)} survived")
    print("\n".join(survivors))
    return 0


def _survivors(folder: Path, asked: str, seconds: int) -> Iterator[str]:
    file, _, line = asked.partition(":")
    target = folder / file
    original = target.read_text(encoding="utf-8")
    tree = ast.parse(original)
    found = [place for place in places(tree) if line in ("", str(place.line))]
    killed = 0
    for place in found:
        target.write_text(mutated(tree, place), encoding="utf-8")
        outcome = _outcome(folder, seconds)
        killed += outcome == "killed"
        if outcome == "survived":
            yield f"{file}:{place.line}: {place.words}"
        print(f"{outcome:8} {file}:{place.line}: {place.words}", flush=True)
    target.write_text(original, encoding="utf-8")
    print(f"-- {file}: {killed} of {len(found)} killed")


if __name__ == "__main__":
    sys.exit(main())
