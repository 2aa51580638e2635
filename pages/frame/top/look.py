"""How every page looks: sizes and places that Streamlit's theme does not know, and a client's own colour and logo."""

from base64 import b64decode
from pathlib import Path

import streamlit as st

from pages.frame import session

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
ICON = Path(__file__).parents[2] / "icon.svg"


def dress() -> None:
    """Once on a page, before anything is drawn: its style, the client's colour in it, and the logo beside the menu."""
    brand = session.plan().brand
    accent = f":root {{ --planner-accent: {brand.accent}; }}" if brand and brand.accent else ""
    st.html(f"<style>{STYLE}{accent}</style>")
    st.logo(b64decode(brand.logo) if brand and brand.logo else str(ICON))
