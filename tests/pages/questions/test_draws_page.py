"""Draws of another model on a page: brought, their units asked, used, refused with a sentence, taken back by undo."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.questions import draws
from strategy.case.samples import load_sample
from strategy.plan.history import History, Step
from strategy.plan.plan import start
from strategy.words.wording import LANGUAGES, Wording
from tests.apptest import HOSTILE, alone, healthy, opened, plan, sent, shown, typed_shows_as_text

pytestmark = pytest.mark.usefixtures("_alone")
SEGMENT, SPEND = "dsl", 600_000.0
HEADINGS = {"en": "draw,spend,outcome", "nl": "trekking;uitgave;uitkomst"}


@pytest.fixture
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    alone(monkeypatch)


def page(language: str = "en") -> AppTest:
    history = History(Step("{name} opened", (), start(load_sample("telecom", language))))
    state = {"display": {"segment": SEGMENT}, "draws_acquire": True}
    return opened("client_selection.py", language, history=history, **state)


def written(language: str = "en", count: int = 3, thousands: bool = False, extra: str = "") -> bytes:
    """Curves through some 1,600 people at 600,000, with six spends each, up to twenty times as much."""
    mark = {"en": ",", "nl": ";"}[language]
    lines = [HEADINGS[language] + (mark + extra if extra else "")]
    for n in range(count):
        for x in (0, 0.5, 1, 1.5, 3, 20):
            y = 350 + n + (2800 + n) * -np.expm1(-0.6 * x)
            cells = [f"d{n}", f"{x * SPEND / (1000 if thousands else 1):.0f}", f"{y:.3f}"] + (
                [extra[:3]] if extra else []
            )
            lines.append(mark.join(cell.replace(".", ",") if language == "nl" else cell for cell in cells))
    return "\n".join(lines).encode()


def brought(at: AppTest, content: bytes, name: str = "mmm.csv") -> AppTest:
    uploader = next(node for node in at.get("file_uploader") if str(node.key).startswith("draws_file_"))
    return uploader.upload(name, content, "text/csv").run()


def use(at: AppTest) -> AppTest:
    return at.button(key=f"use_draws_{SEGMENT}_acquire").click().run()


def lever(at: AppTest) -> Any:
    return plan(at).case.segment(SEGMENT).levers["acquire"]


def choose(at: AppTest, what: str, option: str) -> AppTest:
    select = at.selectbox(key=f"draws_{what}_{SEGMENT}_acquire")
    return sent(at, select.id, string_value=option)


@pytest.mark.parametrize("language", LANGUAGES)
def test_draws_become_opinions_and_undo_takes_them_back(language: str) -> None:
    at = page(language)
    healthy(at)
    first = plan(at)
    brought(at, written(language))
    healthy(at)
    assert plan(at) == first, "nothing counts before the button"
    use(at)
    healthy(at)
    assert [opinion.by for opinion in lever(at).opinions] == ["d0", "d1", "d2"]
    assert any(shown("mmm.csv") in box.value for box in at.success)
    at.button(key="undo").click().run()
    healthy(at)
    assert plan(at) == first
    assert not any("mmm" in box.value for box in at.success)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_unit_is_asked_and_counts(language: str) -> None:
    say, at = Wording(language), page(language)
    brought(at, written(language, thousands=True))
    use(at)
    assert len(at.error) == 1, "600 is no spend near 600,000"
    choose(at, "spend", say.text(draws.SPENDS["thousand"], currency=say.currency_symbol, per=say.per("year")))
    use(at)
    healthy(at)
    assert len(lever(at).opinions) == 3
    own, family = 3150 / 70_000, lever(at).family
    assert lever(at).ceiling.likely != pytest.approx(own)
    choose(at, "unlimited", say.text("our own answer"))
    choose(at, "form", say.text("flattens slowly"))
    use(at)
    healthy(at)
    assert (family, lever(at).family) == ("exponential", "michaelis_menten")
    choose(at, "outcome", say.text("a share, 0 to 1"))
    use(at)
    assert len(at.error) == 1, "1,600 is no share"
    choose(at, "outcome", say.text("new customers {per}", per=say.per("year")))
    choose(at, "form", say.text("whichever fits the draws best"))
    use(at)
    healthy(at)


def test_draws_set_aside_and_columns_not_used_are_named_as_text() -> None:
    at = page()
    bad = f'\n"{HOSTILE.replace(",", "")}",600000,many,tv\nlone,600000,1500,tv'.encode()
    brought(at, written(extra="channel") + bad)
    healthy(at)
    assert any("channel" in caption.value for caption in at.caption)
    use(at)
    healthy(at)
    assert len(lever(at).opinions) == 3
    told = [box.value for box in at.warning if "set aside" in box.value]
    assert len(told) == 1
    assert "Lone" in told[0], "a sentence begins with a capital"
    typed_shows_as_text(at)


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"a,b\n1,2\n", "mmm.csv"), (b"", "mmm.csv"), (b"x", "mmm.exe"), (b"draw,spend,outcome\na,x,y\n", "mmm.csv")],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_cannot_be_used_says_why_and_changes_nothing(content: bytes, name: str, language: str) -> None:
    at = page(language)
    first = plan(at)
    brought(at, content, name)
    if not at.error:
        use(at)
    assert not at.exception
    assert len(at.error) == 1
    assert plan(at) == first
    brought(at, written(language))
    healthy(at, "another file can be brought")


def test_more_draws_than_a_room_holds_are_thinned_and_said() -> None:
    at = page()
    brought(at, written(count=250))
    use(at)
    healthy(at)
    assert len(lever(at).opinions) == 200
    assert any("even distances" in box.value for box in at.success)


def test_a_large_file_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = draws.read_apart
    monkeypatch.setattr(draws, "read_apart", lambda *given, **named: asked.append(1) or real(*given, **named))
    monkeypatch.setattr(draws, "SMALL", 10)
    at = page()
    brought(at, written())
    healthy(at)
    assert asked
    use(at)
    assert len(lever(at).opinions) == 3
