"""Columns that several tables share: whose a record is, when and where it was taken, its value."""

from macroimmune.schema.declarations import Column

__all__ = [
    "BATCH",
    "COMPARTMENT",
    "DAY",
    "PARTICIPANT",
    "RAW_FILE",
    "SAMPLE",
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
