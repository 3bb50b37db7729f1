"""Search by pairs of characters on PostgreSQL: the shortest words that are looked for are Chinese ones of two.

The indexes are over the texts themselves, so the database keeps them up to date in the transaction that writes a text.
SQLite has no such index and reads through.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# As `Folded` writes them (models/finding.py): an index over another expression would not be used.
INDEXED = (
    ("task", "title", "lower(normalize(title, NFKC))"),
    ("task", "contents", "lower(normalize(CAST(CAST(contents AS JSONB) AS TEXT), NFKC))"),
    ("milestone", "requirements", "lower(normalize(CAST(CAST(requirements AS JSONB) AS TEXT), NFKC))"),
    ("round", "account", "lower(normalize(account, NFKC))"),
    ("evidence", "name", "lower(normalize(name, NFKC))"),
    ("evidence", "body", "lower(normalize(body, NFKC))"),
    ("document_text", "words", "lower(words)"),
    ("comment", "body", "lower(normalize(body, NFKC))"),
)
# Its price is what it is told to be: a plan that computes it for every row is never the cheaper one.
FUNCTION = """
CREATE FUNCTION word_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
    SELECT coalesce(array_agg(DISTINCT one || two), '{}')
    FROM (SELECT string_to_array(words, NULL) AS signs) AS it, unnest(signs, signs[2:]) AS pair (one, two)
    WHERE two IS NOT NULL
$$
"""


def upgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(FUNCTION)
    for table, column, words in INDEXED:
        op.execute(f"CREATE INDEX ix_{table}_{column}_pairs ON {table} USING gin (word_pairs({words}))")
    # A task is found by its number besides, as a whole.
    op.execute("CREATE INDEX ix_task_number_folded ON task (lower(normalize(number, NFKC)))")


def downgrade():
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP INDEX ix_task_number_folded")
    for table, column, _words in INDEXED:
        op.execute(f"DROP INDEX ix_{table}_{column}_pairs")
    op.execute("DROP FUNCTION word_pairs(text)")
