"""`lists` without a screen: the numbers of the Data page, one list to a file, and what is refused."""

import csv
from pathlib import Path

import openpyxl
import pytest

from strategy.__main__ import main
from strategy.case.samples import FOLDER
from strategy.customers.value.acting import ACTS
from strategy.plan.plan import set_answer
from strategy.plan.plan_file import read_plan
from tests.commands.test_value_command import asked, refused

SHOP = str(FOLDER / "raw" / "transactions.csv")
CONTRACTS = str(FOLDER / "raw" / "contracts.csv")


@pytest.mark.parametrize("file", [SHOP, CONTRACTS], ids=["purchases", "contracts"])
def test_every_list_has_its_customers_gain_and_band(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = asked(capsys, "lists", file, "--cost-to-serve", "40")
    assert tuple(found["lists"]) == ACTS
    assert found["trusted"] is True
    for made in found["lists"].values():
        assert made["p05"] <= made["gain"] <= made["p95"]
        assert (made["customers"] > 0) == (made["gain"] > 0)
    assert found["lists"]["let_go"]["cost"] == 0


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_list_is_written_with_its_reasons_most_gain_first(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"keep{ending}"
    found = asked(capsys, "lists", SHOP, "--list", "keep", "--out", str(out), "--language", "nl")["lists"]["keep"]
    if ending == ".csv":
        rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    else:
        rows = [[str(cell) for cell in row] for row in openpyxl.load_workbook(out).worksheets[0].values]
    assert rows[0][:4] == ["Klant", "Segment", "Waarom", "Verwachte opbrengst"]
    gains = [float(row[3].replace(",", ".")) for row in rows[1:]]
    assert len(gains) == found["customers"]
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == pytest.approx(found["gain"], abs=0.005 * len(gains))
    assert all(row[2].startswith("Vertrekt misschien") for row in rows[1:])


def test_the_answers_of_a_plan_decide_who_is_on_which_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.json"
    asked(capsys, "case", SHOP, "--segments", "rfm", "--out", str(case))
    plan = set_answer(read_plan(case.read_bytes()), "focus", "no", "loyal")
    (tmp_path / "plan.json").write_text(plan.to_json(), encoding="utf-8")
    before, after = (
        asked(capsys, "lists", SHOP, *plan)["lists"] for plan in ([], ["--plan", str(tmp_path / "plan.json")])
    )
    assert before["let_go"]["customers"] == 0
    assert after["let_go"]["customers"] > 0


def test_what_cannot_be_listed_is_said_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "say which" in refused(capsys, "lists", SHOP, "--out", str(tmp_path / "x.csv"))
    assert ".xlsx" in refused(capsys, "lists", SHOP, "--list", "keep", "--out", str(tmp_path / "x.doc"))
    assert "no-plan.json" in refused(capsys, "lists", SHOP, "--plan", str(tmp_path / "no-plan.json"))
    assert "rfm" in refused(capsys, "lists", CONTRACTS, "--segments", "rfm")
    assert "region2" in refused(capsys, "lists", SHOP, "--segments", "region2")
    with pytest.raises(SystemExit):
        main(["lists", SHOP, "--response", "2"])
    assert "--response" in capsys.readouterr().err
