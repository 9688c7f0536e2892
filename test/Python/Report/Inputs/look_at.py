"""Opens a report in a headless browser: `look_at.py BROWSER PAGE FIGURES`.

Fails when the console has an error, when not all figures are drawn, and when there are
less than FIGURES of them.
"""

import os
import re
import subprocess
import sys
import tempfile


def main():
    browser, page, least = sys.argv[1], os.path.abspath(sys.argv[2]), int(sys.argv[3])
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
             f"--user-data-dir={profile}", "--enable-logging=stderr", "--virtual-time-budget=20000",
             "--window-size=1200,2000", "--dump-dom", "file://" + page],
            capture_output=True, text=True, timeout=120)
    for line in done.stderr.splitlines():
        if re.search(r"CONSOLE[:(]", line):
            sys.exit(f"the browser complains: {line}")
    dom = done.stdout
    if 'data-state="drawn"' not in dom:
        sys.exit("the page was not drawn")
    figures = re.findall(r'<div class="figure[^"]*" id="figure-[^"]*"', dom)
    plots = dom.count('<svg class="main-svg"')
    print(f"{len(figures)} figures, {plots} drawings")
    # Each figure has more than one drawing.
    if len(figures) < least or plots < len(figures):
        sys.exit(f"{least} figures were expected")


if __name__ == "__main__":
    main()
