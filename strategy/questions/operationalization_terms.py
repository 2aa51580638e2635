"""The terms behind the questions of operationalization."""

from strategy.questions.question import Term
from strategy.words.wording import N_

TERMS: tuple[Term, ...] = (
    Term(
        "ambition_level",
        N_("Level of ambition"),
        N_(
            "How much CRM is meant to be: a tool, a set of tools, or a way to run the firm. Settled first; a tool is a "
            "means, never the goal: programs have no relations, people do (after Payne & Frow, 2005)."
        ),
    ),
    Term(
        "channel_integration",
        N_("Multichannel and omnichannel"),
        N_(
            "Several channels beside each other, or as one: with one image, and a conversation that goes on where it "
            "stopped when the customer changes channel."
        ),
    ),
    Term(
        "channel_groups",
        N_("Six channel groups"),
        N_(
            "Personal selling, physical locations, telephone, direct mail and mass media, e-commerce and m-commerce. "
            "Each contributes something else, at another cost."
        ),
    ),
    Term(
        "hand_over",
        N_("Hand-over between channels"),
        N_(
            "The next channel knows where the last one stopped: an abandoned order is picked up later, and why it was "
            "abandoned is recorded."
        ),
    ),
    Term(
        "competences",
        N_("Four competences"),
        N_(
            "Customer knowledge, individualised value proposition, relationship strategy, multichannel: built step by "
            "step and in balance. One that is far ahead of the others cannot be used (after Peelen)."
        ),
    ),
    Term(
        "crm_components",
        N_("Components of a CRM system"),
        N_("Analytical, collaborative, communicative and operational; all four stand on one customer database."),
    ),
    Term(
        "collaborative_crm",
        N_("Collaborative CRM"),
        N_(
            "Sales, marketing and service look the same way: roles and responsibilities are defined, and partners "
            "outside, such as suppliers and logistics, take part."
        ),
    ),
    Term(
        "information_management",
        N_("Information management"),
        N_(
            "Collecting data, turning it into information for managers and channel staff, and finding new insight in "
            "it. Known pitfall: policy built around the IT system."
        ),
    ),
    Term(
        "front_back_office",
        N_("Front office and back office"),
        N_(
            "Who talks to customers, and who delivers. Processes must be described before they can be automated, and "
            "what is standardised loses human improvisation."
        ),
    ),
    Term(
        "crm_areas",
        N_("Four areas of CRM marketing"),
        N_("Know the customer, make what fits, decide how to treat whom, and talk: each builds on the one before it."),
    ),
    Term(
        "crm_loop",
        N_("The CRM loop"),
        N_("Identify, differentiate, segment, interact, customise, and again: it never ends (after Van Leeuwen)."),
    ),
    Term(
        "crm_views",
        N_("Views of CRM"),
        N_(
            "Automation of contact points, a process of building relations, a business strategy around segments, or an "
            "infrastructure without walls between the firm and its customers. This planner takes it as a strategy."
        ),
    ),
    Term(
        "performance_measurement",
        N_("Performance measurement"),
        N_(
            "Satisfaction, Net Promoter Score (promoters less detractors, of 100 customers) and retention against our "
            "goals: it justifies the investment and feeds improvement."
        ),
    ),
    Term(
        "automation_rule",
        N_("Time freed by automation"),
        N_(
            "A task of 2 minutes a day over 225 working days is 7.5 hours a year per full-time person. Automation "
            "frees those hours for real customer contact."
        ),
    ),
)
