"""Every message of the sources is translated, completely, in every language that we offer."""

from collections.abc import Sequence
from io import BytesIO, StringIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from strategy.locales import FOLDER, LANGUAGES, SOURCE_LANGUAGE, catalog_file
from strategy.locales.extraction import extract

ROOT = Path(__file__).parents[2]
TRANSLATED = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})

MessageId = str | tuple[str, ...]


@pytest.fixture(scope="module")
def wanted() -> set[MessageId]:
    """What the sources say, found as the extract command finds it."""
    mapping = StringIO((ROOT / "babel.cfg").read_text(encoding="utf-8"))
    methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    return {message for _, _, message, _, _ in extract_from_dir(ROOT, methods, options)}


@pytest.fixture(params=TRANSLATED)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    with catalog_file(request.param).open("rb") as file:
        return read_po(file, locale=request.param)


def translated(catalog: Catalog) -> dict[MessageId, Message]:
    """The messages of a catalog without its header."""
    return {message_id(message): message for message in catalog if message.id}


def message_id(message: Message) -> MessageId:
    """The message in the source, with its plural where it has one."""
    return message.id if isinstance(message.id, str) else tuple(message.id)


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message as its singular and plurals, or as its only form."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def fields(text: str) -> set[tuple[str, str | None, str | None]]:
    """What stands between braces: name, format, conversion."""
    parts = Formatter().parse(text)
    return {(name, spec, conversion) for _, name, spec, conversion in parts if name is not None}


def test_the_sources_hold_messages(wanted: set[MessageId]) -> None:
    assert {"per year", ("{count} month", "{count} months")} <= wanted


def test_the_folders_are_the_languages() -> None:
    assert {path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/*.po")} == set(TRANSLATED)


def test_no_message_is_missing(wanted: set[MessageId], catalog: Catalog) -> None:
    missing = sorted(map(str, wanted - set(translated(catalog))))
    assert not missing, f"not in the {catalog.locale_identifier} catalog: {missing}"


def test_no_message_is_left_over(wanted: set[MessageId], catalog: Catalog) -> None:
    left_over = sorted(map(str, [*(set(translated(catalog)) - wanted), *catalog.obsolete]))
    assert not left_over, f"in the {catalog.locale_identifier} catalog, no longer in the sources: {left_over}"


def test_every_message_has_all_its_forms(catalog: Catalog) -> None:
    """A language's number of plural forms is Unicode CLDR's, as Babel has it."""
    plurals = get_plural(catalog.locale_identifier).num_plurals
    incomplete = [
        message.id
        for message in translated(catalog).values()
        if len(forms(message.string)) != (plurals if message.pluralizable else 1)
        or not all(form.strip() for form in forms(message.string))
    ]
    assert catalog.num_plurals == plurals
    assert not incomplete, f"empty or incomplete in the {catalog.locale_identifier} catalog: {incomplete}"


def test_nothing_is_fuzzy(catalog: Catalog) -> None:
    fuzzy = [message.id for message in translated(catalog).values() if message.fuzzy]
    assert not fuzzy, f"fuzzy in the {catalog.locale_identifier} catalog: {fuzzy}"
    assert not catalog.fuzzy


def test_a_translation_has_the_fields_of_its_message(catalog: Catalog) -> None:
    """The singular is held against the first form, the plural against all others."""
    different = []
    for message in translated(catalog).values():
        ours, theirs = forms(message.id), forms(message.string)
        pairs = [(ours[min(place, len(ours) - 1)], form) for place, form in enumerate(theirs)]
        different += [(one, other) for one, other in pairs if fields(one) != fields(other)]
    assert not different, f"other fields in the {catalog.locale_identifier} catalog: {different}"


def test_fields_are_plain_names(wanted: set[MessageId]) -> None:
    """Numbers reach a message formatted, so a message formats nothing; Wording.text refuses {a.b}."""
    found = {(form, field) for message in wanted for form in forms(message) for field in fields(form)}
    odd = [form for form, (name, spec, conversion) in found if not name.isidentifier() or spec or conversion]
    assert not odd


# How messages are found


def found(source: str) -> list[MessageId]:
    return [message for _, _, message, _ in extract(BytesIO(source.encode()), (), (), {})]


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ('_("a")', ["a"]),
        ('TABLE = {"x": N_("a" " b")}', ["a b"]),
        ('session.wording().text("a")', ["a"]),
        ('w.plural("{count} day", "{count} days", n)', [("{count} day", "{count} days")]),
        ('w.text("a", x=w.money(max(1, w.text("b"))))', ["a", "b"]),
        ('w.text("a" if x else "b")', ["a", "b"]),
        ('w.text(titles["acquire"])', []),
        ("w.text(question.title, name=name)", []),
        ('from strategy.words.wording import N_\nN_("a")', ["a"]),
        ('import streamlit as st\nst.text("a")', []),
        ('from sqlalchemy import text\ntext("select 1")', []),
        ('fig.add_annotation(text="a")', []),
        ("for _ in range(3): pass", []),
    ],
)
def test_marked_literals_are_found(source: str, messages: list[MessageId]) -> None:
    assert found(source) == messages


@pytest.mark.parametrize(
    "source",
    ['_(f"{n} left")', '_("a" + b)', '_("%s left" % n)', '_("{} left".format(n))', 'w.plural("a", many, n)'],
)
def test_a_message_put_together_on_the_spot_is_refused_with_its_line(source: str) -> None:
    with pytest.raises(ValueError, match="source, line 2: "):
        found(f"\n{source}")
