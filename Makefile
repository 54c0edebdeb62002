# The two commands a newcomer needs: `make demo` and `make test`. Python 3.11+, pip and make are all that must be there.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench pictures

help:
	@echo "make demo [PORT=8000]  set up, fill the demo, start everything; Ctrl-C stops it"
	@echo "make test              the tests, on each database and service that answers"
	@echo "make check             style, types, layers, migrations, settings, templates, translations, charts"
	@echo "make bench             how fast it is, into bench.json"
	@echo "make pictures          the pictures of the README, taken again"
	@echo "make setup             what the others need, nothing started"

setup:
	@$(PYTHON) tools/setup.py --developer

demo:
	@$(PYTHON) tools/setup.py
	@exec $(PY) manage.py up --demo --port $(PORT)

test: setup
	@exec $(PY) tools/test.py

check: setup
	@exec $(PY) tools/check.py

bench: setup
	@exec $(PY) tests/load/bench.py

pictures: setup
	@exec $(PY) tools/pictures.py
