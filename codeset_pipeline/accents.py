"""The tabular XML writes accents where the order file is plain ASCII; both name the same thing."""

from __future__ import annotations

import unicodedata


def without_accents(text: str) -> str:
    """The text as the order file writes it: `Ménière` → `Meniere`."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character))
