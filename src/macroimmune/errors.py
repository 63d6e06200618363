"""Errors and warnings of macroimmune.

::

    MacroimmuneError
    ├── InputError          what came in is wrong: a file, a column, an array, an option
    │   ├── FormatError     a file cannot be read as what it claims to be
    │   ├── SchemaError     a column, code or unit that is not declared
    │   └── StudyError      the tables of a study do not fit together; carries its findings
    ├── EstimationError     the input is right, but the estimate cannot be made from it
    ├── DesignError         the analysis would commit a known error of design; refused
    └── ResultsError        a results folder is missing, incomplete or of another version

    MacroimmuneWarning      valid, but read this
    └── AssumptionWarning   a reading was inferred that the user should confirm

Every message says what was found, where, what was expected and what to do.
"""

__all__ = [
    "AssumptionWarning",
    "DesignError",
    "EstimationError",
    "FormatError",
    "InputError",
    "MacroimmuneError",
    "MacroimmuneWarning",
    "ResultsError",
    "SchemaError",
    "StudyError",
]


class MacroimmuneError(Exception):
    """Anything that macroimmune refuses; the command line prints it in one line."""


class InputError(MacroimmuneError):
    """What came in is wrong: a file, a column, an array or an option."""


class FormatError(InputError):
    """A file cannot be read as what it claims to be."""


class SchemaError(InputError):
    """A table, column, code or unit that is not declared."""


class StudyError(InputError):
    """The tables of a study do not fit together."""


class EstimationError(MacroimmuneError):
    """The input is right, but the estimate cannot be made from it."""


class DesignError(MacroimmuneError):
    """The analysis would commit a known error of design and is refused."""


class ResultsError(MacroimmuneError):
    """A results folder is missing, incomplete or written by another version."""


class MacroimmuneWarning(UserWarning):
    """Valid, but read this."""


class AssumptionWarning(MacroimmuneWarning):
    """A reading was inferred that the user should confirm."""
