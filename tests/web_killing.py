"""Kills a real process at each step of a command, then sends the same request again, and compares.

Run as a program: ``python tests/web_killing.py VERB [STRIDE]``. It makes a world in a database of its own
(SQLite in a file, or a PostgreSQL database beside that of OPENOUTCOMES_TEST_DATABASE_URL), brings it to just before
VERB, and notes what VERB leaves behind when nothing goes wrong. Then, for every STRIDE-th step: the database is put back,
a process is killed with SIGKILL just before that statement (or just before or after the commit), and
the same request comes again. Whatever it left must be sound, and what the second request leaves must be just that.
Prints JSON: how many steps there were, how many were tried, and at which the answers differed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

os.environ["DJANGO_SETTINGS_MODULE"] = "web_settings"
#: The key that comes with the form: the same when it is sent again.
ONCE = "the-same-form"


class Files:
    """An SQLite database that is put back by copying its file."""

    def __init__(self) -> None:
        import web_settings

        self.path = Path(web_settings.DATABASES["default"]["NAME"])
        self.kept = self.path.with_suffix(".kept")

    def begin(self) -> None:
        """Nothing: the file is made when it is first written."""

    def keep(self) -> None:
        """Keep the database as it is now."""
        import sqlite3

        with sqlite3.connect(self.path) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, self.kept)

    def put_back(self) -> None:
        """Put it back as it was kept."""
        # A new file, not the old one written over: SQLite knows files that were open before by their place on disk.
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.path)

    def end(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.path.parent)


class Databases:
    """A PostgreSQL database that is put back from a template."""

    def __init__(self, address: str) -> None:
        from django.conf import settings

        self.admin = urlunsplit(urlsplit(address)._replace(path="/postgres"))
        self.name = f"killing_{os.getpid()}"
        settings.DATABASES["default"]["NAME"] = self.name

    def _do(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.admin, autocommit=True) as db:
            for statement in statements:
                db.execute(statement.encode())

    def begin(self) -> None:
        """Make the database."""
        self._do(f"CREATE DATABASE {self.name}")

    def keep(self) -> None:
        """Keep the database as it is now."""
        self._do(f"CREATE DATABASE {self.name}_kept TEMPLATE {self.name}")

    def put_back(self) -> None:
        """Put it back as it was kept."""
        self._do(
            f"DROP DATABASE {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_kept",
        )

    def end(self) -> None:
        """Remove everything."""
        self._do(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", f"DROP DATABASE IF EXISTS {self.name}_kept"
        )


def verbs(world: Any) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return, for each verb, what comes before it and itself. Both look up anew what they act on."""
    import web_claims as money
    from openoutcomes.web.claims import commands, disputing
    from openoutcomes.web.claims.models import Claim, Dispute
    from openoutcomes.web.payments import batches
    from openoutcomes.web.payments.models import BankDetails

    def claim() -> Any:
        return Claim.of(world.partnership).select_related("contract", "provider").get()

    def lock() -> None:
        money.lock(world, money.prepare(world))

    def approve() -> None:
        lock()
        money.approve(world, claim())
        money.bank(world)

    def dispute() -> None:
        lock()
        line = claim().lines.exclude(payers={}).first()
        disputing.return_lines(
            world.access("commissioner"), claim=claim(), payer=money.payer(world, "council"),
            lines=[line.line_id], reason="no date",
        )  # fmt: skip

    def propose() -> None:
        money.bank(world)
        from openoutcomes.web.payments.bank import propose_account

        propose_account(
            world.access("manager_two"), provider=world.organisations["harbour"], account_name="Harbour Lights",
            sort_code="20-30-40", account_number="87654321",
        )  # fmt: skip

    def check() -> None:
        from openoutcomes.web.payments.bank import check_account

        details = BankDetails.of(world.partnership).select_related("provider").get(last_four="4321")
        check_account(
            world.access("finance"),
            details=details,
            confirmed=True,
            how="call-back",
            last_four="4321",
            once=ONCE,
        )

    return {
        "prepare": (lambda: None, lambda: money.prepare(world, once=ONCE)),
        "lock": (
            lambda: money.prepare(world),
            lambda: commands.lock_claim(world.access("provider_manager"), claim=claim(), once=ONCE),
        ),
        "withdraw": (
            lock,
            lambda: commands.withdraw_claim(
                world.access("provider_manager"), claim=claim(), why="wrong period", once=ONCE
            ),
        ),
        "approve": (lock, lambda: money.approve(world, claim(), once=ONCE)),
        "pay": (approve, lambda: money.pay(world, claim(), "400.00", once=ONCE)),
        "uphold": (
            dispute,
            lambda: disputing.answer_dispute(
                world.access("manager_two"),
                dispute=Dispute.of(world.partnership)
                .select_related("claim__contract", "claim__provider")
                .get(),
                agree=True,
                once=ONCE,
            ),
        ),
        "check": (propose, check),
        "export": (
            approve,
            lambda: batches.make_batch(
                world.access("finance"), payer=world.organisations["council"], kind="payable", once=ONCE
            ),
        ),
    }


def left_behind(world: Any) -> list[Any]:
    """Return everything that the money facts are made of, without ids that are drawn by chance and times of day."""
    from openoutcomes.web.audit.models import Event
    from openoutcomes.web.claims.models import Approval, Claim, ClaimLine, Dispute
    from openoutcomes.web.core.models import Receipt
    from openoutcomes.web.payments.ledger import problems_of
    from openoutcomes.web.payments.models import BankDetails, Batch, JournalEntry, Movement, Payment, Share

    here = world.partnership
    problems = [str(problem) for problem in problems_of(world.contract)]
    columns: dict[Any, tuple[str, ...]] = {
        Claim: ("reference", "state", "makers", "withdrawn_why"),
        ClaimLine: ("claim__reference", "line_id", "amount", "status", "place"),
        Approval: ("claim__reference", "amount", "lines"),
        Dispute: ("line__line_id", "resolution", "answer"),
        JournalEntry: ("number", "hash", "kind"),
        Share: ("line_id", "payer__named", "accrued", "approved", "paid", "clawed_back", "returned"),
        Movement: ("share__line_id", "figure", "amount", "batch__number"),
        Payment: ("amount", "reference", "entries"),
        BankDetails: ("last_four", "state"),
        Batch: ("kind", "number", "text"),
        Event: ("verb", "user__email"),
    }
    found: list[Any] = [problems]
    for model, names in columns.items():
        found.append(sorted(map(str, model.of(here).values_list(*names))))
    found.append(sorted(map(str, Receipt.objects.values_list("user__email", "once", "verb"))))
    return found


@contextmanager
def killed_at(step: int) -> Iterator[Callable[[], int]]:
    """Kill this process just before a step: a statement, a commit, or what follows a commit."""
    from django.db import connection

    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        count()
        return execute(sql, params, many, context)

    commit = connection._commit  # type: ignore[attr-defined]

    def committing() -> None:
        count()
        commit()
        count()

    connection._commit = committing  # type: ignore[attr-defined]
    try:
        with connection.execute_wrapper(statement):
            yield lambda: passed
    finally:
        connection._commit = commit  # type: ignore[attr-defined]


def killed(step: int, work: Callable[[], Any]) -> bool:
    """Do the work in a process of its own that is killed at a step; say whether it came so far."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        with killed_at(step):
            work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise RuntimeError("the command failed by itself")
    return False


def run(verb: str, stride: int) -> dict[str, Any]:
    """Try a verb at every ``stride``-th step; see the module."""
    address = os.environ.get("OPENOUTCOMES_TEST_DATABASE_URL", "")
    import web_settings  # noqa: F401 - it takes the environment's database

    kept = Databases(address) if address else Files()
    import django
    from django.core.management import call_command
    from django.db import connections

    kept.begin()
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        return _tried(verb, stride, kept, connections)
    finally:
        connections.close_all()
        kept.end()


def _tried(verb: str, stride: int, kept: Any, connections: Any) -> dict[str, Any]:
    from django_scopes import scope

    import web_claims as money
    from web_world import make_world

    world = make_world()
    with money.on(money.DAY), scope(partnership=world.partnership):
        money.staff(world)
        money.achieve(world, "ash")
        money.achieve(world, "blake")
        before, work = verbs(world)[verb]
        before()
        start = left_behind(world)
        connections.close_all()
        kept.keep()
        with killed_at(0) as passed:
            work()
            steps = passed()
        wanted = left_behind(world)
        if start == wanted:
            raise RuntimeError(f"{verb} did nothing")
        connections.close_all()
        # The last steps are the commit and what follows it: always tried.
        chosen = sorted({*range(1, steps + 1, stride), *range(max(1, steps - 3), steps + 1)})
        wrong = []
        for step in chosen:
            kept.put_back()
            if not killed(step, work):
                wrong.append(f"step {step} was never reached")
                continue
            between = left_behind(world)
            if between not in (start, wanted):
                wrong.append(f"step {step} left something half done")
            work()
            if left_behind(world) != wanted:
                wrong.append(f"step {step}: the second request left something else")
            connections.close_all()
    return {"verb": verb, "steps": steps, "tried": len(chosen), "wrong": wrong}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    json.dump(run(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1), sys.stdout)
