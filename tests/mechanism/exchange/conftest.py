import numpy as np
import pytest

from macroimmune.mechanism.exchange import PlannedRun
from macroimmune.mechanism.model import Action, Engine

IMPLANTED = Action(-20, "Tum", "add", 0.01)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def dosed() -> PlannedRun:
    """Everything at once: an input, a value at the start, doses, a removal, a half day."""
    return PlannedRun(
        name="doses & more",
        values={"more_GCSF": 3.0, "growth_Tum": 0.1234567890123456},
        actions=[
            Action(0, "Tum", "multiply", 0.25),
            Action(-30, "anti_GCSF", "set", 1.5),
            IMPLANTED,
            *(Action(day, "anti_GCSF", "add", 5.0) for day in (0, 7, 14.5)),
            Action(14.5, "anti_GCSF", "multiply", 0.5),
            Action(10, "growth_Tum", "set", 0.01),
            Action(99, "Tum", "set", 0.0),
        ],
        days=np.arange(-30.0, 31.0).tolist(),
        meaning='A tumour with "everything" < at once.',
    )
