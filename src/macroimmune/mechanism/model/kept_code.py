"""Machine code of the model kept between processes: compiling takes a second, loading a tenth."""

import os
import platform
import tempfile
from hashlib import sha256
from pathlib import Path

from macroimmune.datasets import cache_folder

__all__ = ["code_file", "keep_code", "kept_code"]

# Codes of other models and machines that stay beside the newest.
_MOST_KEPT = 12
_DIGEST_BYTES = 32


def code_file(text: str, compiler: str) -> Path:
    """Return where the machine code of a model is kept.

    Parameters
    ----------
    text : str
        The model.
    compiler : str
        What compiles it, with its version: other versions cannot read the code.

    Notes
    -----
    Convention: the name holds the model, the compiler and the processor with all it can do, so
    that no code is run that was made for another.
    """
    key = "\n".join((text, compiler, platform.platform(), platform.machine(), _abilities()))
    return cache_folder() / "model" / f"{sha256(key.encode()).hexdigest()[:32]}.code"


def kept_code(path: Path) -> bytes | None:
    """Return the machine code kept at `path`; None where there is none, or a damaged one."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    code = content[_DIGEST_BYTES:]
    return code if sha256(code).digest() == content[:_DIGEST_BYTES] else None


def keep_code(path: Path, code: bytes) -> None:
    """Keep machine code at `path`, whole or not at all; nowhere where the place is not writable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(sha256(code).digest() + code)
        Path(name).replace(path)
        _forget_oldest(path.parent)
    except OSError:
        # Nothing depends on it but the time of the next process.
        return


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.code"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in kept[_MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _abilities() -> str:
    """Return what the processor can do, where the system tells; code may use all of it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    told = (line for line in lines if line.startswith(("flags", "Features", "model name")))
    return "\n".join(sorted(set(told)))
