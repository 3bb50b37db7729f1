"""Forms made from the workflow's definition: the fields that an action asks for, as WTForms shows them."""

from collections.abc import Mapping
from functools import lru_cache

from flask import g
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from models import Words
from views.context import language, reading, say
from views.numbers import whole
from workflow import drafts, instructions, requests, supervising, talk
from workflow.definition import Action
from workflow.inputs import Choice, Field, Lines, Listed, Number
from workflow.registry import WORKFLOWS


class ListedField(SelectField):
    """A choice from a list that is kept: the list is asked for where the field is shown, not where it is read."""

    def __init__(self, label: str, asked: Listed, **options):
        super().__init__(label, choices=[], **options)
        self._asked = asked

    def iter_choices(self):
        self.choices = _choices(_offered(self._asked))
        return super().iter_choices()


class ActionForm(FlaskForm):
    """`version` is the subject's as the page showed it. What is typed is judged by the workflow alone."""

    version = HiddenField()

    def raw_input(self, action: Action) -> dict:
        """What was typed, as the workflow reads it: several lines for a field of several items."""
        return {
            asked.name: self[asked.name].data.splitlines() if isinstance(asked, Lines) else self[asked.name].data
            for asked in action.input if self[asked.name].data
        }

    def seen_version(self) -> int:
        """The version that the page showed; -1, which is nobody's, where it was tampered with."""
        try:
            return whole(self.version.data or "")
        except ValueError:
            return -1


def action_form(action: Action, version: int | None = None, **given) -> ActionForm:
    """An empty or (with formdata) a sent form for one action."""
    form = _form_class(action, language())(**given)
    if version is not None and form.version.data in (None, ""):
        form.version.data = str(version)
    return form


@lru_cache(maxsize=64)
def _form_class(action: Action, speech: str) -> type[ActionForm]:
    return type("TheActionForm", (ActionForm,), {asked.name: _field(asked, speech) for asked in action.input})


def _field(asked: Field, speech: str):
    label = asked.label[speech]
    needed = {"aria-required": "true"} if asked.required else {}
    if isinstance(asked, Choice):
        return SelectField(label, choices=_choices(asked.choices), validate_choice=False, render_kw=needed)
    if isinstance(asked, Listed):
        return ListedField(label, asked=asked, validate_choice=False, render_kw=needed)
    if isinstance(asked, Number):
        return StringField(label, render_kw=needed | {"inputmode": "decimal", "autocomplete": "off"})
    hint = _("每行一条") if isinstance(asked, Lines) else ""
    return TextAreaField(label, description=hint, render_kw=needed | {"rows": 3})


def _choices(known: Mapping[str, Words]) -> list[SelectChoice]:
    return [SelectChoice("", _("请选择")), *(SelectChoice(code, say(words)) for code, words in known.items())]


def _offered(asked: Listed) -> Mapping[str, Words]:
    """What a list offers now. One statement a request, however many of its forms ask for it."""
    kept = g.setdefault("offered", {})
    if asked.name not in kept:
        kept[asked.name] = asked.offered(reading())
    return kept[asked.name]


_FURTHER = {
    asked.name: asked.label for asked in (
        drafts.ACCOUNT, drafts.WORDS, drafts.ANSWER, talk.BODY, instructions.BODY, instructions.ANSWER,
        instructions.ANSWER_BY, requests.WANTED, requests.DUE, supervising.TITLE,
    )
} | {"words": Words("填写的文字", "What was written")}  # its forms call it by what it is for


def label_of(name: str, trigger: str | None = None) -> Words | None:
    """What a field of the ledger's work is called, wherever it is shown again: in the form of the action of that
    `trigger`, else where all forms call it the same."""
    actions = [action for workflow in WORKFLOWS.values() for action in workflow.actions]
    own = (it.label for action in actions if action.trigger == trigger for it in action.input if it.name == name)
    labels = {it.label for action in actions for it in action.input if it.name == name}
    return next(own, None) or _FURTHER.get(name) or (labels.pop() if len(labels) == 1 else None)
