"""The files of a study: each is read once, and known by its checksum."""

import hashlib
from pathlib import Path

from macroimmune.errors import FormatError
from macroimmune.formats.file_bytes import read_bytes
from macroimmune.inputs import RawTable
from macroimmune.inputs.raw_table import raw_table_from_bytes
from macroimmune.results import Finding, InputFile

__all__ = ["StudyFiles"]


class StudyFiles:
    """Reads the tables of a study, each file and sheet once, and keeps what was noticed."""

    def __init__(self) -> None:
        self._tables: dict[tuple[Path, str | None], RawTable | None] = {}
        self._inputs: dict[Path, InputFile] = {}
        self._findings: list[Finding] = []

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files that were read, in order."""
        return tuple(self._inputs.values())

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed while reading, and an error for each file that cannot be read."""
        return tuple(self._findings)

    def table(self, path: Path, name: str, sheet: str | None) -> RawTable | None:
        """Return the table in a file, None (and an error among the findings) if there is none.

        Parameters
        ----------
        path : Path
        name : str
            The file as the user names it, for messages.
        sheet : str or None
        """
        key = (path, sheet)
        if key not in self._tables:
            self._tables[key] = self._read(path, Path(name).name, sheet)
        return self._tables[key]

    def _read(self, path: Path, name: str, sheet: str | None) -> RawTable | None:
        try:
            data = read_bytes(path)
            self._inputs.setdefault(path, _input_file(name, data))
            raw = raw_table_from_bytes(data, name, sheet=sheet)
        except FormatError as error:
            self._findings.append(
                Finding(
                    "error",
                    "unreadable-file",
                    name,
                    None,
                    "",
                    str(error),
                    "a table that can be read",
                    "The tables that need it are empty until it can.",
                )
            )
            return None
        self._findings.extend(raw.findings)
        return raw


def _input_file(name: str, data: bytes) -> InputFile:
    """Return the record of a file that was read: name, SHA-256 and size of its bytes."""
    return InputFile(name, hashlib.sha256(data).hexdigest(), len(data))
