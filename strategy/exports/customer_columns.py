"""What the columns of rows of customer data are called, and what each of them says."""

from collections.abc import Sequence
from dataclasses import dataclass

from strategy.words.wording import N_, Wording

MONEY = ("amount", "mean_spend", "clv", "clv_p05", "clv_p95", "worth_if_kept", "gain", "margin_next_year")
UNITS = {"day": N_("days"), "week": N_("weeks"), "month": N_("months")}
FILE, COUNTED, MODEL = N_("your file"), N_("counted in your file"), N_("expected by {models}")
PURCHASES = {
    "customer": (N_("Customer"), N_("Who bought, as in your file."), "text", FILE),
    "date": (N_("Date"), N_("The day of the purchase."), "date", FILE),
    "amount": (N_("Amount"), N_("What was paid."), "money", FILE),
    "product": (N_("Product"), N_("What was bought."), "text", FILE),
    "frequency": (
        N_("Repeat purchases"),
        N_("How many times the customer bought again after the first purchase."),
        "purchases",
        COUNTED,
    ),
    "recency": (N_("Time from first to last purchase"), N_("0 for who bought once."), "time", COUNTED),
    "age": (N_("Time since first purchase"), N_("Up to the last day in your file."), "time", COUNTED),
    "mean_spend": (
        N_("Mean spend per repeat purchase"),
        N_("Empty for who bought once: the first purchase does not count here."),
        "money",
        COUNTED,
    ),
    "p_alive": (
        N_("Chance to be a customer still"),
        N_("From 0 (has left for certain) to 1 (is a customer for certain)."),
        "share",
        MODEL,
    ),
    "expected_purchases": (
        N_("Expected purchases next year"),
        N_("How often the customer is expected to buy in the year after the last day in your file."),
        "purchases",
        MODEL,
    ),
    "margin_next_year": (
        N_("Expected margin next year"),
        N_("What the customer is expected to bring in the year after the last day in your file, not discounted."),
        "money",
        MODEL,
    ),
    "clv": (
        N_("Value"),
        N_("Expected margin over the years ahead that were chosen on the page, discounted (CLV)."),
        "money",
        MODEL,
    ),
    "clv_p05": (N_("Value, low end"), N_("In 5 of 100 cases it turns out lower."), "money", MODEL),
    "clv_p95": (N_("Value, high end"), N_("In 5 of 100 cases it turns out higher."), "money", MODEL),
    "worth_if_kept": (
        N_("Value if a customer for certain"),
        N_("The value if it were certain that the customer has not left, or that the contract is renewed."),
        "money",
        MODEL,
    ),
}
CONTRACTS = {
    "customer": (N_("Contract"), N_("Whose contract it is, as in your file."), "text", FILE),
    "start": (N_("Start"), N_("The day on which the contract started."), "date", FILE),
    "end": (N_("End"), N_("The day on which it ended; empty while it runs."), "date", FILE),
    "amount": (N_("Fee per period"), N_("What the contract brings between two renewals."), "money", FILE),
    "periods": (N_("Renewals"), N_("How many times the contract was renewed so far."), "renewals", COUNTED),
    "ended": (N_("Has ended"), N_("Whether the contract has ended on the last day in your file."), "yes_no", COUNTED),
    "p_alive": (N_("Chance to renew"), N_("Chance that the contract is renewed next time, 0 to 1."), "share", MODEL),
}
LISTED = {
    "segment_code": (
        N_("Segment"),
        N_("The customer's segment, grouped as on the page when the list was made."),
        "text",
        N_("the page of customer data"),
    ),
    "why": (N_("Why"), N_("Why the customer is on this list."), "text", N_("the page of customer data")),
    "gain": (
        N_("Expected gain"),
        N_(
            "What acting is expected to bring, the contact paid; of who is let go: the cost to serve next year that is "
            "saved, less the margin that goes with it."
        ),
        "money",
        MODEL,
    ),
}
MEASURES = {
    "text": N_("text"),
    "date": N_("date"),
    "purchases": N_("purchases"),
    "renewals": N_("renewals"),
    "share": N_("0 to 1"),
    "yes_no": N_("yes or no"),
}


@dataclass(frozen=True)
class Heading:
    """A column in the reader's language: its title, what it says, in what unit, and where it comes from."""

    title: str
    meaning: str
    unit: str
    source: str


def headings(names: Sequence[str], say: Wording, models: str, unit: str, way: str) -> tuple[Heading, ...]:
    """A heading per column; no two have the same title.

    models  names of the models behind what is expected
    unit    of what is counted in time: "day", "week", "month"
    way     how customers are grouped: of the column of segments, the second one where there is one
    """
    known = PURCHASES | (CONTRACTS if "periods" in names or "start" in names else {})
    known |= LISTED if "gain" in names else {}
    made: list[Heading] = []
    for at, name in enumerate(names):
        if way and at == 1:
            meaning = say.text("The segment of the customer, grouped as on the page: {way}.", way=way)
            heading = Heading(say.text("Segment"), meaning, say.text("text"), say.text("the page of customer data"))
        elif name in known:
            heading = _known(*known[name], say=say, models=models, unit=unit)
        else:
            heading = Heading(name, say.text("As in your file."), say.text("text"), say.text(FILE))
        made.append(heading)
    return tuple(_apart(made))


def _known(title: str, meaning: str, measure: str, source: str, *, say: Wording, models: str, unit: str) -> Heading:
    measured = {"money": say.currency, "time": say.text(UNITS[unit])}
    shown = measured[measure] if measure in measured else say.text(MEASURES[measure])
    return Heading(say.text(title), say.text(meaning), shown, say.text(source, models=models))


def _apart(told: list[Heading]) -> list[Heading]:
    """Titles that no other column has: a number behind the later ones."""
    seen: dict[str, int] = {}
    apart = []
    for heading in told:
        title, number = heading.title, 1
        while title.casefold() in seen:
            number += 1
            title = f"{heading.title} ({number})"
        seen[title.casefold()] = number
        apart.append(Heading(title, heading.meaning, heading.unit, heading.source))
    return apart
