"""The bicycle web shop of sample_data: orders and lines, and what was spent on marketing, drawn from known laws.

`python -m tests.generated.bike_shop` writes both files anew; the same seeds give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from tests.simulated_customers import Array, Generating, People, purchases_of

RAW = Path(__file__).parents[2] / "sample_data" / "raw"
ORDERS_FILE, SPEND_FILE = "bike_shop.csv", "bike_shop_spend.csv"

SHOP = Generating(r=0.9, alpha=105.0, a=0.6, b=3.0, p=6.0, q=4.2, v=31.0)
OPENED, DAYS, SEED = date(2023, 1, 1), 1096, 2031
QUARTER_STARTS = tuple(date(year, month, 1) for year in (2023, 2024, 2025) for month in (1, 4, 7, 10))

KINDS = ("Forens", "Sportfietser", "Gezin")
"""What customers said of themselves when they made their account; who buys often is likelier a commuter, who spends
much likelier rides for sport."""
OFTEN, MUCH, LEANING = 1.1, 2.2, (0.0, -0.6, 0.5)
ORIGINS = ("Google Ads", "Social media", "Vergelijkingssite", "Direct")
CANCELLED, RETURNED, OFTEN_RETURNED = 0.02, 0.05, {"KL": 0.18, "HM": 0.12}
"""Shares of orders, and of lines of what was delivered: clothes and helmets that do not fit come back."""
DELIVERED, VOID, BACK = "Bezorgd", "Geannuleerd", "Retour"

ARTICLES = (
    ("VB-2801", "Binnenband 28 inch", 5.75, 2.60), ("VB-2803", "Buitenband 28 inch anti-lek", 24.75, 13.10),
    ("VB-2805", "Buitenband race 28 mm", 37.15, 20.40), ("VB-2001", "Binnenband 20 inch", 4.92, 2.25),
    ("RM-1101", "Remblokken velgrem", 6.57, 2.70), ("RM-1102", "Remblokken schijfrem", 12.36, 5.90),
    ("RM-1203", "Remkabelset", 8.22, 3.30), ("KT-0810", "Ketting 8 versnellingen", 14.83, 7.40),
    ("KT-1112", "Ketting 11 versnellingen", 28.88, 16.20), ("KT-2001", "Kettingolie 100 ml", 7.40, 2.90),
    ("KT-2002", "Ontvetter 500 ml", 9.05, 3.80), ("VL-3001", "Voorlicht USB 50 lux", 28.88, 14.40),
    ("VL-3002", "Achterlicht USB", 16.49, 7.90), ("VL-3003", "Verlichtingsset batterij", 11.53, 5.20),
    ("SL-4001", "Kettingslot ART 2", 41.28, 22.70), ("SL-4002", "Beugelslot ART 2", 49.55, 27.80),
    ("SL-4003", "Ringslot insteekketting", 33.02, 18.50), ("TS-5001", "Dubbele fietstas 40 l", 45.41, 21.80),
    ("TS-5002", "Enkele fietstas waterdicht 20 l", 57.81, 29.50), ("TS-5003", "Fietskrat", 20.62, 9.70),
    ("TS-5004", "Zadeltas", 16.49, 7.10), ("ZD-6001", "Zadel comfort gel", 28.88, 13.60),
    ("ZD-6002", "Zadel race", 61.94, 34.10), ("PD-6101", "Pedalen antislip", 18.97, 8.90),
    ("PD-6102", "Klikpedalen", 53.68, 31.20), ("HM-7001", "Helm stad", 41.28, 21.40),
    ("HM-7002", "Helm race", 82.60, 47.00), ("HM-7003", "Kinderhelm", 24.75, 12.20),
    ("KL-7101", "Regenpak", 53.68, 26.70), ("KL-7102", "Handschoenen winter", 20.62, 8.80),
    ("KL-7103", "Fietsbroek met zeem", 49.55, 23.20), ("KL-7104", "Fietsshirt korte mouw", 41.28, 18.90),
    ("KZ-8001", "Kinderzitje achter", 78.47, 45.30), ("KZ-8002", "Kinderzitje voor", 65.25, 37.90),
    ("KZ-8003", "Windscherm voorzitje", 24.75, 12.90), ("KZ-8004", "Zijwieltjes", 12.36, 5.80),
    ("GR-8101", "Fietspomp met drukmeter", 28.88, 13.90), ("GR-8102", "Minipomp", 14.83, 6.60),
    ("GR-8103", "Plakset", 3.26, 1.10), ("GR-8104", "Multitool 18 functies", 20.62, 9.40),
    ("CM-9001", "Fietscomputer draadloos", 37.15, 20.10), ("CM-9002", "Fietscomputer gps", 165.25, 118.00),
    ("CM-9003", "Telefoonhouder", 16.49, 6.80), ("VD-9101", "Energiereep doos 12", 14.68, 8.40),
    ("VD-9102", "Bidon 750 ml", 6.57, 2.40), ("BL-9201", "Fietsbel", 7.40, 2.80),
    ("SP-9301", "Spatbordenset", 24.75, 12.60), ("ST-9401", "Standaard tweebenig", 33.02, 19.80),
)  # fmt: skip
"""Code, name, price and cost without VAT, in euros."""
PRICES = np.array([price for _, _, price, _ in ARTICLES])
CENT, LEAST_PART, MOST_LINES, TWO = 0.005, 0.3, 5, 0.3
"""A line takes at least this share of what is left of an order, of so many lines at most; how often two pieces."""


@dataclass(frozen=True)
class Response:
    """What a spend a quarter brings: from `floor` towards `ceiling`, `today` at the last spend; told with scatter."""

    lever: str
    measure: str
    floor: float
    today: float
    ceiling: float
    scatter: float
    spends: tuple[int, ...]

    def outcome(self, spend: Array) -> Array:
        """The exponential curve through floor, today and ceiling (model, section 2)."""
        share = (self.today - self.floor) / (self.ceiling - self.floor)
        return self.floor + (self.ceiling - self.floor) * -np.expm1(np.log1p(-share) * spend / self.spends[-1])


ACQUIRE = Response(
    "acquire", "nieuwe klanten", 60, 220, 420, 0,
    (3000, 4500, 6500, 5000, 8500, 2000, 6500, 10000, 5500, 6500, 6000, 6000),
)  # fmt: skip
OTHERS = (
    Response(
        "develop", "omzet per klant, controlegroep = 100", 100, 110, 122, 0.5,
        (500, 750, 1250, 250, 1000, 1500, 750, 1750, 500, 1250, 1000, 1000),
    ),
    Response(
        "retain", "vertrokken klanten, controlegroep = 100", 100, 84, 62, 1.0,
        (500, 1000, 0, 2000, 1500, 2500, 500, 3000, 1000, 2000, 1500, 1500),
    ),
    Response(
        "reduce_cost", "servicekosten per klant in euro", 2.60, 2.10, 1.45, 0.04,
        (250, 500, 750, 1000, 0, 1250, 750, 1500, 500, 1000, 750, 750),
    ),
)  # fmt: skip
CHANNELS = {
    "acquire": {"Google Ads": 0.55, "Social media": 0.25, "Vergelijkingssite": 0.20},
    "develop": {"E-mail met aanbiedingen": 1.0}, "retain": {"Spaarpunten en onderhoudstips": 1.0},
    "reduce_cost": {"Hulppagina en retourportaal": 1.0},
}  # fmt: skip
"""Where the money of a lever goes, as shares."""


# Customers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Customers:
    """Who came, when, of which kind and from where, in the order of their numbers."""

    people: People
    kind: Array
    origin: Array


def customers(random: np.random.Generator) -> Customers:
    """As many as the money for acquiring brought in each quarter; a third of those without an ad came by themselves."""
    ends = [(start - OPENED).days for start in QUARTER_STARTS] + [DAYS]
    numbers = random.poisson(ACQUIRE.outcome(np.array(ACQUIRE.spends, float)))
    days = [random.integers(a, b, n) for a, b, n in zip(ends, ends[1:], numbers, strict=False)]
    first = np.sort(np.concatenate(days))
    size = len(first)
    rate = random.gamma(SHOP.r, 1 / SHOP.alpha, size)
    leave = random.beta(SHOP.a, SHOP.b, size)
    precision = random.gamma(SHOP.q, 1 / SHOP.v, size)
    often = OFTEN * np.log(rate * SHOP.alpha / SHOP.r)
    much = MUCH * np.log((SHOP.q - 1) / SHOP.v / precision)
    scores = np.stack([often, much, np.zeros(size)], axis=1) + LEANING
    kind = np.argmax(scores + random.gumbel(size=scores.shape), axis=1)
    origin = random.choice(len(ORIGINS), size, p=[0.4, 0.18, 0.15, 0.27])
    return Customers(People(rate, leave, first, precision), kind, origin)


# Files ---------------------------------------------------------------------------------------------------------------


def orders_file() -> str:
    """The shop's export: a row a line, semicolons and decimal commas, without VAT, in the order of the orders."""
    random = np.random.default_rng(SEED)
    shoppers = customers(random)
    bought = purchases_of(shoppers.people, DAYS, SHOP, random)
    in_time = np.lexsort((bought.customer, bought.day))
    rows = [
        "Ordernummer;Orderdatum;Klantnummer;Soort klant;Herkomst;Artikelcode;Artikel;Aantal;Stukprijs;"
        "Regelbedrag excl. btw;Kostprijs;Orderstatus"
    ]
    for number, at in enumerate(in_time.tolist()):
        customer = int(bought.customer[at])
        day = OPENED + timedelta(int(bought.day[at]))
        void = random.random() < CANCELLED
        start = (
            f"W{230001 + number};{day:%d-%m-%Y};K{10001 + customer};{KINDS[int(shoppers.kind[customer])]};"
            f"{ORIGINS[int(shoppers.origin[customer])]}"
        )
        for article, pieces in _basket(float(bought.amount[at]), random):
            code, name, price, cost = ARTICLES[article]
            comes_back = random.random() < OFTEN_RETURNED.get(code[:2], RETURNED)
            status = VOID if void else BACK if comes_back else DELIVERED
            money = ";".join(_written(amount) for amount in (price, pieces * price, pieces * cost))
            rows.append(f"{start};{code};{name};{pieces};{money};{status}")
    return "\n".join(rows) + "\n"


def _basket(amount: float, random: np.random.Generator) -> Iterator[tuple[int, int]]:
    """Articles, each once, and pieces that come to about an amount; the cheapest article at least."""
    left, free = max(amount, float(PRICES.min())), np.ones(len(PRICES), bool)
    for _ in range(MOST_LINES):
        fitting = free & (left + CENT >= PRICES)
        large = fitting & (LEAST_PART * left <= PRICES)
        choice = np.flatnonzero(large if large.any() else fitting & (PRICES[fitting].max(initial=0) <= PRICES))
        if not choice.size:
            return
        article = int(random.choice(choice))
        pieces = 2 if 2 * PRICES[article] <= left and random.random() < TWO else 1
        left, free[article] = left - pieces * float(PRICES[article]), False
        yield article, pieces


def spend_file() -> str:
    """What was spent on each lever and channel in each quarter, and what came of the lever: counted or in a test."""
    random = np.random.default_rng(SEED + 1)
    firsts = customers(np.random.default_rng(SEED)).people.first
    ends = [(start - OPENED).days for start in QUARTER_STARTS] + [DAYS]
    came = np.histogram(firsts, ends)[0]
    rows = ["Kwartaal;Hefboom;Kanaal;Uitgave;Uitkomst van de hefboom;Gemeten als"]
    told = {
        response.lever: response.outcome(np.array(response.spends, float))
        + random.normal(0, response.scatter, len(response.spends))
        for response in OTHERS
    }
    for at, start in enumerate(QUARTER_STARTS):
        quarter = f"{start.year}-K{(start.month + 2) // 3}"
        for response in (ACQUIRE, *OTHERS):
            outcome = str(int(came[at])) if response is ACQUIRE else _written(float(told[response.lever][at]))
            for channel, share in CHANNELS[response.lever].items():
                spent = _written(response.spends[at] * share)
                rows.append(f"{quarter};{response.lever};{channel};{spent};{outcome};{response.measure}")
    return "\n".join(rows) + "\n"


def _written(amount: float) -> str:
    return f"{amount:.2f}".replace(".", ",")


if __name__ == "__main__":
    (RAW / ORDERS_FILE).write_text(orders_file(), encoding="utf-8")
    (RAW / SPEND_FILE).write_text(spend_file(), encoding="utf-8")
