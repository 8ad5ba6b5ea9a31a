"""Check every contract's journal, and that the pages say what it says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from openoutcomes.web.contracts.models import Contract
from openoutcomes.web.partnerships.models import Partnership
from openoutcomes.web.payments.ledger import head, problems_of, stored


class Command(BaseCommand):
    """Checks every journal; ends with status 1 when anything is wrong."""

    help = "Check every contract's journal, and that the pages say what it says."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each contract, and everything that is wrong."""
        del args, options
        wrong = 0
        for partnership in Partnership.objects.order_by("slug"):
            with scope(partnership=partnership):
                for contract in Contract.objects.order_by("contract_id"):
                    problems = problems_of(contract)
                    wrong += len(problems)
                    name = f"{partnership.slug} {contract.contract_id}"
                    for problem in problems:
                        self.stderr.write(f"{name}: {problem}")
                    if not problems:
                        count = stored(contract).count()
                        self.stdout.write(f"{name}: sound, {count} entries, head {head(contract)}")
        if wrong:
            raise CommandError(f"{wrong} problems. Restore from a backup that you trust.")
