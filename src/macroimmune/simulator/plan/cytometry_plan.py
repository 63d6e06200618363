"""Settings of a virtual study: FCS files."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["PANEL_NAMES", "STIMULUS_NAMES", "CytometryPlan"]

PANEL_NAMES = ("mass_t_cell", "fluorescence_t_cell", "fluorescence_myeloid")
STIMULUS_NAMES = ("unstimulated", "ifn_early", "ifn_late", "il6", "pma_ionomycin")
_UNSTIMULATED = STIMULUS_NAMES[0]


@dataclass(frozen=True, slots=True)
class CytometryPlan:
    """What is written of FCS files; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
    panels: tuple[str, ...] = setting(
        ("mass_t_cell",),
        "which antibody panels are stained; the myeloid one records one in ten of T and B cells",
        choices=PANEL_NAMES,
    )
    stimuli: tuple[str, ...] = setting(
        ("unstimulated", "ifn_early", "ifn_late"),
        "one well each; a stimulus that moves no marker of a panel has no well of it",
        choices=STIMULUS_NAMES,
    )
    participants: int = setting(
        60,
        "the first so many patients, and as many healthy people, have files",
        low=1,
        high=1_000_000,
    )
    visits: tuple[str, ...] = setting((), "with files, by name; empty: all")
    events_per_file: int = setting(
        10_000, "recorded in every file, beads and debris included", low=100, high=2_000_000
    )
    overdispersion: float = setting(
        0.0, "intra-class correlation of cells within a well; 0 is multinomial", low=0.0, high=0.5
    )
    dead: float = setting(0.05, "share of events, more after long stimulation", low=0.0, high=0.4)
    doublets: float = setting(0.04, "share of events", low=0.0, high=0.4)
    debris: float = setting(0.03, "share of events", low=0.0, high=0.4)
    beads: float = setting(0.02, "share of events, in mass cytometry only", low=0.0, high=0.4)
    donor_shift: float = setting(
        0.10, "SD between donors of each marker", unit="arcsinh", low=0.0, high=2.0
    )
    donor_population_shift: float = setting(
        0.05, "the same, of each marker in each population", unit="arcsinh", low=0.0, high=2.0
    )
    batch_shift: float = setting(
        0.08, "SD between batches of each marker's staining", unit="arcsinh", low=0.0, high=2.0
    )
    batch_gain: float = setting(
        0.08, "SD between batches of each detector's gain, natural logarithm", low=0.0, high=2.0
    )
    drift: float = setting(
        0.04, "SD between files of the change of gain from the first to the last event, as a share",
        low=0.0, high=0.9,
    )  # fmt: skip
    clogged_files: float = setting(
        0.0, "share of files in which flow falters for a while", low=0.0, high=1.0
    )
    spillover: float = setting(
        0.25, "of a dye into the detector next to its own, as a share", low=0.0, high=0.9
    )
    detector_noise: float = setting(
        45.0, "SD of a fluorescence detector in the dark", unit="channel units", low=0.0, high=1e4
    )
    photon_noise: float = setting(
        12.0, "variance of a fluorescence signal by its size", unit="channel units",
        low=0.0, high=1e4,
    )  # fmt: skip
    response_size: float = setting(
        1.0, "all responses to stimuli are multiplied by this", low=0.0, high=3.0
    )
    lineage_response: float = setting(
        1.0, "what a stimulus does to lineage and state markers is multiplied by this",
        low=0.0, high=3.0,
    )  # fmt: skip
    responsiveness_effect: float = setting(
        0.25, "change of the response, as a share, per SD of a donor's responsiveness",
        low=0.0, high=1.0,
    )  # fmt: skip
    responding_cells: float = setting(
        0.92, "share of cells that answer IFN-I or IL-6", low=0.0, high=1.0
    )
    response_spread: float = setting(
        0.25, "SD of the response between cells, as a share", low=0.0, high=2.0
    )
    response_ceiling: float = setting(
        5.5, "no mean is driven above this", unit="arcsinh", low=1.0, high=10.0
    )
    resting_spread: float = setting(
        0.20, "SD between donors of resting IFN-induced proteins", unit="arcsinh",
        low=0.0, high=2.0,
    )  # fmt: skip
    resting_correlation: float = setting(
        0.5, "of resting IFN-induced proteins with responsiveness", low=-1.0, high=1.0
    )
    other_responsiveness_correlation: float = setting(
        0.2, "of responsiveness to IL-6 or PMA with that to IFN-I", low=-1.0, high=1.0
    )
    failed_batches: tuple[int, ...] = setting(
        (), "batches, from 0, in which no stimulus reached the cells", low=0
    )
    bridging_control: bool = setting(
        default=True, meaning="whether one healthy donor's cells are measured in every batch"
    )
    single_stains: bool = setting(
        default=False, meaning="whether fluorescence batches come with single-stained beads"
    )
    labels_vary: bool = setting(
        default=False, meaning="whether antibodies are spelled differently from batch to batch"
    )

    def __post_init__(self) -> None:
        not_live = self.dead + self.doublets + self.debris + self.beads
        if not_live > 0.9:
            msg = (
                f"dead, doublets, debris and beads are {not_live:.0%} of events; expected 90 % or "
                "less"
            )
            raise ValueError(msg)
        for name in ("panels", "stimuli"):
            given = getattr(self, name)
            if not given or len(set(given)) < len(given):
                msg = f"{name} = {list(given)}; expected at least one, each once"
                raise ValueError(msg)
        if _UNSTIMULATED not in self.stimuli:
            msg = f"stimuli without {_UNSTIMULATED!r}; expected it, every response is against it"
            raise ValueError(msg)
