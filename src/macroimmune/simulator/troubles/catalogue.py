"""Every trouble that can be planted into a virtual study, by name.

Each family of them stands in a file of its own, with what it does, what it changes and what a
check then says.
"""

from collections.abc import Mapping
from types import MappingProxyType

from macroimmune.simulator.troubles.blood_count_faults import BLOOD_COUNT_TROUBLES
from macroimmune.simulator.troubles.clonotype_table_faults import CLONOTYPE_TABLE_TROUBLES
from macroimmune.simulator.troubles.file_faults import FILE_TROUBLES
from macroimmune.simulator.troubles.medication_faults import MEDICATION_TROUBLES
from macroimmune.simulator.troubles.outcome_faults import OUTCOME_TROUBLES
from macroimmune.simulator.troubles.participant_faults import PARTICIPANT_TROUBLES
from macroimmune.simulator.troubles.protein_faults import PROTEIN_TROUBLES
from macroimmune.simulator.troubles.raw_file_faults import RAW_FILE_TROUBLES
from macroimmune.simulator.troubles.repertoire_metric_faults import REPERTOIRE_METRIC_TROUBLES
from macroimmune.simulator.troubles.sample_faults import SAMPLE_TROUBLES
from macroimmune.simulator.troubles.settings_faults import SETTINGS_TROUBLES
from macroimmune.simulator.troubles.supplied_level_faults import SUPPLIED_LEVEL_TROUBLES
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["TROUBLES"]

# In this order they are planted: first what a cell says, then rows, then settings, and last how
# files are written.
TROUBLES: Mapping[str, Trouble] = MappingProxyType({
    trouble.name: trouble
    for trouble in (
        *OUTCOME_TROUBLES,
        *BLOOD_COUNT_TROUBLES,
        *PROTEIN_TROUBLES,
        *MEDICATION_TROUBLES,
        *SAMPLE_TROUBLES,
        *PARTICIPANT_TROUBLES,
        *REPERTOIRE_METRIC_TROUBLES,
        *SUPPLIED_LEVEL_TROUBLES,
        *CLONOTYPE_TABLE_TROUBLES,
        *RAW_FILE_TROUBLES,
        *SETTINGS_TROUBLES,
        *FILE_TROUBLES,
    )
})
