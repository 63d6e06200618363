"""Columns that several tables share: whose a record is, when and where it was taken, its value."""

from macroimmune.schema.declarations import Column

__all__ = [
    "BATCH",
    "COMPARTMENT",
    "DAY",
    "PARTICIPANT",
    "RAW_FILE",
    "SAMPLE",
    "STIMULUS",
    "STIMULUS_COLUMNS",
    "UNIT",
    "VALUE",
]

PARTICIPANT = Column("participant_id", "text", "who", required=True)
SAMPLE = Column("sample_id", "text", "which sample; made up from participant and day if absent")
DAY = Column(
    "days_from_treatment_start", "number", "treatment starts on day 0", "day", -20000, 20000
)
COMPARTMENT = Column(
    "compartment",
    "category",
    "where it was taken",
    categories=("blood", "bone marrow", "spleen", "lymph node", "tumour", "stool"),
)
VALUE = Column("value", "number", "the measured value")
UNIT = Column("unit", "text", "unit of the value")
RAW_FILE = Column(
    "raw_file",
    "text",
    "its path, from the folder of study.toml or from `folder` of the section",
    required=True,
    is_path=True,
)
BATCH = Column("batch", "text", "measured together")
STIMULUS = Column("stimulus", "text", "IFN-alpha, IL-6, ...; none or empty: unstimulated")
STIMULUS_COLUMNS = (
    STIMULUS,
    Column("stimulus_minutes", "number", "how long it acted", "minute", 0, 20160),
    Column("stimulus_dose", "number", "how much of it, in stimulus_dose_unit", low=0),
    Column("stimulus_dose_unit", "text", "ng/mL, IU/mL, pM, ...: as the laboratory writes it"),
)
