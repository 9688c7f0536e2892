"""Where the command-line tools are."""

import os
import shutil


class ToolMissing(Exception):
    """No such tool; the text says where it was looked for."""


def _folders():
    if os.environ.get("TENSOROP_BIN"):
        yield os.environ["TENSOROP_BIN"]
        return
    package = os.path.dirname(os.path.abspath(__file__))
    # Installed in share/tensorop/python/tensorop, or python/tensorop of a checkout.
    yield os.path.normpath(os.path.join(package, "../../../../bin"))
    yield os.path.normpath(os.path.join(package, "../../build/bin"))


def find_tool(name):
    """Path of the tool: of TENSOROP_BIN alone where that is set, else of the
    installation or checkout that this package is part of, else of PATH."""
    folders = list(_folders())
    for folder in folders:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return path
    found = None if os.environ.get("TENSOROP_BIN") else shutil.which(name)
    if found is None:
        looked = ", ".join(folders) + ("" if os.environ.get("TENSOROP_BIN") else ", PATH")
        raise ToolMissing(f"no '{name}' in {looked}; TENSOROP_BIN names the folder that has it")
    return found
