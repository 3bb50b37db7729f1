"""A few points of the fault run with every test run; `make torture` has the thousand."""

from tests.torture.run import ground, run_world


def test_killed_between_any_two_steps_it_keeps_what_it_acknowledged():
    with ground(with_s3=False) as here:
        figures = run_world(here, "few", 12, commands=False)
    assert figures.points == 12 and len(figures.deeds) >= 3 and len(figures.kills) >= 3
