"""Settings of a virtual study: single-cell RNA."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["ExpressionPlan"]

_CONDITIONS = ("unstimulated", "IFN-beta")


@dataclass(frozen=True, slots=True)
class ExpressionPlan:
    """What is written of single-cell RNA; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
    participants: int = setting(8, "the first so many patients with a draw", low=0)
    healthy: int = setting(0, "the first so many healthy people with a draw", low=0)
    visits: tuple[str, ...] = setting((), "which draws of patients; empty: the first of the plan")
    conditions: tuple[str, ...] = setting(
        _CONDITIONS, "wells of each sample, 6 hours", choices=_CONDITIONS
    )
    file_format: str = setting(
        "h5ad", "h5ad, or a folder of 10x for each well", choices=("h5ad", "10x")
    )
    files: str = setting("batch", "what one h5ad file holds", choices=("batch", "study"))
    samples_per_batch: int = setting(4, "samples prepared together, with all wells", low=1)
    genes: int = setting(3000, "genes counted", low=1000, high=5000)
    cells_per_well: int = setting(1000, "cells that are called, on average", low=10, high=50_000)
    umis: float = setting(1300.0, "median counts of a cell", unit="UMI", low=50.0, high=100_000.0)
    umis_spread: float = setting(
        0.42, "SD of the natural logarithm of counts between cells of a type", low=0.0, high=2.0
    )
    umis_between_wells: float = setting(
        0.10, "SD of the natural logarithm of the depth of a well", low=0.0, high=2.0
    )
    umis_least: float = setting(
        500.0, "cells are not called below this depth", unit="UMI", low=0.0, high=100_000.0
    )
    dispersion: float = setting(
        0.25,
        "over-dispersion of a gene with one count per cell; rarer ones have more; 0: Poisson",
        low=0.0,
        high=10.0,
    )
    donor_spread: float = setting(
        0.15, "SD of the natural logarithm of a gene between donors", low=0.0, high=2.0
    )
    donor_type_spread: float = setting(
        0.15, "the same, of each cell class of a donor by itself", low=0.0, high=2.0
    )
    batch_spread: float = setting(
        0.05, "SD of the natural logarithm of a gene between batches", low=0.0, high=2.0
    )
    response: float = setting(
        1.0, "interferon response relative to that of published cells; 0: none", low=0.0, high=3.0
    )
    response_per_sd: float = setting(
        0.20, "change of the response per SD of responsiveness, relative", low=0.0, high=1.0
    )
    response_type_spread: float = setting(
        0.05, "SD of the response between cell classes of a donor, relative", low=0.0, high=1.0
    )
    response_cell_spread: float = setting(
        0.30, "SD of the response between cells, relative", low=0.0, high=1.0
    )
    ambient: float = setting(
        0.04, "counts from free RNA, of the counts of a median cell", low=0.0, high=1.0
    )
    doublets: float = setting(0.04, "share of droplets that hold two cells", low=0.0, high=0.5)
    label_errors: float = setting(
        0.03, "share of cells labelled as another type of their lineage", low=0.0, high=1.0
    )
    ncr_in_patients: float = setting(
        0.7, "NCR1, NCR2 and NCR3 in NK cells of patients, against healthy", low=0.0, high=10.0
    )
    exhausted: float = setting(
        0.10, "share of effector CD8 T cells that are cytolytic and exhausted", low=0.0, high=0.99
    )
    exhausted_spread: float = setting(
        0.5, "SD between donors of the log odds of that share", low=0.0, high=5.0
    )
    exhausted_in_responders: float = setting(
        0.5, "odds of that share in responders against others", low=0.01, high=100.0
    )

    def __post_init__(self) -> None:
        if self.is_written and not self.conditions:
            msg = "conditions names no well; expected at least one of " + ", ".join(_CONDITIONS)
            raise ValueError(msg)
        if self.umis_least > 3 * self.umis:
            msg = f"umis_least = {self.umis_least:g} is far above umis = {self.umis:g}; lower it"
            raise ValueError(msg)
