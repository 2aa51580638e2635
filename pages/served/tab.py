"""A browser tab as the server knows it."""

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx


def connection() -> str:
    """This browser tab as the server knows it."""
    context = get_script_run_ctx()
    return context.session_id if context else ""


def connected(tab: str) -> bool:
    """Whether a browser tab, as `connection` names it, is still open."""
    return runtime.exists() and runtime.get_instance().is_active_session(tab)
