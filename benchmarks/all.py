"""Run every benchmark in turn and print what each says; exit code 1 if one fails."""

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Run each script of this folder but this one, in a process of its own."""
    root = FOLDER.parent
    # Some share what they draw with the recovery tests.
    environment = {**os.environ, "PYTHONPATH": str(root)}
    failed = []
    for script in sorted(FOLDER.glob("*.py")):
        if script.name == Path(__file__).name:
            continue
        print(f"\n== {script.name}", flush=True)
        command = [sys.executable, str(script)]
        if subprocess.run(command, cwd=root, env=environment, check=False).returncode:
            failed.append(script.name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
        sys.exit(1)


if __name__ == "__main__":
    main()
