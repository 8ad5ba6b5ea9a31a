"""Migrations: a new version can be migrated to while the one before it still serves."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser import PostgresqlAnalyser, analyse_sql_statements

OURS = sorted(one.label for one in apps.get_app_configs() if one.name.startswith("openoutcomes."))


def test_no_migration_breaks_the_version_before_it(transactional_db: Any) -> None:
    # SQLite writes no migration inside a transaction, not even to be read.
    del transactional_db
    # The first of each application makes what no version before it used.
    linter = MigrationLinter(no_cache=True, no_output=True, ignore_initial_migrations=True, include_apps=OURS)
    linter.lint_all_migrations()
    assert linter.nb_total > 0
    assert linter.nb_erroneous == 0


def test_the_linter_finds_what_would_break_it() -> None:
    bad = ["ALTER TABLE people_person ADD COLUMN shoe_size integer NOT NULL;", "ALTER TABLE a RENAME TO b;"]
    errors, _, _ = analyse_sql_statements(PostgresqlAnalyser, bad)
    assert {one.code for one in errors} == {"NOT_NULL", "RENAME_TABLE"}
