"""Pages as a person meets them: opened in a language and a state, their widgets found and changed, what they show.

The widgets are not listed but found on the page. Tabs, expanders and tables to type in are no widgets to AppTest:
`sent` sends what a browser would.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, Dataframe, DownloadButton, FileUploader, Widget

from pages.frame import jobs, trouble
from strategy import charts
from strategy.case.samples import FOLDER, load_sample
from strategy.plan.history import History, Step
from strategy.plan.moves import set_cell, set_fixed, set_lever
from strategy.plan.plan import Plan, start
from strategy.words.wording import Wording

PLANNER = Path(__file__).parents[1] / "pages" / "planner.py"
LONG = 120.0

TITLES = {
    "start.py": "Which firm?",
    "budget.py": "Every marketing euro",
    "data.py": "Your customer data",
    "route.py": "In 60 minutes",
    "client_selection.py": "Client selection",
    "value_proposition.py": "Value proposition",
    "value_realization.py": "Value realization",
    "value_protection.py": "Value protection",
    "operationalization.py": "Operationalization",
    "assumptions.py": "Assumptions",
    "strategy_on_a_page.py": "Strategy on a page",
    "learn.py": "Words and formulas",
}
"""Each page's title; a page that is not here fails."""

HOSTILE = "<img src=x onerror=alert(1)> **bold** [link](http://x.test) $x^2$ :red[red] =1+1 ![i](y)"


# Apps ----------------------------------------------------------------------------------------------------------------


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache from another test, work that is waited for, and nothing unforeseen that a page says and goes on.

    AppTest looks at every run through all that is installed for components to draw with; the planner has none.
    """
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda: [])
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr(jobs, "AT_ONCE", LONG)
    monkeypatch.setattr(trouble, "logged", unforeseen)


def unforeseen(error: Exception) -> str:
    """What nobody foresaw fails the test."""
    raise error


@cache
def moved(code: str = "telecom") -> History:
    """A plan away from today's, with something to undo and something to redo; few draws, for speed."""
    first = start(load_sample(code)).having(draws=50)
    segment = first.case.segments[0].id
    history = History(Step("{name} opened", (("name", first.case.name),), first))
    history = history.record("total fixed or free", set_lever(first, "acquire", 0.6 * first.lever_total("acquire")))
    changed = set_cell(history.plan, segment, "develop", 1.2 * history.plan.spend[segment]["develop"])
    history = history.record("total fixed or free", changed)
    return history.record("total fixed or free", set_fixed(changed, False)).undo()


def opened(page: str, language: str = "en", /, **state: Any) -> AppTest:
    """A fresh app on a page, with what its session holds already."""
    at = AppTest.from_file(str(PLANNER), default_timeout=LONG)
    at.query_params["lang"] = language
    for key, value in state.items():
        at.session_state[key] = value
    at._registered_pages = registered()  # as for a deep link: straight to the page
    return at.switch_page(page).run()


@cache
def registered() -> Any:
    """What AppTest knows of the pages once the app has run."""
    return AppTest.from_file(str(PLANNER), default_timeout=LONG).run()._registered_pages


def draw_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chart drawn once and shown again: most of a run is drawing, and charts have tests of their own."""
    drawn: dict[str, Any] = {}
    for name in charts.__all__:
        real = getattr(charts, name)
        if callable(real) and not isinstance(real, type):
            monkeypatch.setattr(charts, name, partial(_once, drawn, name, real))


def _once(drawn: dict[str, Any], name: str, draw: Callable[..., Any], *given: Any) -> Any:
    if name not in drawn:
        drawn[name] = draw(*given)
    return drawn[name]


def sent(at: AppTest, element: str, **value: Any) -> AppTest:
    """The app after the browser sent a value for an element: one AppTest cannot set, or one no browser lets pass."""
    states = at._tree.get_widget_states()
    for known in list(states.widgets):
        if known.id == element:
            states.widgets.remove(known)
    state = states.widgets.add(id=element)
    for name, content in value.items():
        if name.endswith("_array_value"):
            getattr(state, name).data[:] = content
        else:
            setattr(state, name, content)
    return at._run(states)


def desk(at: AppTest, part: str = "levers") -> dict[str, Any]:
    """What a part of the mixing desk was given to draw; raises StopIteration where the page has none."""
    found = next(node for node in at.get("bidi_component") if node.proto.component_name == f"planner_desk_{part}")
    data: dict[str, Any] = json.loads(found.proto.json)
    return {**data, "id": found.proto.id}


def desk_parts(at: AppTest) -> list[str]:
    """The parts of the mixing desk on the page."""
    names = [node.proto.component_name for node in at.get("bidi_component")]
    return [name.removeprefix("planner_desk_") for name in names if name.startswith("planner_desk_")]


def on_desk(at: AppTest, lever: str, amount: Any, segment: str | None = None, **other: Any) -> AppTest:
    """The app after a slider of the mixing desk was let go of at an amount of money; `other` changes what is sent."""
    told = desk(at)
    number = told["state"]["heard"] + 1
    move = {"number": number, "lever": lever, "segment": segment, "phase": told["state"]["money"]["view"]}
    return sent_by_desk(at, {"moves": [{**move, "amount": amount, **other}]})


def sent_by_desk(at: AppTest, value: Any) -> AppTest:
    """The app after the browser sent something as the mixing desk's moves."""
    events = json.dumps([{"event": "moved", "value": value}])
    return sent(at, _make_trigger_id(desk(at)["id"], "events"), json_trigger_value=events)


def lock_on_desk(at: AppTest, lever: str, locked: bool, segment: str | None = None) -> AppTest:
    """The app after a padlock of the mixing desk was pressed."""
    return on_desk(at, lever, None, segment, locked=locked)


def plan(at: AppTest) -> Plan:
    return at.session_state["history"].plan


def address(at: AppTest) -> str:
    """The plan in the address; empty where there is none."""
    found = at.query_params.get("plan", [])
    return str(found[0] if isinstance(found, list) and found else found or "")


def healthy(at: AppTest, doing: str = "") -> None:
    """Neither an exception nor an error on the page."""
    assert not at.exception, (doing, [e.message for e in at.exception])
    assert not at.error, (doing, [e.value for e in at.error])


# What is on a page ---------------------------------------------------------------------------------------------------


def widgets(at: AppTest) -> dict[str, Any]:
    """Everything to set on the page, by key: widgets but buttons, tables to edit, tabs and expanders that listen."""
    found: dict[str, Any] = {}
    for node in at:
        if (isinstance(node, Widget) and not isinstance(node, Button | DownloadButton)) or (
            isinstance(node, Dataframe) and node.editing_mode != "read_only"
        ):
            found[str(node.key)] = node
        elif isinstance(node, Block) and container(node):
            found[container(node).rsplit("-", 1)[-1]] = node
    return found


def buttons(at: AppTest) -> list[Any]:
    """What can be pressed."""
    return [button for button in (*at.button, *at.download_button) if not button.proto.disabled]


def container(block: Block) -> str:
    """The id of tabs or an expander that report to the app; nothing for others."""
    proto = getattr(block, "proto", None)
    if block.type == "tab_container":
        return str(proto.tab_container.id)
    return str(getattr(proto, "id", "")) if block.type == "expander" else ""


def charts_with_words(at: AppTest) -> None:
    """Every chart has a text alternative, and its finding right above it."""
    charts = at.get("plotly_chart")
    texts = [node for node in at if node.type in ("plotly_chart", "markdown")]
    for chart in charts:
        above = texts[texts.index(chart) - 1]
        assert len(chart.proto.alt) > 20, chart.key
        assert above.type == "markdown", chart.key
        assert re.match(r"#{3,5} \S", above.value), chart.key


def shown(text: str) -> str:
    """A text as it stands in Markdown."""
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|~$:&=@^-])", r"\\\1", re.sub(r"[^\S\xa0\u202f]+", " ", text.strip()))


def markdown_on(at: AppTest) -> Iterator[str]:
    """Every text on the page that Streamlit reads as Markdown."""
    for node in at:
        proto = getattr(node, "proto", None)
        if node.type in ("plotly_chart", "text", "dataframe", "html", "root"):
            continue
        for field in ("label", "help", "body", "delta", "text", "title", "value"):
            value = getattr(proto, field, "")
            if isinstance(value, str) and not (field == "value" and isinstance(node, Widget)):
                yield value
        if node.type in ("radio", "button_group"):
            for option in proto.options:
                yield option if isinstance(option, str) else option.content


def typed_shows_as_text(at: AppTest) -> None:
    """HOSTILE, wherever it stands on the page, is only text."""
    for text in markdown_on(at):
        assert not re.search(r"(?<!\\)<img|(?<!\\)\*\*bold|(?<!\\)\$x|(?<!\\)\]\(http|(?<!\\):red\[", text), text
    for chart in at.get("plotly_chart"):
        assert "<img" not in chart.proto.spec, chart.key
    for html in at.get("html"):
        assert "<img" not in html.proto.body


# Changes -------------------------------------------------------------------------------------------------------------


def change(at: AppTest, widget: Any) -> AppTest:
    """Give a widget another value, as a person would."""
    key = str(getattr(widget, "key", None) or "")
    if isinstance(widget, Dataframe):
        column = next(iter(editable(widget)))
        return edit(at, widget, 0, **{column: other_cell(widget, 0, column)})
    if isinstance(widget, Block):
        if widget.type == "tab_container":
            return sent(at, container(widget), string_value=widget.children[1].label)
        return sent(at, container(widget), bool_value=not widget.proto.expanded)
    if isinstance(widget, FileUploader):
        return widget.upload("case.json", (FOLDER / "charity" / "case.json").read_bytes(), "application/json").run()
    if widget.type == "slider":
        quarter = widget.min + round((widget.max - widget.min) / 4 / widget.step) * widget.step
        other = quarter if abs(quarter - widget.value) > widget.step else min(2 * quarter, widget.max)
        return widget.set_value(other).run()
    if widget.type in ("checkbox", "toggle"):
        return widget.set_value(not widget.value).run()
    if widget.type in ("text_input", "text_area"):
        return widget.set_value(other_text(at, key, widget.value or "")).run()
    if widget.type == "selectbox":
        now = None if widget.index is None else widget.options[widget.index]
        return sent(at, widget.id, string_value=next(option for option in widget.options if option != now))
    if widget.type == "multiselect":
        other = next(option for option in widget.options if option not in widget.values)
        return sent(at, widget.id, string_array_value=[*widget.values, other])
    assert widget.type == "button_group", f"how is a {widget.type} ({key}) changed? Say it here."
    return choose_in(at, widget, next(o for o in widget.options if o not in widget.formatted_values))


def choose_in(at: AppTest, group: Any, *options: str) -> AppTest:
    """Press options, as they are written, of a segmented control or pills; none takes the choice away."""
    states = at._tree.get_widget_states()
    next(s for s in states.widgets if s.id == group.id).string_array_value.data[:] = options
    return at._run(states)


def findings_told(at: AppTest) -> int:
    """Charts on a page, and those that have nothing to show yet and say so in one line."""
    lines = [words for words in at.markdown if words.value.startswith(":material/info:")]
    return len(at.get("plotly_chart")) + len(lines)


def other_text(at: AppTest, key: str, now: str) -> str:
    """Something else to type in a field: a number that is a bit higher (as a low end: lower), or another word."""
    say = Wording(at.session_state["language"], plan(at).case.currency)
    if not now and "_answer_2_" in key:  # may stay empty; between the answers beside it
        beside = [at.text_input(key=key.replace("answer_2", other)).value for other in ("answer_1", "ceiling")]
        return say.number(round(sum(map(say.parse_number, beside)) / 2, 6))
    if not now:
        return "1"
    plain = re.sub(r"^[^a-z\d]*(?=\d)", "-" if "\N{MINUS SIGN}" in now else "", now)  # whatever its currency
    try:
        number = say.parse_number(plain)
    except ValueError:
        return "Somebody"
    if re.search(r"_(from|to)$", key):
        return say.number(number + 1)
    return say.number(round(number * (0.999 if key.endswith("_low") else 1.001), 6)) if number else "1"


def editable(table: Dataframe) -> dict[str, dict[str, Any]]:
    """{column: its settings} of what can be typed in a table."""
    columns = json.loads(table.proto.columns)
    return {name: columns[name] for name in table.value.columns if not columns.get(name, {}).get("disabled")}


def other_cell(table: Dataframe, row: int | None, column: str) -> Any:
    """Something else to type in a cell; without a row in a new one."""
    settings = editable(table)[column]["type_config"]
    now = None if row is None else table.value[column].iloc[row]
    now = None if pd.isna(now) else now
    match settings["type"]:
        case "selectbox":
            return next(option for option in settings["options"] if option != now)
        case "checkbox":
            return not now
        case "number":
            low, high = settings.get("min_value") or 0.0, settings.get("max_value") or 1e15
            if not now:
                return low + min(1.0, (high - low) / 2)
            moved = (0.999 if column == "low" else 1.001) * now
            return moved if low <= moved <= high else 0.999 * now
        case _:
            return "Somebody" if now != "Somebody" else "Nobody"


def edit(at: AppTest, table: Dataframe, row: int, **cells: Any) -> AppTest:
    """Type in a row of an editable table."""
    return rows_sent(at, table, edited_rows={row: cells})


def rows_sent(at: AppTest, table: Dataframe, **edits: Any) -> AppTest:
    """The app after rows of an editable table were edited, added or deleted."""
    everything = {"edited_rows": {}, "added_rows": [], "deleted_rows": []} | edits
    return sent(at, table.proto.id, string_value=json.dumps(everything))


# Opening what is closed ----------------------------------------------------------------------------------------------


def walk(at: AppTest, passed_by: str = "") -> Iterator[str]:
    """The key of everything to set on the page, once: tabs and expanders are opened one after the other.

    What the reader does with a key may redraw the page. Fields of another segment, initiative or event, and a table
    that was drawn anew, are the same thing. Tabs and expanders come up once for each state they were put in.

    passed_by  keys, as a pattern, that are neither told nor opened
    """
    done: set[str] = set()
    while True:
        there = {key: widget for key, widget in widgets(at).items() if not re.fullmatch(passed_by, key)}
        names = {key: same(at, key, widget) for key, widget in there.items()}
        to_set = (key for key, widget in there.items() if not isinstance(widget, Block) and names[key] not in done)
        if key := next(to_set, None):
            done.add(names[key])
            yield key
            continue
        states = [(key, state) for key in reversed(there) for state in openings(there[key])]
        key, state = next(((key, state) for key, state in states if f"{names[key]}: {state}" not in done), ("", ""))
        if not key:
            return
        done.add(f"{names[key]}: {state}")
        block = there[key]
        if not isinstance(state, bool):
            sent(at, container(block), string_value=state)
        elif not block.proto.expanded:
            sent(at, container(block), bool_value=True)
        assert not at.exception, (f"{key}: {state}", [e.message for e in at.exception])
        yield key


def openings(widget: Any) -> list[Any]:
    """The states that show what tabs or an expander hold."""
    if not isinstance(widget, Block):
        return []
    return [tab.label for tab in widget.children.values()] if widget.type == "tab_container" else [True]


def same(at: AppTest, key: str, widget: Any) -> str:
    """A key without what tells apart fields of the same kind: segment, initiative, event, how often it was drawn."""
    case = plan(at).case
    ids = [entry.id for entries in (case.segments, case.initiatives, case.events) for entry in entries]
    for entry in sorted(ids, key=len, reverse=True):
        if entry in key:
            key = re.sub(rf"(?<![a-z]){re.escape(entry)}(?![a-z])", "*", key)
    return re.sub(r"_\d+(?=_|$)", "", key) if isinstance(widget, Dataframe) else key


def drawn_as(at: AppTest, key: str) -> str:
    """The present key of a table that may have been drawn anew since it had this key."""
    if key in widgets(at):
        return key
    return next(now for now in widgets(at) if re.sub(r"_\d+(?=_|$)", "_", now) == re.sub(r"_\d+(?=_|$)", "_", key))
