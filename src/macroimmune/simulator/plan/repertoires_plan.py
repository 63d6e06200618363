"""Settings of a virtual study: T cell receptor repertoires."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["RepertoiresPlan"]

_FORMATS = ("airr", "immunoseq", "mixcr")


@dataclass(frozen=True, slots=True)
class RepertoiresPlan:
    """What is written of T cell receptor repertoires; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
    participants: int = setting(
        0, "how many are sequenced, in the order of their ids; 0: all", low=0
    )
    visits: tuple[str, ...] = setting((), "blood draws that are sequenced; empty: all")
    formats: tuple[str, ...] = setting(
        ("airr",), "each library is written in each of these", choices=_FORMATS
    )
    compressed: bool = setting(default=False, meaning="whether AIRR files are gzip")
    counted: str = setting(
        "templates",
        "what the laboratory counts; with reads alone the templates are not known",
        choices=("templates", "umis", "reads"),
    )
    replicates: int = setting(1, "libraries made from each blood tube", low=1, high=20)

    clones: int = setting(100_000, "memory clones of a person", low=100, high=5_000_000)
    naive_clones: int = setting(
        50_000_000, "naive clones of a person, all equally small", low=1_000
    )
    exponent: float = setting(
        2.45,
        "of the power law of memory clone sizes (density) in a healthy person of 50 years "
        "without CMV; lower is more clonal",
        low=1.3,
        high=4.0,
    )
    exponent_cancer: float = setting(-0.07, "added in patients", low=-1.0, high=1.0)
    exponent_cmv: float = setting(-0.12, "added in carriers of CMV", low=-1.0, high=1.0)
    exponent_decade: float = setting(
        -0.03, "added per ten years of age above 50", low=-0.5, high=0.5
    )
    exponent_spread: float = setting(0.22, "SD between people", low=0.0, high=0.5)
    drift: float = setting(
        0.10, "SD of the natural logarithm of a clone's share between draws", low=0.0, high=2.0
    )

    expanding_share: float = setting(
        0.005, "of memory CD8 clones that expand on immunotherapy, without response", low=0, high=1
    )
    responder_ratio: float = setting(
        2.0, "times more clones expand and appear where the tumour responds", low=0.0, high=20.0
    )
    expansion_fold: float = setting(6.0, "median, once complete", low=1.0, high=1000.0)
    expansion_days: float = setting(
        14.0, "until 63 % of the expansion is there", unit="day", low=0.1, high=1000.0
    )
    contracting_share: float = setting(
        0.0015, "of memory CD8 clones that shrink meanwhile", low=0.0, high=1.0
    )
    contraction_fold: float = setting(0.25, "median, once complete", low=0.001, high=1.0)
    novel_clones: int = setting(
        60, "clones that appear on immunotherapy, without response", low=0, high=100_000
    )
    novel_share: float = setting(
        0.02, "of effector-memory CD8 T cells that they make up in the end", low=0.0, high=0.9
    )

    biopsied: float = setting(
        0.6, "chance of a patient that a planned biopsy is taken", low=0.0, high=1.0
    )
    tumour_visits: tuple[str, ...] = setting(
        (), "at which the tumour is biopsied; empty: the first and the last"
    )
    tumour_clones: int = setting(3_000, "clones of a tumour", low=10, high=1_000_000)
    tumour_exponent: float = setting(2.2, "of their power law", low=1.3, high=4.0)
    tumour_shared_clones: float = setting(
        0.40, "share of tumour clones that circulate", low=0.0, high=1.0
    )
    tumour_shared_mass: float = setting(
        0.35, "share of the tumour's T cells in them before treatment", low=0.0, high=1.0
    )
    tumour_exhausted: float = setting(
        0.40, "share of the tumour's T cells that are exhausted CD8", low=0.0, high=1.0
    )
    tumour_bystander: float = setting(
        0.25, "share of the tumour's T cells that are bystander CD8", low=0.0, high=1.0
    )
    novel_in_tumour: float = setting(
        0.3, "share of the clones that appear that enter the tumour", low=0.0, high=1.0
    )

    blood_cells: int = setting(125_000, "T cells in a blood tube; median", low=100, high=50_000_000)
    tumour_cells: int = setting(10_000, "T cells in a biopsy; median", low=10, high=50_000_000)
    cells_spread: float = setting(
        0.35, "SD of the natural logarithm of cells between tubes", low=0.0, high=2.0
    )
    capture: float = setting(0.4, "share of cells that become a template", low=0.001, high=1.0)
    library_variation: float = setting(
        0.15, "SD over mean of a clone's share between libraries; 0: none", low=0.0, high=3.0
    )
    reads_per_template: float = setting(8.0, "mean", low=0.1, high=10_000.0)
    amplification_variation: float = setting(
        0.7, "SD over mean of copies per template in PCR; 0: none", low=0.0, high=5.0
    )
    second_allele: float = setting(
        0.2, "share of cells with a second, non-productive rearrangement", low=0.0, high=1.0
    )
    spurious: float = setting(
        1e-5, "clonotypes made by an error of sequencing, per read", low=0.0, high=0.01
    )

    single_cell_participants: int = setting(
        3, "of those sequenced, how many also have 10x contigs", low=0
    )
    single_cells: int = setting(3_000, "T cells per 10x sample; median", low=10, high=100_000)

    def __post_init__(self) -> None:
        if not self.formats:
            msg = "formats is empty; name at least one, such as airr"
            raise ValueError(msg)
        changing = self.expanding_share * max(self.responder_ratio, 1.0) + self.contracting_share
        if changing > 1.0:
            msg = (
                f"expanding_share x responder_ratio + contracting_share = {changing:g}: "
                "more than all clones"
            )
            raise ValueError(msg)
        if self.tumour_exhausted + self.tumour_bystander > 1.0:
            total = self.tumour_exhausted + self.tumour_bystander
            msg = f"tumour_exhausted + tumour_bystander = {total:g}: more than all T cells"
            raise ValueError(msg)
        if (self.tumour_shared_clones == 0.0) != (self.tumour_shared_mass == 0.0):
            msg = "tumour_shared_clones and tumour_shared_mass are both zero or neither is"
            raise ValueError(msg)
        if (self.tumour_shared_clones == 1.0) != (self.tumour_shared_mass == 1.0):
            msg = "tumour_shared_clones and tumour_shared_mass are both one or neither is"
            raise ValueError(msg)
