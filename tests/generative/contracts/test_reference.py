"""The engine against a second pricer written from the rules in words."""

import pytest
from contracts_reference import PLACES, Reference, money
from contracts_strategies import cases, clock_cases, engine
from hypothesis import given, settings


def by_engine(terms, rows, as_of):
    return {
        line.line_id: {
            "status": line.status,
            "gross": line.gross, "amount": line.amount, "reduced": line.reduced, "held": line.held, "refused": line.refused,
            "payers": {payer: (paid, held) for payer, paid, held in line.payers_minor if paid or held},
        }
        for line in engine(terms, rows, as_of)
    }  # fmt: skip


def by_reference(terms, rows, as_of):
    currency = terms["currency"]
    assert currency in PLACES
    return {
        id_: {
            "status": claim.status,
            **{name: money(getattr(claim, name), currency) for name in ("gross", "amount", "reduced", "held", "refused")},
            "payers": {
                payer: (0, share) if claim.status == "held" else (share, 0) for payer, share in claim.payers.items() if share
            },
        }
        for id_, claim in Reference(terms, rows, as_of).price().items()
    }  # fmt: skip


def agree(case):
    assert by_engine(*case) == by_reference(*case)


@settings(max_examples=400)
@given(cases())
def test_engine_and_reference_agree_on_every_line(case):
    agree(case)


@settings(max_examples=400)
@given(clock_cases())
def test_engine_and_reference_agree_on_losses_gaps_and_moves(case):
    agree(case)


@pytest.mark.slow
@settings(max_examples=5_000)
@given(cases() | clock_cases())
def test_engine_and_reference_agree_at_depth(case):
    agree(case)
