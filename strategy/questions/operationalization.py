"""The questions of operationalization; the terms behind them stand in operationalization_terms."""

from strategy.questions.operationalization_terms import TERMS as TERMS
from strategy.questions.question import Column, Option, Question
from strategy.words.wording import N_

HERE = "operationalization"
CHANNELS = (
    Option("personal", N_("Personal selling"), N_("our people meet customers: visits, fairs, parties at home")),
    Option("locations", N_("Locations"), N_("shops, branches, desks and other physical places")),
    Option("telephone", N_("Telephone"), N_("calls in and out, the contact centre")),
    Option("mail", N_("Mail and mass media"), N_("direct mail, print, radio, television, billboards")),
    Option("e_commerce", N_("E-commerce"), N_("website, e-mail and social media")),
    Option("m_commerce", N_("M-commerce"), N_("app, mobile site and text messages")),
)
"""The six channel groups (item B4)."""
MEASURES = (
    Option("satisfaction", N_("Customer satisfaction")),
    Option("nps", N_("Net Promoter Score")),
    Option("retention", N_("Retention")),
    Option("clv", N_("Customer lifetime value")),
    Option("revenue", N_("Revenue")),
    Option("cost", N_("Cost")),
)
HARDLY_TO_FULLY = (N_("hardly there"), N_("fully there"))

FIRST = (
    Question(
        "ambition",
        HERE,
        N_("How broad is our ambition with CRM?"),
        "choice",
        "B1",
        options=(
            Option("narrow", N_("Narrow and tactical"), N_("CRM is one technology, for one task")),
            Option("middle", N_("Middle"), N_("a series of technologies that face the customer")),
            Option("broad", N_("Broad and strategic"), N_("managing relations as a whole, to create value")),
        ),
        term="ambition_level",
        depth="must",
    ),
    Question(
        "omnichannel",
        HERE,
        N_("How do our channels work together?"),
        "choice",
        "B4",
        options=(
            Option("single", N_("One channel"), N_("customers reach us in one way")),
            Option("multi", N_("Multichannel"), N_("several channels, each with a conversation of its own")),
            Option("omni", N_("Omnichannel"), N_("one conversation that goes on when the customer changes channel")),
        ),
        term="channel_integration",
        depth="must",
    ),
    Question(
        "competences",
        HERE,
        N_("How strong are our four competences?"),
        "scores",
        "D2",
        options=(
            Option(
                "knowledge",
                N_("Customer knowledge"),
                N_("we know who a customer is and what fits, in time: identified, profiled, current"),
            ),
            Option(
                "proposition",
                N_("Individualised value proposition"),
                N_("customers choose from modules, or make it with us; the price is individual too"),
            ),
            Option(
                "relationship",
                N_("Relationship strategy"),
                N_("a long horizon, listening; the relation starts at the transaction"),
            ),
            Option(
                "multichannel",
                N_("Multichannel"),
                N_("a better dialogue at lower cost; much of the conversation is between customers"),
            ),
        ),
        ends=(N_("weak"), N_("strong")),
        term="competences",
        depth="must",
    ),
)

PEOPLE = (
    Question(
        "activities",
        HERE,
        N_("Which activities does each lever need, and who does them?"),
        "rows",
        "C2",
        columns=(
            Column("lever", N_("Lever"), "lever"),
            Column("activity", N_("Activity")),
            Column("owner", N_("Owner")),
            Column(
                "role",
                N_("Done by"),
                "choice",
                (
                    Option("marketing", N_("Marketing")),
                    Option("sales", N_("Sales")),
                    Option("service", N_("Service")),
                    Option("it", N_("IT")),
                    Option("finance", N_("Finance")),
                    Option("partner", N_("A partner outside")),
                ),
            ),
            Column(
                "process",
                N_("Process"),
                "choice",
                (
                    Option("described", N_("Described")),
                    Option("undescribed", N_("Not described")),
                    Option("automated", N_("Automated")),
                ),
            ),
        ),
        term="collaborative_crm",
        example=N_("Retain: call everyone whose contract ends in two months; owner: head of service; described"),
    ),
)

CHANNEL = (
    Question(
        "channels",
        HERE,
        N_("What does each channel contribute, and what does a contact cost?"),
        "rows",
        "B4",
        columns=(
            Column("channel", N_("Channel"), "choice", CHANNELS),
            Column("contribution", N_("Share of contacts (%)"), "number", high=100),
            Column("cost", N_("Cost per contact"), "number"),
            Column(
                "role",
                N_("Mainly to"),
                "choice",
                (
                    Option("inform", N_("Inform")),
                    Option("sell", N_("Sell")),
                    Option("serve", N_("Give service")),
                ),
            ),
        ),
        term="channel_groups",
        example=N_("Telephone: 30 of 100 contacts, 6.50 each, mainly to give service"),
    ),
    Question(
        "handovers",
        HERE,
        N_("Where does the conversation go on when a customer changes channel?"),
        "rows",
        "B4",
        columns=(
            Column("from", N_("From channel"), "choice", CHANNELS),
            Column("to", N_("To channel"), "choice", CHANNELS),
            Column("works", N_("It works"), "yes_no"),
            Column("what", N_("What is handed over")),
        ),
        term="hand_over",
        example=N_("From e-commerce to telephone: the order that was broken off, and why; it does not work yet"),
        depth="deep",
    ),
)

SYSTEMS = (
    Question(
        "components",
        HERE,
        N_("How far are the parts of our CRM system?"),
        "scores",
        "C1",
        options=(
            Option(
                "analytical",
                N_("Analytical"),
                N_("a better view of the customer from data of sales, marketing, finance and support"),
            ),
            Option(
                "collaborative",
                N_("Collaborative"),
                N_("sales, marketing, service and partners look the same way, with clear roles"),
            ),
            Option("communicative", N_("Communicative"), N_("the right medium for each audience")),
            Option("operational", N_("Operational"), N_("daily work is automated")),
            Option("database", N_("One customer database"), N_("current for everyone; the other four stand on it")),
        ),
        ends=HARDLY_TO_FULLY,
        term="crm_components",
    ),
    Question(
        "information",
        HERE,
        N_("How good is our information management?"),
        "scores",
        "B5",
        options=(
            Option("collection", N_("Collecting and keeping"), N_("the data that we need, complete and current")),
            Option("technology", N_("Technology"), N_("turns data into information for managers and channel staff")),
            Option("analysis", N_("Analysis"), N_("tools that find what we did not know")),
            Option("insight", N_("Insight in use"), N_("what we find changes what we do")),
        ),
        ends=HARDLY_TO_FULLY,
        term="information_management",
    ),
    Question(
        "systems",
        HERE,
        N_("What is true of our systems?"),
        "several",
        "D4",
        options=(
            Option("legacy", N_("Old systems carry the work"), N_("legacy systems that are hard to change")),
            Option("separate", N_("Front offices stand apart"), N_("web, contact centre and sales were built apart")),
            Option("coupled", N_("Front and back are coupled"), N_("who talks to a customer sees order and payment")),
            Option("integration", N_("One integration layer"), N_("systems exchange data through one layer")),
            Option("described", N_("Processes are described"), N_("acquire, order, pay and complain: step by step")),
        ),
        term="front_back_office",
        depth="deep",
    ),
)

SKILLS = (
    Question(
        "areas",
        HERE,
        N_("How far are we in the four areas of CRM marketing?"),
        "scores",
        "D3",
        options=(
            Option("knowledge", N_("Customer knowledge")),
            Option("customization", N_("Customization")),
            Option("relationship", N_("Relationship policy")),
            Option("communication", N_("Communication")),
        ),
        ends=HARDLY_TO_FULLY,
        term="crm_areas",
        depth="deep",
    ),
    Question(
        "cycle",
        HERE,
        N_("How well does each step of the loop run?"),
        "scores",
        "E1",
        options=(
            Option("identify", N_("Identify"), N_("we recognise a customer in every contact")),
            Option("differentiate", N_("Differentiate"), N_("we know how needs, value and behaviour differ")),
            Option("segment", N_("Segment"), N_("profiles are made, and measured again")),
            Option("interact", N_("Interact"), N_("contacts are recorded and analysed")),
            Option("customise", N_("Customise"), N_("what we learn changes what the customer gets")),
        ),
        ends=HARDLY_TO_FULLY,
        term="crm_loop",
        depth="deep",
    ),
    Question(
        "view",
        HERE,
        N_("What is CRM for us, first of all?"),
        "choice",
        "D1",
        options=(
            Option("automation", N_("Automation"), N_("of the points where customers meet us")),
            Option("process", N_("A process"), N_("identify customers, build knowledge and relations")),
            Option("strategy", N_("A business strategy"), N_("for profit, revenue and satisfaction, around segments")),
            Option("network", N_("A network"), N_("without walls between us and customers, who help one another")),
        ),
        term="crm_views",
        depth="deep",
    ),
)

MEASURING = (
    Question(
        "measures",
        HERE,
        N_("How do we see whether it works?"),
        "rows",
        "B6",
        columns=(
            Column("measure", N_("Measure"), "choice", MEASURES),
            Column("now", N_("Now")),
            Column("target", N_("Target")),
            Column("owner", N_("Owner")),
        ),
        term="performance_measurement",
        example=N_("Net Promoter Score: now 12, target 25 in two years; owner: marketing director"),
    ),
)

AUTOMATION = (
    Question(
        "automation",
        HERE,
        N_("Which daily tasks can be automated?"),
        "rows",
        "C4",
        columns=(
            Column("segment", N_("Segment"), "segment"),
            Column("task", N_("Task")),
            Column("minutes", N_("Minutes a day per person"), "number", high=480),
            Column("people", N_("People who do it"), "number", high=100_000),
            Column("hourly", N_("Cost per hour"), "number"),
            Column("share", N_("Automated (%)"), "number", high=100),
        ),
        term="automation_rule",
        example=N_("Typing over orders: 20 minutes a day, 12 people, 35 per hour, 80% automated"),
    ),
)

QUESTIONS: tuple[Question, ...] = (*FIRST, *PEOPLE, *CHANNEL, *SYSTEMS, *SKILLS, *MEASURING, *AUTOMATION)
