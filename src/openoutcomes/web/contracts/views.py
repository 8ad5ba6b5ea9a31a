"""Pages of contracts: the list, the terms to read, their examples, versions, and who is who."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify

from openoutcomes.contracts.comparing import rule_changes
from openoutcomes.contracts.showing import Page, show
from openoutcomes.contracts.terms import Terms
from openoutcomes.standard.problems import InputError, Problem
from openoutcomes.web.contracts import commands, queries
from openoutcomes.web.contracts.forms import PartiesForm
from openoutcomes.web.contracts.models import Contract, Party, TermsFile
from openoutcomes.web.contracts.parties import (
    Name,
    has_open_providers,
    missing,
    names_in,
    parties_by_contract,
    role_words,
)
from openoutcomes.web.core.lists import Cell, Column, as_csv, listing, wants_csv
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.core.templatetags.oo import day
from openoutcomes.web.partnerships.models import Organisation
from openoutcomes.web.partnerships.queries import one_or_404


def contract_or_404(request: Any, pk: int, action: str = "contracts.view") -> Contract:
    """Return a contract that the seat may see; raises Http404 for any other."""
    return one_or_404(queries.contracts_for(request.access, action), pk=pk)


def _runs(terms: Terms) -> str:
    runs = terms.versions[-1].runs
    last = day(runs.last) if runs.last else "no end date"
    return f"{day(runs.first)} to {last}"


@page("contracts.view")
def contracts(request: Any) -> HttpResponse:
    """List the contracts that the partnership works under."""
    access = request.access
    visible = set(queries.contracts_for(access, "contracts.view").values_list("pk", flat=True))
    parties = parties_by_contract(access.partnership)
    files = [
        file for file in queries.files_in_force(access.partnership).values() if file.contract_id in visible
    ]
    rows = sorted(
        ((file, queries.read_file(file)[1], parties.get(file.contract_id, [])) for file in files),
        key=lambda row: (row[0].contract.is_closed, row[0].contract.name),
    )

    def state(row: tuple[TermsFile, Terms, list[Party]]) -> Cell:
        file, terms, known = row
        if file.contract.is_closed:
            return Cell("Closed", tag="grey")
        return (
            Cell("Parties to name", tag="yellow") if missing(terms, known) else Cell("In force", tag="green")
        )

    columns = [
        Column("Contract", lambda row: Cell(row[0].contract.name, at(request, "contract", pk=row[0].contract_id))),
        Column("Runs", lambda row: _runs(row[1])),
        Column("Payers", lambda row: ", ".join(p.organisation.name for p in row[2] if p.role == "payer")),
        Column("Version", lambda row: Cell(str(row[0].number), under=f"loaded {day(row[0].loaded_at)}"),
               plain=lambda row: row[0].number),
        Column("State", state),
    ]  # fmt: skip
    if wants_csv(request):
        return as_csv(rows, [Column("Id", lambda row: row[0].contract.contract_id), *columns], "contracts")
    may = access.may("contracts.load")
    load = ("Load a contract", at(request, "contract_load"))
    return render(
        request,
        "core/list_page.html",
        {
            "title": "Contracts",
            "lead": "Outcomes contracts as agreed, in plain words, with examples that anybody can check by hand.",
            "listing": listing(
                request, rows, columns, caption="Contracts", one="contract",
                empty="No contract is loaded. People, support and results are recorded without one.",
                empty_action=load if may else None,
            ),
            "actions": [load] if may else [],
        },
    )  # fmt: skip


def sections_of(shown: Page) -> list[dict[str, Any]]:
    """Return the sections of a readable page, each table cell with its heading for narrow screens."""
    return [
        {
            "title": section.title,
            "lines": section.lines,
            "level": section.level,
            "header": section.header,
            "rows": [list(zip(section.header, row, strict=True)) for row in section.rows],
        }
        for section in shown.sections
    ]


def _page_of(request: Any, contract: Contract, file: TermsFile) -> dict[str, Any]:
    terms = queries.read_file(file)[1]
    examples = queries.examples_of(file)
    return {
        "contract": contract,
        "file": file,
        "terms": terms,
        "sections": sections_of(show(terms)),
        "examples": examples,
        "passing": sum(one.passed for one in examples),
        "parameters": sorted(file.parameters.items()),
        "versions": TermsFile.of(request.access.partnership)
        .filter(contract=contract)
        .select_related("loaded_by")
        .defer("text"),
    }


@page("contracts.view")
def contract(request: Any, pk: int) -> HttpResponse:
    """Show a contract's terms in force, to be read aloud and agreed with."""
    found = contract_or_404(request, pk)
    file = queries.file_in_force(found)
    kept = parties_by_contract(request.access.partnership).get(found.pk, [])
    context = _page_of(request, found, file)
    unmapped = [] if found.is_closed else missing(context["terms"], kept)
    context |= {
        "parties": [(role_words(party.role), party) for party in kept],
        "unmapped": [_said(name) for name in unmapped],
        "programmes": found.programmes.select_related("organisation"),
        "may_load": request.access.may("contracts.load") and not found.is_closed,
        "is_in_force": True,
        "back": at(request, "contracts"),
    }
    return render(request, "contracts/contract.html", context)


def _said(name: Name) -> str:
    return f"{role_words(name.role).lower()} {name.named}" if name.named else "a provider"


def _file(request: Any, contract: Contract, number: int) -> TermsFile:
    rows = TermsFile.of(request.access.partnership).filter(contract=contract)
    return one_or_404(rows.select_related("contract", "loaded_by"), number=number)


@page("contracts.view")
def version(request: Any, pk: int, number: int) -> HttpResponse:
    """Show an earlier version of a contract's terms, and what it changed."""
    found = contract_or_404(request, pk)
    file = _file(request, found, number)
    context = _page_of(request, found, file)
    latest = context["versions"][0].number
    changes = None
    if number > 1:
        before = queries.read_file(_file(request, found, number - 1))[0]
        changes = rule_changes(before, queries.read_file(file)[0])
    context |= {
        "changes": changes,
        "is_in_force": number == latest,
        "back": at(request, "contract", pk=pk),
        "latest": latest,
    }
    return render(request, "contracts/version.html", context)


@page("contracts.view")
def download(request: Any, pk: int, number: int) -> HttpResponse:
    """Give a version of the terms as the file that was loaded, to the letter."""
    found = contract_or_404(request, pk)
    file = _file(request, found, number)
    name = f"{slugify(found.contract_id.replace('/', '-')) or 'terms'}-{number}.yaml"
    response = HttpResponse(file.text, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def current_of(contract: Contract | None) -> dict[Name, int]:
    """Return who the names of a contract stand for now."""
    if contract is None:
        return {}
    rows = Party.of(contract.partnership).filter(contract=contract)
    return {Name(party.role, party.named): party.organisation_id for party in rows}


def choices_of(request: Any) -> list[Organisation]:
    """Return the organisations that a party may be."""
    return list(Organisation.of(request.access.partnership).filter(is_active=True))


def in_form(form: PartiesForm, error: InputError) -> InputError:
    """Return an error with the form's own names for its fields, and the lines of the terms said."""
    return InputError(
        Problem(
            f"Line {one.line}: {one.what}" if one.line else one.what,
            one.mend,
            field=form.key_of(one.field),
            line=one.line,
        )
        for one in error.problems
    )


@page("contracts.load")
def parties(request: Any, pk: int) -> HttpResponse:
    """Say which organisations the names in the terms stand for."""
    found = contract_or_404(request, pk, "contracts.load")
    terms = queries.terms_of(found)
    form = PartiesForm(
        request.POST or None,
        names=names_in(terms),
        open_providers=has_open_providers(terms),
        organisations=choices_of(request),
        current=current_of(found),
    )
    back = at(request, "contract", pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            commands.name_parties(
                request.access,
                contract=found,
                parties=form.standing(),
                providers=form.chosen_providers(),
                once=form.key(),
            )
        except InputError as error:
            problems_into(form, in_form(form, error))
        else:
            say(request, "The parties were saved.")
            return redirect(back)
    context = {"title": "Who is who", "caption": found.name, "form": form, "back": back}
    context["lead"] = "Say which organisation each name in the terms stands for."
    return render(request, "core/form_page.html", context)
