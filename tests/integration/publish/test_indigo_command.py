"""The command as people run it, on the carried Fair Chance Fund facts and on damaged copies of them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from openoutcomes.cli.app import main
from openoutcomes.publish.indigo import columns as c

EXAMPLE = Path(__file__).parents[3] / "src/openoutcomes/examples_data/fair-chance-fund/indigo"
PAYMENTS = "projects_outcome_payments.csv"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run ``openoutcomes indigo ...``; return the status, stdout and stderr."""

    def command(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leaving:
            main(["indigo", *map(str, words)])
        out = capsys.readouterr()
        code = leaving.value.code
        return (code if isinstance(code, int) else 0), out.out, out.err

    return command


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A copy of the carried export that a test may damage."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "export"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_json_is_pure_and_has_the_published_keys(run) -> None:
    status, out, err = run("reconcile", EXAMPLE, "--format", "json")
    result = json.loads(out)
    assert (status, err) == (0, "")
    project = result["projects"][0]
    assert {
        "project", "name", "currency", "price_times_count", "paid", "available", "status", "explanation",
        "faults", "metrics",
    } <= set(project)  # fmt: skip
    assert {"metric", "definition", "price", "count", "price_times_count", "paid", "status"} <= set(
        project["metrics"][0]
    )
    assert project["metrics"][0] | {"explanation": "", "counts_used": None} == {
        "metric": "outcomemetric1",
        "definition": "First assessment",
        "price": "500.00",
        "count": 406,
        "price_times_count": "203000.00",
        "paid": None,
        "status": "untestable",
        "explanation": "",
        "rule": None,
        "counts_used": None,
    }
    assert set(result["projects"][4]["faults"][0]) == {"kind", "where", "detail"}
    assert result["summary"]["statuses"]["price_times_count"]["unexplained"] == 7


def test_the_seven_projects_give_the_known_figures(run) -> None:
    projects = json.loads(run("reconcile", EXAMPLE, "--format", "json")[1])["projects"]
    figures = {
        each["name"]: (each["price_times_count"], each["paid"], each["available"]) for each in projects
    }
    assert figures == {
        "Ambition": ("3155150.00", "2742943.00", "2944525.00"),
        "Aspire": ("1516000.00", "1313690.00", "1451250.00"),
        "Depaul": ("1692700.00", "1654340.00", None),
        "Fusion": ("3032950.00", "2513800.00", None),
        "Home Group": ("2391450.00", "1323670.00", None),
        "Local Solutions": ("1347000.00", "1323670.00", None),
        "St Basil's": ("2802950.00", "2622375.00", None),
    }
    assert {each["status"] for each in projects} == {"unexplained"}
    twins = [
        each["name"] for each in projects if any(f["kind"] == "same-payment-twice" for f in each["faults"])
    ]
    assert twins == ["Home Group", "Local Solutions"]


def test_text_names_projects_statuses_and_faults(run) -> None:
    status, out, err = run("reconcile", EXAMPLE)
    assert (status, err) == (0, "")
    assert "INDIGO-POJ-0131  Ambition" in out
    assert "3,155,150.00" in out
    assert "price × count against paid         0          0            7           0" in out
    assert "same-payment-twice (2)" in out


@pytest.mark.parametrize("name", ["INDIGO-POJ-0136", "indigo-poj-0136", "0136"])
def test_one_project_by_any_form_of_its_id(run, name: str) -> None:
    result = json.loads(run("reconcile", EXAMPLE, "--project", name, "--format", "json")[1])
    assert [each["name"] for each in result["projects"]] == ["Local Solutions"]


def test_two_projects_come_in_the_exports_order(run) -> None:
    words = ("reconcile", EXAMPLE, "--project", "0136", "--project", "0131", "--format", "json")
    assert [each["name"] for each in json.loads(run(*words)[1])["projects"]] == [
        "Ambition",
        "Local Solutions",
    ]


def test_a_project_that_is_not_there_is_bad_usage_with_a_suggestion(run) -> None:
    status, out, err = run("reconcile", EXAMPLE, "--project", "INDIGO-POJ-0139")
    assert (status, out) == (2, "")
    assert "no project 'INDIGO-POJ-0139'. Did you mean INDIGO-POJ-013" in err
    assert "See projects.csv" in run("reconcile", EXAMPLE, "--project", "zz")[2]


def test_a_folder_that_is_no_export_is_bad_usage(run, tmp_path: Path) -> None:
    status, out, err = run("reconcile", tmp_path)
    assert (status, out) == (2, "")
    assert "no projects.csv here" in err


def test_part_that_cannot_be_read_is_status_1_with_the_rest_reported(run, export: Path) -> None:
    (export / "projects_results.csv").unlink()
    status, out, err = run("reconcile", export, "--format", "json")
    result = json.loads(out)
    assert status == 1
    assert "could not be read" in err
    assert [fault["kind"] for fault in result["faults"]] == ["missing-file"]
    assert {each["status"] for each in result["projects"]} == {"untestable"}
    assert "figures may be missing" in run("reconcile", export)[1]
    assert "figures may be missing" in run("reconcile", export, "--format", "html")[1]


def test_metric_level_and_repeat_payments_planted_in_a_copy(run, export: Path) -> None:
    lines = (export / PAYMENTS).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if "INDIGO-POJ-0136" not in line]
    counts = json.loads(run("reconcile", EXAMPLE, "--project", "0136", "--format", "json")[1])["projects"][0]
    for number, metric in enumerate(counts["metrics"]):
        paid = float(metric["price_times_count"]) * (2 if number == 0 else 1)
        lines.append(f"INDIGO-POJ-0136,,{metric['metric']},2015-01,2017-12,,Actual,GBP,{paid:.2f},")
    (export / PAYMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = json.loads(run("reconcile", export, "--project", "0136", "--format", "json")[1])["projects"][0]
    assert (project["status"], project["rule"]) == ("explained", "every-metric-explained")
    assert [metric["status"] for metric in project["metrics"][:2]] == ["explained", "agrees"]
    assert "times 276, where 138 results are recorded" in project["metrics"][0]["explanation"]
    assert "outcomemetric1: explained [whole-multiple]" in run("reconcile", export, "--project", "0136")[1]


def test_csv_has_a_row_for_each_metric_and_runs_no_formula(run, export: Path) -> None:
    edit(export / "projects.csv", "Ambition", "=HYPERLINK(1)")
    edit(export / "projects.csv", "Aspire", "-Aspire")
    with (export / "projects.csv").open("a", encoding="utf-8") as file:
        file.write("INDIGO-POJ-9999,No metrics" + "," * 9 + "\n")
    edit(export / PAYMENTS, "2742943", "-2742943")
    status, out, _ = run("reconcile", export, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert len(rows) == 7 * 21 + 1
    assert (rows[0]["name"], rows[21]["name"], rows[-1]["metric"]) == ("'=HYPERLINK(1)", "'-Aspire", "")
    assert rows[0]["project_paid"] == "-2742943.00"
    assert (rows[0]["price"], rows[0]["count"], rows[0]["price_times_count"]) == (
        "500.00",
        "406",
        "203000.00",
    )


class Page(HTMLParser):
    """Collects the tags of a page, and complains of one that loads anything."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.loads += [f"{tag} {name}" for name, _ in attrs if name in {"src", "href", "onclick"}]


def test_html_is_one_safe_page_that_loads_nothing(run, export: Path, tmp_path: Path) -> None:
    edit(export / "projects.csv", "Ambition", "<script>alert(1)</script>")
    with (export / "projects.csv").open("a", encoding="utf-8") as file:
        file.write("INDIGO-POJ-9999,Nothing to test,,,,,,,,,\n")
    page = tmp_path / "page.html"
    status, out, err = run("reconcile", export, "--format", "html", "--out", page)
    text = page.read_text(encoding="utf-8")
    parsed = Page()
    parsed.feed(text)
    assert (status, out) == (0, "")
    assert f"Written to {page}" in err
    assert "script" not in parsed.tags
    assert parsed.loads == []
    assert "&lt;script&gt;" in text
    assert "3,155,150.00" in text
    assert "Nothing to test" in text


def test_a_file_that_cannot_be_written_is_said_plainly(run, tmp_path: Path) -> None:
    status, _, err = run("reconcile", EXAMPLE, "--out", tmp_path / "nowhere" / "x.txt")
    assert status == 2
    assert "No such file" in err


def test_terminal_control_characters_in_data_are_shown_as_escapes(run, export: Path) -> None:
    edit(export / "projects.csv", "Ambition", "Amb\x1b[31mition")
    edit(export / PAYMENTS, "2742943", "\x1b]0;x")
    assert "\x1b" not in run("reconcile", export)[1]


def test_every_fault_can_be_shown(run, export: Path) -> None:
    text = (export / "projects_results.csv").read_text(encoding="utf-8")
    (export / "projects_results.csv").write_text(text.replace("2017-12", "2017-13"), encoding="utf-8")
    few, every = run("reconcile", export)[1], run("reconcile", export, "--every-fault")[1]
    assert "and 121 more" in few
    assert "more\n" not in every
    assert every.count("there is no month 13") == 124


def test_projects_with_nothing_to_test_are_counted_not_listed(run, export: Path) -> None:
    with (export / "projects.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"INDIGO-POJ-99{number:02},Empty,,,,,,,,,\n" for number in range(12))
    out = run("reconcile", export)[1]
    assert "12 more projects have neither payments nor a price with a count: untestable." in out
    assert "INDIGO-POJ-9900" not in out


def test_no_faults_is_said(run, export: Path) -> None:
    assert "No faults found." in run("reconcile", export, "--project", "0131")[1]


def test_the_same_input_gives_the_same_bytes(run) -> None:
    for form in ("json", "csv", "html", "text"):
        assert run("reconcile", EXAMPLE, "--format", form) == run("reconcile", EXAMPLE, "--format", form)


def test_shares_of_a_payer(run, export: Path) -> None:
    path = export / "projects_outcome_payment_commitments.csv"
    edit(path, "INDIGO-POJ-0131,INDIGO-ORG-0088,,", "INDIGO-POJ-0131,INDIGO-ORG-0088,GBP,600")
    edit(path, "INDIGO-POJ-0131,INDIGO-ORG-0171,,", "INDIGO-POJ-0131,INDIGO-ORG-0171,GBP,400")
    edit(path, "INDIGO-POJ-0132,INDIGO-ORG-0171,,", "INDIGO-POJ-0132,INDIGO-ORG-0171,GBP,400")
    status, out, _ = run("shares", export, "--payer", "INDIGO-ORG-0171")
    assert status == 0
    assert "1 projects: from 40.0% to 40.0%, 40.0% pooled; 1 left out, where it alone has an amount." in out
    table = json.loads(run("shares", export, "--payer", "indigo-org-0171", "--format", "json")[1])
    assert table["pooled_share"] == "0.4000"
    assert [row["alone"] for row in table["projects"]] == [False, True]


def test_shares_of_a_payer_that_is_never_with_another(run, export: Path) -> None:
    path = export / "projects_outcome_payment_commitments.csv"
    edit(path, "INDIGO-POJ-0132,INDIGO-ORG-0171,,", "INDIGO-POJ-0132,INDIGO-ORG-0171,GBP,400")
    assert "shares no commitments with anyone" in run("shares", export, "--payer", "INDIGO-ORG-0171")[1]
    table = json.loads(run("shares", export, "--payer", "INDIGO-ORG-0171", "--format", "json")[1])
    assert table["pooled_share"] is None


def test_shares_of_nobody_and_in_no_such_form(run) -> None:
    assert run("shares", EXAMPLE, "--payer", "INDIGO-ORG-0171")[0] == 2
    assert run("shares", EXAMPLE, "--payer", "x", "--format", "html")[0] == 2


def test_the_reference_page_is_the_one_the_code_makes(run) -> None:
    page = Path(__file__).parents[3] / "docs/reference/indigo-rules.md"
    assert page.read_text(encoding="utf-8") == run("rules")[1], (
        "run: openoutcomes indigo rules > docs/reference/indigo-rules.md"
    )


def test_any_one_column_may_be_missing(run, export: Path) -> None:
    for path in sorted(export.glob("*.csv")):
        whole = path.read_text(encoding="utf-8")
        header, *rows = csv.reader(io.StringIO(whole))
        for index, name in enumerate(header):
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([row[:index] + row[index + 1 :] for row in (header, *rows)])
            status, out, err = run("reconcile", export, "--format", "json")
            if (path.name, name) == ("projects.csv", "ID"):
                assert status == 2, name
                assert "no column 'ID'" in err
            else:
                side = path.name in c.SIDE_TABLES or name in c.SIDE_COLUMNS or name not in c.TABLES[path.name]
                assert status == (0 if side else 1), (path.name, name)
                assert (name in out) == (name in c.TABLES[path.name])
        path.write_text(whole, encoding="utf-8")
