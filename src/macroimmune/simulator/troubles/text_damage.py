"""What can happen to the bytes of a file after it was written."""

import gzip
from collections.abc import Callable
from dataclasses import replace

from macroimmune.errors import InputError
from macroimmune.formats import Dialect
from macroimmune.simulator.study_files import StudyFiles
from macroimmune.simulator.troubles.places import with_table

__all__ = ["cut_gzip", "with_damage", "with_lines"]

Lines = Callable[[list[str], str], list[str]]


def with_damage(
    files: StudyFiles, file: str, damage: Callable[[bytes, Dialect], bytes]
) -> StudyFiles:
    """Return the files with one that is damaged after all else."""
    return with_table(files, file, lambda one: replace(one, damages=(*one.damages, damage)))


def with_lines(files: StudyFiles, file: str, change: Lines) -> StudyFiles:
    """Return the files with a text file whose lines are changed after writing.

    Parameters
    ----------
    files : StudyFiles
    file : str
    change : callable
        Takes the lines with their ends, the heading first, and the separator; returns them.

    Raises
    ------
    InputError
        If the file is no text.
    """
    if files.tables[file].dialect.kind != "text":
        msg = f"{file} is no text file"
        raise InputError(msg)

    def damage(data: bytes, dialect: Dialect) -> bytes:
        text = data.decode(dialect.encoding)
        end = dialect.line_end
        lines = [f"{line}{end}" for line in text.removesuffix(end).split(end)]
        changed = "".join(change(lines, dialect.separator))
        # The mark of UTF-16 would be that of the machine.
        if dialect.encoding == "utf-16":
            return b"\xff\xfe" + changed.encode("utf-16-le")
        return changed.encode(dialect.encoding)

    return with_damage(files, file, damage)


def cut_gzip(data: bytes, _dialect: Dialect) -> bytes:
    """Return the first half of the file's gzip, as after a broken transfer."""
    packed = gzip.compress(data, mtime=0)
    return packed[: len(packed) // 2]
