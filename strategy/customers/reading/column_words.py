"""What columns are called, in both languages and the usual systems: one table of words per role."""

CUSTOMER = (
    "customeruniqueid", "customerid", "customer", "custid", "customernumber", "customerno", "customercode", "clientid",
    "client", "klantid", "klantnummer", "klantnr", "klantcode", "klant", "memberid", "member", "userid", "user",
    "accountid", "account", "buyerid", "buyer", "donorid", "donor", "donateur", "debiteurnummer", "debiteurnr",
    "debiteur", "relatienummer", "relatieid", "relatiecode", "relatie", "lidnummer", "lid", "contactid", "contact",
    "company", "bedrijf", "organisatie", "organization", "email", "emailadres", "emailaddress", "custno", "klantno",
    "shopperreference", "constituentid", "constituent", "patronid", "guestid", "patientid", "studentid", "buyeremail",
    "tegenrekening", "tegenrekeningiban", "tegenrekeningibanbban", "counterpartyiban", "consumerbankaccount",
    "naamtegenpartij", "tegenpartij", "counterparty", "payer", "betaler", "opdrachtgever", "huishouden", "household",
    "householdkey", "cardnumber", "kaartnummer", "loyaltycard", "klantenkaart", "id", "customername", "klantnaam",
    "accountname", "billtoname", "billingname", "consumername", "companyname", "bedrijfsnaam", "relatienaam", "naam",
    "name", "naamomschrijving",
)  # fmt: skip
NO_CUSTOMERS = ("city", "plaats", "state", "zip", "postcode", "country", "segment", "type", "group", "groep", "desc",
                "age", "gender", "date", "datum")  # fmt: skip
"""In names of what is said about a customer."""
DATE = (
    "closedate", "closeddate", "closedat", "sluitingsdatum", "sluitdatum", "wondate", "invoicedate", "orderdate",
    "transactiondate", "purchasedate", "saledate", "date", "datum", "factuurdatum", "orderdatum", "besteldatum",
    "aankoopdatum", "verkoopdatum", "transactiedatum", "boekdatum", "boekingsdatum", "postingdate", "transactiondt",
    "purchasetimestamp", "timestamp", "tijdstip", "datetime", "paidat", "betaaldop", "createdat", "created",
    "monthyear", "month", "maand", "periode", "period", "day", "dag", "time",
)  # fmt: skip
DATE_ENDINGS = ("date", "datum", "dt", "timestamp", "datetime")
"""How names of other dates end."""
OTHER_DATES = (
    "created", "creation", "valuedate", "valuta", "rente", "aangemaakt", "due", "verval", "modif", "updat", "gewijz",
    "birth", "geboort", "deliver", "lever", "approv", "estimat", "expected", "verwacht", "trial", "proef", "ship",
    "verzend", "first", "eerste", "expir", "cancel", "refund", "retour", "signup", "inschrij",
)  # fmt: skip
"""In names of dates that are rarely the day of a purchase: taken where there is no other."""
AMOUNT = (
    "amount", "productsales", "totalamount", "total", "revenue", "sales", "value", "dollarvalue", "spend", "bedrag",
    "totaalbedrag",
    "totaal", "omzet", "turnover", "linetotal", "ordervalue", "paymentvalue", "regelbedrag", "subtotal", "subtotaal",
    "monthlycharges", "grandtotal", "ordertotal", "grosssales", "gross", "giftbedrag", "mainamount", "fee", "charge",
    "gift", "debet", "debit", "net",
)  # fmt: skip
OTHER_AMOUNTS = (
    "refund", "terug", "retour", "tax", "btw", "vat", "fee", "discount", "korting", "shipping", "verzend", "cost",
    "kost", "inkoop", "credit", "tip", "balance", "saldo", "stock", "voorraad", "probab", "kans", "percent", "incl",
    "quantity", "qty", "aantal", "lifetime", "dispute", "weight", "gewicht",
)  # fmt: skip
"""In names of amounts that are rarely what was sold for."""
IN_CENTS = ("cents", "centen", "eurocent", "incents", "incenten", "minorunits", "minorunit", "pence")
OF_THE_ORDER = ("order", "total", "totaal", "bestel", "factuur", "invoice", "betaald", "paid")
OF_THE_LINE = ("line", "regel", "item", "lijn", "product", "unit", "artikel", "stuk")
"""In names of amounts that are a whole order's, or a line's."""
WITHOUT_TAX = ("excl", "exvat", "exbtw", "extax", "exclusive", "netto", "zonderbtw", "netamount", "netsales", "netrev")
PER_PERIOD = (
    "monthlyfee", "mrr", "arr", "acv", "premie", "premium", "contributie", "abonnementsgeld", "abonnementsprijs",
    "maandbedrag", "jaarbedrag", "licentiebedrag", "tarief", "subscriptionprice", "planamount",
)  # fmt: skip
"""What a contract brings each period."""
QUANTITY = ("quantity", "qty", "units", "aantal", "hoeveelheid", "numberofcds", "pieces", "stuks")
PRICE = ("unitprice", "price", "prijs", "stuksprijs", "eenheidsprijs", "salesprice", "verkoopprijs")
EACH = ("unit", "stuk", "eenheid", "each", "peritem", "perpiece")
"""In names of prices that are of one piece, whatever they look like."""
REFUND = (
    "amountrefunded", "refundedamount", "refundamount", "totalrefunded", "refunded", "refund", "terugbetaaldbedrag",
    "terugbetaald", "terugbetaling", "restitutie", "retourbedrag",
)  # fmt: skip
CONTRA = ("credit",)
"""The other side of a ledger's debit."""
BANK = ("iban", "tegenrekening", "tegenpartij", "counterparty", "saldo", "balance", "rentedatum")
"""In names of columns that the statements of a bank account have."""
PRODUCT = ("stockcode", "sku", "productid", "productcode", "product", "articlenumber", "article", "artikelnummer",
           "artikelcode", "artikel", "itemid", "item", "description", "omschrijving")  # fmt: skip
INVOICE = ("invoiceno", "invoice", "invoicenumber", "invoiceid", "orderid", "orderno", "ordernumber", "order",
           "transactionid", "factuurnummer", "factuurnr", "factuur", "ordernummer", "bonnummer", "stuk",
           "stuknummer", "boekstuk")  # fmt: skip
NO_INVOICES = ("status", "state", "stage", "type", "date", "datum", "total", "amount", "value", "source", "tag", "note")
"""In names of what is said about an order."""
CURRENCY = ("currency", "currencycode", "valuta", "munteenheid")
START = ("start", "startdate", "contractstart", "begin", "begindate", "begindatum", "startdatum", "ingangsdatum",
         "since", "joindate", "signupdate", "lidsinds", "klantsinds", "membersince", "customersince", "aanvangsdatum",
         "ingang", "inschrijfdatum", "joined", "effectivedate", "activationdate", "from", "van")  # fmt: skip
END = ("endedat", "ended", "end", "enddate", "contractend", "einddatum", "eind", "einde", "churndate",
       "cancellationdate", "opzegdatum", "beeindigdop", "canceledat", "cancelledat", "opgezegdper", "opzegging",
       "uitschrijfdatum", "terminationdate", "canceldate", "vervaldatum", "expirydate", "until", "tot")  # fmt: skip
OTHER_TERMS = ("trial", "proef", "period", "periode", "current", "huidig", "cancelatperiod", "created")
"""In names of starts and ends that are not the contract's own."""
RUNNING = ("running", "active", "isactive", "status", "lopend", "actief")
TENURE = ("tenure", "tenureyears", "tenureinyears", "yearsascustomer", "looptijdjaren", "looptijdinjaren", "jarenklant",
          "jaren", "tenureweeks", "tenuredays", "looptijdweken", "looptijddagen", "dagenklant", "daysactive",
          "tenuremonths", "tenureinmonths", "monthsactive", "maanden", "looptijd", "looptijdmaanden",
          "maandenklant", "accountlength", "accountweeks", "monthsonbook")  # fmt: skip
UNITS_OF_TENURE = (("jaar", "year"), ("jaren", "year"), ("year", "year"), ("week", "week"), ("weken", "week"),
                   ("dagen", "day"), ("days", "day"), ("month", "month"), ("maand", "month"))  # fmt: skip
"""In names of tenures, and the unit that they are counted in."""
CHURNED = ("churn", "churned", "churnlabel", "churnvalue", "exited", "attrition", "attritionflag", "vertrokken",
           "opgezegd", "weg", "left")  # fmt: skip
