"""Settings of a virtual study: gene activity from open chromatin."""

from dataclasses import dataclass

from macroimmune.simulator.plan.setting import setting

__all__ = ["CHROMATIN_POPULATIONS", "ChromatinPlan"]

CHROMATIN_POPULATIONS = ("CD4 naive", "CD4 effector", "CD8 T", "NK", "B", "Monocyte")


@dataclass(frozen=True, slots=True)
class ChromatinPlan:
    """What is written of gene activity from open chromatin; every field states its meaning."""

    is_written: bool = setting(default=False, meaning="whether files are written")
    participants: int = setting(40, "the first so many patients with a draw", low=0)
    healthy: int = setting(0, "the first so many healthy people with a draw", low=0)
    visits: tuple[str, ...] = setting((), "which draws of patients; empty: the first of the plan")
    populations: tuple[str, ...] = setting(
        CHROMATIN_POPULATIONS, "sorted or summed up, unstimulated", choices=CHROMATIN_POPULATIONS
    )
    file_format: str = setting(
        "table", "CSV with a row per gene, or h5ad", choices=("table", "h5ad")
    )
    samples_per_batch: int = setting(8, "samples prepared together", low=1)
    genes: int = setting(1000, "genes with a value", low=1000, high=5000)
    responsiveness_r2: float = setting(
        0.4,
        "squared correlation of activity at interferon-stimulated genes with responsiveness",
        low=0.0,
        high=1.0,
    )
    activity_per_sd: float = setting(
        0.25,
        "natural logarithm of activity at these genes per SD of what they encode; 0: no signal",
        low=-2.0,
        high=2.0,
    )
    carrying: float = setting(
        0.8, "share of interferon-stimulated genes that carry the signal", low=0.0, high=1.0
    )
    cells: int = setting(6000, "nuclei of a sample", low=50, high=1_000_000)
    fragments: float = setting(
        3000.0, "median fragments of a nucleus in genes", low=10.0, high=1_000_000.0
    )
    fragments_spread: float = setting(
        0.30, "SD of the natural logarithm of fragments between samples", low=0.0, high=2.0
    )
    tss_enrichment: float = setting(
        12.0, "median enrichment at transcription start sites", low=1.0, high=100.0
    )
    tss_spread: float = setting(
        0.20, "SD of its natural logarithm between samples", low=0.0, high=2.0
    )
    donor_spread: float = setting(
        0.15, "SD of the natural logarithm of a gene between donors", low=0.0, high=2.0
    )
    batch_spread: float = setting(
        0.08, "SD of the natural logarithm of a gene between batches", low=0.0, high=2.0
    )

    def __post_init__(self) -> None:
        if self.is_written and not self.populations:
            msg = "populations names none; expected at least one of "
            raise ValueError(msg + ", ".join(CHROMATIN_POPULATIONS))
