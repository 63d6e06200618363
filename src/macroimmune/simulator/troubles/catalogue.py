"""Every trouble that can be planted into a virtual study, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from macroimmune.simulator.troubles.event_faults import reverse_events
from macroimmune.simulator.troubles.file_faults import end_lines_as_old_macs
from macroimmune.simulator.troubles.trouble import Trouble

__all__ = ["TROUBLES"]

TROUBLES: Mapping[str, Trouble] = MappingProxyType({
    trouble.name: trouble
    for trouble in (
        Trouble(
            "reversed-events",
            "1 means censored in the event of progression-free survival",
            ("outcomes.pfs_event",),
            reverse_events,
            says=("reversed-events", "censored-at-death"),
            may_say=("few-events",),
        ),
        Trouble(
            "line-endings",
            "the lines of the patients' file end as on old Macs, with CR alone",
            ("how participants are written",),
            end_lines_as_old_macs,
            says=("line-endings",),
        ),
    )
})
