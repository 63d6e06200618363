"""The list of blood draws as the biobank keeps it."""

import numpy as np
import polars as pl

from macroimmune.simulator.people import People, Samples

__all__ = ["samples_table"]


def samples_table(people: People, samples: Samples) -> pl.DataFrame:
    """Return one row per vial of mononuclear cells; vials of one batch were measured together."""
    n = samples.days.size
    return pl.DataFrame({
        "Sample": samples.sample_ids,
        "Patient": people.participant_ids[samples.participant],
        "Day": samples.days,
        "Visit": samples.visit,
        "Compartment": np.full(n, "blood"),
        "Material": np.full(n, "PBMC"),
        "Batch": np.char.mod("B%d", samples.batch + 1),
    })
