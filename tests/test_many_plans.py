"""Very many plans side by side: one list to choose from, on every page that is about one of them or all."""

import re

import pytest
from sqlalchemy import select

from models import Unit
from tests.ledger import another_plan

CHOOSING = (
    "/", "/ledger", "/review", "/chasing", "/monitor", "/monitor/units", "/monitor/units/{unit}", "/monitor/time",
    "/monitor/returns", "/assessments",
)
AREAS = ("/ledger", "/review", "/chasing", "/samples/new")


@pytest.fixture
def plans(ledger) -> int:
    """So many plans that the areas of all of them are no list to choose from."""
    with ledger.database.writing() as session:
        units = {unit.name: unit for unit in session.scalars(select(Unit))}
        for number in range(2, 23):
            another_plan(session, number, units, ledger.database.clock())
    return 22


def options(page: str, name: str) -> list[str]:
    """The values of a list to choose from, without the first, which is all of them."""
    found = re.search(rf'<select name="{name}">(.*?)</select>', page, re.S)
    return re.findall(r'<option value="(\d+)"', found[1]) if found else []


@pytest.mark.parametrize("path", CHOOSING)
def test_one_of_very_many_plans_is_chosen_from_one_list(ledger, browse, plans, path):
    path = path.format(unit=ledger.units["甲局"])
    committee = browse("committee")
    page = committee.get(path).text
    assert options(page, "plan") == [str(plan) for plan in range(plans, 0, -1)]
    assert f'action="{path}"' in page and 'class="chips plans"' not in page
    page = committee.get(f"{path}?plan=7").text
    assert re.search(r'<option value="7" selected>', page) and "方案7" in page


@pytest.mark.parametrize("path", AREAS)
def test_action_areas_are_offered_once_a_plan_is_chosen(ledger, browse, plans, path):
    committee = browse("committee")
    assert options(committee.get(path, follow_redirects=True).text, "area") == []
    own = options(committee.get(f"{path}?plan=7", follow_redirects=True).text, "area")
    assert len(own) == 2
    page = committee.get(f"{path}?area={own[1]}", follow_redirects=True).text
    assert len(options(page, "area")) == 2 * plans and "<optgroup label=\"方案7\">" in page
    assert f'<option value="{own[1]}" selected>' in page
