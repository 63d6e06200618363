"""What the clones of a run are made of and how deep they are sampled, declared in one place."""

from dataclasses import dataclass

from macroimmune.errors import InputError

__all__ = ["CloneSettings", "SamplingDepth"]


@dataclass(frozen=True, slots=True)
class SamplingDepth:
    """How many cells a study sequences.

    Parameters
    ----------
    tumour_cells : int
        CD8 T cells of one biopsy with a receptor. 560: the public data of Yost 2019 (GSE123813)
        hold 12,364 CD8 T cells of basal cell carcinoma, from 11 patients before and after
        treatment, as public analyses of them count.
    blood_templates : int
        T cells of all kinds of one blood sample. 150,000: median of 93 deep blood libraries of
        Snyder 2017 (147,493 productive templates); assumed for other studies.
    treg_cells : int
        Regulatory T cells of one sample of blood or tumour; estimated.
    least_cells : int
        Cells that a clone needs, in all biopsies together, to be counted in shares of clones.
        2: clones seen once tell nothing of what was there before; estimated.
    """

    tumour_cells: int = 560
    blood_templates: int = 150_000
    treg_cells: int = 2_000
    least_cells: int = 2


@dataclass(frozen=True, slots=True)
class CloneSettings:
    """Numbers that the totals of a run leave open.

    Parameters
    ----------
    most_clones : int
        Tumour-specific clones that are followed; where priming would found more, each is founded
        by more cells, so that time and memory are bounded.
    founder_cells : float
        Naive cells of one clone that are primed together; estimated.
    founder_spread : float
        SD of the logarithm of that number between clones; estimated.
    division_spread : float
        SD of the logarithm of a clone's rate of division around that of its subset; estimated.
    memory_clones : int
        Polyclonal memory CD8 clones in blood that are followed.
    memory_exponent : float
        Density of their sizes falls as size to the power of minus this. With 2.0, and 2.2 for CD4,
        blood of the model has a largest clone of 2 % and a Shannon clonality of 0.07; medians of
        the 93 libraries of Snyder 2017 are 2.1 % and 0.08.
    bystander_share : float
        Of the CD8 T cells of a tumour, those of polyclonal memory clones that pass through;
        estimated for an immunogenic tumour: in ovarian and colorectal cancer some 90 % did not
        recognise the tumour (Scheper 2019, Nat Med 25, 89).
    memory_cd4_clones, memory_cd4_exponent : int, float
        The same of memory CD4 T cells.
    naive_clones : float
        Clonotypes of naive CD8 T cells in a body; estimated. Only chance overlap depends on it.
    treg_clones : int
        Treg clones that the tumour expands; estimated.
    treg_spread : float
        SD of the logarithm of their precursors; estimated.
    thymic_treg_clones, treg_exponent : int, float
        Other Treg clones in blood, and the exponent of their sizes; estimated.
    depth : SamplingDepth

    Raises
    ------
    InputError
        If a number lies outside its range.
    """

    most_clones: int = 1_000
    founder_cells: float = 1_000.0
    founder_spread: float = 1.0
    division_spread: float = 0.15
    memory_clones: int = 20_000
    memory_exponent: float = 2.0
    memory_cd4_clones: int = 100_000
    memory_cd4_exponent: float = 2.2
    bystander_share: float = 0.5
    naive_clones: float = 1e8
    treg_clones: int = 100
    treg_spread: float = 1.0
    thymic_treg_clones: int = 20_000
    treg_exponent: float = 3.5
    depth: SamplingDepth = SamplingDepth()

    def __post_init__(self) -> None:
        """Refuse numbers outside their range.

        Raises
        ------
        InputError
        """
        numbers = ("most_clones", "memory_clones", "memory_cd4_clones", "treg_clones")
        for name in (*numbers, "thymic_treg_clones"):
            if getattr(self, name) < 1:
                msg = f"{name} = {getattr(self, name)}: at least one clone is needed"
                raise InputError(msg)
        for name in ("founder_cells", "founder_spread", "division_spread", "treg_spread"):
            if not getattr(self, name) >= 0.0:
                msg = f"{name} = {getattr(self, name)}: zero or more is expected"
                raise InputError(msg)
        for name in ("memory_exponent", "memory_cd4_exponent", "treg_exponent", "naive_clones"):
            if not getattr(self, name) > 1.0:
                msg = f"{name} = {getattr(self, name)}: above 1 is expected"
                raise InputError(msg)
        if not 0.0 <= self.bystander_share < 1.0:
            msg = f"bystander_share = {self.bystander_share}: a share from 0 to below 1 is expected"
            raise InputError(msg)
