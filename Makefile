# The commands of the book; `make help` lists them. GNU make 3.81 (macOS) is enough.
.DEFAULT_GOAL := help
.PHONY: help book pdf test test-fast lab serve bench mutate lock clean
export PYTHON ARGS AGAIN ESSAY BOOK_URL
PY   := .venv/bin/python
PORT ?= 8000
# A worker for each core; what shares a page or a build stays with one of them.
TESTS := $(PY) -m pytest -q -n auto --dist loadgroup --no-loadscope-reorder

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-12s %s\n", $$1, $$2 }'

book:  ## build the book into _build/html (first run: makes .venv); your copy beside it: make book ESSAY=path
	@.ci/env requirements.lock
	@$(PY) -m companion.book

pdf:  ## print the whole book into _build/beyond-the-triangle.pdf; builds it first if anything changed
	@.ci/env requirements-test.lock
	@$(PY) -m companion.book.browser
	@$(PY) -m companion.book
	@$(PY) -m companion.book.pdf

test:  ## run every test, in a real browser too; one part: make test ARGS=tests/test_data.py
	@.ci/env requirements-test.lock
	@$(PY) -m companion.book.browser
	@$(PY) tests/again.py || { $(PY) -m companion.book && BOOK_IS_BUILT=1 $(TESTS) $(ARGS) && $(PY) tests/again.py --passed; }

test-fast:  ## run the tests that need neither a browser nor a build of the book, nor as much computing as one (a minute)
	@.ci/env requirements-test.lock
	@$(TESTS) -m "not browser and not built and not long" $(ARGS)

lab:  ## open the chapters in JupyterLab as notebooks
	@.ci/env requirements-lab.lock
	@$(PY) -m companion.book notebooks
	@PYTHONPATH="$(CURDIR)" $(PY) -m jupyterlab $$(test "$$(id -u)" != 0 || echo --allow-root) _build/notebooks

serve:  ## serve the built book on this machine; another port: make serve PORT=8001
	@test -f _build/html/index.html || { echo "There is no book in _build/html yet; run make book first." >&2; exit 1; }
	@echo "The book is at http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	@$(PY) -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench:  ## measure builds, page weights, states, the time from input to painted change; runs Lighthouse
	@.ci/env requirements-test.lock
	@$(PY) -m companion.book.browser
	@$(PY) bench/bench.py

mutate:  ## break 500 single cells of the tables and list what no check can see
	@.ci/env requirements-test.lock
	@$(PY) bench/mutate.py

lock:  ## remake the lock files from requirements.txt and pyproject.toml
	@.ci/env requirements.lock
	@$(PY) -m pip install -q --disable-pip-version-check 'uv>=0.9,<1'
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) requirements.txt --group test -c requirements.lock -o requirements-test.lock
	$(LOCK) requirements.txt --group lab -c requirements.lock -o requirements-lab.lock

# One file for every system and Python that the book supports; PyPI's own hashes, no index named.
LOCK = $(PY) -m uv pip compile --quiet --upgrade --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock'

clean:  ## remove what was built (the environment stays; rm -r .venv removes that)
	rm -rf _build
