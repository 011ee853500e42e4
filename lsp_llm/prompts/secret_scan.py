"""Finds what looks like a secret in a text; pure. It knows well-known keys by their shape, others by their neighbours.

It is no proof that nothing is left: it keeps a slip from leaving the machine, not a text that hides its secret.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

# Shapes that their issuers document; what stands before and behind must not be a letter or digit of the same word.
_SHAPES: Final = re.compile(
    r"""
      -----BEGIN\ [A-Z ]*PRIVATE\ KEY(?:\ BLOCK)?----- .*? (?: -----END\ [A-Z ]*PRIVATE\ KEY(?:\ BLOCK)?----- | \Z )
    | (?<![A-Za-z0-9_-]) (?:
          sk-(?:ant-|proj-|svcacct-|or-v1-)?[A-Za-z0-9_-]{20,}          # OpenAI, Anthropic, OpenRouter and their like
        | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}                   # Stripe
        | gh[pousr]_[A-Za-z0-9]{30,} | github_pat_[A-Za-z0-9_]{40,}     # GitHub
        | glpat-[A-Za-z0-9_-]{20,}                                      # GitLab
        | (?:AKIA|ASIA)[A-Z0-9]{16}                                     # AWS access key ids
        | AIza[A-Za-z0-9_-]{35}                                         # Google
        | ya29\.[A-Za-z0-9_-]{20,}                                      # Google OAuth
        | gsk_[A-Za-z0-9]{30,} | xai-[A-Za-z0-9]{30,} | hf_[A-Za-z0-9]{30,} | nvapi-[A-Za-z0-9_-]{30,}
        | xox[abeoprs]-[A-Za-z0-9-]{10,} | xapp-[0-9]-[A-Za-z0-9-]{10,} # Slack
        | npm_[A-Za-z0-9]{36} | pypi-AgE[A-Za-z0-9_-]{50,}
        | SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}                    # SendGrid
        | dop_v1_[a-f0-9]{64} | shpat_[a-fA-F0-9]{32}
        | eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}   # JSON Web Tokens
      ) (?![A-Za-z0-9_-])
    """,
    re.VERBOSE | re.DOTALL,
)
# How whatever _SHAPES and _BESIDE_A_WORD know begins. To look for these takes a tenth of the time of the patterns.
_BEGINNINGS_OF_SHAPES: Final = (
    *("-----BEGIN ", "sk-", "sk_", "rk_", "pk_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"),
    *("AKIA", "ASIA", "AIza", "ya29.", "gsk_", "xai-", "hf_", "nvapi-", "xox", "xapp-", "npm_", "pypi-AgE", "SG."),
    *("dop_v1_", "shpat_", "eyJ"),
)
_BEGINNINGS_OF_WORDS: Final = (
    *("secret", "token", "passw", "passphrase", "credential", "api", "access", "private", "auth"),
)
_IN_AN_ADDRESS: Final = re.compile(r"(?<=://)[^\s/:@\"'<>{}$]+:(?P<value>[^\s/@\"'<>{}$]{6,})(?=@)")
_BESIDE_A_WORD: Final = re.compile(
    r"""
    (?: secret | token | passw(?:or)?d | passphrase | credential | (?:api|access|private|auth)[_-]?key ) [A-Za-z0-9_-]*
    ["']? \s* (?: : \s* [A-Za-z][\w.\[\]|\ ]{0,40} (?==) )? (?: := | => | [:=] ) \s* (?: [A-Za-z]{1,3} (?=["']) )?
    (?: "(?P<double>[^"\n]{8,})" | '(?P<single>[^'\n]{8,})' | (?P<bare>[^\s"'`,;(){}\[\]<>]{8,}) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LOW_ENTROPY_BITS: Final = 3.0
_PLACEHOLDER: Final = re.compile(
    r"(?i)\A(?:x{4,}|\*{4,}|\.{3,}|changeme|example|placeholder|redacted|none|null|undefined|true|false)\W*\Z"
    r"|\byour[_-]|[_-]here\b|\$\{|\{\{|<[a-z]|\A(?:os|process|env|config|settings|self|this|args|request)\."
)


def find_secrets(text: str) -> list[tuple[int, int]]:
    """Where secrets stand, as offsets in order, none touching another."""
    spans = sorted(_candidates(text))
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _candidates(text: str) -> Iterator[tuple[int, int]]:
    for beginning in _BEGINNINGS_OF_SHAPES:
        yield from (shape.span() for shape in _matches(_SHAPES, text, beginning, text))
    if "://" in text:
        yield from (address.span("value") for address in _IN_AN_ADDRESS.finditer(text))
    for beside in _beside_words(text):
        name = str(beside.lastgroup)
        if _looks_random(beside[name]):
            yield beside.span(name)


def _beside_words(text: str) -> Iterator[re.Match[str]]:
    lowered = text.lower()
    if len(lowered) != len(text):
        # One of the few letters that are two in lower case: the places are not the same.
        yield from _BESIDE_A_WORD.finditer(text)
        return
    for word in _BEGINNINGS_OF_WORDS:
        yield from _matches(_BESIDE_A_WORD, lowered, word, text)


def _matches(pattern: re.Pattern[str], searched: str, beginning: str, text: str) -> Iterator[re.Match[str]]:
    """What the pattern matches in the text wherever the searched text (as long as it) has the beginning."""
    at = searched.find(beginning)
    while at >= 0:
        match = pattern.match(text, at)
        if match:
            yield match
        at = searched.find(beginning, match.end() if match else at + 1)


def _looks_random(value: str) -> bool:
    """Whether a value is rather drawn than named: letters and digits in a mixture that no word has."""
    if " " in value.strip() or _PLACEHOLDER.search(value):
        return False
    has_both = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
    return has_both and entropy_bits(value) >= _LOW_ENTROPY_BITS


def entropy_bits(value: str) -> float:
    """Shannon's entropy of the characters, in bits a character."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())
