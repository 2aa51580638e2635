"""The Data page: a file brought, its columns confirmed, checked, valued, grouped and made into a case; bad files."""

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from strategy.customers.folder import PrivateFolder
from strategy.customers.source import either_order, either_sign
from strategy.exports.customer_rows import rows_as
from strategy.results import read_out
from strategy.samples import FOLDER
from strategy.wording import LANGUAGES, Wording
from tests.pages import (
    HOSTILE,
    alone,
    charts_with_words,
    container,
    healthy,
    opened,
    plan,
    sent,
    typed_shows_as_text,
    widgets,
)

RAW = FOLDER / "raw"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


@cache
def session_with(sample: str) -> dict[str, Any]:
    """What a session holds once a sample was read and measured: done once, its work is kept by what it depends on."""
    return dict(afresh(sample).session_state["display"])


def brought(sample: str, language: str = "en") -> AppTest:
    """A sample with its columns confirmed, as another page's visit left it."""
    at = opened("data.py", language, display=dict(session_with(sample)))
    healthy(at, "measured")
    return at


def afresh(sample: str, language: str = "en") -> AppTest:
    """A sample brought and its columns confirmed on the page itself."""
    at = opened("data.py", language)
    healthy(at, "empty")
    at.button(key=f"try_{sample}").click().run()
    healthy(at, "read")
    at.button(key="data_confirm").click().run()
    healthy(at, "measured")
    return at


def uploaded(at: AppTest, name: str, content: bytes) -> AppTest:
    at.file_uploader[0].upload(name, content).run()
    assert not at.exception, [error.message for error in at.exception]
    return at


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def texts(at: AppTest) -> str:
    return "\n".join(node.value for node in at.markdown)


def open_tab(at: AppTest, key: str, label: str) -> AppTest:
    return sent(at, container(widgets(at)[key]), string_value=label)


# End to end ----------------------------------------------------------------------------------------------------------


def test_the_sample_shop_goes_from_file_to_case_with_what_its_readme_says() -> None:
    at = brought("transactions.csv")
    told = texts(at)
    # sample_data/raw/README.md: 500 lines without a customer, 40 exact copies, 150 purchases cancelled, 400 of postage
    assert "500 rows do not say who bought" in told
    assert "40 lines were exact copies" in told
    assert "150 purchases were cancelled later" in told
    assert at.checkbox(key="exclude_POST").label == "Leave out POST: 400 rows"
    assert any("Trusted" in light.value for light in at.success)
    assert metrics(at)["Customers in the data"] == "3,000"
    charts_with_words(at)
    before = plan(at)
    at.button(key="data_make_case").click().run()
    healthy(at)
    made = plan(at)
    measured = {key: origin for key, origin in made.origins.items() if origin.kind == "measured"}
    assert {segment.id for segment in made.case.segments} == {"champions", "loyal", "recent", "slipping", "lapsed"}
    assert all("transactions.csv" in origin.source for origin in measured.values())
    assert f"{made.case.segments[0].id}/customers" in measured
    assert made.origins[f"{made.case.segments[0].id}/gross_margin"].kind == "believed"
    at.button(key="undo").click().run()
    assert plan(at) == before


def test_the_case_of_the_shop_has_the_value_that_the_page_shows() -> None:
    """Model, section 8: rho makes the case's customers worth what the data's are; start timing, no spend, no cost."""
    at = brought("transactions.csv")
    at.button(key="data_make_case").click().run()
    study = session_with("transactions.csv")["study"]
    assert read_out_value(plan(at).case) == pytest.approx(study.worth.total, rel=1e-3)


def read_out_value(case: Any) -> float:
    """By hand: sum over segments of N0 r rho^(t - 1) gross_margin (1 + d)^-(t - 1) over the horizon, in years."""
    total = 0.0
    for segment in case.segments:
        rate, revenue = segment.levers["retain"].constant.likely, segment.levers["develop"].constant.likely
        worth = (rate / (1 + case.discount_rate)) ** np.arange(case.horizon)
        total += segment.customers.likely * revenue * segment.gross_margin.likely * worth.sum()
    return float(total)


def test_excluding_postage_takes_its_rows_out_and_asks_nothing_again() -> None:
    at = afresh("transactions.csv")
    assert "14,323 of 15,163 rows" in texts(at)
    at.checkbox(key="exclude_POST").check().run()
    healthy(at)
    assert "400 rows are postage" in texts(at)
    assert "data_confirm" not in [button.key for button in at.button]
    assert "14,323 of 15,163 rows" not in texts(at)


def test_the_sample_contracts_go_from_file_to_case_in_dutch() -> None:
    at = afresh("contracts.csv", "nl")
    # 4,000 contracts (README); those without an end run: counted in the file itself
    rows = [row.split(",") for row in (RAW / "contracts.csv").read_text().splitlines()[1:]]
    running = sum(not row[2] for row in rows)
    say = Wording("nl")
    assert metrics(at)["Lopende contracten"] == say.short_number(running)
    assert any("Te vertrouwen" in light.value for light in at.success)
    at.button(key="data_make_case").click().run()
    healthy(at)
    case = plan(at).case
    assert {segment.name for segment in case.segments} == {row[4] for row in rows}
    assert sum(segment.customers.likely for segment in case.segments) == pytest.approx(running, abs=1)
    assert read_out(plan(at)).customer_equity > 0


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sample", ["transactions.csv", "contracts.csv"])
def test_every_view_opens_in_both_languages(sample: str, language: str) -> None:
    at = brought(sample, language)
    for key in ("data_trust", "data_worth"):
        for tab in list(widgets(at)[key].children.values()):
            open_tab(at, key, tab.label)
            healthy(at, tab.label)
            charts_with_words(at)
    sent(at, container(widgets(at)["data_drift"]), bool_value=True)
    healthy(at, "drift")
    charts_with_words(at)
    halfway = at.date_input[0].value
    at.date_input[0].set_value(halfway - timedelta(days=100)).run()
    healthy(at, "drift since a day")
    assert any((halfway - timedelta(days=100)).isoformat() in caption.value for caption in at.caption)
    sent(at, container(widgets(at)["data_columns"]), bool_value=True)
    healthy(at, "columns")


def test_every_way_to_group_gives_a_table_that_holds_all_customers() -> None:
    at = brought("transactions.csv")
    for number in range(4):
        at.selectbox(key="data_way").select_index(number).run()
        healthy(at)
        table = next(frame.value for frame in at.dataframe if "Expected still to be there" in frame.value.columns)
        assert sum(int(text.replace(",", "")) for text in table["Customers in the data"]) == 3000


def test_what_is_typed_changes_what_is_shown() -> None:
    at = brought("transactions.csv")
    before = metrics(at)
    at.text_input(key="data_margin").set_value("20%").run()
    # half the margin, half the value: margins are a factor of every amount (model, section 8)
    assert float(metrics(at)["Worth each"].lstrip("€")) == pytest.approx(
        float(before["Worth each"].lstrip("€")) / 2, rel=5e-3
    )
    at.text_input(key="data_margin").set_value("half").run()
    assert any("number" in error.value for error in at.error)
    at.text_input(key="data_margin").set_value("20%").run()
    healthy(at)
    open_tab(at, "data_worth", "Whom to win back")
    at.text_input(key="data_cost").set_value("1,000").run()
    assert "nobody is worth contacting" in texts(at)


def test_spend_of_today_becomes_curves_and_what_cannot_react_is_said() -> None:
    at = brought("transactions.csv")
    at.text_input(key="data_case_retain").set_value("10,000").run()
    at.button(key="data_make_case").click().run()
    healthy(at)
    spent = sum(cells["retain"] for cells in plan(at).spend.values())
    assert spent == pytest.approx(10_000)
    at.text_input(key="data_case_reduce_cost").set_value("5,000").run()
    before = plan(at)
    at.button(key="data_make_case").click().run()  # without a cost to serve, money cannot lower it
    assert at.error
    assert plan(at) == before


# Evidence on other pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "tabs"), [("client_selection.py", "selection_views"), ("value_protection.py", "see_value_protection")]
)
def test_the_pages_of_the_dimensions_show_the_evidence_or_where_to_bring_it(page: str, tabs: str) -> None:
    at = opened(page)
    open_tab(at, tabs, "From your data")
    healthy(at)
    assert any("Bring the purchases or contracts" in info.value for info in at.info)
    study = replace(session_with("transactions.csv")["study"], currency="USD")
    at = opened(page, "en", display={"study": study})
    open_tab(at, tabs, "From your data")
    healthy(at)
    charts_with_words(at)
    assert "$" in texts(at)


# Bad files -----------------------------------------------------------------------------------------------------------

DAYS = [f"2024-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(360)]


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/workbook.xml", "x")
        for part in range(7):
            archive.writestr(f"xl/worksheets/sheet{part}.xml", bytes(100_000_000))
    return packed.getvalue()


def cut_short() -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table({"customer": ["a"] * 999, "date": [DAYS[0]] * 999, "amount": [1.5] * 999}), written)
    return written.getvalue()[: len(written.getvalue()) // 2]


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.csv": (lambda: b"", "is empty"),
    "column.csv": (lambda: lines("a", "1", "2"), "only one column"),
    "dates.csv": (lambda: lines("customer,amount", "a,1.5", "b,2.5"), "no column holds dates"),
    "amounts.csv": (
        lambda: lines("customer,date,amount", *(f"c{n % 9},{day},much" for n, day in enumerate(DAYS))),
        "no column holds amounts",
    ),
    "bomb.xlsx": (bomb, "unpacks to"),
    "cut.parquet": (cut_short, "damaged or cut short"),
}


def test_a_file_that_cannot_be_read_is_said_and_what_was_there_stays() -> None:
    at = brought("contracts.csv")
    before = metrics(at)
    for name, (content, why) in UNREADABLE.items():
        uploaded(at, name, content())
        assert [why in error.value for error in at.error] == [True], name
        assert metrics(at) == before
    uploaded(at, "once.csv", lines("customer,date,amount", *(f"c{n},{day},9.50" for n, day in enumerate(DAYS))))
    healthy(at, "a good file after bad ones")


def test_nobody_bought_again_is_a_fallback_that_says_so() -> None:
    rows = (f"c{n},{day},{9 + n % 7}.50" for n, day in enumerate(DAYS))
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", *rows))
    at.button(key="data_confirm").click().run()
    assert not at.exception
    assert any("Not trusted" in error.value and "observed means" in error.value for error in at.error)
    assert "None of 360 customers bought again" in texts(at)


def test_one_customer_is_valued_and_not_trusted() -> None:
    rows = (f"only,{day},{9 + n % 7}.50" for n, day in enumerate(DAYS))
    at = uploaded(opened("data.py"), "one.csv", lines("customer,date,amount", *rows))
    at.button(key="data_confirm").click().run()
    assert not at.exception
    assert any("Not trusted" in error.value for error in at.error)
    assert metrics(at)["Customers in the data"] == "1"


def test_mixed_currencies_ask_for_one_and_a_choice_settles_it() -> None:
    rows = (f"c{n % 40},{day},{9 + n % 7}.50,{'EUR' if n % 3 else 'USD'}" for n, day in enumerate(DAYS))
    at = uploaded(opened("data.py"), "mixed.csv", lines("customer,date,amount,currency", *rows))
    at.button(key="data_confirm").click().run()
    assert any("choose one currency" in error.value for error in at.error)
    at.selectbox(key="data_currency").select("EUR").run()
    assert "120 rows are in another currency" in texts(at)  # a third of 360
    assert not any("choose one currency" in error.value for error in at.error)


def test_a_history_of_one_day_is_refused_in_words() -> None:
    rows = (f"c{n % 40},2024-01-01,{9 + n % 7}.50" for n in range(200))
    at = uploaded(opened("data.py"), "day.csv", lines("customer,date,amount", *rows))
    at.button(key="data_confirm").click().run()
    assert any("no time seen" in error.value for error in at.error)


def test_dates_and_amounts_that_could_be_read_two_ways_are_asked() -> None:
    bought = np.random.default_rng(1).integers(1, 9, (300, 3))
    rows = (f"c{n % 40 % a};0{a}/0{b}/2024;{c}.{100 + n}" for n, (a, b, c) in enumerate(bought.tolist()))
    at = uploaded(opened("data.py"), "either.csv", lines("customer;date;amount", *rows))
    healthy(at)
    assert at.selectbox(key="data_date_format").options == ["DD/MM/YYYY", "MM/DD/YYYY"]
    at.selectbox(key="data_decimal").select(".").run()
    at.button(key="data_confirm").click().run()
    assert not at.exception
    # mean of the amounts with a decimal point is below 10; read as thousands it would be in the thousands
    assert "can be used, worth €1" in texts(at)


def test_only_what_is_unclear_is_asked() -> None:
    assert either_order(["01/02/2024", "13/02/2024"]) == ()
    assert either_order(["2024-01-02"]) == ()
    assert either_order(["01/02/2024 10:00"]) == ("DD/MM/YYYY", "MM/DD/YYYY")
    assert either_sign(["1,234", "12"])
    assert not either_sign(["1,234", "1,50"])
    assert not either_sign(["1234"])


def test_texts_of_a_file_are_only_text() -> None:
    rows = (f'"{HOSTILE} {n % 40}",{day},{9 + n % 7}.50,{HOSTILE if n % 2 else "g"}' for n, day in enumerate(DAYS))
    at = uploaded(opened("data.py"), f"{HOSTILE}.csv", lines(f'customer,date,amount,"{HOSTILE}"', *rows))
    at.button(key="data_confirm").click().run()
    assert not at.exception
    at.selectbox(key="data_way").select_index(1).run()
    typed_shows_as_text(at)
    at.button(key="data_make_case").click().run()
    assert not at.exception
    typed_shows_as_text(at)


def test_ids_of_ten_thousand_letters_and_formulas_pass_and_are_harmless_in_files(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"customer": ["=1+1", "x" * 10_000, "a\x01b"], "clv": [1.5, 2.0, 3.0]}), path)
    assert b"'=1+1" in rows_as(path, "csv")
    sheet = openpyxl.load_workbook(io.BytesIO(rows_as(path, "xlsx"))).worksheets[0]
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert len(sheet["A3"].value) == 10_000
    assert rows_as(path, "parquet") == path.read_bytes()


def test_the_folder_of_a_file_goes_with_its_holder() -> None:
    folder = PrivateFolder()
    path = folder.keep(b"private")
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0
    del folder
    assert not path.parent.exists()


def test_folders_of_a_process_that_is_no_more_are_swept() -> None:
    left = Path(tempfile.gettempdir()) / "planner-files-999999999-left"
    left.mkdir(exist_ok=True)
    folder = PrivateFolder()
    assert not left.exists()
    assert folder.path.exists()
    folder.remove()
    assert not folder.path.exists()


def test_a_file_that_nobody_looked_at_for_hours_goes_and_the_page_starts_anew() -> None:
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5", "b,2024-02-02,2.5"))
    folder = at.session_state["display"]["data"][0].folder
    folder._timer.function()  # what the clock does
    at.run()
    healthy(at)
    assert not folder.path.exists()
    assert "data_confirm" not in [button.key for button in at.button]


def test_the_file_can_be_removed_at_once() -> None:
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5", "b,2024-02-02,2.5"))
    path = at.session_state["display"]["data"][0].path
    assert path.exists()
    at.button(key="data_forget").click().run()
    healthy(at)
    assert not path.exists()
    assert [button.key for button in at.button if button.key == "data_confirm"] == []
