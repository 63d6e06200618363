import numpy as np
import polars as pl
import pytest

from macroimmune.cytometry.alignment import (
    BatchedFile,
    channel_quantiles,
    learn_alignment,
    measure_and_align,
)
from macroimmune.results import conform


@pytest.fixture
def study(make_events):
    """Return a function that makes files: batches with their shifts, donors, controls."""

    def build(shifts=(0.0, 0.5), donors=4, controls=1, labels=lambda batch, donor: {}, extra=None):
        rng = np.random.default_rng(3)

        def quantiles(name, shift, positive=0.5):
            bright = rng.random(3000) < positive
            cells = np.where(bright, rng.normal(4 + shift, 0.4, 3000), rng.exponential(0.2, 3000))
            columns = {"CD3": cells, "pSTAT1": cells}
            events = make_events(columns, file=name, roles={"pSTAT1": "state"})
            return channel_quantiles(events, np.zeros(3000, np.uint8))

        files = []
        for batch, shift in enumerate(shifts):
            for tube in range(controls):
                files.append(
                    BatchedFile(quantiles(f"c{batch}{tube}", shift), f"B{batch}", "Control", True)
                )
            for donor in range(donors):
                name = f"D{batch}{donor}"
                one = quantiles(name, shift, rng.uniform(0.3, 0.7))
                files.append(BatchedFile(one, f"B{batch}", name, labels=labels(batch, donor)))
        return files

    return build


def measured(files, align="none"):
    return measure_and_align(files, align=align, rng=np.random.default_rng(1))


def row(found, **wanted):
    return found.effects.filter(**wanted).row(0, named=True)


def test_tables_are_those_of_the_results_folder(study):
    found = measured(study(), "controls")
    for name, frame in (("batch_effects", found.effects), ("batch_densities", found.densities)):
        assert conform(name, frame).height == frame.height > 0


def test_without_alignment_batches_are_measured_state_markers_too(study):
    found = measured(study(controls=2))
    assert found.alignment is None
    assert found.status == "P: batches measured, not aligned"
    assert set(found.effects["step"]) == {"before"}
    assert set(found.effects["antigen"]) == {"CD3", "pSTAT1"}
    controls = row(found, antigen="CD3", measured_on="bridging controls")
    assert (controls["n_files"], controls["n_batches"], controls["status"]) == (4, 2, "")
    assert controls["distance"] == pytest.approx(0.25, abs=0.05)
    assert controls["null_distance"] < 0.06
    assert controls["variance_share"] > 0.8
    samples = row(found, antigen="CD3", measured_on="unstimulated samples")
    assert "differences between the donors" in samples["status"]


def test_one_control_per_batch_says_that_the_spread_of_tubes_is_not_known(study):
    said = row(measured(study()), antigen="CD3", measured_on="bridging controls")
    assert "one tube or donor per batch" in said["status"]
    assert np.isnan(said["null_distance"])


@pytest.mark.parametrize("align", ["controls", "batches"])
def test_alignment_brings_the_batches_together_where_it_was_not_learned_too(study, align):
    found = measured(study(), align)
    assert found.alignment is not None
    learned = {"controls": "bridging controls", "batches": "unstimulated samples"}[align]
    assert found.status.endswith(f"learned on {learned}")
    for measured_on in ("bridging controls", "unstimulated samples"):
        before, after = (
            row(found, antigen="CD3", measured_on=measured_on, step=step)
            for step in ("before", "after")
        )
        assert after["distance"] < before["distance"]
        assert ("learned from" in after["status"]) == (measured_on == learned)
    assert found.effects.filter(antigen="pSTAT1", step="after").is_empty()


def test_densities_hold_all_cells_before_and_after(study):
    found = measured(study(), "controls").densities
    assert set(found["antigen"]) == {"CD3"}
    assert set(found["measured_on"]) == {"bridging controls"}
    areas = found.group_by("measured_on", "batch", "step").agg(
        area=(pl.col("density").sum() * (pl.col("x").max() - pl.col("x").min()) / 71)
    )
    assert areas.height == 4
    # What lies outside the last 0.05 % on each side is not drawn.
    assert areas["area"].to_numpy() == pytest.approx(1.0, abs=0.01)


def test_a_batch_that_is_an_arm_is_refused_and_the_data_are_left_as_they_are(study):
    files = study(labels=lambda batch, donor: {"arm": "AB"[batch]})
    for align in ("controls", "batches"):
        found = measured(files, align)
        assert found.alignment is None
        assert "not aligned: batch is confounded with arm" in found.status
        assert set(found.effects["step"]) == {"before"}
        assert found.effects["status"].str.contains("confounded with arm").all()


def test_pooled_batches_would_take_biology_along_so_groups_that_are_batches_are_refused(study):
    # No batch effect: patients express 0.5 more than healthy people, who were measured before.
    files = study(
        shifts=(0.0, 0.5),
        controls=0,
        labels=lambda batch, donor: {"cohort": "healthy" * batch or "ill"},
    )
    quantiles = [one.quantiles for one in files]
    batches = [one.batch for one in files]

    def apart(those) -> float:
        bright = [one.of("CD3")[70] for one in those]
        return abs(np.mean(bright[:4]) - np.mean(bright[4:]))

    alignment = learn_alignment(quantiles, batches, antigens=["CD3"])
    moved = [alignment.of_quantiles(one, b) for one, b in zip(quantiles, batches, strict=True)]
    assert apart(moved) < 0.5 * apart(quantiles)
    found = measured(files, "batches")
    assert found.alignment is None
    assert "confounded with cohort: each of 2 batches holds one group only" in found.status


def test_a_donor_in_many_files_counts_once_for_its_group(study):
    # Eight files of two donors say no more than two files.
    files = study(labels=lambda batch, donor: {"response": "RN"[donor % 2]})
    assert measured(files, "batches").alignment is not None


def test_time_points_that_are_batches_are_refused(study):
    files = study(labels=lambda batch, donor: {"time point": ["baseline", "week 6"][batch]})
    assert "confounded with time point" in measured(files, "controls").status


@pytest.mark.parametrize(
    ("files", "align", "said"),
    [
        ({"controls": 0}, "controls", "no unstimulated tube of one bridging control"),
        ({"donors": 0}, "batches", "no unstimulated sample of a participant"),
        ({"shifts": (0.0,)}, "controls", "1 batch"),
    ],
)
def test_what_cannot_be_aligned_says_why(study, files, align, said):
    found = measured(study(**files), align)
    assert found.alignment is None
    assert said in found.status


def test_a_file_without_batch_stops_alignment_and_not_measuring(study):
    files = study()
    files.append(BatchedFile(files[1].quantiles, "", "D99"))
    found = measured(files, "controls")
    assert "1 files have no batch" in found.status
    assert row(found, antigen="CD3", measured_on="bridging controls")["distance"] > 0.2


def test_stimulated_files_are_not_looked_at(study):
    files = study()
    moved = BatchedFile(files[-1].quantiles, "B0", "D00", is_stimulated=True)
    assert measured(files).effects.equals(measured([*files, moved]).effects)


def test_no_files_give_empty_tables():
    found = measured([])
    assert found.effects.is_empty()
    assert found.alignment is None
