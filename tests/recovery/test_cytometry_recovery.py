"""What went into virtual FCS files can be measured out of the files again, and nothing else."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from macroimmune.formats import FcsData, read_fcs
from macroimmune.simulator.cytometry import Well, panel_of
from macroimmune.simulator.cytometry.batches import draw_batch
from macroimmune.simulator.cytometry.cytometry_truth import cytometry_truth
from macroimmune.simulator.cytometry.tube_files import TubeTask, write_tube
from macroimmune.simulator.leaves import LEAVES
from macroimmune.simulator.plan import CytometryPlan

PERCENT = np.array([leaf.percent_of_pbmc for leaf in LEAVES.values()])
FRACTIONS = PERCENT / PERCENT.sum()
SEED = 23
COFACTOR = {"mass_t_cell": 5, "fluorescence_t_cell": 150, "fluorescence_myeloid": 150}


class Tube:
    """One tube as it stands in its files, compensated by the matrix that stands there."""

    def __init__(self, fcs: FcsData, truth: pl.DataFrame, panel: str) -> None:
        self.panel, self.fcs, self.truth = panel, fcs, truth
        self.linear = fcs.events.astype(float)
        if fcs.spillover is not None:
            places = [fcs.names.index(name) for name in fcs.spillover.names]
            self.linear[:, places] = np.linalg.solve(
                fcs.spillover.matrix.T, self.linear[:, places].T
            ).T

    def value(self, wanted: str) -> np.ndarray:
        """Return arcsinh values of an antigen or a role."""
        channels = panel_of(self.panel).channels
        place = next(k for k, item in enumerate(channels) if wanted in {item.antigen, item.role})
        return np.arcsinh(self.linear[:, place] / COFACTOR[self.panel])

    def is_live(self, lineage: str) -> np.ndarray:
        leaves = [leaf.id for leaf in LEAVES.values() if leaf.lineage == lineage]
        chosen = (self.truth["kind"] == "live") & self.truth["leaf"].is_in(leaves)
        return chosen.fill_null(value=False).to_numpy()


@pytest.fixture
def tube(tmp_path: Path):
    """Return a function that writes a tube and reads it back."""

    def run(plan: CytometryPlan | None = None, **of_well) -> Tube:
        well = {
            "file": "t", "donor": "V001", "ifn_responsiveness": 0.0, "panel": "mass_t_cell",
            "stimulus": "unstimulated", "batch": 0, "fractions": FRACTIONS,
        } | of_well  # fmt: skip
        targets = (tmp_path / "t.fcs", tmp_path / "t.parquet")
        write_tube(TubeTask(SEED, plan or CytometryPlan(), Well(**well)), targets)
        return Tube(read_fcs(targets[0]), pl.read_parquet(targets[1]), well["panel"])

    return run


def test_labels_hold_the_true_fraction_of_every_leaf_within_multinomial_error(tube):
    plan = CytometryPlan(events_per_file=40_000)
    cells = tube(plan).truth["leaf"].drop_nulls()
    counted = np.array([(cells == leaf).sum() for leaf in LEAVES])
    assert stats.chisquare(counted, FRACTIONS * counted.sum()).pvalue > 0.001


def test_kinds_of_events_have_their_shares(tube):
    plan = CytometryPlan(events_per_file=20_000, dead=0.10, doublets=0.08, debris=0.05, beads=0.03)
    kinds = tube(plan).truth["kind"]
    expected = {"live": 0.74, "dead": 0.10, "doublet": 0.08, "debris": 0.05, "bead": 0.03}
    counted = [(kinds == kind).sum() for kind in expected]
    assert stats.chisquare(counted, 20_000 * np.array(list(expected.values()))).pvalue > 0.001


def f1(found: np.ndarray, true: np.ndarray) -> float:
    both = (found & true).sum()
    return float(2 * both / (found.sum() + true.sum()))


@pytest.mark.parametrize("panel", ["mass_t_cell", "fluorescence_t_cell"])
@pytest.mark.parametrize("seed_of_donor", range(3))
def test_one_threshold_per_lineage_marker_finds_the_lineages(tube, panel, seed_of_donor):
    events = tube(CytometryPlan(events_per_file=15_000), panel=panel, donor=f"D{seed_of_donor}")
    single = (events.truth["kind"] == "live").to_numpy()
    cut = 2.3 if panel == "mass_t_cell" else 2.6
    positive = {name: events.value(name) > cut for name in ("CD3", "CD4", "CD8", "CD19")}
    is_nk = (events.value("CD56") > 1.6) & ~positive["CD3"] & ~positive["CD19"]
    gates = {
        "cd4_t": positive["CD3"] & positive["CD4"] & ~positive["CD8"],
        "cd8_t": positive["CD3"] & positive["CD8"] & ~positive["CD4"],
        "b_cell": positive["CD19"] & ~positive["CD3"],
        "nk": is_nk & (events.value("CD14") < cut),
    }
    # The CD8 that MAIT and gamma-delta T cells carry is no error of a gate on CD3 and CD8.
    leaves = events.truth["leaf"].is_in(["mait", "gamma_delta_t"]).fill_null(value=False)
    asked = single & ~leaves.to_numpy()
    for lineage, gate in gates.items():
        assert f1(gate[asked], events.is_live(lineage)[asked]) > 0.9, lineage


def test_compensation_by_the_written_matrix_restores_uncorrelated_negatives(tube):
    events = tube(CytometryPlan(events_per_file=20_000, spillover=0.3), panel="fluorescence_t_cell")
    monocytes = events.is_live("monocyte")
    raw = events.fcs.events[monocytes].astype(float)
    names = list(events.fcs.names)
    # Of a bright dye on monocytes into the detector of an antigen that they lack.
    bright, dark = names.index("AF700-A"), names.index("APC-Cy7-A")
    before = stats.spearmanr(raw[:, bright], raw[:, dark]).statistic
    after = stats.spearmanr(
        events.linear[monocytes, bright], events.linear[monocytes, dark]
    ).statistic
    assert before > 0.5
    assert abs(after) < 0.1
    negative = np.arcsinh(events.linear[monocytes, dark] / 150)
    assert abs(np.median(negative)) < 1.2
    assert (events.linear[monocytes, dark] < 0).mean() > 0.1


def mean_shifts(tube, stimulus, marker, responsiveness, plan):
    """Return the difference of means of CD4 T cells between the wells of each donor."""
    shifts = []
    for number, value in enumerate(responsiveness):
        wells = [
            tube(
                plan, file=f"{number}{name}", donor=f"D{number}", ifn_responsiveness=value,
                stimulus=name,
            )
            for name in (stimulus, "unstimulated")
        ]  # fmt: skip
        means = [well.value(marker)[well.is_live("cd4_t")].mean() for well in wells]
        shifts.append(means[0] - means[1])
    return np.array(shifts)


@pytest.mark.parametrize(("stimulus", "marker"), [("ifn_early", "pSTAT1"), ("ifn_late", "MX1")])
def test_the_shift_between_paired_wells_follows_the_donors_responsiveness(tube, stimulus, marker):
    values = np.random.default_rng(4).standard_normal(24)
    shifts = mean_shifts(tube, stimulus, marker, values, CytometryPlan(events_per_file=1_500))
    assert stats.pearsonr(values, shifts).statistic > 0.8
    assert shifts.mean() > 0.8


def test_where_responsiveness_does_nothing_the_shift_does_not_follow_it(tube):
    values = np.random.default_rng(4).standard_normal(24)
    plan = CytometryPlan(events_per_file=1_500, responsiveness_effect=0.0, resting_correlation=0.0)
    shifts = mean_shifts(tube, "ifn_early", "pSTAT1", values, plan)
    assert stats.pearsonr(values, shifts).pvalue > 0.01


def test_the_shift_of_means_is_the_one_that_the_truth_states(tube):
    plan = CytometryPlan(events_per_file=30_000, batch_shift=0, batch_gain=0, drift=0)
    wells = [tube(plan, stimulus=name, file=name) for name in ("unstimulated", "ifn_late")]
    well = Well("t", "V001", 0.0, "mass_t_cell", "ifn_late", 0, FRACTIONS)
    truth = cytometry_truth(SEED, plan, [well])["cytometry_responses.csv"]
    for antigen in ("ISG15", "MX1", "BST2"):
        shift = truth.filter(antigen=antigen, leaf="classical_monocyte")["mean_shift"].item()
        means = [
            item.value(antigen)[
                ((item.truth["kind"] == "live") & (item.truth["leaf"] == "classical_monocyte"))
                .fill_null(value=False)
                .to_numpy()
            ].mean()
            for item in wells
        ]
        # Zeros of mass cytometry lift the resting mean a little.
        assert means[1] - means[0] == pytest.approx(shift, abs=0.12)


@pytest.mark.parametrize(
    ("plan", "stimulus"),
    [
        (CytometryPlan(failed_batches=(0,)), "ifn_early"),
        (CytometryPlan(response_size=0.0), "ifn_early"),
    ],
)
def test_where_no_stimulus_reached_the_cells_nothing_moves(tube, plan, stimulus):
    wells = [tube(plan, stimulus=name, file=name) for name in ("unstimulated", stimulus)]
    for marker in ("pSTAT1", "pSTAT3", "CD4"):
        some = [well.value(marker)[well.is_live("cd4_t")] for well in wells]
        assert stats.ttest_ind(*some).pvalue > 0.001
    if plan.failed_batches:
        assert not wells[1].truth["answers"].any()


def test_cytokines_appear_under_pma_alone_and_cd4_and_cd3_go_down(tube):
    wells = [tube(file=name, stimulus=name) for name in ("unstimulated", "pma_ionomycin")]
    shares = [(well.value("IFNg")[well.is_live("cd8_t")] > 2).mean() for well in wells]
    assert shares[0] < 0.02
    assert 0.2 < shares[1] < 0.7
    for marker in ("CD4", "CD3"):
        medians = [np.median(well.value(marker)[well.is_live("cd4_t")]) for well in wells]
        assert -1.2 < medians[1] - medians[0] < -0.3


def test_resting_proteins_of_a_donor_go_with_responsiveness_as_far_as_asked(tube):
    values = np.random.default_rng(9).standard_normal(30)
    found = []
    for rho in (0.0, 0.9):
        plan = CytometryPlan(events_per_file=800, resting_correlation=rho, donor_shift=0)
        resting = [
            tube(plan, file=f"{k}", donor=f"D{k}", ifn_responsiveness=value)
            for k, value in enumerate(values)
        ]
        means = [well.value("ISG15")[well.is_live("cd4_t")].mean() for well in resting]
        found.append(stats.pearsonr(values, means).statistic)
    assert abs(found[0]) < 0.45
    assert found[1] > 0.75


def test_batches_differ_by_their_staining_and_gain_and_alike_for_all_donors(tube):
    plan = CytometryPlan(events_per_file=8_000, batch_shift=0.3, batch_gain=0.2, drift=0)
    panel = panel_of("mass_t_cell")
    place = next(k for k, item in enumerate(panel.channels) if item.antigen == "CD3")
    batches = [draw_batch(SEED, plan, panel, number) for number in (0, 1)]
    expected = sum(
        sign * (batch.staining[place] + batch.log_gain[place])
        for sign, batch in zip((-1, 1), batches, strict=True)
    )
    for donor in ("V001", "V002"):
        wells = [tube(plan, donor=donor, batch=number, file=f"b{number}") for number in (0, 1)]
        medians = [np.median(well.value("CD3")[well.is_live("cd4_t")]) for well in wells]
        assert medians[1] - medians[0] == pytest.approx(expected, abs=0.04)


def test_drift_shows_over_acquisition_and_only_where_it_was_put(tube):
    slopes = []
    for drift in (0.0, 0.5):
        plan = CytometryPlan(events_per_file=10_000, drift=drift)
        well = tube(plan)
        chosen = well.is_live("cd4_t")
        time = well.fcs.events[chosen, well.fcs.names.index("Time")]
        fits = [
            stats.linregress(time / time.max(), well.value(marker)[chosen])
            for marker in ("CD45", "CD3", "CD4")
        ]
        slopes.append([fit.slope / fit.stderr for fit in fits])
    assert np.abs(slopes[0]).max() < 4
    assert np.abs(slopes[1]).max() > 8


def test_dead_cells_doublets_and_beads_look_as_gates_expect_them(tube):
    mass = tube(CytometryPlan(events_per_file=20_000))
    kind = mass.truth["kind"].to_numpy()
    dna, dead_dye = mass.linear[:, mass.fcs.names.index("Ir191Di")], mass.value("viability")
    assert np.median(dna[kind == "doublet"]) == pytest.approx(
        2 * np.median(dna[kind == "live"]), rel=0.1
    )
    assert f1(dead_dye[kind != "doublet"] > 3.3, kind[kind != "doublet"] == "dead") > 0.9
    assert f1(mass.value("bead") > 4, kind == "bead") > 0.99
    flow = tube(CytometryPlan(events_per_file=20_000), panel="fluorescence_t_cell")
    kind = flow.truth["kind"].to_numpy()
    names = flow.fcs.names
    ratio = flow.linear[:, names.index("FSC-H")] / flow.linear[:, names.index("FSC-A")]
    assert f1(ratio < 0.68, kind == "doublet") > 0.95
    assert f1(flow.linear[:, names.index("FSC-A")] < 32_000, kind == "debris") > 0.9


def test_rare_dendritic_cells_and_nk_cells_stand_apart_in_the_myeloid_panel(tube):
    plan = CytometryPlan(events_per_file=30_000)
    panel = panel_of("fluorescence_myeloid")
    events = tube(plan, panel=panel.name, fractions=panel.recorded(FRACTIONS))
    live = (events.truth["kind"] == "live").to_numpy()
    leaf = events.truth["leaf"].to_numpy()
    plasmacytoid = (events.value("CD303") > 2.5) & (events.value("CD123") > 3.5)
    assert f1(plasmacytoid[live], (leaf == "pdc")[live]) > 0.9
    suppressors = (events.value("CD14") > 2.8) & (events.value("HLADR") < 2.6)
    assert f1(suppressors[live], (leaf == "m_mdsc")[live]) > 0.85
