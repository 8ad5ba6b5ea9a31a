"""How fast the pages used daily answer, with many people recorded and many at work.

Two partnerships are loaded into one database with made-up records: a large one (100,000 people, about a
million records) and a small one with a hundredth of that. The platform is then served as it is in use, by
``openoutcomes serve`` with two processes, and people at work (20 at a time, each in a seat of their own) go from
page to page, reading each for some seconds (``--pause`` is the mean; 0 shows what the machine can do at most).

Printed: the median and 95th percentile of each page, in milliseconds, against the budget of 200 and 500; the number of
queries a page makes in each partnership, at most for any of ten people, which must not be more in the large one; and the ratio of the medians to the baseline,
which is the small partnership's pages in the same run.

    python benchmarks/web.py [--people 100000] [--users 20] [--seconds 30] [--pause 2] [--database postgres://...]

Without ``--database`` (or OPENOUTCOMES_DATABASE_URL) it is an SQLite file. The database must be empty.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

BUDGET = (200, 500)
#: For so many seconds before they are timed, people work so that each process has read its code and its templates.
WARMING = 8
PROVIDERS, A_WORKER_HAS = 20, 40
#: How many stand for each person who is made up, in the large partnership.
COPIES = 20
PORT = 8765

#: Pages used daily: name, the role that uses it, and its address in the partnership.
PAGES: tuple[tuple[str, str, str], ...] = (
    ("home", "practitioner", ""),
    ("my people", "practitioner", "people/"),
    ("everybody in the organisation", "practitioner", "people/?show=team"),
    ("find by name", "practitioner", "people/find/?q=will exa"),
    ("a person", "practitioner", "people/{person}/"),
    ("note something", "practitioner", "records/add/{person}/"),
    ("add a person", "practitioner", "people/add/"),
    ("outcomes", "practitioner", "outcomes/"),
    ("home of a manager", "provider_manager", ""),
    ("a manager's results", "provider_manager", "results/"),
    ("a manager's turnaround", "provider_manager", "verification/"),
    ("verification queue", "verifier", "verification/"),
    ("turnaround of all", "verifier", "verification/turnaround/"),
    ("claims", "commissioner", "claims/"),
    ("live position", "commissioner", "payments/"),
    ("home of a commissioner", "commissioner", ""),
)


def main() -> None:
    """Load, serve, measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--pause", type=float, default=2)
    parser.add_argument("--database", default=os.environ.get("OPENOUTCOMES_DATABASE_URL", ""))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "OPENOUTCOMES_HOME": home,
            "OPENOUTCOMES_DATABASE_URL": asked.database,
            "OPENOUTCOMES_URL": f"http://localhost:{PORT}",
            "DJANGO_SETTINGS_MODULE": "openoutcomes.web.settings",
        }
        import django  # noqa: PLC0415 - the environment comes first

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - as above
        from django.db import connection  # noqa: PLC0415 - as above

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        places = {}
        for slug, people in (("large", asked.people), ("small", max(asked.people // 100, 50))):
            began = time.perf_counter()
            places[slug] = Place(slug, people)
            took = time.perf_counter() - began
            print(f"{slug}: {people:,} people, {places[slug].records:,} records, loaded in {took:.0f} s")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        counts = {slug: {page[0]: place.queries(page) for page in PAGES} for slug, place in places.items()}
        connection.close()
        with served():
            places["large"].timings(asked.users, WARMING, 0)
            timings = {
                slug: place.timings(asked.users, asked.seconds, asked.pause) for slug, place in places.items()
            }
        report(connection.vendor, asked, counts, timings)


class Place:
    """A partnership of made-up people, and somebody signed in for each seat."""

    def __init__(self, slug: str, people: int) -> None:
        from django_scopes import scope  # noqa: PLC0415 - Django must be set up

        from openoutcomes.web.core.scope import writing  # noqa: PLC0415 - as above
        from openoutcomes.web.partnerships.models import Partnership  # noqa: PLC0415 - as above

        self.slug = slug
        self.cookies: dict[str, list[tuple[str, str]]] = defaultdict(list)
        with writing("benchmark"):
            self.partnership = Partnership.objects.create(slug=slug, name=slug.title())
            with scope(partnership=self.partnership):
                self.records = self._load(people)

    def _load(self, people: int) -> int:
        from openoutcomes.contracts.reading import parse_terms, read_terms  # noqa: PLC0415 - Django must be set up
        from openoutcomes.synth.brief import Brief  # noqa: PLC0415 - as above
        from openoutcomes.synth.making import make  # noqa: PLC0415 - as above
        from openoutcomes.synth.profile_file import load_profile  # noqa: PLC0415 - as above
        from openoutcomes.web.contracts.models import Contract, Party, TermsFile  # noqa: PLC0415 - as above
        from openoutcomes.web.demo.building import filled  # noqa: PLC0415 - as above
        from openoutcomes.web.demo.cast import name_of  # noqa: PLC0415 - as above
        from openoutcomes.web.demo.loading import Setting, load  # noqa: PLC0415 - as above
        from openoutcomes.web.partnerships.models import Organisation, Programme  # noqa: PLC0415 - as above
        from openoutcomes.web.people.models import Enrolment  # noqa: PLC0415 - as above
        from openoutcomes.web.records.models import Record  # noqa: PLC0415 - as above

        today, place = dt.date.today(), self.partnership  # noqa: DTZ011 - made-up days
        names = [f"provider-{number:02}" for number in range(PROVIDERS)]
        text = filled("front-door.yaml", today).replace(
            "[harbour-lights, lantern-house, second-step]", f"[{', '.join(names)}]"
        )
        text = text.replace("harbour-lights", names[0]).replace("contract: 900000", "contract: 900000000")
        terms = read_terms(parse_terms(text))
        keys = [*names, "council", "national-fund", "place-fund"]
        organisations = {
            key: Organisation.objects.create(partnership=place, organisation_id=key, name=key) for key in keys
        }
        by = self._seat("administrator", "administrator", None)
        contract = Contract.objects.create(partnership=place, contract_id=terms.contract, name=terms.name)
        TermsFile.objects.create(
            partnership=place, contract=contract, number=1, text=text, sha256="0" * 64, loaded_by=by
        )
        for key in keys:
            role = "provider" if key in names else "investor" if key == "place-fund" else "payer"
            Party.objects.create(
                partnership=place, contract=contract, organisation=organisations[key], role=role, named=key
            )
        programmes = {
            key: Programme.objects.create(
                partnership=place,
                programme_id=key,
                organisation=organisations[key],
                name=key,
                contract=contract,
            )
            for key in names
        }
        copies = COPIES if people >= 100 * COPIES else 1
        each = max(1, people // PROVIDERS // A_WORKER_HAS)
        some = max(1, each // copies)
        workers = {
            key: [self._seat(f"{key}-{number}", "practitioner", organisations[key]) for number in range(each)]
            for key in names
        }
        for key in names:
            self._seat(f"manager-{key}", "provider_manager", organisations[key])
        for number in range(20):
            self._seat(f"verifier-{number}", "verifier", None)
            self._seat(f"commissioner-{number}", "commissioner", organisations["council"])
        loading = {key: of[:some] for key, of in workers.items()}
        setting = Setting(place, organisations, programmes, contract, loading, name_of, today)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "profile.yaml"
            profile_text = filled("profile.yaml", today)
            kept = [line for line in profile_text.splitlines() if not line.startswith("providers:")]
            path.write_text("\n".join(kept), encoding="utf-8")
            profile = load_profile(path, Brief(terms))
        load(setting, make(terms, people // copies, 1, profile).dataset())
        multiply(place, copies, some)
        by_worker: dict[int, list[str]] = defaultdict(list)
        for worker, person in Enrolment.of(place).values_list("practitioner", "person__person_id").iterator():
            if worker in by_worker or len(by_worker) < 400:
                by_worker[worker].append(person)
        self.people.update(by_worker)
        return int(Record.of(place).count())

    @property
    def people(self) -> dict[int, list[str]]:
        """The people of some workers, by the worker's key."""
        if not hasattr(self, "_people"):
            self._people: dict[int, list[str]] = {}
        return self._people

    def _seat(self, name: str, role: str, organisation: Any) -> Any:
        from django.conf import settings  # noqa: PLC0415 - Django must be set up
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415 - as above
        from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - as above

        from openoutcomes.web.accounts.models import User  # noqa: PLC0415 - as above
        from openoutcomes.web.partnerships.models import Membership  # noqa: PLC0415 - as above

        user = User.objects.create(email=f"{name}@{self.slug}.example", name=name, password="!")  # noqa: S106 - none
        Membership.objects.create(
            partnership=self.partnership, user=user, role=role, organisation=organisation
        )
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        self.cookies[role].append((str(user.pk), f"{settings.SESSION_COOKIE_NAME}={session.session_key}"))
        return user

    def address(self, page: tuple[str, str, str], user: str, chance: random.Random) -> str:
        """Return the address of a page for a user; about one of their own people where it is about one."""
        own = self.people.get(int(user)) or next(iter(self.people.values()))
        person = chance.choice(own)
        return f"/p/{self.slug}/" + page[2].format(person=person)

    def choose(self, page: tuple[str, str, str], chance: random.Random) -> tuple[str, str]:
        """Return a user of the page's role and their cookie."""
        held = self.cookies[page[1]]
        if page[1] == "practitioner":
            held = [one for one in held if int(one[0]) in self.people]
        return chance.choice(held)

    def queries(self, page: tuple[str, str, str]) -> int:
        """Return how many queries a page makes at most, asked for ten times; raises when it does not answer."""
        from django.db import connection  # noqa: PLC0415 - Django must be set up
        from django.test import Client  # noqa: PLC0415 - as above
        from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

        most, chance = 0, random.Random(1)  # noqa: S311 - not for secrets
        for _ in range(10):
            user, cookie = self.choose(page, chance)
            client = Client(headers={"cookie": cookie, "host": "localhost"})
            address, sent = split(self.address(page, user, chance))
            # The second time, when what is kept of figures for a while is there.
            client.post(address, sent) if sent else client.get(address)
            with CaptureQueriesContext(connection) as captured:
                answer = client.post(address, sent) if sent else client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{self.slug}: {page[0]} answers {answer.status_code}")
            most = max(most, len(captured))
        return most

    def timings(self, users: int, seconds: float, pause: float) -> dict[str, list[float]]:
        """Return how long each page took, in milliseconds, with ``users`` at work for some seconds."""
        found: dict[str, list[float]] = defaultdict(list)
        ends = time.perf_counter() + seconds

        def work(number: int) -> None:
            chance = random.Random(number)  # noqa: S311 - not for secrets
            link = Link()
            time.sleep(chance.uniform(0, pause))
            while time.perf_counter() < ends:
                page = chance.choice(PAGES)
                user, cookie = self.choose(page, chance)
                began = time.perf_counter()
                status = link.ask(self.address(page, user, chance), cookie)
                if status != 200:
                    raise SystemExit(f"{self.slug}: {page[0]} answers {status}")
                found[page[0]].append((time.perf_counter() - began) * 1000)
                time.sleep(chance.uniform(0.5, 1.5) * pause)

        run_together([lambda number=number: work(number) for number in range(users)])
        return found


def multiply(place: Any, copies: int, some: int) -> None:
    """Let each person loaded stand ``copies`` times, under other ids and with other workers.

    Made-up people are loaded one by one; the database makes many of few by itself, in seconds. ``some`` is
    how many workers of each provider have people so far: the next copy goes to the next so many.
    """
    from django.db import connection  # noqa: PLC0415 - Django must be set up

    from openoutcomes.web.people.models import Enrolment, Person, Sight, Token  # noqa: PLC0415 - as above
    from openoutcomes.web.records.models import Record  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        past = {}
        for model in (Person, Token, Sight, Enrolment, Record):
            cursor.execute(f"SELECT max(id) FROM {model._meta.db_table}")
            past[model] = cursor.fetchone()[0]
        for model, last in past.items():
            columns, taken = [], []
            for field in model._meta.concrete_fields:
                name = f'"{field.column}"'
                columns.append(name)
                if field.primary_key:
                    name = f"{name} + n * {last}"
                elif field.is_relation and field.related_model in past:
                    name = f"{name} + n * {past[field.related_model]}"
                elif field.column == "practitioner_id":
                    name = f"{name} + n * {some}"
                elif field.name in ("person_id", "enrolment_id", "record_id", "about"):
                    name = f"CASE WHEN {name} = '' THEN '' ELSE {name} || '-' || n END"
                taken.append(name)
            table = model._meta.db_table
            cursor.execute(
                f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies}) "
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {table}, numbers "
                f"WHERE n < {copies} AND partnership_id = {place.pk}"
            )
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )


def split(address: str) -> tuple[str, dict[str, str]]:
    """Return an address, and what is sent to it: what people look for by name is sent, never in an address."""
    path, found, words = address.partition("?q=")
    return (path, {"q": words}) if found else (address, {})


class Link:
    """A connection that is kept open, as a browser keeps it, and made anew when the server has closed it."""

    def __init__(self) -> None:
        self.open = http.client.HTTPConnection("localhost", PORT, timeout=60)

    def ask(self, address: str, cookie: str) -> int:
        """Ask for a page, read all of it, and return its status."""
        try:
            return self._ask(address, cookie)
        except (http.client.RemoteDisconnected, ConnectionError):
            # A server closes what nobody used for a while, perhaps just as it is used again; browsers ask anew.
            self.open.close()
            return self._ask(address, cookie)

    def _ask(self, address: str, cookie: str) -> int:
        path, sent = split(address)
        if sent:
            token = "x" * 32  # the same in the cookie and in the form, as a browser has it
            body = urlencode({**sent, "csrfmiddlewaretoken": token})
            headers = {
                "Cookie": f"{cookie}; csrftoken={token}",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            self.open.request("POST", path, body, headers)
        else:
            self.open.request("GET", path, headers={"Cookie": cookie})
        answer = self.open.getresponse()
        answer.read()
        return answer.status


def run_together(jobs: list[Callable[[], None]]) -> None:
    """Run jobs in threads of their own; the first failure ends the benchmark."""
    failures: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - handed on below
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class served:  # noqa: N801 - used as a function
    """The platform, served as it is in use by two processes of four threads, for as long as this is open."""

    def __enter__(self) -> None:
        command = [str(Path(sys.executable).with_name("openoutcomes")), "serve", "--port", str(PORT)]
        self.process = subprocess.Popen([*command, "--workers", "2", "--threads", "4"])
        for _ in range(300):
            time.sleep(0.2)
            try:
                link = http.client.HTTPConnection("localhost", PORT, timeout=5)
                link.request("GET", "/health/")
                if link.getresponse().status == 200:
                    return
            except OSError:
                continue
        raise SystemExit("the platform did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(60)


def report(
    vendor: str,
    asked: argparse.Namespace,
    counts: dict[str, dict[str, int]],
    timings: dict[str, dict[str, list[float]]],
) -> None:
    """Print the figures, and whether they are within budget."""
    at_work = f"{asked.users} people at work at once, {asked.pause:g} s to read a page"
    print(f"\n{vendor}, {at_work}; milliseconds; budget: median {BUDGET[0]}, 95% {BUDGET[1]}")
    print(f"{'page':<32}{'median':>8}{'95%':>8}{'ratio':>7}{'queries':>9}{'asked':>8}")
    total: list[float] = []
    for name, _, _ in PAGES:
        large, small = timings["large"][name], timings["small"][name]
        total += large
        ratio = statistics.median(large) / statistics.median(small)
        same = counts["large"][name] == counts["small"][name]
        queries = f"{counts['large'][name]}" if same else f"{counts['small'][name]}→{counts['large'][name]}"
        print(
            f"{name:<32}{statistics.median(large):>8.0f}{percentile(large):>8.0f}{ratio:>7.2f}{queries:>9}{len(large):>8}"
        )
    middle, high = statistics.median(total), percentile(total)
    verdict = "within budget" if middle <= BUDGET[0] and high <= BUDGET[1] else "OVER BUDGET"
    print(f"{'all pages':<32}{middle:>8.0f}{high:>8.0f}{'':>7}{'':>9}{len(total):>8}  {verdict}")
    print(
        "ratio: to the same page of the small partnership (baseline: a hundredth of the people, same server and run)"
    )


def percentile(values: list[float], share: float = 0.95) -> float:
    """Return the value that ``share`` of them do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
