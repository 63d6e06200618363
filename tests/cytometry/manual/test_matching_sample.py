"""Which entry of a workspace belongs to a file."""

import pytest

from macroimmune.cytometry.manual.gating_document import GatingDocument, WorkspaceSample
from macroimmune.cytometry.manual.matching_sample import matching_sample
from macroimmune.errors import InputError


def listed(*samples):
    return GatingDocument("a.wsp", "workspace", b"", tuple(samples), 0, 0, names_compensation=False)


def entry(number, name, file="", address="", n_events=-1):
    return WorkspaceSample(str(number), name, file, address, n_events)


def test_names_go_before_addresses_keywords_and_numbers_of_events():
    document = listed(
        entry(1, "x", n_events=9), entry(2, "y", file="f.fcs"), entry(3, "z", address="f.fcs")
    )
    assert matching_sample(document, "f.fcs", "f.fcs", 9)[0].id == "3"
    assert matching_sample(document, "y", "", 9)[0].id == "2"
    assert matching_sample(document, "g.fcs", "f.fcs", 9)[0].id == "2"
    by_events, remarks = matching_sample(document, "g.fcs", "g.fcs", 9)
    assert by_events.id == "1"
    assert "by the number of events alone, please check" in remarks[0]


def test_addresses_are_compared_as_people_read_them():
    document = listed(entry(1, "x", address="my%20file.fcs"))
    assert matching_sample(document, "my file.fcs", "", 3)[0].id == "1"


def test_one_name_in_two_folders_is_told_apart_by_events():
    document = listed(entry(1, "f.fcs", n_events=5), entry(2, "f.fcs", n_events=6))
    sample, remarks = matching_sample(document, "f.fcs", "", 6)
    assert (sample.id, remarks) == ("2", ())


def test_entries_that_cannot_be_told_apart_are_refused():
    document = listed(entry(1, "f.fcs", n_events=5), entry(2, "f.fcs", n_events=5))
    with pytest.raises(InputError, match="2 entries fit f.fcs"):
        matching_sample(document, "f.fcs", "", 5)


def test_an_empty_keyword_matches_nothing():
    with pytest.raises(InputError, match="no entry fits f.fcs"):
        matching_sample(listed(entry(1, "x", file="")), "f.fcs", "", 5)
