"""What people read and type, in English and Dutch.

The expected amounts are the examples of the design ("€ 1.234.567,89", "€ 12,3 mln.", "12,3%"); the place of
the Dutch minus, behind the euro sign, is the advice of Taaladvies ("€ -12"; taaladvies.net).
"""

import html
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from math import inf, isfinite, nan

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from strategy.case.estimate import MAX_AMOUNT
from strategy.words.wording import (
    JOINER,
    LANGUAGES,
    N_,
    NO_BREAK,
    Wording,
    known_language,
    markdown_text,
    plotly_text,
    translation,
)

EN = Wording("en", "EUR")
NL = Wording("nl", "EUR")
BOTH = pytest.mark.parametrize("wording", [EN, NL], ids=["en", "nl"])

at_any_speed = settings(deadline=None)


def plain(text: str) -> str:
    """With ordinary spaces, to compare with what is written here."""
    return text.replace(NO_BREAK, " ")


# Languages and texts


def test_languages_are_called_by_their_own_name() -> None:
    names = {code: language.name for code, language in LANGUAGES.items()}
    assert names == {"en": "English", "nl": "Nederlands"}


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("nl", "nl"), ("NL", "nl"), ("nl-BE", "nl"), ("nl_NL", "nl"), ("en-US", "en"), ("fr", "en")],
)
def test_a_language_we_do_not_speak_is_answered_in_english(asked: str, spoken: str) -> None:
    assert known_language(asked) == spoken
    assert Wording(asked).language == spoken


@at_any_speed
@given(st.text())
@example("../../etc/passwd")
@example("")
def test_any_language_out_of_an_address_is_harmless(language: str) -> None:
    assert Wording(language).language in LANGUAGES


def test_a_catalog_is_read_once() -> None:
    assert translation("nl") is translation("nl-NL")
    assert translation("en") is translation("xx")


def test_texts_are_translated() -> None:
    assert EN.text("per year") == "per year"
    assert NL.text("per year") == "per jaar"
    assert NL.text("not in the catalog") == "not in the catalog"
    assert NL.text("") == ""
    assert N_("per year") == "per year"


@at_any_speed
@given(st.text())
@example("{amount.__class__} {0} {} }{")
def test_fields_are_put_in_as_they_are(field: str) -> None:
    assert NL.text("{amount} per {unit}", amount=field, unit=field) == f"{field} per {field}"


def test_fields_may_have_any_name() -> None:
    assert EN.text("{message} {self}", message="a", self="b") == "a b"
    assert EN.plural("{count} of {singular}", "{count} in {plural}", 2, plural="c") == "2 in c"


@pytest.mark.parametrize("message", ["{x.__class__}", "{x[0]}", "{}", "{0}"])
def test_a_message_cannot_reach_into_its_fields(message: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        EN.text(message, x="secret")


@pytest.mark.parametrize(
    ("count", "english", "dutch"),
    [
        (0, "0 months", "0 maanden"),
        (1, "1 month", "1 maand"),
        (1.0, "1 month", "1 maand"),
        (1.5, "1.5 months", "1,5 maanden"),
        (1200, "1,200 months", "1.200 maanden"),
    ],
)
def test_plurals_follow_the_count(count: float, english: str, dutch: str) -> None:
    assert EN.plural("{count} month", "{count} months", count) == english
    assert NL.plural("{count} month", "{count} months", count) == dutch


@pytest.mark.parametrize(
    ("period", "english", "dutch"),
    [
        ("year", ("5 years", "1 year", "year 3", "per year"), ("5 jaar", "1 jaar", "jaar 3", "per jaar")),
        (
            "quarter",
            ("5 quarters", "1 quarter", "quarter 3", "per quarter"),
            ("5 kwartalen", "1 kwartaal", "kwartaal 3", "per kwartaal"),
        ),
        (
            "month",
            ("5 months", "1 month", "month 3", "per month"),
            ("5 maanden", "1 maand", "maand 3", "per maand"),
        ),
    ],
)
def test_periods_are_named(period: str, english: tuple[str, ...], dutch: tuple[str, ...]) -> None:
    for wording, expected in ((EN, english), (NL, dutch)):
        shown = [wording.period(period, 5), wording.period(period, 1)]
        assert (*shown, wording.period_number(period, 3), wording.per(period)) == expected


def test_a_stretch_of_time_has_three_significant_digits() -> None:
    assert EN.period("year", 2.41666) == "2.42 years"
    assert NL.period("year", 2.41666) == "2,42 jaar"
    assert NL.period("year", None) == NL.period("year", inf) == "–"


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(KeyError, match="week"):
        EN.period("week", 2)


# Numbers


@pytest.mark.parametrize(
    ("x", "english", "dutch"),
    [
        (1234567.89, "€1,234,567.89", "€ 1.234.567,89"),
        (-1234567.89, "−€1,234,567.89", "€ −1.234.567,89"),
        (0, "€0.00", "€ 0,00"),
        (-0.001, "€0.00", "€ 0,00"),
        (2.675, "€2.68", "€ 2,68"),
        (None, "–", "–"),
        (nan, "–", "–"),
        (-inf, "–", "–"),
    ],
)
def test_amounts_in_full(x: float | None, english: str, dutch: str) -> None:
    assert EN.money(x) == english
    assert plain(NL.money(x)) == dutch


def test_whole_euros_on_request() -> None:
    assert EN.money(1234.5, digits=0) == "€1,235"
    assert plain(NL.money(1234.5, digits=0)) == "€ 1.235"


@pytest.mark.parametrize(
    ("x", "english", "dutch"),
    [
        (12_300_000, "€12.3M", "€ 12,3 mln."),
        (12_345_678, "€12.3M", "€ 12,3 mln."),
        (-12_345_678, "−€12.3M", "€ −12,3 mln."),
        (1_200_000, "€1.2M", "€ 1,2 mln."),
        (1_234_000_000, "€1.23B", "€ 1,23 mld."),
        (5_000_000_000_000, "€5T", "€ 5 bln."),
        (999_950, "€1M", "€ 1 mln."),
        (999_499, "€999K", "€ 999.000"),
        (845_210, "€845K", "€ 845.000"),
        (12_345, "€12.3K", "€ 12.300"),
        (9_996, "€10K", "€ 10.000"),
        (1_234, "€1,230", "€ 1.230"),
        (999.6, "€1,000", "€ 1.000"),
        (845.4, "€845", "€ 845"),
        (84.56, "€84.6", "€ 84,6"),
        (84, "€84", "€ 84"),
        (8.4, "€8.40", "€ 8,40"),
        (0.0456, "€0.05", "€ 0,05"),
        (0, "€0", "€ 0"),
        (None, "–", "–"),
        (nan, "–", "–"),
    ],
)
def test_amounts_in_three_significant_digits(x: float | None, english: str, dutch: str) -> None:
    assert EN.short_money(x) == english
    assert plain(NL.short_money(x)) == dutch


def test_amounts_do_not_break_over_lines() -> None:
    assert NL.short_money(12_300_000) == "€\N{NO-BREAK SPACE}12,3\N{NO-BREAK SPACE}mln."
    assert NL.money(1) == "€\N{NO-BREAK SPACE}1,00"


@pytest.mark.parametrize(
    ("shown", "english", "dutch"),
    [
        (lambda w: w.signed_short_money(1_200_000), "+€1.2M", "€ +1,2 mln."),
        (lambda w: w.signed_short_money(-300_000), "−€300K", "€ −300.000"),
        (lambda w: w.signed_short_money(0), "±€0", "€ ±0"),
        (lambda w: w.signed_money(1234.5), "+€1,234.50", "€ +1.234,50"),
        (lambda w: w.signed_money(-0.001), "±€0.00", "€ ±0,00"),
        (lambda w: w.signed_money(-1234.5, digits=0), "−€1,235", "€ −1.235"),
        (lambda w: w.signed_percent(0.123), "+12.3%", "+12,3%"),
        (lambda w: w.signed_percent(-0.123), "−12.3%", "−12,3%"),
        (lambda w: w.signed_percent(0.0001), "±0.0%", "±0,0%"),
        (lambda w: w.signed_number(1234), "+1,234", "+1.234"),
        (lambda w: w.signed_short_number(-1_234_567), "−1.23M", "−1,23 mln."),
        (lambda w: w.signed_people(-1234.4), "−1,234", "−1.234"),
        (lambda w: w.points(0.012), "+1.2 pp", "+1,2 procentpunt"),
        (lambda w: w.points(-0.012), "−1.2 pp", "−1,2 procentpunt"),
        (lambda w: w.points(0.0), "±0.0 pp", "±0,0 procentpunt"),
    ],
)
def test_a_difference_always_has_a_sign(shown: Callable[[Wording], str], english: str, dutch: str) -> None:
    assert shown(EN) == english
    assert plain(shown(NL)) == dutch


@pytest.mark.parametrize(
    ("shown", "english", "dutch"),
    [
        (lambda w: w.percent(0.123), "12.3%", "12,3%"),
        (lambda w: w.percent(0.857, digits=0), "86%", "86%"),
        (lambda w: w.percent(0.12345, digits=None), "12.345%", "12,345%"),
        (lambda w: w.percent(1.0), "100.0%", "100,0%"),
        (lambda w: w.percent(-0.00001), "0.0%", "0,0%"),
        (lambda w: w.number(1234.5678), "1,234.5678", "1.234,5678"),
        (lambda w: w.number(1234.5678, digits=2), "1,234.57", "1.234,57"),
        (lambda w: w.number(40000), "40,000", "40.000"),
        (lambda w: w.short_number(12_345_678), "12.3M", "12,3 mln."),
        (lambda w: w.short_number(845_210), "845K", "845.000"),
        (lambda w: w.short_number(0.0456), "0.0456", "0,0456"),
        (lambda w: w.people(41_234.5), "41,235", "41.235"),
        (lambda w: w.people(-0.2), "0", "0"),
        (lambda w: w.multiple(1.84), "€1.84 per €1", "€ 1,84 per € 1"),
        (lambda w: w.multiple(-0.5), "−€0.50 per €1", "€ −0,50 per € 1"),
        (lambda w: w.span(1_100_000, 1_400_000, w.short_money), "€1.1M – €1.4M", "€ 1,1 mln. – € 1,4 mln."),
        (lambda w: w.span(0.851, 0.8514, w.percent), "85.1%", "85,1%"),
        (lambda w: w.span(None, 1.0, w.money), "–", "–"),
        (lambda w: w.separators, ".,", ",."),
        (lambda w: w.currency_symbol, "€", "€"),
        (lambda w: str(w.locale), "en_GB", "nl_NL"),
    ],
)
def test_numbers_follow_the_language(shown: Callable[[Wording], str], english: str, dutch: str) -> None:
    assert shown(EN) == english
    assert plain(shown(NL)) == dutch


@BOTH
@pytest.mark.parametrize("x", [None, nan, inf, -inf])
def test_what_is_missing_reads_as_a_dash(wording: Wording, x: float | None) -> None:
    one_number = [
        wording.money, wording.signed_money, wording.short_money, wording.signed_short_money, wording.number,
        wording.signed_number, wording.short_number, wording.signed_short_number, wording.people,
        wording.signed_people, wording.percent, wording.signed_percent, wording.points, wording.multiple,
    ]  # fmt: skip
    assert {formatter(x) for formatter in one_number} == {"–"}


def test_other_currencies_keep_their_own_sign_and_decimals() -> None:
    assert Wording("en", "GBP").money(1234.5) == "£1,234.50"
    assert Wording("en", "USD").short_money(12_300_000) == "US$12.3M"
    assert plain(Wording("nl", "USD").multiple(1.5)) == "US$ 1,50 per US$ 1"
    assert Wording("en", "JPY").money(1234.5) == "JP¥1,235"
    assert Wording("en", "JPY").short_money(8.4) == "JP¥8"


@BOTH
@at_any_speed
@given(x=st.floats(allow_nan=False, allow_infinity=False))
@example(x=1.7e308)
@example(x=5e-324)
def test_every_float_can_be_shown(wording: Wording, x: float) -> None:
    shorter = (wording.short_money, wording.short_number)
    for formatter in (wording.money, wording.number, wording.percent, *shorter):
        assert re.search("[0-9]", formatter(x))
    assert "-" not in wording.signed_money(x)


# What people type


@pytest.mark.parametrize(
    ("wording", "typed", "number"),
    [
        (EN, "1,234.5", 1234.5),
        (EN, "1234.5", 1234.5),
        (EN, " 1 234.50 ", 1234.5),
        (EN, "€1,000", 1000),
        (EN, "1000 EUR", 1000),
        (EN, "1000 euros", 1000),
        (EN, "-€1,000", -1000),
        (EN, "€-1,000", -1000),
        (EN, "−5", -5),
        (EN, "+5", 5),
        (EN, ".5", 0.5),
        (EN, "12.3%", 0.123),
        (EN, "12.3 %", 0.123),
        (EN, "845k", 845_000),
        (EN, "€1.5M", 1_500_000),
        (EN, "2bn", 2_000_000_000),
        (NL, "1.234,5", 1234.5),
        (NL, "1234,5", 1234.5),
        (NL, "1\N{NARROW NO-BREAK SPACE}234,5", 1234.5),
        (NL, "€ 1.000", 1000),
        (NL, "€ 1.000,-", 1000),
        (NL, "€ 1.000,–", 1000),
        (NL, "1000 euro", 1000),
        (NL, "€ -1.000", -1000),
        (NL, "12,3%", 0.123),
        (NL, "1,5 mln.", 1_500_000),
        (NL, "1,5 mln", 1_500_000),
        (NL, "2 mld.", 2_000_000_000),
        (NL, "1 bln.", 1_000_000_000_000),
        (NL, "845K", 845_000),
        (Wording("en", "USD"), "$5", 5),
        (Wording("en", "USD"), "US$5", 5),
    ],
)
def test_a_typed_number_is_understood(wording: Wording, typed: str, number: float) -> None:
    assert wording.parse_number(typed) == number


@pytest.mark.parametrize(
    ("wording", "typed"),
    [
        (EN, "1,5"),
        (EN, "1.234,5"),
        (EN, "0,85"),
        (EN, "1,00"),
        (NL, "1.5"),
        (NL, "0.85"),
        (NL, "0.850"),
        (NL, "1,234.5"),
    ],
)
def test_a_comma_or_point_of_the_other_language_is_not_guessed_at(wording: Wording, typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape({EN: "1,234.5", NL: "1.234,5"}[wording])):
        wording.parse_number(typed)


@BOTH
@pytest.mark.parametrize(
    "typed",
    [
        "", " ", ".", ",", "-", "€", "%", "k", "abc", "nan", "NaN", "inf", "-Infinity", "1e5", "0x10",
        "1_000", "--1", "-€-1", "1-", "1 2", "5%%", "€5%", "5k%", "$5", "£5", "12 x", "١٢", "１２", "½",
        "1\x002", "=1+1", "1;2", "(5)", "1/2", "1" * 41, "9" * 10_000, " " * 41,
    ],
)  # fmt: skip
def test_what_is_not_a_number_is_refused(wording: Wording, typed: str) -> None:
    with pytest.raises(ValueError, match={EN: "^T", NL: "^(Typ|Dat)"}[wording]):
        wording.parse_number(typed)


def test_a_refusal_says_in_the_language_what_to_type() -> None:
    said = {}
    for wording in (EN, NL):
        for typed in ("abc", "1,23.4", "1" * 41):
            with pytest.raises(ValueError, match=r"^(T|D)") as refusal:
                wording.parse_number(typed)
            said[wording.language, typed[:3]] = plain(str(refusal.value))
    assert said == {
        ("en", "abc"): "Type a number, such as 1,234.5, 12.3% or 2M.",
        ("en", "1,2"): "Type , between thousands and . before decimals, as in 1,234.5.",
        ("en", "111"): "That is too long for a number. Type one such as 1,234.5.",
        ("nl", "abc"): "Typ een getal, zoals 1.234,5, 2 mln. of 12,3%.",
        ("nl", "1,2"): "Typ . tussen duizendtallen en , voor decimalen, zoals in 1.234,5.",
        ("nl", "111"): "Dat is te lang voor een getal. Typ er een zoals 1.234,5.",
    }


@pytest.mark.parametrize(
    ("wording", "typed"),
    [
        (EN, ",".join(["99"] + ["999"] * 9)),
        (NL, ".".join(["99"] + ["999"] * 9)),
        (EN, "9" * 29),
        (NL, "-" + "9" * 29),
        (EN, "€1,001T"),
        (NL, "1.001 bln."),
        (EN, "1,000,000,000,000,000.01"),
        (EN, "100,000,000,000,000,001%"),
    ],
)
def test_more_than_the_planner_computes_with_is_refused(wording: Wording, typed: str) -> None:
    with pytest.raises(ValueError, match="planner") as refusal:
        wording.parse_number(typed)
    assert (
        plain(str(refusal.value))
        == {
            EN: "That is more than the planner computes with. Type 1,000T at most.",
            NL: "Dat is meer dan waarmee de planner rekent. Typ 1.000 bln. of minder.",
        }[wording]
    )


@pytest.mark.parametrize(
    ("wording", "typed"),
    [
        (EN, "1,000T"),
        (NL, "1.000 bln."),
        (EN, "100,000,000,000,000,000%"),
        (EN, "1,000,000,000,000,000.000000000000000"),
    ],
)
def test_the_largest_amount_that_the_planner_computes_with_can_be_typed(wording: Wording, typed: str) -> None:
    assert wording.parse_number(typed) == MAX_AMOUNT


@BOTH
@at_any_speed
@given(typed=st.text(max_size=60) | st.text(alphabet="0123456789.,-+ €%kmln", max_size=45))
def test_anything_typed_is_a_finite_number_or_refused(wording: Wording, typed: str) -> None:
    with suppress(ValueError):
        assert isfinite(wording.parse_number(typed))


@BOTH
@at_any_speed
@given(x=st.floats(-1e12, 1e12).map(lambda x: round(x, 6)))
def test_a_number_shown_in_full_is_read_back(wording: Wording, x: float) -> None:
    assert wording.parse_number(wording.number(x)) == x


@BOTH
@at_any_speed
@given(cents=st.integers(-(10**14), 10**14))
def test_an_amount_shown_in_full_is_read_back(wording: Wording, cents: int) -> None:
    assert wording.parse_number(wording.money(cents / 100)) == cents / 100


@BOTH
@at_any_speed
@given(tenths=st.integers(-2000, 2000))
def test_a_percentage_is_read_back(wording: Wording, tenths: int) -> None:
    assert wording.parse_number(wording.percent(tenths / 1000)) == tenths / 1000


@BOTH
@at_any_speed
@given(x=st.floats(1, 1e15) | st.floats(-1e15, -1))
def test_a_short_amount_is_read_back_to_three_significant_digits(wording: Wording, x: float) -> None:
    """Half a unit of the third digit: at most 0.5 % off (1.005 at the worst)."""
    for formatter in (wording.short_money, wording.signed_short_money, wording.short_number):
        assert wording.parse_number(formatter(x)) == pytest.approx(x, rel=0.005)


@BOTH
@at_any_speed
@given(x=st.floats(-1e9, 1e9))
def test_a_difference_shows_exactly_one_sign(wording: Wording, x: float) -> None:
    money = (wording.signed_money, wording.signed_short_money)
    for formatter in (*money, wording.signed_percent, wording.points):
        shown = formatter(x)
        assert len(re.findall("[+−±]", shown)) == 1
        assert ("±" in shown) == (not re.search("[1-9]", shown))


# Texts that users typed. That Streamlit and Plotly then show them as typed was seen in a browser.


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("Families", "Families"),
        ("**bold** _it_ `code`", r"\*\*bold\*\* \_it\_ \`code\`"),
        ("[a](b) ![c](d)", r"\[a\]\(b\) \!\[c\]\(d\)"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("a | b", r"a \| b"),
        ("<b>", r"\<b\>"),
        ("&lt;", r"\&lt;"),
        ("$x$", r"\$x\$"),
        ("back\\slash", r"back\\slash"),
        (":red[x]", rf"\:{JOINER}red\[x\]"),
        (":smile:", rf"\:{JOINER}smile\:"),
        (":material/home:", rf"\:{JOINER}material/home\:"),
        ("http://a.b", rf"http\:{JOINER}//a\.b"),
        ("www.a.b", rf"www{JOINER}\.a\.b"),
        ("me@a.b", rf"me\@{JOINER}a\.b"),
        ("a -> b", rf"a \-{JOINER}\> b"),
        ("a -- b", rf"a \-{JOINER}\- b"),
        ("a\n\n# b\r\n    c\td", r"a \# b c d"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}a\0\ud800", "a"),
        (" \n ", ""),
        ("€\N{NO-BREAK SPACE}1,2\N{NO-BREAK SPACE}mln", "€\N{NO-BREAK SPACE}1,2\N{NO-BREAK SPACE}mln"),
        ("1\N{NARROW NO-BREAK SPACE}200 \N{NO-BREAK SPACE}x", "1\N{NARROW NO-BREAK SPACE}200 \N{NO-BREAK SPACE}x"),
    ],
)
def test_markdown_of_users_is_escaped(typed: str, escaped: str) -> None:
    assert markdown_text(typed) == escaped


@at_any_speed
@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs"))))
def test_markdown_escapes_lose_nothing(typed: str) -> None:
    escaped = markdown_text(typed)
    words = re.split(r"[^\S\u00a0\u202f]+", typed)
    assert re.sub(r"\\(.)", r"\1", escaped.replace(JOINER, "")) == " ".join(words).strip(" ")
    assert not re.search(r"[*_`\[\]()#+.!|~><$:{}&]", re.sub(r"\\.", "", escaped))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Families", "Families"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("<a href='x'>y</a>", "&lt;a href='x'&gt;y&lt;/a&gt;"),
        ("a<br>b", "a&lt;br&gt;b"),
        ("R&D &lt;", "R&amp;D &amp;lt;"),
        ("%{y}", f"%{JOINER}{{y}}"),
        ("a\nb", "a b"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
    ],
)
def test_plotly_text_of_users_is_escaped_and_shortened(typed: str, shown: str) -> None:
    assert plotly_text(typed) == shown


@at_any_speed
@given(st.text())
def test_plotly_text_has_no_tags_and_a_bounded_length(typed: str) -> None:
    shown = plotly_text(typed)
    assert not set("<>") & set(shown)
    assert len(html.unescape(shown).replace(JOINER, "")) <= 40


def test_wording_knows_no_screen() -> None:
    code = "import sys, strategy.words.wording; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
