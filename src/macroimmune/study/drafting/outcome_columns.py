"""Guesses of the outcomes: times with their units, events with their codes, responses."""

import re
from collections.abc import Iterable

from macroimmune.closest import folded
from macroimmune.inputs import ColumnSpec
from macroimmune.inputs.cells import code_key
from macroimmune.study.drafting.cause_columns import guess_cause_of_death, guess_event_kind
from macroimmune.study.drafting.column_profile import ColumnProfile
from macroimmune.study.drafting.guess import Guess, Open

__all__ = [
    "event_codes",
    "guess_outcomes",
    "is_no_event",
    "mentions_outcome",
    "recist_code",
    "response_codes",
    "time_unit",
]

_ENDPOINTS = {
    "os": r"\bos\b|overall survival|^\s*survival\b|\bdeath\b|\bdead\b|\bdied\b|deceased"
    r"|vital status|alive|living|survival (?:time|status|days|months)",
    "pfs": r"\bpfs\b|\bpd\b(?! l\d)|progression free|\bprogressed\b|\bprogression\b|\bttp\b",
    "rfs": r"\b(?:rfs|dfs|efs)\b|(?:relapse|recurrence|disease|event) free|\brelapsed?\b|recurred",
}
# Headings written as one word: osmonths, pfsevent, os_time.
_GLUED = re.compile(
    r"\b(os|pfs|rfs|dfs|efs)(?=(?:days?|months?|mo|weeks?|years?|time|event|status|cens)\b)"
)
_NOT_AN_EVENT = re.compile(
    r"\breason\b|\bdate\b|\bcause\b|\brate\b|\b\d+ ?(?:yr|y|year|mo|month)s?\b"
)
_EVENT_WORDS = re.compile(
    r"\b(?:event|status|censor\w*|cens|death|dead|died|deceased|vital|alive|living|progressed"
    r"|progression|relapsed?|recurred|pd|flag|indicator)\b"
)
_UNITS = (
    ("day", r"\bdays?\b|\bd$"),
    ("month", r"\bmonths?\b|\bmos?\b|\bm$"),
    ("week", r"\bweeks?\b|\bwks?\b"),
    ("year", r"\byears?\b|\byrs?\b"),
)
_LONGEST_IN_MONTHS = 200.0
_SEEN = re.compile(
    r"dead|deceased|died|death|^(?:event|yes|y|true|t|relapsed?|recurred|recurrence)$"
    r"|^1:|^progress(?:ed|ion)\b|^pd$"
)
_UNSEEN = re.compile(
    r"alive|living|censored|^(?:no|n|false|f|none|ongoing|lost to follow.?up|no event)$|^0:"
    r"|progression.?free|not progressed|disease.?free|^no (?:progression|relapse|recurrence)"
)
_MOST_CODES = 4
_RESPONSES = (
    ("NE", r"^ne$|not eval|ineval|uneval|not assess"),
    ("CR", r"^[im]?cr\b|complete (?:metabolic )?(?:response|remission)"),
    ("PR", r"^[im]?pr\b|partial (?:metabolic )?(?:response|remission)"),
    ("SD", r"^[im]?sd\b|stable"),
    ("PD", r"^[im]?u?pd\b|progressi(?:ve|on)"),
)


def _endpoint(column: ColumnProfile) -> str | None:
    """Return the survival endpoint that the heading names."""
    text = _GLUED.sub(r"\1 ", column.text)
    return next((one for one, words in _ENDPOINTS.items() if re.search(words, text)), None)


def mentions_outcome(column: ColumnProfile) -> bool:
    """Whether the heading names an outcome: such a column is never a biomarker."""
    glued = re.search(r"\b(?:os|pfs|rfs|dfs)\d", column.text)
    response = column.has("response", "responder", "bor", "recist", "benefit", "dcb", "ttp", "cod")
    return bool(_endpoint(column) or glued or response)


def time_unit(column: ColumnProfile) -> tuple[str, str]:
    """Return (unit of a time, reason); the reason is empty where the heading names the unit."""
    text = _GLUED.sub(r"\1 ", column.text).strip()
    for unit, words in _UNITS:
        if re.search(words, text):
            return unit, ""
    longest = column.numbers.max()
    unit = "month" if longest <= _LONGEST_IN_MONTHS else "day"
    return unit, f"no unit in the heading; values up to {longest:g} look like {unit}s"


def event_codes(column: ColumnProfile) -> tuple[tuple[str, ...], tuple[str, ...], str] | None:
    """Return (codes of the event, codes of no event, reason), None where words do not tell.

    Convention: the direction of numbers is never taken for granted, the reason always says it.
    """
    codes = column.codes
    keys = [re.sub(r"\.0+$", "", code.lower()) for code in codes]
    about_censoring = bool(re.search(r"\bcens", column.text))
    about_life = bool(re.search(r"\balive\b|\bliving\b", column.text))
    swapped = about_censoring != about_life if about_censoring or about_life else False
    if set(keys) <= {"0", "1"} or set(keys) <= {"1", "2"}:
        event = "2" if "2" in keys else "1"
        meaning = "censored" if about_censoring else "alive" if about_life else "event"
        split = [(code, key == event) for code, key in zip(codes, keys, strict=True)]
        reason = f"{event} = {meaning}"
    elif all(bool(_SEEN.search(key)) != bool(_UNSEEN.search(key)) for key in keys):
        split = [(code, bool(_SEEN.search(key))) for code, key in zip(codes, keys, strict=True)]
        swapped = swapped and set(keys) <= {"yes", "no", "y", "n", "true", "false", "t", "f"}
        seen = [code for code, is_seen in split if is_seen != swapped]
        reason = f"{', '.join(seen)} = event" if seen else "no event in it"
    else:
        return None
    true = tuple(code for code, is_seen in split if is_seen != swapped)
    false = tuple(code for code, is_seen in split if is_seen == swapped)
    return true, false, reason


def is_no_event(code: str) -> bool:
    """Whether a code says in words, or as 0, that there was no event."""
    key = code_key(code)
    return bool(key == "0" or (_UNSEEN.search(key) and not _SEEN.search(key)))


def recist_code(code: str) -> str | None:
    """Return CR, PR, SD, PD or NE for the user's code of a response, None if it is none."""
    return next((to for to, words in _RESPONSES if re.search(words, code.strip().lower())), None)


def response_codes(column: ColumnProfile) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return (the user's codes to RECIST, codes that are none of them)."""
    known: dict[str, str] = {}
    for code in column.codes:
        match = recist_code(code)
        if match is not None:
            known[code] = match
    return known, tuple(code for code in column.codes if code not in known)


def _time(endpoint: str, column: ColumnProfile) -> Guess:
    unit, reason = time_unit(column)
    unit = "" if unit == "day" else unit
    return Guess("outcomes", f"{endpoint}_time_days", ColumnSpec(column.heading, unit=unit), reason)


def _event(endpoint: str, column: ColumnProfile) -> Guess | Open:
    found = event_codes(column)
    if found is None:
        return Open(
            "outcomes",
            column.heading,
            f"codes {', '.join(column.codes[:_MOST_CODES])}",
            f'say which mean the event: {endpoint}_event = {{ column = "...", true = ["..."], '
            'false = ["..."] }',
        )
    true, false, reason = found
    spec = ColumnSpec(column.heading, true=true, false=false)
    return Guess("outcomes", f"{endpoint}_event", spec, reason)


def _survival(endpoint: str, columns: list[ColumnProfile]) -> list[Guess | Open]:
    """Return the time and the event of one endpoint; of several the plainest heading."""
    plain = [one for one in columns if not _NOT_AN_EVENT.search(one.text)]
    # Fewer words, so that PFS comes before PFS (mRECIST).
    plain.sort(key=lambda one: len(one.words))
    times = [one for one in plain if one.is_measured and not _says_event(one)]
    events = [one for one in plain if one not in times and 1 <= len(one.codes) <= _MOST_CODES]
    events.sort(key=lambda one: not _says_event(one))
    found: list[Guess | Open] = []
    if times:
        guess = _time(endpoint, times[0])
        others = ", ".join(repr(one.heading) for one in times[1:])
        if others:
            reason = "; ".join(filter(None, (guess.reason, f"not {others}")))
            guess = Guess(guess.table, guess.name, guess.spec, reason)
        found.append(guess)
    if times and events:
        event = _event(endpoint, events[0])
        found.append(event)
        if isinstance(event, Guess):
            found += guess_event_kind(endpoint, events[0], event.spec.false)
    elif times:
        found.append(
            Open(
                "outcomes",
                times[0].heading,
                "a time without a column that says who had the event",
                f"add {endpoint}_event, or remove {endpoint}_time_days",
            )
        )
    return found


def _says_event(column: ColumnProfile) -> bool:
    return bool(_EVENT_WORDS.search(_GLUED.sub(r"\1 ", column.text)))


def _response(column: ColumnProfile) -> Guess | None:
    words = (
        "response",
        "bor",
        "recist",
        "best overall response",
        "responder",
        "best response",
        "clinical benefit",
        "dcb",
        "durable clinical benefit",
        "pcr",
        "pathological complete response",
        "pathologic complete response",
    )
    if not column.has(*words) and folded(column.heading) not in {"bestresponse", "bor"}:
        return None
    known, others = response_codes(column)
    if len(known) > len(others) and len(known) >= 2:
        own = {code: to for code, to in known.items() if code.upper() != to}
        reason = f"{', '.join(others)} read as missing" if others else ""
        spec = ColumnSpec(column.heading, values=own, missing=others)
        return Guess("outcomes", "best_response", spec, reason)
    keys = {re.sub(r"\.0+$", "", code.lower()): code for code in column.codes}
    yes = [code for key, code in keys.items() if re.fullmatch(r"1|yes|y|true|r|responder", key)]
    no = [
        code for key, code in keys.items() if re.fullmatch(r"0|no|n|false|nr|non.?responder", key)
    ]
    if not (yes and no) or len(yes) + len(no) < len(keys):
        return None
    name = "response"
    if column.has("pcr", "pathological complete response", "pathologic complete response"):
        name = "pathological_complete_response"
    elif column.has("dcb", "clinical benefit", "durable clinical benefit"):
        name = "durable_clinical_benefit"
    spec = ColumnSpec(column.heading, true=tuple(yes), false=tuple(no))
    return Guess("outcomes", name, spec, f"{', '.join(yes)} = {name.replace('_', ' ')}")


def guess_outcomes(columns: Iterable[ColumnProfile]) -> list[Guess | Open]:
    """Return the outcomes that the columns hold, each of ours once."""
    columns = list(columns)
    responses = sorted(columns, key=lambda one: len(one.codes) <= 2)
    taken: set[str] = set()
    found: list[Guess | Open] = []
    for column in responses:
        guess = _response(column)
        # The best response says whether there was one; a second opinion would contradict it.
        known = guess is not None and guess.name == "response" and "best_response" in taken
        if guess is not None and guess.name not in taken and not known:
            taken.add(guess.name)
            found.append(guess)
    causes = [cause for one in columns if (cause := guess_cause_of_death(one)) is not None]
    found += causes[:1]
    used = {one.spec.column for one in found if isinstance(one, Guess)}
    rest = [one for one in columns if one.heading not in used]
    for endpoint in _ENDPOINTS:
        found += _survival(endpoint, [one for one in rest if _endpoint(one) == endpoint])
    return found
