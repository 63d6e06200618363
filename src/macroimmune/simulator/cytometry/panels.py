"""The antibody panels of virtual cytometry: what each channel sees."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from macroimmune.simulator.cytometry.cytometry_tables import cytometry_table
from macroimmune.simulator.leaves import LEAVES

__all__ = ["ANTIGENS", "COFACTORS", "Antigen", "Channel", "Panel", "panel_of"]

Technology = Literal["mass", "fluorescence"]

COFACTORS = {"mass": 5.0, "fluorescence": 150.0}
# Metals of the calibration beads that a panel may also use for antibodies.
_BEAD_METALS = frozenset({"Ce140Di", "Eu151Di", "Eu153Di", "Ho165Di", "Lu175Di"})
_WORDS = {
    "time": "Time", "event_length": "Event_length", "bead": "140Ce_Bead", "dna_1": "191Ir_DNA1",
    "dna_2": "193Ir_DNA2", "viability": "195Pt_Cisplatin", "fsc_a": "FSC-A", "fsc_h": "FSC-H",
    "fsc_w": "FSC-W", "ssc_a": "SSC-A",
}  # fmt: skip
_VIABILITY_DYE = "Live_Dead_Aqua"
_TITLES = {
    "mass_t_cell": "CyTOF T cell/ISG", "fluorescence_t_cell": "Flow T cell",
    "fluorescence_myeloid": "Flow myeloid/NK",
}  # fmt: skip
_T_AND_B = frozenset({"cd4_t", "cd8_t", "t_other", "b_cell"})
_LYMPHOCYTES_KEPT = {"fluorescence_myeloid": 0.1}


@dataclass(frozen=True, slots=True)
class Antigen:
    """What an antibody binds.

    Parameters
    ----------
    name : str
    role : str
        `lineage`, `memory`, `state`, `phospho`, `induced`, `cytokine`, `myeloid`, `nk_receptor`.
    loadings : (float, float, float)
        Correlation, within a population, with how well a cell is stained, how little it is
        differentiated and how activated it is.
    labels : tuple of str
        As laboratories spell it; the usual spelling first.
    """

    name: str
    role: str
    loadings: tuple[float, float, float]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of an FCS file.

    Parameters
    ----------
    name : str
        $PnN.
    antigen : str
        Empty where no antibody is seen.
    role : str
        `marker`, `viability`, `dna_1`, `dna_2`, `bead`, `event_length`, `time`, `fsc_a`, `fsc_h`,
        `fsc_w`, `ssc_a`.
    brightness : float
        How far levels above the negative stand, beside those of `levels.csv`.
    laser_nm, emission_nm : float
        Of the dye; 0 where there is none.
    """

    name: str
    antigen: str
    role: str
    brightness: float
    laser_nm: float
    emission_nm: float

    @property
    def is_bead_metal(self) -> bool:
        """Whether the calibration beads of mass cytometry shine here."""
        return self.name in _BEAD_METALS


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Channels that are recorded together; `panel_of` makes each once.

    Parameters
    ----------
    name : str
    technology : str
        `mass` or `fluorescence`.
    channels : tuple of Channel
    """

    name: str
    technology: Technology
    channels: tuple[Channel, ...]

    @property
    def cofactor(self) -> float:
        """Divide by it before arcsinh."""
        return COFACTORS[self.technology]

    @property
    def title(self) -> str:
        """What a core facility calls it."""
        return _TITLES[self.name]

    @property
    def dyes(self) -> tuple[int, ...]:
        """Places of the channels that are compensated."""
        return tuple(k for k, channel in enumerate(self.channels) if channel.laser_nm)

    def place(self, role: str) -> int | None:
        """Return the place of the first channel of that role, None where there is none."""
        return next((k for k, item in enumerate(self.channels) if item.role == role), None)

    def recorded(self, fractions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the fractions of the cells that are recorded with this panel.

        Parameters
        ----------
        fractions : float array, shape (..., leaves)
            Of the mononuclear cells, in the order of `LEAVES`.

        Returns
        -------
        fractions : float array, the same shape
            The last axis sums to 1.

        Notes
        -----
        Convention: the myeloid panel records one in ten of the T and B cells, so that rare
        dendritic cells are many enough; the other panels record all cells alike. Assumed.
        """
        kept = _LYMPHOCYTES_KEPT.get(self.name, 1.0)
        weights = np.array([kept if leaf.lineage in _T_AND_B else 1.0 for leaf in LEAVES.values()])
        weighted = fractions * weights
        return np.asarray(weighted / weighted.sum(axis=-1, keepdims=True))

    def labels(self, version: int = 0) -> tuple[str, ...]:
        """Return what stands in $PnS, one per channel.

        Parameters
        ----------
        version : int
            0 is the usual spelling of every antibody; others go through the spellings in turn.
        """
        return tuple(_label(self.technology, channel, version) for channel in self.channels)


def _label(technology: Technology, channel: Channel, version: int) -> str:
    if not channel.antigen:
        is_dye = technology == "fluorescence" and channel.role == "viability"
        return _VIABILITY_DYE if is_dye else _WORDS[channel.role]
    spellings = ANTIGENS[channel.antigen].labels
    spelled = spellings[version % len(spellings)]
    if technology == "fluorescence":
        return spelled
    metal = channel.name.removesuffix("Di")
    element = metal.rstrip("0123456789")
    return f"{metal[len(element) :]}{element}_{spelled}"


def _antigens() -> dict[str, Antigen]:
    return {
        row["antigen"]: Antigen(
            row["antigen"],
            row["role"],
            (float(row["staining"]), float(row["differentiation"]), float(row["activation"])),
            tuple(row["labels"].split(";")),
        )
        for row in cytometry_table("antigens")
    }


ANTIGENS = _antigens()


@cache
def panel_of(name: str) -> Panel:
    """Return the panel of that name.

    Parameters
    ----------
    name : str
        One of `PANEL_NAMES` of the plan.

    Examples
    --------
    >>> panel = panel_of("mass_t_cell")
    >>> panel.channels[16].name, panel.labels()[16]
    ('Sm154Di', '154Sm_CD274_PDL1')
    """
    technology: Technology = "mass" if name.startswith("mass") else "fluorescence"
    channels = tuple(
        Channel(
            row["channel"],
            row["antigen"],
            row["role"],
            float(row["brightness"]),
            float(row["laser_nm"] or 0),
            float(row["emission_nm"] or 0),
        )
        for row in cytometry_table("panels")
        if row["panel"] == name
    )
    return Panel(name, technology, channels)
