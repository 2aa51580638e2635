"""What stands in columns of statuses, stages and types, in both languages and the usual systems' words.

All without spaces and signs, in lower case: "Closed Won", "closed_won" and "closedwon" are one.
"""

import re
import unicodedata

STATUS_NAMES = (
    "status", "orderstatus", "paymentstatus", "financialstatus", "betaalstatus", "state", "stage", "dealstage",
    "salesstage", "fase", "stadium", "stadia", "outcome", "resultaat", "uitkomst", "transactiontype",
    "transactietype", "documenttype", "documentsoort", "boekingssoort", "recordtype", "ordertype", "type", "soort",
    "kind", "action", "event", "mode", "conversationstage", "dealstatus", "invoicestatus", "factuurstatus",
    "orderstate",
)  # fmt: skip
PLAIN_STATUS = ("status", "stage", "fase", "stadium", "transactiontype", "transactietype", "outcome")
"""In names of columns that decide what counts, whatever their words."""
OF_THE_ROW = ("status", "stage", "state", "fase", "stadium")
"""In names of columns that say what became of the row itself: a return there is that purchase, taken back."""
OTHER_STATUS = (
    "fulfil", "deliver", "lever", "ship", "verzend", "marital", "burgerlijk", "descriptor", "employ", "lead",
    "customerstatus", "paymenttype", "paymentmethod", "card", "betaalwijze", "betaalmethode", "funding", "accounttype",
    "customertype", "klanttype", "klantstatus", "memberstatus", "dispute",
)  # fmt: skip
"""In names of statuses that are not about money."""
YES = ("yes", "y", "true", "1", "ja", "j", "waar", "t")
NO = ("no", "n", "false", "0", "nee", "onwaar", "f")
GOOD_FLAGS = ("paid", "betaald", "captured", "succeeded", "iswon", "won", "gewonnen", "livemode", "completed")
"""Names of columns of yes and no in which no means that a row does not count."""
BAD_FLAGS = (
    "cancelled", "canceled", "iscancelled", "iscanceled", "geannuleerd", "voided", "isvoid", "deleted", "isdeleted",
    "verwijderd", "failed", "mislukt", "test", "istest", "testmode", "refunded", "isrefunded", "terugbetaald",
    "islost", "lost", "verloren", "chargeback",
)  # fmt: skip
"""Names of columns of yes and no in which yes means that a row does not count."""
COUNTS = (
    "paid", "betaald", "voldaan", "succeeded", "success", "successful", "geslaagd", "completed", "complete",
    "compleet", "closedwon", "won", "gewonnen", "geslotengewonnen", "fulfilled", "unfulfilled", "partial", "shipped",
    "delivered", "geleverd", "verzonden", "bezorgd", "afgerond", "voltooid", "afgehandeld", "settled", "captured",
    "invoiced", "gefactureerd", "processed", "processing", "verwerkt", "inbehandeling", "partiallyrefunded",
    "partiallypaid", "gedeeltelijkterugbetaald", "gedeeltelijkbetaald", "sale", "verkoop", "factuur", "invoice",
    "order", "payment", "betaling", "charge", "approved", "accepted", "geaccepteerd", "goedgekeurd", "confirmed",
    "bevestigd", "booked", "done", "gereed", "klaar", "received", "ontvangen", "live", "purchase", "aankoop",
    "bestelling", "debit", "closed", "gesloten", "verkocht", "sold", "signed", "getekend", "posted", "geboekt",
    "verzendgereed", "salesinvoice", "verkoopfactuur", "verkooporder", "authorized", "active", "actief", "ok",
    "deposit", "donation", "gift", "renewal", "authorised", "sentforsettle", "sentforsettlement", "geincasseerd",
    "incasso", "collected", "herinnerd", "reminded", "aangemaand", "overdue", "telaat", "late", "sent", "verstuurd",
    "geslotenengewonnen", "dealwon", "readytoship", "klaarvoorverzending", "pickedup", "opgehaald", "attended",
    "attending", "checkedin", "expresscheckoutpayment", "bookingconfirmed",
    "cash", "cheque", "check", "recurringgift", "eenmalig", "periodiek", "machtiging",
)  # fmt: skip
VOID = (
    "failed", "mislukt", "declined", "geweigerd", "denied", "cancelled", "canceled", "geannuleerd", "afgezegd",
    "voided", "void", "vervallen", "refunded", "terugbetaald", "fullyrefunded", "volledigterugbetaald", "reversed",
    "teruggeboekt", "chargedback", "chargeback", "disputed", "lost", "closedlost", "verloren", "geslotenverloren",
    "expired", "verlopen", "abandoned", "verlaten", "deleted", "verwijderd", "draft", "concept", "open", "pending",
    "wachtend", "unpaid", "onbetaald", "nietbetaald", "openstaand", "trial", "trialing", "proef", "proefperiode",
    "test", "rejected", "afgewezen", "afgekeurd", "incomplete", "onhold", "indewacht", "checkoutdraft", "unavailable",
    "blocked", "geblokkeerd", "uncaptured", "quote", "offerte", "estimate", "proposal", "voorstel", "negotiation",
    "onderhandeling", "prospecting", "qualification", "kwalificatie", "qualified", "gekwalificeerd", "lead", "new",
    "nieuw", "wishlist", "requirespaymentmethod", "requiresaction", "uncollectible", "oninbaar", "writtenoff",
    "afgeboekt", "dropped", "nosale", "storno", "pendingpayment", "appointmentscheduled", "qualifiedtobuy",
    "presentationscheduled", "decisionmakerboughtin", "contractsent", "verworpen", "error", "fout", "wachtopbetaling",
    "gestorneerd", "gecrediteerd", "credited", "holded", "fraud", "suspectedfraud", "refused", "pledge", "toezegging",
    "noshow", "nietverschenen", "geslotenenverloren", "waitlist", "wachtlijst", "bounced", "teruggedraaid", "cart",
    "inwinkelwagen", "stripefee", "payout", "uitbetaling", "withdrawal", "generalwithdrawal",
    "ingetrokken", "withdrawn",
)  # fmt: skip
RETURNS = (
    "refund", "terugbetaling", "return", "returned", "retour", "retourzending", "geretourneerd", "retouren",
    "creditnota", "creditnote", "creditmemo", "creditfactuur", "creditinvoice", "credit", "reversal", "terugboeking",
    "correctie", "stornering", "paymentrefund", "partialrefund", "returnorder",
)  # fmt: skip
"""Rows of their own that take back a purchase."""
GUESTS = (
    "0", "guest", "guests", "guestcheckout", "gast", "gasten", "contanteverkoop", "contant", "contanteklant", "kassa",
    "kassaverkoop", "kasverkoop", "kas", "cash", "cashsale", "cashsales", "cashcustomer", "walkin", "walkincustomer",
    "balie", "balieverkoop", "diversen", "diverse", "diverseklanten", "anoniem", "anonymous", "particulier",
    "particulieren", "losseverkoop", "toonbank", "toonbankverkoop", "winkelverkoop", "winkel", "passant", "passanten",
    "counter", "countersale", "retailcustomer", "default", "defaultcustomer", "pos", "poscustomer", "dummy", "test",
    "testklant", "onbekendeklant", "unknowncustomer", "nocustomer", "geenklant", "nvt", "00", "99999", "999999",
    "9999999", "99999999", "webklant", "guestuser", "notset",
)  # fmt: skip
"""Names of customers behind which stands nobody in particular."""
TOTALS = r"(?i)^(sub|eind|grand[ -]?|deel)?[ -]?(totaal|total|totals|totalen|som|sum)\b"
"""How cells of rows of totals begin."""


WON, LOST = ("won", "gewonnen", "verkocht"), ("lost", "verloren")
"""How stages end that decide a deal."""
MONEY_IN, MONEY_OUT = ("bij", "in", "crdt", "ontvangst"), ("af", "uit", "dbit", "uitgave")
"""What stands beside amounts of a bank account without a sign."""
DEBIT, CREDIT = ("d", "debet", "debit", "dr", "db"), ("c", "credit", "cr")
SIDES = frozenset((*MONEY_IN, *MONEY_OUT, *DEBIT, *CREDIT))
SETTLED = ("settled", "sentforsettle", "sentforsettlement", "captured")
UNDERWAY = ("received", "authorised", "authorized", "sentforsettle", "sentforsettlement", "captured")
"""Steps of one payment, each of which some systems write on a row of its own."""


OPEN_INVOICES = ("open", "openstaand", "unpaid", "onbetaald", "nietbetaald", "outstanding", "teontvangen", "pending")
"""What is said of invoices that were sent and not yet paid."""
TAKEN_BACK = ("refunded", "terugbetaald", "fullyrefunded", "volledigterugbetaald", "returned",
              "geretourneerd", "closed", "reversed", "teruggeboekt", "chargedback", "chargeback", "gestorneerd",
              "gecrediteerd")  # fmt: skip
"""What became of orders that were completed first: no contradiction."""


def plain_word(text: str) -> str:
    """A value without spaces, signs, accents, numbers of stages and their percentages, in lower case."""
    text = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", text.lower()))
    text = re.sub(r"^(wc-|\d+[ .):_-]+)(?=[a-z])|\s*\d+ ?%$", "", text)
    return re.sub(r"[^a-z0-9]", "", text)


def meaning_of(value: str, name: str) -> str:
    """What a value of a status column says of its row: "counts", "void", "return" or "unknown".

    name  of the column, as `plain_name` gives it
    """
    word = plain_word(value)
    flag = name.removeprefix("is").removesuffix("at")
    if word in YES + NO and (flag in GOOD_FLAGS or name in GOOD_FLAGS):
        return "counts" if word in YES else "void"
    if word in YES + NO and (flag in BAD_FLAGS or name in BAD_FLAGS):
        return "void" if word in YES else "counts"
    for meaning, words in (("counts", COUNTS), ("void", VOID), ("return", RETURNS)):
        if word in words:
            own_row = meaning != "return" or not any(part in name for part in OF_THE_ROW)
            return meaning if own_row else "void"
    if word.endswith(WON + LOST):
        return "counts" if word.endswith(WON) else "void"
    return "unknown" if word else "counts"
