"""What every connection to the database is told."""

import pytest
from sqlalchemy import text

from tests.variables import ONE_DATABASE


@ONE_DATABASE
def test_no_question_of_a_page_starts_a_second_process(database):
    asked = text("SHOW max_parallel_workers_per_gather")
    with database.reading() as session:
        assert session.scalar(asked) == "0"
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        assert session.scalar(asked) == "0"
        raise ZeroDivisionError  # what is rolled back does not take it along
    with database.writing() as session, database.snapshot() as other:
        assert (session.scalar(asked), other.scalar(asked)) == ("0", "0")
