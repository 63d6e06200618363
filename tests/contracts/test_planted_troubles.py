"""Every finding that tells of bad data can be planted, or it is said why not."""

import ast
import re

from macroimmune.simulator.troubles import TROUBLES
from macroimmune.study.checks import CHECKS

# Words among the arguments of calls that are no codes of findings.
NOT_CODES = {"utf-8-sig"}
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+|quotes|encoding|column|file")
# Made up from the declared key of a table.
MADE_UP = {
    "duplicate-participant",
    "duplicate-participant-and-day",
    "duplicate-panel-and-channel",
}

UNPLANTED = {
    "below-limit": "the usual way of writing undetected proteins; every virtual study has it",
    "derived-outcome": "tells what was worked out; nothing is wrong",
    "participants-assumed": "a study may do without [participants]; nothing is wrong with its data",
    "rows-left-out": "rows are left out because study.toml asks for it",
    "outcome-without-participant": "reading leaves such rows out, as participant-unknown",
    "cut-fixed-and-searched": "two decisions on the analysis, not data",
    "column": "a line of study.toml that gives no heading or two; `wrong-type` stands for it",
    "file": "a section of study.toml without its file; `unreadable-file` stands for it",
    "not-inferred": "of drafts, which are made where there is no study.toml",
    "not-used": "of drafts, which are made where there is no study.toml",
    "list-written": "of drafts, which are made where there is no study.toml",
    "panel-written": "of drafts, which are made where there is no study.toml",
    "left-out": "of drafts, which are made where there is no study.toml",
    "unknown-column": "of data frames, which are no files",
    "raw-files-listed": "tells what there is; nothing is wrong",
    "cell-column-not-in-file": "as sample-not-in-file, which is planted",
    "duplicate-panel-and-channel": "as duplicate-participant, which is planted",
    "library-in-several-formats": "as library-not-named, which is planted",
}


def said(tree: ast.Module) -> set[str]:
    """Return the words of that form among the arguments of calls, also within tuples."""
    words = set()
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        arguments = [*call.args, *(word.value for word in call.keywords)]
        parts = [one for each in arguments for one in getattr(each, "elts", [each])]
        words |= {one.value for one in parts if isinstance(one, ast.Constant)}
    return {word for word in words if isinstance(word, str) and CODE.fullmatch(word)} - NOT_CODES


def codes_of_findings(modules) -> set[str]:
    found = set(MADE_UP)
    for name, tree in modules.items():
        if name.startswith(("macroimmune.inputs.", "macroimmune.study.")):
            found |= said(tree)
    return found


def test_every_finding_can_be_planted_or_it_is_said_why_not(modules):
    planted = {code for trouble in TROUBLES.values() for code in trouble.says}
    codes = codes_of_findings(modules)
    assert codes - planted - set(UNPLANTED) == set()
    assert set(UNPLANTED) & planted == set()
    assert set(UNPLANTED) - codes == set()


def test_what_a_trouble_says_is_the_code_of_a_finding(modules):
    codes = codes_of_findings(modules)
    for name, trouble in TROUBLES.items():
        assert {*trouble.says, *trouble.may_say} <= codes, name


def test_the_codes_of_all_checks_are_known_to_this_test(modules):
    assert {code for check in CHECKS for code in check.codes} <= codes_of_findings(modules)
