"""Find or fetch a Chromium for the browser tests: the system's, else Debian's when root, else its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys


def chromium() -> str | None:
    """The system's Chromium, if there is one."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def main() -> None:
    """Install one where none is found."""
    if chromium():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        if subprocess.run(["apt-get", "-qq", "install", "-y", "chromium"], check=False).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    main()
