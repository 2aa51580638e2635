"""The Data page: a file brought, its columns confirmed, checked, valued, grouped and made into a case; bad files."""

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from errno import ENOSPC
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from babel.dates import format_date
from streamlit.testing.v1 import AppTest

from pages.customer_data import action_lists
from pages.customer_data.data_study import DataStudy
from pages.frame import jobs
from strategy.case.samples import FOLDER
from strategy.customers.findings import Finding
from strategy.customers.offered_files import FOLDER as FOLDER_OFFERED
from strategy.customers.reading import folder
from strategy.customers.reading.folder import PrivateFolder, sweep
from strategy.customers.reading.source import either_order, either_sign, read_source
from strategy.customers.value.bridge import bridge
from strategy.customers.value.segmenting import Way, ahead_of, book_of, grouped
from strategy.explanations.action_lists import codes_told
from strategy.exports.customer_rows import About, rows_as
from strategy.plan.plan import set_answer
from strategy.plan.results import read_out
from strategy.progress import Cancelled, Progress
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import (
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
from tests.commands.test_value_command import asked

RAW = FOLDER / "raw"
FORETOLD = ("predicted", "actual", "miss", "limit")
EN, NL, ABOUT = Wording("en"), Wording("nl"), About("customers")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


@cache
def session_with(sample: str) -> dict[str, Any]:
    """What a session holds once a sample was read and measured: done once, its work is kept by what it depends on."""
    return dict(afresh(sample).session_state["display"])


def brought(sample: str, language: str = "en") -> AppTest:
    """A sample with its columns confirmed, as another page's visit left it; shared, so no test may take it away."""
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_refused_file_says_of_itself_shows_as_text(language: str) -> None:
    """A header without rows is quoted in the refusal, in the box that long work draws."""
    at = uploaded(opened("data.py", language), f"{HOSTILE}.csv", lines(f'customer,date,amount,"{HOSTILE}"'))
    (error,) = at.error
    assert "bold" in error.value
    typed_shows_as_text(at)


def test_a_file_on_the_server_is_chosen_and_stays_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = opened("data.py")
    assert [box.label for box in at.selectbox if box.key and "offered" in box.key] == []
    (tmp_path / "shop.csv").write_bytes(lines("customer,date,amount", "a,2026-01-01,2.50", "b,2026-01-05,3.50"))
    monkeypatch.setenv(FOLDER_OFFERED, str(tmp_path))
    at.run()
    next(box for box in at.selectbox if box.key and "offered" in box.key).select("shop.csv").run()
    assert "shop" in "\n".join(header.value for header in at.header)
    at.button(key="data_forget").click().run()
    assert (tmp_path / "shop.csv").exists()


def test_a_file_without_money_asks_what_a_purchase_brings() -> None:
    """Until it is said there is nothing to go on with."""
    rows = (f"k{n % 40},{date(2024, 1, 1) + timedelta(n)}" for n in range(200))
    at = uploaded(opened("data.py"), "visits.csv", lines("customer,date", *rows))
    assert "data_confirm" not in {button.key for button in at.button}
    at.number_input[0].set_value(25.0).run()
    at.button(key="data_confirm").click().run()
    assert metrics(at)["Customers in the data"] == "40"


# End to end ----------------------------------------------------------------------------------------------------------


def test_the_sample_shop_goes_from_file_to_case_with_what_its_readme_says() -> None:
    at = brought("transactions.csv")
    told = texts(at)
    # sample_data/raw/README.md: 500 lines without a customer, 40 exact copies, 150 purchases cancelled, 400 of postage
    assert "500 rows do not say who bought" in told
    assert "40 lines were exact copies" in told
    assert "150 purchases were cancelled later" in told
    assert at.checkbox(key="exclude_POST_1").label == "Leave out POST: 400 rows"
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
    study = session_with("transactions.csv")["data_study"].evidence
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
    at.checkbox(key="exclude_POST_1").check().run()
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
    if sample == "transactions.csv":  # grouped by when and how often: with boundaries, which are those of that day
        day = format_date(halfway - timedelta(days=100), "medium", locale=Wording(language).locale)
        assert any(day in caption.value for caption in at.caption)
    sent(at, container(widgets(at)["data_columns"]), bool_value=True)
    healthy(at, "columns")


def test_every_way_to_group_gives_a_table_that_holds_all_customers() -> None:
    at = brought("transactions.csv")
    for number in range(4):
        at.selectbox(key="data_way_1").select_index(number).run()
        healthy(at)
        table = next(frame.value for frame in at.dataframe if "Expected still to be there" in frame.value.columns)
        assert sum(int(text.replace(",", "")) for text in table["Customers in the data"]) == 3000


def test_what_is_typed_changes_what_is_shown() -> None:
    at = brought("transactions.csv")
    before = metrics(at)
    at.text_input(key="data_margin_1").set_value("20%").run()
    # half the margin, half the value: margins are a factor of every amount (model, section 8)
    assert float(metrics(at)["Worth each"].lstrip("€")) == pytest.approx(
        float(before["Worth each"].lstrip("€")) / 2, rel=5e-3
    )
    at.text_input(key="data_margin_1").set_value("half").run()
    assert any("number" in error.value for error in at.error)
    at.text_input(key="data_margin_1").set_value("20%").run()
    healthy(at)
    open_tab(at, "data_worth", "Whom to win back")
    at.text_input(key="data_cost_1").set_value("1,000").run()
    assert "nobody is worth contacting" in texts(at)


def test_spend_of_today_becomes_curves_and_what_cannot_react_is_said() -> None:
    at = brought("transactions.csv")
    at.text_input(key="data_case_retain_1").set_value("10,000").run()
    at.button(key="data_make_case").click().run()
    healthy(at)
    spent = sum(cells["retain"] for cells in plan(at).spend.values())
    assert spent == pytest.approx(10_000)
    at.text_input(key="data_case_reduce_cost_1").set_value("5,000").run()
    before = plan(at)
    at.button(key="data_make_case").click().run()  # without a cost to serve, money cannot lower it
    assert at.error
    assert plan(at) == before


def test_from_the_orders_of_a_web_shop_to_a_case_on_which_all_four_levers_live_takes_ten_steps() -> None:
    """README of sample_data/bike_shop: what is chosen and typed, and what comes of it."""
    at, steps = brought("bike_shop.csv"), ["the sample"]
    assert any("Trusted" in light.value for light in at.success)

    def does(what: str, step: Callable[[], Any]) -> None:
        step().run()
        healthy(at, what)
        steps.append(what)

    does("grouped", lambda: at.selectbox(key="data_way_1").set_value(Way("column", "Soort klant")))
    does("quarters", lambda: at.selectbox(key="data_case_period_1").set_value("quarter"))
    typed_in = {
        "data_margin_1": "45%", "data_case_serve_1": "2.09", "data_case_acquire_1": "6,000",
        "data_case_develop_1": "1,000", "data_case_retain_1": "1,500", "data_case_reduce_cost_1": "750",
    }  # fmt: skip
    for key, text in typed_in.items():
        does(key, lambda key=key, text=text: at.text_input(key=key).set_value(text))  # type: ignore[misc]
    does("made", lambda: at.button(key="data_make_case").click())
    assert len(steps) == 10
    found = read_out(plan(at))
    assert found.customer_equity == pytest.approx(584_424, rel=1e-4)  # 3.2 % below the sample's 603,859
    assert (np.abs(found.marginal_return) > 0.1).all()
    assert [segment.name for segment in plan(at).case.segments] == ["Gezin", "Forens", "Sportfietser"]


# Evidence on other pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "tabs"), [("client_selection.py", "selection_views"), ("value_protection.py", "see_value_protection")]
)
def test_the_pages_of_the_dimensions_show_the_evidence_or_where_to_bring_it(page: str, tabs: str) -> None:
    at = opened(page)
    open_tab(at, tabs, "From your data")
    healthy(at)
    assert any("Bring the purchases or contracts" in info.value for info in at.info)
    study = replace(session_with("transactions.csv")["data_study"].evidence, currency="USD")
    at = opened(page, "en", display={"data_study": DataStudy(evidence=study)})
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
    "bomb.xlsx": (bomb, "unpacks to"),
    "cut.parquet": (cut_short, "damaged or cut short"),
}


def test_a_file_that_cannot_be_read_is_said_and_what_was_there_stays() -> None:
    at = afresh("contracts.csv")
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
    assert chosen(at).proto.expanded  # where the choice is made, is in sight
    at.selectbox(key="data_currency_1").select("EUR").run()
    assert "120 rows are in another currency" in texts(at)  # a third of 360
    assert not any("choose one currency" in error.value for error in at.error)
    at.run()
    assert not chosen(at).proto.expanded


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
    assert at.selectbox(key="data_date_format_1").options == ["DD/MM/YYYY", "MM/DD/YYYY"]
    at.selectbox(key="data_decimal_1").select(".").run()
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
    at.selectbox(key="data_way_1").select_index(1).run()
    typed_shows_as_text(at)
    at.button(key="data_make_case").click().run()
    assert not at.exception
    typed_shows_as_text(at)


def test_ids_of_ten_thousand_letters_and_formulas_pass_and_are_harmless_in_files(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"customer": ["=1+1", "x" * 10_000, "a\x01b"], "clv": [1.5, 2.0, 3.0]}), path)
    assert b"'=1+1" in rows_as(path, "csv", EN, ABOUT)
    sheet = openpyxl.load_workbook(io.BytesIO(rows_as(path, "xlsx", EN, ABOUT))).worksheets[0]
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert len(sheet["A3"].value) == 10_000
    assert rows_as(path, "parquet", EN, ABOUT) == path.read_bytes()


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
    folder = at.session_state["display"]["data_study"].brought.folder
    folder._finalizer()  # what the clock does
    at.run()
    healthy(at)
    assert not folder.path.exists()
    assert "data_confirm" not in [button.key for button in at.button]


def test_the_file_can_be_removed_at_once() -> None:
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5", "b,2024-02-02,2.5"))
    path = at.session_state["display"]["data_study"].brought.path
    assert path.exists()
    at.button(key="data_forget").click().run()
    healthy(at)
    assert not path.exists()
    assert [button.key for button in at.button if button.key == "data_confirm"] == []


# What is said --------------------------------------------------------------------------------------------------------


def told(at: AppTest) -> str:
    """Everything said on the page in sentences."""
    kinds = ("markdown", "caption", "success", "warning", "error", "info")
    return "\n".join(str(node.value) for node in at if node.type in kinds).replace("\\", "")


def chosen(at: AppTest) -> Any:
    return next(panel for panel in at.expander if "Which column is what" in panel.label)


def customers_table(at: AppTest) -> Any:
    return next(frame.value for frame in at.dataframe if "Segment" in frame.value.columns)


def test_the_case_says_how_its_customer_equity_follows_from_the_worth_and_how_to_go_on() -> None:
    at = afresh("contracts.csv")
    at.button(key="data_make_case").click().run()
    healthy(at)
    found = bridge(plan(at).case)
    assert found.equity == pytest.approx(read_out(plan(at)).customer_equity)  # what the budget page shows
    assert found.within == pytest.approx(session_with("contracts.csv")["data_study"].evidence.worth.total, rel=1e-3)
    said = next(box.value for box in at.success if "is open" in box.value).replace("\\", "")
    for amount in (found.equity, found.within, found.after, found.newcomers):
        assert EN.short_money(amount) in said
    assert "their worth above" in said
    assert any(button.key == "download_made_plan" for button in at.download_button)
    at.button(key="try_transactions.csv").click().run()
    assert not any("is open" in box.value for box in at.success)


def test_a_verdict_of_care_is_repeated_where_the_case_is_made() -> None:
    display = dict(session_with("contracts.csv"))
    study = display["data_study"]
    kept = study.kept
    doubtful = replace(kept.measured.model, noticed=(Finding("poor_tracking", dict.fromkeys(FORETOLD, 1.0)),))
    display["data_study"] = replace(study, kept=replace(kept, measured=replace(kept.measured, model=doubtful)))
    at = opened("data.py", "en", display=display)
    at.button(key="data_make_case").click().run()
    assert [box.value.startswith("**Use with care**") for box in at.warning] == [True, True]


def test_retention_is_told_of_those_still_there() -> None:
    at = brought("transactions.csv")
    table = customers_table(at).set_index("Segment")
    slipping = table.loc["Slipping: bought much, not lately"]
    there, size, stay = (
        slipping[name]
        for name in ("Expected still to be there", "Customers in the data", "Of those still there stay, per year")
    )
    assert f"{there} of {size} are expected still to be there, and {stay} of those {there} stay" in told(at)


def test_contracts_are_told_in_words_of_contracts() -> None:
    at = brought("contracts.csv")
    rows = [row.split(",") for row in (RAW / "contracts.csv").read_text().splitlines()[1:]]
    running = [float(row[3]) for row in rows if not row[2]]  # without an end: by hand from the file
    said = told(at)
    assert f"{len(running):,} run and bring {EN.short_money(sum(running))} per year together" in said
    assert "can be used, worth" not in said
    assert "Expected still to be there" not in customers_table(at).columns
    assert "Contracts that run" in customers_table(at).columns
    assert any("in its first period" in str(metric.delta) for metric in at.metric)
    assert "brings **fee** per year: check" in said
    sent(at, container(widgets(at)["data_drift"]), bool_value=True)
    assert "Nobody changed segment between" in told(at)
    assert "These segments hardly differ" in told(at)


def test_many_customers_who_bought_once_are_said_with_what_the_model_cannot_tell() -> None:
    assert "570 of 3,000 customers bought once" in told(brought("transactions.csv"))
    study = session_with("transactions.csv")["data_study"].evidence
    for once, said in ((900, True), (0, False)):
        at = opened(
            "value_protection.py", "en", display={"data_study": DataStudy(evidence=replace(study, bought_once=once))}
        )
        open_tab(at, "see_value_protection", "From your data")
        assert (f"{once} of 3,000 customers bought once" in told(at)) == said


def test_who_moved_says_whose_boundaries_it_keeps() -> None:
    at = brought("transactions.csv")
    sent(at, container(widgets(at)["data_drift"]), bool_value=True)
    assert "boundaries between segments of 30 Dec 2024" in told(at)
    assert "boundaries anew on 30 Dec 2025" in told(at)
    at.selectbox(key="data_way_1").select_index(1).run()
    healthy(at)
    assert "Nobody changed segment between 30 Dec 2024 and 30 Dec 2025" in told(at)


def test_the_main_finding_stands_under_the_light_with_a_way_to_the_case() -> None:
    at = brought("transactions.csv")
    said = told(at)
    total = EN.short_money(session_with("transactions.csv")["data_study"].evidence.worth.total)
    assert said.index("Trusted") < said.index(f"Your 3,000 customers are worth {total}") < said.index("can be used")
    assert "(#make-a-case)" in said
    assert any("customer customer, day date, amount amount" in panel.label for panel in at.expander)


def test_what_was_left_out_by_choice_is_no_row_that_cannot_be_used() -> None:
    at = afresh("transactions.csv")
    at.checkbox(key="exclude_POST_1").check().run()
    # 15,163 rows less 400 of postage; 14,323 could be used before, 400 of them were postage
    assert "13,923 of 14,763 rows (94%) can be used" in told(at)
    assert "; 400 more you left out yourself" in told(at)


def test_the_uploader_lets_go_of_a_file_and_names_a_kind_it_cannot_read() -> None:
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5", "b,2024-02-02,2.5"))
    first = at.file_uploader[0].key
    at.button(key="data_forget").click().run()
    assert at.file_uploader[0].key != first
    uploaded(at, "picture.png", b"\x89PNG")
    assert "picture.png is not a kind of file that can be read here" in told(at)
    second = at.file_uploader[0].key
    at.button(key="try_contracts.csv").click().run()
    healthy(at, "a sample after a picture")
    assert at.file_uploader[0].key != second


def test_the_fields_of_money_say_per_period() -> None:
    at = brought("transactions.csv")
    assert at.text_input(key="data_case_retain_1").label == "Retain, per year"
    at.selectbox(key="data_case_period_1").select("month").run()
    assert at.text_input(key="data_case_retain_1").label == "Retain, per month"
    assert at.text_input(key="data_case_serve_1").label.startswith("Cost to serve a customer per month")


def test_parameters_are_told_in_a_sentence_each() -> None:
    at = open_tab(brought("transactions.csv"), "data_trust", "Parameters")
    found = session_with("transactions.csv")["data_study"].kept.measured.model.purchasing.parameters
    # mean of r/alpha purchases a day (Fader, Hardie & Lee 2005); leaving after a purchase: mean of a beta, a/(a + b)
    assert f"buys every {found['alpha'] / found['r']:.0f} days" in told(at)
    assert f"{100 * found['a'] / (found['a'] + found['b']):.1f}% leave" in told(at)


# Rows to take along --------------------------------------------------------------------------------------------------


def two_customers(tmp_path: Path) -> Path:
    path = tmp_path / "rows.parquet"
    columns = {
        "customer": ["=1+1", "Anna"], "frequency": [0, 3], "mean_spend": [0.0, 38.936667], "region": ["-a", "west"],
        "p_alive": [1.0, 0.78454567], "clv": [1234.567, 71.0],
    }  # fmt: skip
    pq.write_table(pa.table(columns), path)
    return path


def about() -> About:
    return About("klanten", "BG/NBD", "day", "Op regio", lambda: pa.array(["=B", "Kampioenen"]))


def test_customers_come_with_their_segment_in_the_readers_csv(tmp_path: Path) -> None:
    path = two_customers(tmp_path)
    dutch = rows_as(path, "csv", NL, about()).decode("utf-8-sig").splitlines()
    assert dutch[0].replace('"', "").split(";")[:4] == [
        "Klant", "Segment", "Herhaalaankopen", "Gemiddelde besteding per herhaalaankoop",
    ]  # fmt: skip
    assert dutch[1].replace('"', "") == "'=1+1;'=B;0;;'-a;1,0000;1234,57"
    assert dutch[2].replace('"', "") == "Anna;Kampioenen;3;38,94;west;0,7845;71,00"
    english = rows_as(path, "csv", EN, about()).decode("utf-8-sig").splitlines()
    assert english[2].replace('"', "") == "Anna,Kampioenen,3,38.94,west,0.7845,71"


def test_parquet_keeps_technical_names_and_every_digit(tmp_path: Path) -> None:
    rows = pq.read_table(io.BytesIO(rows_as(two_customers(tmp_path), "parquet", NL, about())))
    assert rows.column_names == ["customer", "segment", "frequency", "mean_spend", "region", "p_alive", "clv"]
    assert rows["mean_spend"].to_pylist() == [None, 38.936667]
    assert rows["p_alive"].to_pylist()[1] == 0.78454567


def test_a_workbook_of_customers_says_what_its_columns_hold(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(rows_as(two_customers(tmp_path), "xlsx", NL, about())))
    assert book.sheetnames == ["klanten", "Over de kolommen"]
    rows, told = book.worksheets
    assert rows.freeze_panes == "A2"
    assert rows.column_dimensions["D"].width > len("Gemiddelde besteding")
    assert (rows["B2"].value, rows["B2"].data_type) == ("=B", "s")
    assert (rows["D2"].value, rows["D3"].value, rows["F3"].value) == (None, 38.94, 0.7845)
    assert [cell.value for cell in rows[1]] == [row[0].value for row in list(told.rows)[1:]]
    assert all(cell.value for row in told.rows for cell in row)


def test_the_segment_of_a_row_is_that_of_the_table_on_the_page() -> None:
    at = brought("transactions.csv")
    kept, worth = (
        session_with("transactions.csv")["data_study"].kept,
        session_with("transactions.csv")["data_study"].evidence.worth,
    )
    book = book_of(kept.measured)
    ahead = ahead_of(kept.measured, worth.terms)
    grouping = grouped(book, Way("rfm"), ahead)
    labels = lambda: pa.array([str(label) for label in grouping.labels])  # noqa: E731
    rows = pq.read_table(io.BytesIO(rows_as(worth.rows, "parquet", EN, About("x", segments=labels))))
    counted = dict(zip(*np.unique(np.array(rows["segment"].to_pylist()), return_counts=True), strict=True))
    shown = customers_table(at)
    assert sorted(counted.values()) == sorted(int(x.replace(",", "")) for x in shown["Customers in the data"])
    assert rows["customer"].to_pylist() == book.customer.to_pylist()


# Nothing of one file in another, and nothing left on disk -------------------------------------------------------------


def folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob(f"{folder._owner()}-*"))


def typed(at: AppTest) -> dict[str, Any]:
    """What stands in the fields that hold a client's own numbers, by the name of the field."""
    names = ("data_case_name", "data_case_serve", "data_case_retain", "data_margin", "data_discount", "data_cost")
    return {name: field.value for field in at.text_input for name in names if str(field.key).startswith(name + "_")}


def test_nothing_typed_for_one_file_is_there_for_the_next_whether_removed_or_replaced() -> None:
    at = afresh("contracts.csv")
    fresh = typed(at)
    assert len(fresh) == 5
    for name, value in (("case_name", "Client A"), ("case_serve", "12"), ("case_retain", "999"), ("margin", "61%")):
        at.text_input(key=f"data_{name}_1").set_value(value).run()
    at.text_input(key="data_discount_1").set_value("nonsense").run()
    at.button(key="data_make_case").click().run()
    assert plan(at).case.name == "Client A"
    assert all(typed(at)[name] != value for name, value in fresh.items())
    for remove in (True, False):
        if remove:
            at.button(key="data_forget").click().run()
            assert at.session_state["display"]["data_study"].evidence is None
        at.button(key="try_contracts.csv").click().run()
        healthy(at)
        at.button(key="data_confirm").click().run()
        healthy(at)
        assert typed(at) == fresh
        number = at.session_state["display"]["data_study"].number
        at.text_input(key=f"data_case_name_{number}").set_value("Client B").run()


def test_a_file_that_is_refused_is_gone_at_once_and_the_page_says_so() -> None:
    before = folders()
    at = uploaded(opened("data.py"), "bomb.xlsx", bomb())
    assert "unpacks to" in told(at)
    assert "bomb.xlsx was not read, and the planner keeps nothing of it" in told(at)
    assert folders() == before
    at.run()
    assert "unpacks to" in told(at)  # it is still said


def test_a_file_that_was_refused_can_be_brought_again() -> None:
    at = opened("data.py")
    first = at.file_uploader[0].key
    uploaded(at, "bomb.xlsx", bomb())
    assert at.file_uploader[0].key != first  # it is gone, and the uploader shows it no more
    read = at.session_state["display"]["data_study"].refused
    uploaded(at, "bomb.xlsx", bomb())
    assert at.session_state["display"]["data_study"].refused == read + 1
    assert "bomb.xlsx was not read" in told(at)


def test_a_file_of_which_no_row_can_be_used_says_why_and_can_be_removed() -> None:
    rows = (f",{day},9.50" for day in DAYS)
    at = uploaded(opened("data.py"), "noone.csv", lines("customer,date,amount", *rows))
    before = folders()
    at.button(key="data_confirm").click().run()
    assert not at.exception
    assert ["360 rows do not say who bought" in error.value for error in at.error] == [True]
    at.button(key="data_forget").click().run()
    healthy(at)
    assert len(folders()) == len(before) - 1


def test_removing_takes_away_a_file_that_is_read_and_what_its_work_still_writes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, go_on = Event(), Event()

    def slow(path: Path, into: Path, told: Progress) -> None:
        started.set()
        go_on.wait(60)
        into.mkdir(parents=True, exist_ok=True)
        (into / "late.parquet").write_bytes(b"private")
        told(0.5)

    monkeypatch.setattr("strategy.customers.reading.reader.read_file", slow)
    monkeypatch.setattr(jobs, "AT_ONCE", 0.01)
    before = folders()
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5"))
    assert started.wait(60)
    job = at.session_state["display"]["job data_read"]
    assert len(folders()) == len(before) + 1
    at.button(key="data_forget").click().run()
    assert folders() == before
    go_on.set()
    assert isinstance(job.future.exception(60), Cancelled)
    assert folders() == before


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    before = folders()
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5"))
    assert ["the disk of this computer is full" in error.value for error in at.error] == [True]
    assert folders() == before
    monkeypatch.undo()
    monkeypatch.setattr("strategy.customers.reading.reader.read_file", full)
    at = uploaded(opened("data.py"), "once.csv", lines("customer,date,amount", "a,2024-01-02,1.5"))
    assert ["the disk of this computer is full" in error.value for error in at.error] == [True]
    assert folders() == before


def test_the_sample_folder_is_as_it_was_after_page_and_command_have_read_it(tmp_path: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {path.name: (path.stat().st_size, path.stat().st_mtime_ns) for path in RAW.iterdir()}

    before = state()
    assert set(before) == {"README.md", "contracts.csv", "transactions.csv", "bike_shop.csv", "bike_shop_spend.csv"}
    afresh("contracts.csv")
    (tmp_path / "rows").mkdir()
    read_source(RAW / "contracts.csv", tmp_path / "rows")
    out = str(tmp_path / "case.json")
    given = [sys.executable, "-m", "strategy", "case", str(RAW / "contracts.csv"), "--segments", "risk", "--out", out]
    subprocess.run(given, check=True, capture_output=True, cwd=FOLDER.parent)
    assert state() == before


def test_folders_of_a_killed_server_are_swept_and_those_of_a_living_one_stay() -> None:
    program = (
        "from strategy.customers.reading.folder import PrivateFolder\n"
        "folder = PrivateFolder()\n"
        "folder.keep(b'private')\n"
        "print(folder.path, flush=True)\n"
        "input()\n"
    )
    owners = [
        subprocess.Popen(
            [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent
        )
        for _ in range(2)
    ]
    try:
        killed, living = (Path(((owner.stdout and owner.stdout.readline()) or "").strip()) for owner in owners)
        owners[0].kill()
        owners[0].wait()
        assert killed.exists()
        sweep()
        assert not killed.exists()
        assert living.exists()
    finally:
        for owner in owners:
            owner.kill()
            owner.communicate()
    sweep()
    assert not living.exists()


def test_a_folder_made_while_others_are_swept_is_not_taken_for_one_of_a_killed_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listed: list[str] = []
    glob = Path.glob
    monkeypatch.setattr(Path, "glob", lambda place, pattern: (listed.append(pattern), glob(place, pattern))[1])
    sweep()
    assert [pattern.endswith(".lock") for pattern in listed] == [False, True]  # who owns a folder held a lock before


# Work that nobody waits for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("waited", "connected", "ends"), [(3.9, False, False), (4.1, False, True), (4.1, True, False)])
def test_work_ends_four_seconds_after_the_last_browser_left(
    waited: float, connected: bool, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edge is jobs.PATIENCE; who only looks at another page has not left."""
    clock = [100.0]
    monkeypatch.setattr(jobs, "monotonic", lambda: clock[0])
    monkeypatch.setattr("pages.served.tab.connected", lambda _: connected)
    asked, told = Event(), Event()

    def work(progress: Progress) -> str:
        asked.set()
        told.wait(60)
        progress(0.5)
        return "done"

    job = jobs.Job("work", work, jobs._POOL)
    job.watchers["me"] = "tab"
    assert asked.wait(60)
    clock[0] += waited
    told.set()
    if ends:
        assert isinstance(job.future.exception(60), Cancelled)
        assert job.stopped
    else:
        assert job.future.result(60) == "done"


# Lists to act on -----------------------------------------------------------------------------------------------------


def list_table(at: AppTest) -> dict[str, list[str]]:
    """The four lists as the page shows them."""
    found = next(table.value for table in at.dataframe if "Who is on it" in table.value.columns)
    return {str(column): list(found[column]) for column in found.columns}


@pytest.mark.parametrize("sample", ["transactions.csv", "contracts.csv"])
def test_lists_to_act_on_follow_what_acting_costs(sample: str, capsys: pytest.CaptureFixture[str]) -> None:
    at = brought(sample)
    before = list_table(at)
    capsys.readouterr()
    lists = asked(capsys, "lists", str(RAW / sample))["lists"]
    assert before["Customers"] == [EN.people(made["customers"]) for made in lists.values()]
    money = Wording("en", "EUR")
    assert before["Expected gain"] == [money.money(made["gain"], 0) for made in lists.values()]
    bands = [f"{money.money(made['p05'], 0)} to {money.money(made['p95'], 0)}" for made in lists.values()]
    assert before["In 90 of 100 cases"][:3] == bands[:3]
    assert before["Customers"][3] == "0", "nobody costs more than he brings while serving costs nothing"
    typed_in(at, "data_list_serve", "1,000")
    assert list_table(at)["Customers"][3] != "0"
    typed_in(at, "data_list_cost", "1,000,000")
    healthy(at, "a contact of a million")
    assert list_table(at)["Customers"][:3] == ["0"] * 3
    assert "no contact brings more than it costs" in texts(at)


def typed_in(at: AppTest, key: str, text: str) -> None:
    next(field for field in at.text_input if field.key.startswith(key)).set_value(text).run()
    healthy(at, key)


@pytest.mark.parametrize("say", [EN, NL], ids=LANGUAGES)
def test_a_list_is_a_file_with_its_reasons_in_words_and_no_formulas(tmp_path: Path, say: Wording) -> None:
    rows = pa.table({"customer": ["=1+1"], "segment_code": ["loyal"], "why": [1], "gain": [12.345], "p_alive": [0.5]})
    pq.write_table(rows, tmp_path / "keep.parquet")
    told = codes_told(Way("rfm"), say)
    found = rows_as(tmp_path / "keep.parquet", "csv", say, About("x", told=told)).decode("utf-8-sig")
    assert say.text("Loyal: come back and spend") in found
    assert say.text("May leave, and what would be lost is worth more than the contact") in found
    assert "'=1+1" in found


def test_choices_of_the_pages_count_on_the_lists_of_the_same_segments() -> None:
    at = brought("transactions.csv")
    at.button(key="data_make_case").click().run()
    healthy(at, "made")
    assert "No choice of a page counts here yet" in told(at)
    history = at.session_state["history"]
    loyal = next(s.id for s in history.plan.case.segments if s.name.startswith("Loyal"))
    at.session_state["history"] = history.record("x", set_answer(history.plan, "focus", "no", loyal))
    at.run()
    healthy(at, "chosen")
    assert "count for 1 segment" in told(at)
    assert list_table(at)["Customers"][3] != "0"


def test_a_cost_to_serve_has_one_limit_on_the_lists_and_in_the_case_whatever_is_counted() -> None:
    """MAX_AMOUNT a year (1e15): 250 trillion a quarter, both fields of which show the same number."""
    at = brought("transactions.csv")
    at.selectbox(key="data_case_period_1").set_value("quarter").run()
    typed_in(at, "data_case_serve", "250,000,000,000,000")
    assert at.text_input(key="data_list_serve_1").value == "€1,000,000,000,000,000.00"
    typed_in(at, "data_list_serve", "1,000,000,000,000,000")
    for key, text in (("data_list_serve_1", "1,000,000,000,000,001"), ("data_case_serve_1", "250,000,000,000,001")):
        at.text_input(key=key).set_value(text).run()
        assert len(at.error) == 1, key
        assert any(button.key == "data_make_case" for button in at.button)
        at.text_input(key=key).set_value("1").run()
        healthy(at, key)


def test_who_is_in_which_segment_is_found_once_whatever_is_typed_of_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    at, found = brought("transactions.csv"), []
    monkeypatch.setattr(action_lists, "grouped", lambda *given: found.append(given) or grouped(*given))
    for cost in ("2", "3"):
        typed_in(at, "data_list_cost", cost)
    assert len(found) <= 1
