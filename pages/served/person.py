"""Who logged in: by Streamlit's login, or at a proxy whose headers the owner of the server trusts."""

from collections.abc import Mapping

from strategy.store.tokens import shelf_of

SECRET = "PLANNER_SECRET"
"""The environment variable with the server's own secret, of which the shelves of people who log in are made."""
SHORTEST = 32
"""Characters of a secret that nobody guesses."""
TOLD_BY_PROXY = ("email", "sub", "user", "preferred_username")
"""What a trusted header may tell that is somebody's alone, the surest first; a name is nobody's alone."""


def secret_from(environment: Mapping[str, str]) -> str | None:
    """The server's own secret; None where none is set. Raises ValueError for one that could be guessed."""
    found = environment.get(SECRET, "").strip()
    if found and len(found) < SHORTEST:
        raise ValueError(
            f"{SECRET} has {len(found)} characters; give at least {SHORTEST}, as `openssl rand -hex 32` does"
        )
    return found or None


def identity(person: Mapping[str, object]) -> str | None:
    """Who somebody is, as one text that is nobody else's; None for whoever is not logged in.

    person  what Streamlit knows of the user: of a login what its issuer vouches for, else what the headers say that
            the owner named in `server.trustedUserHeaders`. A header that is not named there never comes this far.
    """
    if person.get("is_logged_in"):
        issuer, subject = (str(person.get(claim) or "").strip() for claim in ("iss", "sub"))
        return f"login {issuer} {subject}" if subject else None
    for told in TOLD_BY_PROXY:
        found = str(person.get(told) or "").strip()
        if found:
            return f"proxy {told} {found.lower() if told == 'email' else found}"
    return None


def shelf_for(person: Mapping[str, object], secret: str | None) -> str | None:
    """The shelf of whoever logged in; None where nobody did, or where the server has no secret to make it of."""
    found = identity(person)
    return shelf_of(found, secret) if found and secret else None
