"""Masks phone, identity-card and bank-card numbers for logs, exports and the duty group."""

import re

_ID_CARD = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")
_BANK_CARD = re.compile(r"(?<!\d)(\d{4})(?:[ -]?\d{4}){2,3}[ -]?\d{0,3}(\d{4})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}-?\d{2})\d{3,4}(\d{2})(?!\d)")
LONGEST_HEADLINE = 28  # signs


def mask_secrets(text: str) -> str:
    """Identity and bank cards: never kept in full, not even for the handler."""
    text = _ID_CARD.sub(r"\1********\2", text)
    return _BANK_CARD.sub(r"\1********\2", text)


def mask_phones(text: str) -> str:
    text = _MOBILE.sub(r"\1****\2", text)
    return _LANDLINE.sub(r"\1***\2", text)


def mask(text: str) -> str:
    """Everything that points at a person."""
    return mask_phones(mask_secrets(text))


def mask_name(name: str) -> str:
    """张** for 张小三."""
    return name[:1] + "*" * (len(name) - 1)


def headline(detail: str) -> str:
    """The first clauses of the resident's own words, for lists: what no category name says."""
    first = re.split(r"[。！!？?\n]", mask_phones(detail).strip(), maxsplit=1)[0]
    if len(first) <= LONGEST_HEADLINE:
        return first
    cut = max(first.rfind(sign, 8, LONGEST_HEADLINE) for sign in "，,、 ")
    return first[:cut] if cut > 0 else first[: LONGEST_HEADLINE - 1] + "…"
