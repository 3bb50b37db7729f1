"""What a workflow is made of. A definition is rows of these; everything else is derived from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, literal
from sqlalchemy.orm import Session
from transitions import Machine

from models import Account, AuditEvent, Plan, Role, Words
from workflow.actor import Actor
from workflow.audiences import Audience
from workflow.errors import Reason, Unknown
from workflow.inputs import Choice, Field, Listed
from workflow.subjects import Loading

Told = tuple[tuple[str, Callable[[Any, Actor], Audience]], ...]


@dataclass(frozen=True)
class Rule:
    """One condition, in two forms that must agree: for one item, and as a filter of a query.

    `holds(actor, subject)` asks one loaded subject; `where(actor)` is the same over the rows of the
    workflow's `rows`. `words` say why not, where it does not hold.
    """

    code: str
    words: Words
    holds: Callable[[Actor, Any], bool]
    where: Callable[[Actor], ColumnElement[bool]]

    @cached_property
    def reason(self) -> Reason:
        return Reason(self.code, self.words)


@dataclass(frozen=True)
class State:
    """`holder` is the role expected to act next; None where nothing is left to do."""

    name: str
    label: Words
    holder: Role | None


@dataclass(frozen=True)
class Action:
    """One arrow, or, where `target` is None, work on the subject that moves nothing.

    by      the role it is taken in
    who     the relation to the subject that makes it this person's at all: others are not shown it
    unless  conflicts of interest: shown greyed, with the reason
    needs   what has to be there first: shown greyed, with the reason
    input   what the person has to say
    effect  what else changes in the same transaction; called with the Passage
    told    (kind of notice, who is told: an audience of subject and actor); who is in several gets the first
    seal    it is a sign-off, and is drawn as one
    back    it takes back what was begun: no step onward, though it leads to an end
    bulk    it may be taken on many subjects at one go, each by itself (workflow/bulk.py)
    """

    trigger: str
    label: Words
    source: str
    target: str | None
    by: Role
    who: tuple[Rule, ...] = ()
    unless: tuple[Rule, ...] = ()
    needs: tuple[Rule, ...] = ()
    input: tuple[Field, ...] = ()
    effect: Callable[[Any], None] | None = None
    told: Told = ()
    seal: bool = False
    back: bool = False
    bulk: bool = False


@dataclass(frozen=True)
class Frozen:
    """Something that stands as it was submitted: `kept` is the digest beside it, `found` the one it gives now.

    `round` says which of the subject's rounds it is; None where the workflow has none.
    """

    subject_id: int
    round: int | None
    kept: str | None
    found: str


class Token:
    """The light thing that the state machine moves; the subject itself is moved by the engine."""

    __slots__ = ("state",)

    def __init__(self, state: str):
        self.state = state


@dataclass(frozen=True)
class Workflow:
    """One workflow over one table.

    path   the word for its subjects in addresses: /<path>/<id>
    rows   `rows(*entities)` selects them with everything joined that the rules' `where` speaks of
    load   how one is read (`Loading`): `load(session, id, lock)` gives the subject with everything loaded that
           `holds` speaks of, its row locked where asked, or None
    many   `many(session, query)` gives the subjects of a `rows(model)` query, loaded the same way
    sees   the rule of who may see a subject at all
    title  what one subject is called in a list

    What only some have:

    due    the column, in `rows`, of the day by which its holder should act; lists are sorted by it
    mine   what the actor's unit has set going, as a filter over `rows`
    facts  a subject in lines of (label, text in both languages), for the page that a workflow without its own one gets
    events words for events of its chain that are none of its actions: how it began, what a change did
    opening what is told, as by an action, of the event by which a subject came about
    rounds the number of the round that an action is part of
    frozen what must still give the digest that its events carry, in batches
    files  selects (sha256, subject id) of the evidence files that its subjects name
    plan   the plan that a subject belongs to; `rows` then has `Plan` joined
    within the subject on whose page this one stands
    listed whether it has rows of its own in a workbench; else that of the subject that it stands within is its row too
    by_clock what the clock makes of its state on a day, in words; None where it is what its state says
    hands  `hands(account)` gives what a person has in hand, as (how, filter over `rows`): they cannot leave before it
           was handed over
    tells  `tells(actor, subject)` says of an event whether the actor may read what was said with it
    """

    name: str
    path: str
    label: Words
    model: type
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    sees: Rule
    rows: Callable[..., Select]
    load: Loading
    many: Callable[[Session, Select], list]
    title: Callable[[Any], Words]
    due: Any = None
    mine: Callable[[Actor], ColumnElement[bool]] | None = None
    facts: Callable[[Any], list[tuple[Words, Words]]] | None = None
    events: Mapping[str, Words] = field(default_factory=dict, hash=False)
    opening: Told = ()
    rounds: Callable[[Any], int | None] = lambda subject: None
    frozen: Callable[[Session], Iterator[list[Frozen]]] | None = None
    files: Callable[[], Select] | None = None
    plan: Callable[[Any], Plan] | None = None
    within: Callable[[Any], Any] | None = None
    listed: bool = True
    by_clock: Callable[[Any, date], Words | None] = lambda subject, day: None
    hands: Callable[[Account], Iterable[tuple[Words, ColumnElement[bool]]]] = lambda account: ()
    tells: Callable[[Actor, Any], Callable[[AuditEvent], bool]] | None = None
    _arrows: dict = field(init=False, repr=False, hash=False, compare=False)

    def __post_init__(self):
        names = [state.name for state in self.states]
        arrows = {}
        for action in self.actions:
            if action.source not in names or action.target not in (*names, None):
                raise ValueError(f"{self.name}: {action.trigger} names a state that does not exist")
            if (action.trigger, action.source) in arrows:
                raise ValueError(f"{self.name}: {action.trigger} leaves {action.source} twice")
            arrows[action.trigger, action.source] = action
        for action in self.actions:
            if action.input != next(a.input for a in self.actions if a.trigger == action.trigger):
                raise ValueError(f"{self.name}: {action.trigger} asks for different things in different states")
        object.__setattr__(self, "_arrows", arrows)

    @property
    def initial(self) -> State:
        return self.states[0]

    @cached_property
    def final(self) -> tuple[State, ...]:
        return tuple(state for state in self.states if state.holder is None)

    @cached_property
    def sealed(self) -> tuple[State, ...]:
        """The states that a sign-off leads to: what counts as done. An end need not be one."""
        targets = {action.target for action in self.actions if action.seal}
        return tuple(state for state in self.states if state.name in targets)

    @cached_property
    def by_name(self) -> dict[str, State]:
        return {state.name: state for state in self.states}

    @cached_property
    def triggers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(action.trigger for action in self.actions))

    def stands_in(self, state: str) -> ColumnElement[bool]:
        """The rows in this state, written into the statement by its name.

        Of one state there are many and of another none: the database could not plan for any, and would plan anew
        each time, which takes it longer than the answer.
        """
        return self.model.state == literal(state, literal_execute=True)

    def arrow(self, trigger: str, state: str) -> Action | None:
        """The action of this trigger from this state, None where there is none from here.

        Raises Unknown where no state has such a trigger.
        """
        if trigger not in self.triggers:
            raise Unknown(trigger)
        return self._arrows.get((trigger, state))

    def first(self, trigger: str) -> Action:
        """The first arrow of a trigger: its label and its input are the same in every state. Raises Unknown."""
        if trigger not in self.triggers:
            raise Unknown(trigger)
        return self.arrows(trigger)[0]

    def arrows(self, trigger: str) -> tuple[Action, ...]:
        return tuple(action for action in self.actions if action.trigger == trigger)

    def label_of(self, trigger: str) -> Words:
        return self.first(trigger).label

    def leads_on(self, action: Action) -> bool:
        """Whether it brings the subject to a later state, in the order in which the states are defined."""
        order = [state.name for state in self.states]
        return action.target is not None and not action.back and order.index(action.target) > order.index(action.source)

    def is_onward(self, action: Action) -> bool:
        """Whether it is the step that is expected: on, by the one who holds it. What a workbench asks for."""
        return self.leads_on(action) and action.by == self.by_name[action.source].holder

    def ahead(self, state: str) -> list[State]:
        """The states still to come where the first expected step is taken each time."""
        found: list[State] = []
        while onward := next((a for a in self.actions if a.source == state and self.is_onward(a)), None):
            state = onward.target
            found.append(self.by_name[state])
        return found

    def reaches(self, state: str, other: str) -> bool:
        """Whether any run of actions leads from one state to the other."""
        known, new = {state}, {state}
        while new:
            new = {a.target for a in self.actions if a.source in new and a.target} - known
            known |= new
        return other in known

    def reason_words(self, code: str | None, detail: Mapping[str, Any]) -> Words | None:
        """The words of a coded reason in an event with this detail: those it was given with, as far as they were kept.

        None where no action asks for such a reason.
        """
        for asked in (it for action in self.actions for it in action.input):
            if isinstance(asked, Listed) and asked.said in detail:
                return Words(*detail[asked.said])
            known = asked.former if isinstance(asked, Listed) else asked.choices if isinstance(asked, Choice) else {}
            if code in known:
                return known[code]
        return None

    @cached_property
    def machine(self) -> Machine:
        """One machine for all subjects, with no way around the definition (no automatic transitions)."""
        return Machine(
            model=None, states=[state.name for state in self.states], initial=self.initial.name,
            auto_transitions=False,
            transitions=[
                {"trigger": a.trigger, "source": a.source, "dest": a.target}
                for a in self.actions if a.target is not None
            ],
        )

    def move(self, trigger: str, state: str) -> str:
        """The state that the machine comes to; raises transitions.MachineError where there is no arrow."""
        token = Token(state)
        self.machine.events[trigger].trigger(token)
        return token.state
