"""Forms made from the workflow's definition: the fields that an action asks for, as WTForms shows them."""

from functools import lru_cache

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice

from views.context import language
from workflow import drafts, instructions, talk
from workflow.definition import Action
from workflow.definitions.milestone import MILESTONE
from workflow.inputs import Choice, Field, Lines


class ActionForm(FlaskForm):
    """`version` is the milestone's as the page showed it. What is typed is judged by the workflow alone."""

    version = HiddenField()

    def raw_input(self, action: Action) -> dict:
        """What was typed, as the workflow reads it: several lines for a field of several items."""
        return {
            asked.name: self[asked.name].data.splitlines() if isinstance(asked, Lines) else self[asked.name].data
            for asked in action.input if self[asked.name].data
        }

    def seen_version(self) -> int:
        """The version that the page showed; -1, which is nobody's, where it was tampered with."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else -1


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
        choices = [SelectChoice("", _("请选择"))]
        choices += [SelectChoice(code, words[speech]) for code, words in asked.choices.items()]
        return SelectField(label, choices=choices, validate_choice=False, render_kw=needed)
    hint = _("每行一条") if isinstance(asked, Lines) else ""
    return TextAreaField(label, description=hint, render_kw=needed | {"rows": 3})


# What each field of the ledger's work is called, wherever it is shown again.
LABELS = {asked.name: asked.label for action in MILESTONE.actions for asked in action.input} | {
    asked.name: asked.label for asked in (
        drafts.ACCOUNT, drafts.WORDS, drafts.ANSWER, talk.BODY, instructions.BODY, instructions.ANSWER,
    )
}
