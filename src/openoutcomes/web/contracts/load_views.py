"""Loading a contract in three pages: the terms, what they leave open, and a last look before they are stored."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from openoutcomes.contracts.showing import show
from openoutcomes.standard.problems import InputError
from openoutcomes.web.contracts import commands
from openoutcomes.web.contracts.forms import ConfirmForm, DetailsForm, LoadForm
from openoutcomes.web.contracts.loading import (
    Checked,
    Draft,
    check,
    compare,
    from_library,
    library,
    open_parameters,
)
from openoutcomes.web.contracts.models import Contract, TermsFile
from openoutcomes.web.contracts.parties import Name, has_open_providers, names_in
from openoutcomes.web.contracts.queries import file_in_force
from openoutcomes.web.contracts.views import choices_of, contract_or_404, current_of, in_form, sections_of
from openoutcomes.web.core.clock import today
from openoutcomes.web.core.pages import at, page, problems_into, say
from openoutcomes.web.partnerships.models import Organisation


@page("contracts.load")
def load(request: Any, pk: int | None = None) -> HttpResponse:
    """Take terms, check them and run their examples; go on only when nothing is wrong. ``pk``: a new version of it."""
    wanted = contract_or_404(request, pk, "contracts.load") if pk is not None else None
    asked = request.GET.get("library", "")
    initial = {"library": asked} if asked in {one.name for one in library()} else {}
    form = LoadForm(request.POST or None, request.FILES or None, initial=initial)
    back = at(request, "contract", pk=pk) if wanted else at(request, "contracts")
    if request.method == "POST" and form.is_valid():
        draft = form.cleaned_data["draft"]
        checked = _checked(request, draft, back)
        if isinstance(checked, HttpResponse):
            return checked
        if wanted is not None and checked.terms.contract != wanted.contract_id:
            what = f"These terms are of the contract {checked.terms.contract}, not of {wanted.contract_id}."
            form.add_error(
                None, f"{what} Load them as a contract of their own, or give them the id of this one."
            )
        else:
            return _details_page(request, checked, _fresh_details(request, checked))
    context = {
        "title": "Load a new version" if wanted else "Load a contract",
        "caption": wanted.name if wanted else "",
        "lead": "Nothing is stored until you have seen it, with every example checked.",
        "form": form,
        "back": back,
        "button": "Check the terms",
        "library": library(),
    }
    return render(request, "contracts/load.html", context)


@page("contracts.load")
def shelved(request: Any, code: str) -> HttpResponse:
    """Show a contract of the library, with what it is and is not for."""
    if code not in {one.name for one in library()}:
        raise Http404("No such contract in the library")
    checked = check(from_library(code))
    context = {
        "code": code,
        "terms": checked.terms,
        "sections": sections_of(show(checked.terms)),
        "examples": checked.examples,
        "passing": len(checked.examples) - len(checked.failing),
        "back": at(request, "contract_load"),
    }
    return render(request, "contracts/shelved.html", context)


def _checked(request: Any, draft: Draft, back: str) -> Checked | HttpResponse:
    """Return terms that are sound, or the page that says what is wrong and lets it be mended there."""
    context: dict[str, Any] = {"file": draft.file, "text": draft.text, "again": request.path, "back": back}
    try:
        checked = check(draft)
    except InputError as error:
        problems = sorted(error.problems, key=lambda one: one.line or 0)
        return render(request, "contracts/problems.html", {**context, "problems": problems})
    if checked.failing:
        return render(request, "contracts/problems.html", {**context, "failing": checked.failing})
    return checked


def _here(request: Any, checked: Checked) -> tuple[Contract | None, TermsFile | None]:
    """Return the contract of that id, with its terms in force, where there is one already."""
    found = Contract.of(request.access.partnership).filter(contract_id=checked.terms.contract).first()
    return (found, file_in_force(found)) if found else (None, None)


def _details(
    request: Any, checked: Checked, data: Any = None, initial: dict[str, Any] | None = None
) -> DetailsForm:
    contract, before = _here(request, checked)
    return DetailsForm(
        data,
        initial=initial,
        parameters=open_parameters(checked.terms),
        given=dict(before.parameters) if before else {},
        names=names_in(checked.terms),
        open_providers=has_open_providers(checked.terms),
        organisations=choices_of(request),
        current=current_of(contract),
    )


def _fresh_details(request: Any, checked: Checked) -> DetailsForm:
    before = _here(request, checked)[1]
    return _details(
        request,
        checked,
        initial={"sealed": checked.draft.sealed(), "replaces": before.number if before else None},
    )


def _details_page(request: Any, checked: Checked, form: DetailsForm) -> HttpResponse:
    contract = _here(request, checked)[0]
    context = {
        "title": "What the terms leave open",
        "caption": checked.terms.name,
        "form": form,
        "checked": checked,
        "contract": contract,
        "passing": len(checked.examples),
        "action": at(request, "contract_load_details"),
        "back": at(request, "contract_load"),
        "organisations": len(form.organisations),
    }
    return render(request, "contracts/details.html", context)


@page("contracts.load")
def details(request: Any) -> HttpResponse:
    """Take what the terms leave open, and show everything once more before it is stored."""
    start = at(request, "contract_load")
    if request.method != "POST":
        return redirect(start)
    try:
        draft = Draft.opened(request.POST.get("sealed", ""))
        checked = check(draft)
    except InputError as error:
        return render(request, "contracts/problems.html", {"problems": error.problems, "back": start})
    form = _details(request, checked, request.POST)
    if not form.is_valid():
        return _details_page(request, checked, form)
    try:
        bound = check(draft, form.values())
    except InputError as error:
        problems_into(form, in_form(form, error))
        return _details_page(request, checked, form)
    return _preview(request, bound, form)


def _preview(
    request: Any, checked: Checked, details: DetailsForm, form: ConfirmForm | None = None
) -> HttpResponse:
    contract, before = _here(request, checked)
    comparison = compare(contract, before, checked, today()) if contract and before else None
    sealed = {"sealed": checked.draft.sealed(), "settled": details.settled()}
    return _last_look(request, checked, details.standing(), details.chosen_providers(), form or ConfirmForm(
        initial=sealed, replaces=comparison is not None
    ), contract, comparison)  # fmt: skip


def _last_look(
    request: Any,
    checked: Checked,
    standing: dict[Name, Organisation | None],
    providers: list[Organisation],
    form: ConfirmForm,
    contract: Contract | None,
    comparison: Any,
) -> HttpResponse:
    named = list(standing.items())
    named += [(Name("provider", one.organisation_id), one) for one in providers]
    context = {
        "title": "Check the new version" if contract else "Check the contract",
        "terms": checked.terms,
        "checked": checked,
        "contract": contract,
        "comparison": comparison,
        "named": sorted(named, key=lambda pair: pair[0]),
        "sections": sections_of(show(checked.terms)),
        "examples": checked.examples,
        "passing": len(checked.examples),
        "form": form,
        "action": at(request, "contract_load_confirm"),
        "back": at(request, "contract_load"),
    }
    return render(request, "contracts/preview.html", context)


@page("contracts.load")
def confirm(request: Any) -> HttpResponse:
    """Store terms that were looked at."""
    start = at(request, "contract_load")
    if request.method != "POST":
        return redirect(start)
    try:
        draft = Draft.opened(request.POST.get("sealed", ""))
        settled = ConfirmForm.unsealed(request.POST.get("settled", ""))
        checked = check(draft, settled["parameters"])
    except InputError as error:
        return render(request, "contracts/problems.html", {"problems": error.problems, "back": start})
    replaces = settled["replaces"]
    form = ConfirmForm(request.POST, replaces=replaces is not None)
    known = {one.pk: one for one in choices_of(request)}
    standing: dict[Name, Organisation | None] = dict.fromkeys(names_in(checked.terms))
    standing |= {Name(role, named): known.get(pk) for role, named, pk in settled["parties"]}
    providers = [known[pk] for pk in settled["providers"] if pk in known]
    if form.is_valid():
        if replaces is not None and not form.cleaned_data["agree"]:
            form.add_error("agree", "Tick the box to say that the parties have agreed to what changes.")
        else:
            try:
                file = commands.load_contract(
                    request.access,
                    draft=draft,
                    parameters=settled["parameters"],
                    parties=standing,
                    providers=providers,
                    replaces=replaces,
                    once=form.key(),
                )
            except InputError as error:
                problems_into(form, error)
            else:
                words = "is loaded" if file.number == 1 else f"has a new version, {file.number}"
                say(request, f"{file.contract.name} {words}.")
                return redirect(at(request, "contract", pk=file.contract_id))
    contract, before = _here(request, checked)
    comparison = compare(contract, before, checked, today()) if contract and before and replaces else None
    return _last_look(request, checked, standing, providers, form, contract, comparison)
