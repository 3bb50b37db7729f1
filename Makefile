# Two commands matter: `make run` and `make test`. Everything they need is installed below .venv and local.
PYTHON ?= python3
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
# The locked files name every package, so nothing is left for pip to resolve, and nothing newer is looked at.
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --only-binary=:all: -r
# A demonstration plays in the plan's own time: today's date, eight years back.
DEMO_DAYS := -2922

.PHONY: run demo test coverage check bench torture mutate pictures score lock words

run: .venv/run $(CATALOGUES)  ## serve the sample plan on http://127.0.0.1:8000
	@DEMO=1 CLOCK_SHIFT_DAYS=$(DEMO_DAYS) SECURE_COOKIES=0 $(BIN)/flask serve

# A ledger of its own: a year played once, and looked at on the day after the last thing that happened in it.
YEAR := DEMO=1 SECURE_COOKIES=0 DATABASE_URL=sqlite:///$(CURDIR)/local/year/ledger.db \
	EVIDENCE_URL=file://$(CURDIR)/local/year/evidence PREVIEW_FOLDER=$(CURDIR)/local/year/previews

demo: .venv/run $(CATALOGUES)  ## the same plan with a whole year behind it: about two minutes the first time
	@test -f local/year/played || { rm -rf local/year && $(YEAR) $(BIN)/flask demo year && touch local/year/played; }
	@$(YEAR) CLOCK_SHIFT_DAYS=$$($(YEAR) $(BIN)/flask demo clock) $(BIN)/flask serve

test: .venv/test $(CATALOGUES)  ## everything: checks, and all tests on SQLite and PostgreSQL with a real browser
	@$(BIN)/python -m tests.run

coverage: .venv/test $(CATALOGUES)  ## the same, and which statements ran
	@$(BIN)/python -m tests.run --coverage

check: .venv/test  ## style, complexity, layers, dead code
	@$(BIN)/python -m tests.run --checks

bench: .venv/test $(CATALOGUES)  ## the ratios that docs/architecture.md quotes; ONLY=pages for a part of it
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY))

torture: .venv/test $(CATALOGUES)  ## kill the server, the delivery and the database at random steps: POINTS=1000, SEED= of an earlier run
	@$(BIN)/python -m tests.torture --points $(or $(POINTS),1000) $(if $(SEED),--seed $(SEED))

mutate: .venv/test  ## change workflow/ line by line and see whether a test notices
	@$(BIN)/python -m tests.mutate

pictures: .venv/test $(CATALOGUES)  ## the README's, of a year that is played for them
	@$(BIN)/python -m tests.pictures

.venv/run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(INSTALL) requirements.txt
	@touch $@

.venv/test: requirements-dev.txt .venv/run
	@$(INSTALL) requirements-dev.txt
	@touch $@

%.mo: %.po | .venv/run
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

score: .venv/run  ## the reader on real papers with readings made by hand, where such lie beside the project
	@if test -f ../shared/plans/score.py; then FLASK=$(BIN)/flask $(BIN)/python ../shared/plans/score.py ../shared/plans; \
	else echo "No papers to score: ../shared/plans is not there."; fi

lock:  ## both requirements files anew, the running set constrained by the other
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --only-binary :all: requirements-dev.in -o requirements-dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --only-binary :all: -c requirements-dev.txt requirements.in -o requirements.txt

words: .venv/test  ## bring the English catalogue up to the words on the pages
	@$(BIN)/pybabel --quiet extract --no-wrap --sort-by-file --omit-header -F translations/babel.cfg -o /tmp/taizhang.pot views templates reports
	@$(BIN)/pybabel --quiet update --no-wrap --omit-header --no-fuzzy-matching -l en -d translations -i /tmp/taizhang.pot
