"""What a customer file told stays with the plan: after a reload and by a link, and nobody's row or id with it."""

import json
import random
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from babel.dates import format_date
from streamlit.testing.v1 import AppTest

from pages.frame import place
from strategy.case.samples import load_sample
from strategy.plan.evidence import FEWEST
from strategy.plan.plan import start
from strategy.plan.plan_file import read_plan
from strategy.store import opened
from strategy.store.database import ADDRESS
from strategy.store.tables import VERSIONS
from strategy.store.tokens import new_token
from strategy.words.wording import Wording
from tests.apptest import LONG, PLANNER, address, alone, container, draw_once, healthy, plan, sent, widgets

IDS = [f"cust-{number:05d}-{number * 7919 % 10007}" for number in range(80)]
MAILS = [f"person.{number}@example-{number % 7}.org" for number in range(80)]


def purchases(people: int = 80) -> bytes:
    """A file with an id and a mail address on every row."""
    drawn, rows = random.Random(3), ["customer,email,date,amount,region"]
    for number in range(people):
        begins = drawn.randint(0, 200)
        stays = drawn.choice((60, 250, 500))
        for _ in range(drawn.randint(1, 9)):
            day = date(2023, 1, 1) + timedelta(days=begins + drawn.randint(0, stays))
            amount = f"{drawn.uniform(5, 90):.2f}"
            rows.append(f"{IDS[number]},{MAILS[number]},{day},{amount},{'north' if number % 3 else 'south'}")
    return "\n".join(rows).encode()


@pytest.fixture(autouse=True)
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    alone(monkeypatch)
    draw_once(monkeypatch)
    shelf = new_token()
    monkeypatch.setattr(place, "shelf", lambda: shelf)
    monkeypatch.setenv(ADDRESS, f"sqlite:///{tmp_path / 'plans.sqlite3'}")
    opened.let_go()
    yield
    opened.let_go()


def tab(file: str, token: str = "", language: str = "en") -> AppTest:
    at = AppTest.from_file(str(PLANNER), default_timeout=LONG)
    at.query_params["lang"] = language
    if token:
        at.query_params["plan"] = token
    at.run()
    at.switch_page(file).run()
    healthy(at)
    return at


def measured(content: bytes) -> AppTest:
    """The Data page with a file that was measured there."""
    at = tab("data.py")
    at.file_uploader[0].upload("ours.csv", content).run()
    at.button(key="data_confirm").click().run()
    assert not at.exception
    return at


def documents() -> list[dict[str, Any]]:
    """Every document in the database, as it lies there."""
    with opened.database().engine.connect() as connection:
        return [json.loads(zlib.decompress(kept)) for (kept,) in connection.execute(sa.select(VERSIONS.c.document))]


def said(at: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "header")
    return "\n".join(str(node.value) for node in at if node.type in kinds).replace("\\", "")


def test_what_a_file_told_is_there_after_a_reload_and_leads_to_nobody() -> None:
    at = measured(purchases())
    evidence = plan(at).evidence
    assert evidence is not None
    assert "saved at" in at.caption[0].value
    kept = json.dumps(documents())
    assert '"evidence": {"file": "ours.csv"' in kept
    assert [one for one in (*IDS, *MAILS) if one in kept] == []
    assert evidence.grouped is not None
    assert sum(segment.size for segment in evidence.grouped.segments) <= 80
    again = tab("data.py", address(at))
    assert plan(again).evidence == evidence
    assert "What ours.csv told" in said(again)
    assert f"Measured on {format_date(date.fromisoformat(evidence.day), locale=Wording('en').locale)}" in said(again)
    assert {metric.label: metric.value for metric in again.metric}["Customers in the data"] == "80"
    dutch = tab("value_protection.py", address(at), "nl")
    sent(dutch, container(widgets(dutch)["see_value_protection"]), string_value=Wording("nl").text("From your data"))
    healthy(dutch)
    assert "ours.csv" in said(dutch)
    assert format_date(date.fromisoformat(evidence.day), locale=Wording("nl").locale) in said(dutch)


def test_removing_the_file_takes_what_it_told_out_of_every_version() -> None:
    at = measured(purchases())
    own = address(at)
    at.text_input(key="data_margin_1").set_value("55%").run()
    assert plan(at).evidence is not None
    assert plan(at).evidence.margin == 0.55  # type: ignore[union-attr]
    again = tab("data.py", own)
    again.button(key="data_forget").click().run()
    assert not again.exception
    assert plan(again).evidence is None
    assert not any("ours.csv" in json.dumps(document) for document in documents())
    assert again.button(key="undo").disabled or plan(again.button(key="undo").click().run()).evidence is None
    assert "ours.csv" not in said(again)


def test_undo_takes_the_evidence_back_and_the_page_does_not_bring_it_again() -> None:
    at = measured(purchases())
    assert plan(at).evidence is not None
    at.button(key="undo").click().run()
    assert not at.exception
    assert plan(at).evidence is None


def test_of_very_few_customers_nothing_stays() -> None:
    at = measured(purchases(FEWEST - 1))
    assert plan(at).evidence is None
    assert f"fewer than {FEWEST} customers" in said(at)


def test_another_plan_does_not_get_it_unasked() -> None:
    at = measured(purchases())
    at.switch_page("start.py").run()
    at.button(key="sample_charity").click().run()
    at.switch_page("data.py").run()
    assert not at.exception
    assert plan(at).evidence is None
    at.button(key="data_keep").click().run()
    assert not at.exception
    assert plan(at).evidence is not None


def test_plan_files_without_evidence_open_and_those_with_it_come_back_whole() -> None:
    document = json.loads(start(load_sample("classroom")).to_json())
    del document["evidence"]
    assert read_plan(json.dumps(document)).evidence is None
