"""The table of panels and the channels of the files are held against each other."""

import numpy as np
import pytest

from macroimmune.formats import FcsHeading, write_fcs
from macroimmune.study import checked

CODES = {
    "panel-unmatched", "channel-not-in-file", "channel-not-in-panel", "antigen-differs",
    "marker-in-two-channels", "antigen-unknown", "panel-channels-differ",
}  # fmt: skip
NAMES, LABELS = ("Time", "V450-A", "B525-A", "R660-A"), ("", "CD3", "pSTAT1", "CD4")
GOOD = "T,V450-A,CD3,lineage\nT,B525-A,pSTAT1,state\nT,R660-A,CD4,lineage\n"


@pytest.fixture
def look(listed, tmp_path):
    """Load a study of two files of one panel; return what is said of panels, row by row."""

    def load(panel=GOOD, labels=LABELS, other_labels=None, names=NAMES):
        folder = tmp_path / "study"
        folder.mkdir(exist_ok=True)
        for k, own in enumerate((labels, other_labels or labels)):
            events = np.full((3, len(names)), k, np.float32)
            write_fcs(folder / f"{k}.fcs", events, FcsHeading(names, own))
        more = 'days_from_treatment_start = "Day"\npanel = "Panel"\n'
        if panel:
            more += (
                '[panels]\nfile = "panel.csv"\npanel = "Panel"\nchannel = "Channel"\n'
                'antigen = "Antigen"\nrole = "Role"\n'
            )
        manifest = "ID,Day,File,Panel\np1,0,0.fcs,T\np2,0,1.fcs,T\n"
        files = {"panel.csv": "Panel,Channel,Antigen,Role\n" + panel}
        study = checked(listed("cytometry", manifest, more, files))
        assert study.errors == ()
        return [one for one in study.findings if one.code in CODES]

    return load


def test_a_table_that_agrees_with_the_files_is_passed_and_so_is_none(look):
    assert look() == []
    assert look(panel="") == []


def test_another_spelling_of_the_same_marker_is_the_same_panel(look):
    assert look(other_labels=("", "CD3e", "pSTAT1", "CD4")) == []


def test_a_channel_that_the_files_lack_is_named_with_the_nearest(look):
    (one,) = look(GOOD + "T,R670-A,,\n")
    assert (one.code, one.file, one.row) == ("channel-not-in-file", "panel.csv", 5)
    assert "R670-A, which 0.fcs and 1 more lacks" in one.found
    assert "R660-A" in one.advice


def test_two_rows_for_one_channel_by_detector_and_by_label_are_told(look):
    (one,) = look(GOOD + "T,CD3,CD3,\n")
    assert (one.code, one.row) == ("channel-not-in-file", 5)
    assert "CD3, for which another row stands already" in one.found


def test_a_marker_that_the_table_lacks_is_named_and_time_is_not(look):
    (one,) = look("T,V450-A,CD3,\nT,R660-A,,\n")
    assert one.code == "channel-not-in-panel"
    assert "B525-A (pSTAT1) not in [panels]" in one.found


def test_a_label_that_says_another_antigen_than_the_table_is_told(look):
    (one,) = look(GOOD.replace("CD4", "CD8"))
    assert (one.code, one.row) == ("antigen-differs", 4)
    assert "R660-A = CD8; its label in 0.fcs and 1 more is 'CD4', CD4" in one.found


def test_a_marker_in_two_channels_is_told_by_labels_and_by_table(look):
    (one,) = look(panel="", labels=("", "CD3", "pSTAT1", "CD3e"))
    assert "CD3 in V450-A and R660-A" in one.found
    labels = ("", "CD3", "pSTAT1", "")
    (one,) = look(GOOD.replace("A,CD4", "A,CD3"), labels)
    assert one.code == "marker-in-two-channels"


def test_an_antigen_that_is_not_known_is_noted_with_the_nearest(look):
    labels = ("", "CD3", "pSTAT1", "")
    (one,) = look(GOOD.replace("CD4", "HLA-DRX"), labels)
    assert (one.severity, one.code, one.row) == ("note", "antigen-unknown", 4)
    assert "Did you mean 'HLA-DR" in one.advice
    (one,) = look(panel="", labels=("", "CD3", "my protein", "CD4"))
    assert "B525-A is labelled 'my protein'" in one.found


def test_panels_that_do_not_match_are_told_from_both_sides(look):
    one, other = look(GOOD.replace("T,", "TT,"))
    assert {one.code, other.code} == {"panel-unmatched"}
    assert "panel 'TT', which no FCS file has" in one.found
    assert "panel 'T' of 0.fcs, which [panels] lacks" in other.found


def test_rows_without_a_panel_hold_for_every_panel(look):
    assert look(GOOD.replace("T,", ",")) == []
