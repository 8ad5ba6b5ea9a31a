"""``openoutcomes voice`` as a coordinator meets it, with the files people really have."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openoutcomes.cli.app import main

Run = Callable[..., tuple[int, str, str]]
FRAME = "person_id,stage,age,score\n" + "".join(
    f"p{number:02},{'engaged' if number % 3 else 'left'},{'young' if number % 2 else 'old'},{number}\n"
    for number in range(60)
)
SAMPLE = ("sample", "frame.csv", "--by", "stage", "--size", "20", "--seed", "2026")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    Path("frame.csv").write_text(FRAME, encoding="utf-8")

    def go(*words: str) -> tuple[int, str, str]:
        status: Any = 0
        try:
            main(["voice", *words])
        except SystemExit as leaving:
            status = leaving.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return go


def fill_in(run: Run, outcome: Callable[[int], str]) -> list[dict[str, str]]:
    """Draw a sample and record what came of each person, by their place in the file."""
    assert run(*SAMPLE, "--keep", "age", "--out", "sample.csv")[0] == 0
    rows = list(csv.DictReader(io.StringIO(Path("sample.csv").read_text(encoding="utf-8"))))
    invited = [row for row in rows if row["role"] == "sample"]
    for place, row in enumerate(invited):
        row["outcome"], row["route"] = outcome(place), ("phone", "in-person")[place % 2]
    write("sample.csv", rows)
    return rows


def write(name: str, rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    Path(name).write_text(out.getvalue(), encoding="utf-8")


def weighted(run: Run) -> list[dict[str, str]]:
    """Weight a sample of whom three in four were heard, and write their answers."""
    rows = fill_in(run, lambda place: "heard" if place % 4 else "declined")
    assert run("weights", "sample.csv", "--out", "weights.csv")[0] == 0
    heard = [row for row in rows if row["outcome"] == "heard"]
    answers = [
        {"person_id": row["person_id"], "helped": ("yes", "no", "")[place % 3], "score": str(place % 5)}
        for place, row in enumerate(heard)
    ]
    write("answers.csv", answers)
    return answers


def test_a_sample_is_shown_and_written_the_same_each_time(run: Run) -> None:
    status, out, err = run(*SAMPLE, "--minimum", "5", "--reserves", "3", "--out", "one.csv")
    assert (status, err) == (0, "Wrote one.csv.\n")
    assert out.startswith("20 of 60 people, proportional, seed 2026, frame ")
    assert run(*SAMPLE, "--minimum", "5", "--reserves", "3", "--format", "csv")[1] == Path(
        "one.csv"
    ).read_text(encoding="utf-8")
    lines = FRAME.splitlines()
    Path("frame.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]), encoding="utf-8")
    run(*SAMPLE, "--minimum", "5", "--reserves", "3", "--out", "two.csv")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()


def test_json_holds_all_that_is_needed_to_draw_it_again(run: Run) -> None:
    held = json.loads(run(*SAMPLE, "--format", "json")[1])
    assert (held["seed"], held["rule"], held["size"], held["by"]) == (2026, "proportional", 20, ["stage"])
    assert len(held["frame"]) == 64
    assert [each["drawn"] for each in held["strata"]] == [13, 7]
    assert sum(each["role"] == "sample" for each in held["people"]) == 20


def test_a_stratum_nobody_is_drawn_from_is_said_at_once(run: Run) -> None:
    Path("frame.csv").write_text(FRAME + "z,never started,old,1\n", encoding="utf-8")
    assert "nobody is drawn from never started" in run(*SAMPLE)[2]
    assert run(*SAMPLE, "--minimum", "1")[2] == ""
    Path("frame.csv").write_text(FRAME + "y,never started,old,1\nz,never started,old,1\n", encoding="utf-8")
    assert "one person alone from never started" in run(*SAMPLE, "--minimum", "1")[2]


def test_neyman_goes_by_something_known_of_everybody(run: Run) -> None:
    status, out, _ = run(*SAMPLE, "--rule", "neyman", "--spread-from", "score")
    assert status == 0
    assert "neyman" in out
    for bad, what in (("age", "row 2, age: “old” is not a number"), ("scores", "There is no column scores")):
        status, _, err = run(*SAMPLE, "--rule", "neyman", "--spread-from", bad)
        assert status == 2
        assert what in err


def test_a_sample_somebody_may_be_working_on_is_never_written_over(run: Run) -> None:
    Path("sample.csv").write_text("precious", encoding="utf-8")
    status, _, err = run(*SAMPLE, "--out", "sample.csv")
    assert status == 2
    assert "is there already, and may hold outcomes" in err
    assert Path("sample.csv").read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The file is empty"),
        (b"  \n \n", "The file is empty"),
        (b",,\n1,2,3\n", "The first row is blank"),
        (b"person_id,stage\n", "there are no rows"),
        (b"person_id;stage\np1;left\n", "row 1: The columns are separated by semicolons."),
        (b"person_id\tstage\np1\tleft\n", "separated by tabs"),
        (b"person_id,stage,\np1,left,x\n", "Column 3 has no name"),
        (b"person_id,stage,stage\np1,left,x\n", "The column stage appears twice"),
        (b"id,stage\np1,left\n", "There is no column person_id. The columns are id, stage."),
        (b"person_id,stage\np1,left,x\np2\n", "row 2: The row has 3 values and the header has 2."),
        (
            b"person_id,stage\np1,left\np1,left\n",
            "row 3, person_id: p1 is in the frame twice; the first time is row 2",
        ),
        (b"person_id,stage\np1,left\n\np2,\n", "row 4, stage: It is blank, so the person is in no stratum"),
        (b"person_id,stage\n,left\n", "row 2, person_id: There is no id."),
        (b'person_id,stage\np1,"left\np2,left\n', "A quote is opened and never closed"),
        ("person_id,stage\np1,left\n".encode("utf-16"), "The file is in UTF-16"),
        (b"person_id,stage\np1,caf\xe9\n", "line 2: Byte 23 is not UTF-8"),
        (b"person_id,stage\np1,le\0ft\n", "holds a NUL"),
        (b"person_id,stage\np1,left\n", "A sample of 20 was asked for, and the frame holds 1"),
    ],
)
def test_files_people_really_have_get_a_message(run: Run, content: bytes, what: str) -> None:
    Path("frame.csv").write_bytes(content)
    status, out, err = run(*SAMPLE)
    assert (status, out) == (2, "")
    assert what in err
    assert err.startswith("Error: frame.csv" if "asked for" not in what else "Error: A sample")


def test_a_byte_order_mark_blank_rows_and_spaces_do_no_harm(run: Run) -> None:
    plain = run(*SAMPLE, "--format", "json")[1]
    messy = "\ufeff" + FRAME.replace("person_id,stage", " person_id , stage").replace("\n", "\r\n,,,\r\n")
    Path("frame.csv").write_text(messy.replace("p01,", " p01 ,"), encoding="utf-8", newline="")
    assert run(*SAMPLE, "--format", "json")[1] == plain


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--by", "stages"), "There is no column stages"),
        (("--keep", "phone"), "There is no column phone"),
        (("--size", "61"), "the frame holds 60"),
        (("--size", "0"), "at least one person"),
        (("--minimum", "15"), "makes 30, more than the 20"),
        (("--seed", "-1"), "0 or more"),
        (("--rule", "neyman"), "needs to know how much people differ"),
    ],
)
def test_what_cannot_be_drawn(run: Run, words: tuple[str, str], what: str) -> None:
    status, _, err = run(*SAMPLE, *words)
    assert status == 2
    assert what in err


def test_a_field_the_sample_makes_itself_is_refused(run: Run) -> None:
    Path("frame.csv").write_text("person_id,place\np1,North\n", encoding="utf-8")
    status, _, err = run("sample", "frame.csv", "--by", "place", "--size", "1", "--seed", "1")
    assert status == 2
    assert "The sample makes a column place itself." in err


def test_what_a_spreadsheet_would_run_is_made_harmless_and_comes_back(run: Run) -> None:
    Path("frame.csv").write_text("person_id,stage\n=1+1,left\np2,left\n", encoding="utf-8")
    words = ("sample", "frame.csv", "--by", "stage", "--size", "2", "--seed", "1", "--out", "sample.csv")
    assert run(*words)[0] == 0
    assert "'=1+1," in Path("sample.csv").read_text(encoding="utf-8")
    held = json.loads(
        run("sample", "frame.csv", "--by", "stage", "--size", "2", "--seed", "1", "--format", "json")[1]
    )
    assert {each["person_id"] for each in held["people"]} == {"=1+1", "p2"}
    found = json.loads(run("response", "sample.csv", "--format", "json")[1])
    assert found["total"]["waiting"] == 2


def test_response_by_stratum_and_route(run: Run) -> None:
    fill_in(run, lambda place: "heard" if place % 4 else "declined")
    status, out, _ = run("response", "sample.csv")
    assert status == 0
    assert out.splitlines()[-1].split() == ["all", "20", "15", "0", "5", "0", "0", "0", "0", "75.0%"]
    held = json.loads(run("response", "sample.csv", "--format", "json")[1])
    assert held["total"]["response_rate"] == 0.75
    assert sum(each["heard"] for each in held["strata_and_routes"]) == 15
    lines = list(csv.DictReader(io.StringIO(run("response", "sample.csv", "--format", "csv")[1])))
    assert [line["name"] for line in lines] == ["engaged", "left", "in-person", "phone", "all"]


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("outcome", "Heard", "row 2, outcome: “Heard” is not one of the outcomes. Use heard, partly"),
        ("route", "pigeon", "row 2, route: “pigeon” is not one of the routes. Use in-person"),
        ("stratum_size", "", "row 2, stratum_size: It is blank."),
        ("stratum_size", "-3", "“-3” is not a whole number of 1 or more"),
        ("stratum_size", "41", "had 41 people in an earlier row, and 40 here"),
        ("place", "1.5", "row 2, place: “1.5” is not a whole number"),
        ("person_id", "", "row 2, person_id: It is blank."),
        ("stratum", "", "row 2, stratum: It is blank."),
    ],
)
def test_slips_of_the_pen_in_a_sample_are_named(run: Run, column: str, value: str, what: str) -> None:
    rows = fill_in(run, lambda _: "heard")
    rows[0][column] = value
    write("sample.csv", rows)
    status, _, err = run("response", "sample.csv")
    assert status == 2
    assert what in err


def test_somebody_listed_twice_in_a_sample_is_named(run: Run) -> None:
    rows = fill_in(run, lambda _: "heard")
    write("sample.csv", [*rows, rows[0]])
    assert "is listed twice; the first time is row 2" in run("response", "sample.csv")[2]


def test_weights_in_three_forms_with_their_limits_said(run: Run) -> None:
    weighted(run)
    status, out, _ = run("weights", "sample.csv", "--trim", "0.5,2")
    assert status == 0
    assert "The weights suppose" in out
    held = json.loads(run("weights", "sample.csv", "--format", "json")[1])
    assert sum(each["weight"] for each in held["people"]) == pytest.approx(60)
    assert held["statement"][0].startswith("15 of 20 people invited were heard (75%)")
    status, out, err = run("weights", "sample.csv", "--format", "csv")
    assert out == Path("weights.csv").read_text(encoding="utf-8")
    assert "The weights suppose" in err


def test_before_anybody_is_heard_there_is_nothing_to_weight(run: Run) -> None:
    run(*SAMPLE, "--out", "sample.csv")
    status, _, err = run("weights", "sample.csv")
    assert status == 2
    assert err.startswith("Error: Nobody was heard, so there is nothing to weight.")
    assert err.count("\n") == 1


def test_a_stratum_with_nobody_heard_stops_the_weights_unless_left_out(run: Run) -> None:
    rows = fill_in(run, lambda _: "heard")
    for row in rows:
        if row["stratum"] == "left" and row["role"] == "sample":
            row["outcome"] = "not-reached"
    write("sample.csv", rows)
    status, _, err = run("weights", "sample.csv")
    assert status == 2
    assert "Nobody was heard in left (20 people), so nobody can stand for them." in err
    status, out, _ = run("weights", "sample.csv", "--leave-out-unheard", "--out", "weights.csv")
    assert status == 0
    assert "Nobody was heard in left; these figures say nothing of them." in out
    assert "Nobody was heard in left." in run("response", "sample.csv")[1]
    # The estimate says it again, from the file alone.
    said = run("estimate", "weights.csv", "--of", "age", "--yes", "young")[1]
    assert said.index("Nobody was heard in left; this figure says nothing of them.") > said.index("everybody")
    said = run("estimate", "weights.csv", "--of", "age", "--yes", "young", "--format", "csv")[2]
    assert "Nobody was heard in left; this figure says nothing of them." in said


def test_raking_to_totals_from_a_file(run: Run) -> None:
    weighted(run)
    Path("totals.csv").write_text("field,value,people\nage,young,20\nage,old,40\n", encoding="utf-8")
    held = json.loads(run("weights", "sample.csv", "--totals", "totals.csv", "--format", "json")[1])
    assert held["raking_rounds"] == 1
    assert sum(each["weight"] for each in held["people"]) == pytest.approx(60)


@pytest.mark.parametrize(
    ("totals", "what"),
    [
        ("age,young,nan\n", "row 2, people: “nan” is not a number"),
        ("age,young,1e999\n", "is not a number"),
        ("age,young,\n", "row 2, people: It is blank."),
        ("age,young,-4\n", "row 2, people: It is below nothing."),
        ("age,young,20\nage,young,20\n", "row 3: age “young” has a total already."),
        ("age,young,20\n", "Somebody heard has “old”, and there is no total for it."),
        ("home,yes,60\n", "has no such field"),
        ("age,young,60\nage,old,60\nage,ancient,3\n", "3 people have “ancient” and nobody of them was heard"),
        (
            "stage,left,20\nstage,engaged,40\nstratum,left,40\nstratum,engaged,20\n",
            "Raking did not settle: after 1,000 rounds",
        ),
    ],
)
def test_totals_that_cannot_be_used(run: Run, totals: str, what: str) -> None:
    weighted(run)
    Path("totals.csv").write_text(f"field,value,people\n{totals}", encoding="utf-8")
    status, _, err = run("weights", "sample.csv", "--totals", "totals.csv")
    assert status == 2
    assert what in err


@pytest.mark.parametrize("limits", ["abc", "1", "1,2,3"])
def test_limits_are_two_numbers(run: Run, limits: str) -> None:
    weighted(run)
    status, _, err = run("weights", "sample.csv", "--trim", limits)
    assert status == 2
    assert "is not two numbers with a comma between" in err


def test_estimates_for_everybody_and_by_group(run: Run) -> None:
    weighted(run)
    words = ("estimate", "weights.csv", "--answers", "answers.csv")
    status, out, _ = run(*words, "--of", "helped", "--by", "stage")
    assert status == 0
    assert out.startswith("helped: proportion (in 100), 95% interval korn-graubard")
    shown = {tuple(line.split()[:2]): line.split()[2:] for line in out.split("\n\n")[1].splitlines()[2:]}
    assert list(shown) == [
        (group, said) for group in ("everybody", "engaged", "left") for said in ("no", "yes")
    ]
    # Ten of fifteen answered; a group of fewer than five gets a count and no figure.
    assert shown["everybody", "yes"][0] == "10"
    assert int(shown["engaged", "yes"][0]) + int(shown["left", "yes"][0]) == 10
    assert len(shown["left", "yes"]) == 1
    assert "people were heard; a figure needs 5 or more." in out
    rows = list(
        csv.DictReader(io.StringIO(run(*words, "--of", "score", "--kind", "mean", "--format", "csv")[1]))
    )
    assert rows[0]["heard"] == "15"
    assert 0 <= float(rows[0]["mean"]) <= 4
    held = json.loads(run(*words, "--of", "score", "--kind", "total", "--format", "json")[1])
    assert held["estimates"][0]["value"] == pytest.approx(float(rows[0]["mean"]) * 60)


def test_a_group_with_no_name_has_a_row_too(run: Run) -> None:
    weighted(run)
    text = Path("weights.csv").read_text(encoding="utf-8").replace(",young,", ",,")
    Path("weights.csv").write_text(text, encoding="utf-8")
    words = ("estimate", "weights.csv", "--of", "stage", "--yes", "left", "--by", "age", "--format", "csv")
    groups = [row["group"] for row in csv.DictReader(io.StringIO(run(*words)[1]))]
    assert groups == ["everybody", "(age blank)", "old"]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--of", "hlped"), "answers.csv, row 1, hlped: There is no column hlped."),
        (("--of", "helped", "--kind", "mean"), "answers.csv, helped: “yes” is not a number."),
        (("--of", "helped", "--by", "town"), "There is no column town."),
        (("--of", "helped", "--level", "95"), "A level of 95 is not usual."),
    ],
)
def test_questions_that_cannot_be_answered(run: Run, words: tuple[str, ...], what: str) -> None:
    weighted(run)
    status, _, err = run("estimate", "weights.csv", "--answers", "answers.csv", *words)
    assert status == 2
    assert what in err


def test_a_question_that_is_in_neither_file_is_named(run: Run) -> None:
    weighted(run)
    status, _, err = run("estimate", "weights.csv", "--of", "helped")
    assert status == 2
    assert "weights.csv, row 1, helped: There is no column helped." in err
    assert "answers in another file go with --answers" in err


def test_answers_must_be_of_people_heard_once(run: Run) -> None:
    answers = weighted(run)
    declined = next(
        row["person_id"]
        for row in csv.DictReader(io.StringIO(Path("sample.csv").read_text(encoding="utf-8")))
        if row["outcome"] == "declined"
    )
    extra = [
        {"person_id": "stranger", "helped": "yes", "score": "1"},
        {"person_id": declined, "helped": "yes", "score": "1"},
        answers[0],
    ]
    write("answers.csv", [*answers, *extra])
    status, _, err = run("estimate", "weights.csv", "--answers", "answers.csv", "--of", "helped")
    assert status == 2
    assert "stranger is not in the sample." in err
    assert f"{declined} has an answer, and the outcome in the sample is declined." in err
    assert f"{answers[0]['person_id']} answers twice." in err


def test_weights_that_are_not_weights(run: Run) -> None:
    weighted(run)
    assert "The file has no weights." in run("estimate", "sample.csv", "--of", "age")[2]
    rows = list(csv.DictReader(io.StringIO(Path("weights.csv").read_text(encoding="utf-8"))))
    heard = [row for row in rows if row["weight"]]
    heard[0]["weight"], heard[1]["weight"] = "-3", "many"
    write("weights.csv", rows)
    err = run("estimate", "weights.csv", "--of", "age")[2]
    assert "The weight -3 is not more than 0." in err
    assert "“many” is not a number." in err


CODES = """\
unit_id,coder,theme
n1,ann,waiting
n1,ann,kindness
n1,bob,waiting
n2,ann,
n2,bob,
n3,ann,kindness
n3,bob,waiting
"""


def test_agreement_and_what_to_settle(run: Run) -> None:
    Path("codes.csv").write_text(CODES, encoding="utf-8")
    status, out, _ = run("agreement", "codes.csv")
    assert status == 0
    assert out.startswith("ann and bob: 3 units coded by two or more, 0 by one alone")
    assert ["waiting", "n3", "bob", "ann"] in [line.split() for line in out.splitlines()]
    assert "kindness: 3 units coded by two or more" in out
    held = json.loads(run("agreement", "codes.csv", "--resamples", "0", "--format", "json")[1])
    assert [each["subject"] for each in held["results"]] == ["kindness", "waiting"]
    assert held["results"][0]["kappas"][0]["coders"] == ["ann", "bob"]
    # A coefficient below nothing stays a number in a spreadsheet.
    rows = list(csv.DictReader(io.StringIO(run("agreement", "codes.csv", "--format", "csv")[1])))
    assert float(rows[0]["alpha"]) < 0


def test_three_coders_one_code_each_and_nothing_left_to_settle(run: Run) -> None:
    rows = [
        f"n{number},{coder},{'a' if number % 2 else 'b'}" for number in range(6) for coder in ("x", "y", "z")
    ]
    Path("codes.csv").write_text("unit_id,coder,theme\n" + "\n".join(rows), encoding="utf-8")
    status, out, _ = run("agreement", "codes.csv")
    assert status == 0
    assert out.startswith("x, y, z: 6 units")
    assert "all themes" in out
    assert "To settle" not in out


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ("n1,ann,t\n", "Only ann coded; agreement needs two people."),
        ("n1,,t\nn1,bob,t\n", "row 2, coder: It is blank."),
        ("n1,ann,t\nn1,ann,t\n", "row 3, theme: ann gives n1 this theme twice; the first time is row 2."),
        ("n1,ann,t\nn1,ann,\n", "says both that no theme applies to n1 and that one does"),
        ("n1,ann,\nn1,ann,t\n", "says both that no theme applies to n1 and that one does"),
        ("n1,ann,t\nn2,bob,t\n", "No unit was coded by two people."),
    ],
)
def test_codes_that_cannot_be_compared(run: Run, rows: str, what: str) -> None:
    Path("codes.csv").write_text(f"unit_id,coder,theme\n{rows}", encoding="utf-8")
    status, _, err = run("agreement", "codes.csv")
    assert status == 2
    assert what in err


BALLOTS = "person_id,story,place\np,letter,1\np,worker,2\nq,worker,1\nq,letter,1\nq,chair,2\nr,chair,\n"


def test_stories_in_order(run: Run) -> None:
    Path("ballots.csv").write_text(BALLOTS, encoding="utf-8")
    status, out, _ = run("rank", "ballots.csv")
    assert status == 0
    assert out.splitlines()[2].split() == ["1", "letter", "3.5", "2", "2"]
    assert out.endswith("Ranked by 2 people, of 3 asked.\n")
    held = json.loads(run("rank", "ballots.csv", "--format", "json")[1])
    assert [each["story"] for each in held["stories"]] == ["letter", "worker", "chair"]
    status, out, err = run("rank", "ballots.csv", "--unranked", "no-opinion", "--format", "csv")
    assert out.splitlines()[0] == "place,story,borda,copeland,ranked by"
    assert err == "Ranked by 2 people, of 3 asked.\n"


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("p,letter,2", "row 8, story: p ranks letter twice."),
        ("s,letter,first", "row 8, place: “first” is not a place."),
        ("s,letter,0", "row 8, place: “0” is not a place."),
        (",letter,1", "row 8, person_id: It is blank."),
    ],
)
def test_ballots_with_slips(run: Run, row: str, what: str) -> None:
    Path("ballots.csv").write_text(BALLOTS + row, encoding="utf-8")
    status, _, err = run("rank", "ballots.csv")
    assert status == 2
    assert what in err
