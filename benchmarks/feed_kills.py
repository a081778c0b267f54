"""A consumer killed at random moments ends with what the feed says.

    python benchmarks/feed_kills.py HOME [--kills 50] [--code-set icd10cm]

HOME is a workspace with releases loaded. `codeset sync` into a SQLite file is killed with SIGKILL again and again;
when it has come to the end it begins with an empty file. At last it runs to its end and the target is compared.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--code-set", default="icd10cm")
    given = parser.parse_args()
    moments = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        file, killed = Path(folder) / "target.sqlite", 0
        command = [sys.executable, "-m", "codeset_pipeline", "--home", str(given.home), "sync", given.code_set]
        command += ["--to", f"sqlite:///{file}"]
        while killed < given.kills:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(moments.uniform(0.8, 3.0))
                file.unlink(missing_ok=True)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        same = subprocess.run([*command, "--verify"], stdout=subprocess.DEVNULL).returncode == 0
    print(f"killed {killed} times; the target {'says what the feed says' if same else 'DIFFERS'}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
