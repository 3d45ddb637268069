"""Runs the notebooks of the pages, and all claims, side by side, before Sphinx reads the pages one after the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jupyter_cache import get_cache
from myst_nb.core.execute import create_client
from myst_nb.core.read import create_nb_reader
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging


class PageLog(logging.SphinxLoggerAdapter):
    """Says in every line of the log which page it is about."""

    def process(self, msg, kwargs):
        return super().process(msg, {"location": self.extra["docname"], **kwargs})


def run(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Sphinx hook on `env-before-read-docs`: the outputs of every page to be read are in the cache when this returns.

    Reading a page does the same and then finds nothing left to run. The first cell that fails ends the build.
    """
    get_cache(env.mystnb_config.execution_cache_path).db  # made here, or two threads would both try to make it
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # a thread only waits: the work is in its kernel, a process of its own
        found = pool.submit(_run_claims, _claims_path(env))  # takes longest, so it comes first
        list(pool.map(lambda docname: _run_page(env, docname), docnames))
        found.result()


def claims(env: BuildEnvironment) -> list[dict]:
    """What companion.exports.records gives, computed once for each state of data and package."""
    return json.loads(_claims_path(env).read_text("utf-8"))


def _claims_path(env: BuildEnvironment) -> Path:
    return Path(env.mystnb_config.execution_cache_path) / "claims.json"


def _run_claims(path: Path) -> None:
    if not path.exists():
        made = subprocess.run([sys.executable, "-m", "companion.exports", path], capture_output=True, text=True)
        if made.returncode:
            raise ExtensionError(made.stderr.strip().splitlines()[-1])


def _run_page(env: BuildEnvironment, docname: str) -> None:
    path, config = env.doc2path(docname), env.mystnb_config
    text = Path(path).read_text("utf-8")
    reader = create_nb_reader(path, env.myst_config, config, text)
    if reader is not None:  # a page without the notebook header has nothing to run
        log = PageLog(logging.getLogger(__name__).logger, {"docname": docname})
        with create_client(reader.read(text), path, config, log, reader.read_fmt):
            pass  # entering runs the notebook and keeps its outputs
