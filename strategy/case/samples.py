"""The sample firms, as a table; their files lie in sample_data/<code>/."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from strategy.case.beliefs import Origin, origin_key
from strategy.case.case import Case
from strategy.case.case_file import read_case
from strategy.case.editing import numbers_of
from strategy.words.wording import N_, translation

FOLDER = Path(__file__).parents[2] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """A sample firm: its folder, title and what it shows."""

    code: str
    title: str
    story: str


SAMPLES = (
    Sample(
        "telecom",
        N_("Telecom subscriptions"),
        N_("Four customer groups from public churn data. Sales is paid for new lines; the best customers slip away."),
    ),
    Sample(
        "web_shop",
        N_("Web shop"),
        N_("Buyers of a music shop, from real purchases. Most buy once; a few come back again and again."),
    ),
    Sample(
        "bike_shop",
        N_("Bicycle web shop"),
        N_("Orders, returns and spending of a Dutch shop of today. Ads reach families, commuters bring in the money."),
    ),
    Sample(
        "b2b_supplier",
        N_("Business-to-business supplier"),
        N_("Customers climb a ladder from first order to ambassador. The money goes to the bottom step."),
    ),
    Sample(
        "charity",
        N_("Charity"),
        N_("Donors who give once, every month, or a lot. Recruiting on the street only works above a threshold."),
    ),
    Sample(
        "classroom",
        N_("Classroom example"),
        N_("One segment, one year, round numbers: small enough to check by hand."),
    ),
)


def load_sample(code: str, language: str = "en") -> Case:
    """A sample case, its names in the reader's language where it has them. Raises KeyError for an unknown code."""
    folder = FOLDER / {sample.code: sample for sample in SAMPLES}[code].code
    case = read_case((folder / "case.json").read_bytes())
    names_file = folder / f"names.{language}.json"
    if not names_file.exists():
        return case
    names = json.loads(names_file.read_text(encoding="utf-8"))
    renamed = {
        field: tuple(entry.model_copy(update={"name": names[entry.name]}) for entry in getattr(case, field))
        for field in ("segments", "events", "initiatives")
    }
    return case.model_copy(update={"name": names[case.name], **renamed})


SEE_README = N_("see the README of this sample")
MEASURED_PARTS = ("answer_1", "constant")
"""What data can say of a lever: how it is today; what another spend would do is assumed."""
_ROW = re.compile(r"^\| (?P<field>[\w ]+?) \|[^|]*\| (?P<source>[^|]+?) \|$")
_PART = re.compile(r"^### .*\(`(?P<segment>[\w-]+)`\)$")


def sample_origins(code: str, language: str = "en") -> dict[str, Origin]:
    """Where the numbers of a sample come from, as its README says: {`origin_key`: Origin}.

    The README is English: in another language the origin points at it.
    """
    told = _sources(FOLDER / {sample.code: sample for sample in SAMPLES}[code].code / "README.md")
    found = {}
    for key in numbers_of(load_sample(code)):
        source = told.get(key[:2]) or told.get(("", key[0]))
        if source:
            measured = "computed" in source and (len(key) < 3 or key[2] in MEASURED_PARTS)
            text = source if language == "en" else translation(language).gettext(SEE_README)
            found[origin_key(key)] = Origin(kind="measured" if measured else "assumed", source=text)
    return found


def _sources(readme: Path) -> dict[tuple[str, ...], str]:
    """The sources in the tables of a README: {(segment id, or "" for the firm; field or lever): source}."""
    found: dict[tuple[str, ...], str] = {}
    segment = ""
    for line in readme.read_text(encoding="utf-8").splitlines():
        if part := _PART.match(line):
            segment = part["segment"]
        elif row := _ROW.match(line):
            found[segment, row["field"]] = row["source"]
    return found
