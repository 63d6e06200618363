from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from macroimmune.study import Well, is_stimulated, well_partners

RESTING = Well("P1", False, "S1", 0.0, "blood", "T", "B1", None, False)
STIMULATED = replace(RESTING, is_stimulated=True, minutes=15.0)


def only(*wells: Well):
    [partner] = well_partners(wells)
    return partner


def test_a_partner_of_the_same_batch_goes_first() -> None:
    other = replace(RESTING, batch="B2")
    partner = only(RESTING, other, replace(STIMULATED, batch="B2"))
    assert (partner.unstimulated, partner.same_batch, partner.status) == (1, True, "")


def test_a_partner_of_another_batch_is_used_and_told() -> None:
    partner = only(RESTING, replace(STIMULATED, batch="B2"))
    assert (partner.unstimulated, partner.same_batch) == (0, False)
    assert "another batch (B1, this one B2)" in partner.status


def test_of_several_wells_one_left_as_long_as_the_stimulus_acted_is_used() -> None:
    late = replace(RESTING, minutes=1440.0)
    partner = only(RESTING, late, replace(STIMULATED, minutes=1440.0))
    assert (partner.unstimulated, partner.status) == (1, "")


def test_of_wells_that_fit_alike_the_first_is_used_and_told() -> None:
    partner = only(RESTING, RESTING, STIMULATED)
    assert partner.unstimulated == 0
    assert partner.status == "2 unstimulated wells fit; the first of the list is used"


def test_another_sample_of_the_same_day_serves_where_the_own_has_none() -> None:
    other = replace(RESTING, sample_id="Ref1")
    assert only(other, RESTING, STIMULATED).unstimulated == 1
    partner = only(other, STIMULATED)
    assert partner.unstimulated == 0
    assert partner.status == "its unstimulated well is of sample Ref1 of the same day"


@pytest.mark.parametrize(
    "mate",
    [
        replace(RESTING, donor="P2"),
        replace(RESTING, panel="B"),
        replace(RESTING, sample_id="S2", day=21.0),
        replace(RESTING, sample_id="S2", day=None),
        replace(RESTING, sample_id="S2", compartment="tumour"),
        replace(RESTING, is_control=True),
    ],
)
def test_wells_of_another_donor_panel_or_draw_are_no_partners(mate: Well) -> None:
    partner = only(mate, STIMULATED)
    assert (partner.unstimulated, partner.same_batch) == (None, False)
    assert partner.status == "no unstimulated well of sample S1 and its panel"


def test_a_sample_without_a_day_has_no_partner_in_another_sample() -> None:
    mate = replace(RESTING, sample_id="S2", day=None)
    assert only(mate, replace(STIMULATED, day=None)).unstimulated is None


def test_a_control_is_compared_within_its_batch_alone() -> None:
    control = replace(RESTING, donor="A", is_control=True, sample_id="")
    stimulated = replace(control, is_stimulated=True)
    assert only(control, stimulated).unstimulated == 0
    partner = only(control, replace(stimulated, batch="B2"))
    assert partner.unstimulated is None
    assert partner.status == "no unstimulated well of A in its batch and panel"


@pytest.mark.parametrize("word", ["", None, " none", "Unstim", "REF", "medium"])
def test_words_for_medium_are_no_stimulus(word: str | None) -> None:
    assert not is_stimulated(word)


def test_a_dose_of_zero_is_no_stimulus() -> None:
    assert is_stimulated("IFN-alpha", 1.0)
    assert not is_stimulated("IFN-alpha", 0.0)


@given(
    st.lists(
        st.builds(
            Well,
            donor=st.sampled_from(["P1", "P2"]),
            is_control=st.booleans(),
            sample_id=st.sampled_from(["S1", "S2"]),
            day=st.sampled_from([None, 0.0]),
            compartment=st.just("blood"),
            panel=st.sampled_from(["T", "B"]),
            batch=st.sampled_from(["B1", "B2"]),
            minutes=st.sampled_from([None, 15.0]),
            is_stimulated=st.booleans(),
        ),
        max_size=12,
    )
)
def test_every_stimulated_well_has_one_answer_and_partners_are_of_its_donor_and_panel(
    wells: list[Well],
) -> None:
    partners = well_partners(wells)
    stimulated = [place for place, well in enumerate(wells) if well.is_stimulated]
    assert [one.stimulated for one in partners] == stimulated
    for one in partners:
        if one.unstimulated is None:
            assert one.status
            continue
        well, mate = wells[one.stimulated], wells[one.unstimulated]
        assert not mate.is_stimulated
        assert (mate.donor, mate.panel, mate.is_control) == (
            well.donor,
            well.panel,
            well.is_control,
        )
        assert one.same_batch == (mate.batch == well.batch)
