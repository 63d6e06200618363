"""One FCS file of a study, with whose it is, its panel, its well and its batch."""

from dataclasses import dataclass
from pathlib import Path

from macroimmune.study import is_stimulated

__all__ = ["CytometryFile"]


@dataclass(frozen=True, slots=True)
class CytometryFile:
    """One FCS file: one well.

    Parameters
    ----------
    path : Path
    raw_file, panel, batch : str
        As the study has them; empty where it does not say.
    participant_id, sample_id : str
        Empty for controls.
    days_from_treatment_start : float or None
    compartment : str
    material : {"PBMC", "whole blood", ""}
        Which cells a sample can hold; empty where the study does not say.
    stimulus : str
    stimulus_minutes : float or None
    control : str
        Name of the bridging sample; empty for samples of participants.
    workspace, labels : str
        Paths of gates and of labels that people made; empty where there are none.
    stimulus_dose : float or None
    stimulus_dose_unit : str
        As the laboratory writes it; empty where it does not say.
    """

    path: Path
    raw_file: str
    panel: str
    batch: str
    participant_id: str
    sample_id: str
    days_from_treatment_start: float | None
    compartment: str
    material: str
    stimulus: str
    stimulus_minutes: float | None
    control: str
    workspace: str
    labels: str
    stimulus_dose: float | None = None
    stimulus_dose_unit: str = ""

    @property
    def is_stimulated(self) -> bool:
        """Whether the well holds a stimulus; a dose of zero is none."""
        return is_stimulated(self.stimulus, self.stimulus_dose)
