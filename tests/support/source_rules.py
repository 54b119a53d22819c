"""The rules of the house that no linter knows, as functions from a source tree to a list of findings.

Each takes the folder that holds handheld/, tui/ and firmware/, so that a test can ask the checkout (and
expect nothing) and a copy with a planted fault (and expect that fault).
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60

# Longer on purpose. Each with the reason; a path here that is short again is a finding, too.
LONG: dict[str, str] = {
    "handheld/commands.py": "one small dataclass for each command of the door, and nothing else",
    "handheld/events.py": "one small dataclass for each thing the door says, and nothing else",
}

# Who alone may import what. A place ending in "/" is a folder.
PLACES: dict[str, tuple[str, ...]] = {
    "argparse": ("handheld/cli/", "handheld/wire/export.py"),
    "construct": ("handheld/wire/",),
    "matplotlib": ("handheld/sim/plot.py",),
    "micropython_run": ("handheld/sim/",),
    "PIL": ("tui/decoder.py",),
    "nacl": ("handheld/crypto/",),
    "rich": ("tui/",),
    "serial": ("handheld/link/port.py",),
    "sqlite3": ("handheld/store/",),
    "textual": ("tui/",),
    "threading": ("handheld/store/database.py",),
}

# Stands in for a radio's own modules, so it follows the radio's rules.
SHIMS = ("handheld/sim/shims/", "handheld/sim/shims_cpython/")

# The screen knows the node only through its door.
TUI_MAY_IMPORT = (
    "api.client",
    "events",
    "commands",
    "config",
    "text",
    "qr",
    "errors",
    "lean",
    "concern",
    "verbs",
)

PURE = (
    "handheld/wire/",
    "handheld/sync/",
    "handheld/files/",
    "handheld/node/",
    "handheld/crypto/",
    "handheld/link/framing.py",
    "handheld/link/window.py",
    "handheld/link/session.py",
    "handheld/link/hello.py",
    "handheld/link/lines.py",
    "handheld/link/states.py",
    "handheld/events.py",
    "handheld/commands.py",
    "handheld/text.py",
    "handheld/errors.py",
    "handheld/clock.py",
)

# What a radio offers besides the files of firmware/ themselves.
MICROPYTHON = frozenset(
    {
        "array", "binascii", "builtins", "errno", "esp32", "espnow", "gc", "hashlib", "io", "machine",
        "micropython", "network", "os", "random", "select", "struct", "sys", "time",
    }
)  # fmt: skip

# Calls by their dotted name, where they may stand, and why nowhere else.
CALLS: dict[str, tuple[tuple[str, ...], str]] = {
    "print": (("handheld/cli/",), "only the command line writes to standard output"),
    "input": (("handheld/cli/",), "only the command line asks"),
    "sys.exit": (
        ("handheld/cli/", "handheld/__main__.py"),
        "errors carry an exit code",
    ),
    "eval": ((), "bytes from outside are data"),
    "exec": ((), "bytes from outside are data"),
    "os.system": ((), "a shell reads more than was meant"),
    "time.localtime": ((), "raises from 2^31 where time_t has 32 bits"),
    "datetime.fromtimestamp": ((), "raises from 2^31 where time_t has 32 bits"),
    "datetime.datetime.fromtimestamp": ((), "raises from 2^31 where time_t has 32 bits"),
    "os.utime": ((), "raises from 2^31 where time_t has 32 bits"),
}

IMPURE_CALLS = frozenset(
    {
        "open",
        "os.getrandom",
        "os.urandom",
        "time.time",
        "time.monotonic",
        "datetime.now",
        "datetime.datetime.now",
        "nacl.utils.random",
        "hash",  # of a text it differs from process to process
    }
)


def python_files(root: Path, *folders: str) -> Iterator[tuple[str, ast.Module, str]]:
    """(path from the root, syntax tree, text) of each file, in order."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            if "__pycache__" not in path.parts:
                text = path.read_text(encoding="utf-8")
                yield path.relative_to(root).as_posix(), ast.parse(text), text


def is_in(name: str, places: tuple[str, ...]) -> bool:
    """Whether a path is one of the files, or below one of the folders."""
    return any(name == place or (place.endswith("/") and name.startswith(place)) for place in places)


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of each import, wherever it stands in the file; relative ones keep their dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def imports_out_of_place(root: Path) -> list[str]:
    """Libraries outside the one part that may use them, and the screen reaching around its door."""
    findings = []
    for name, tree, _ in python_files(root, "handheld", "tui"):
        if name.startswith(SHIMS):
            continue
        for line, module in imported(tree):
            places = PLACES.get(module.split(".")[0])
            if places is not None and not is_in(name, places):
                findings.append(f"{name}:{line} imports {module}")
            if name.startswith("tui/") and not _tui_may(module):
                findings.append(f"{name}:{line} imports {module}")
    return findings


def _tui_may(module: str) -> bool:
    if not module.startswith("handheld"):
        return True
    rest = module.removeprefix("handheld").removeprefix(".")
    return rest in {"", "api"} or any(rest == one or rest.startswith(one + ".") for one in TUI_MAY_IMPORT)


def firmware_imports(root: Path) -> list[str]:
    """Firmware files that import what a radio has not got."""
    own = {path.stem for path in (root / "firmware").rglob("*.py")}
    own |= {path.name for path in (root / "firmware").iterdir() if path.is_dir()}
    findings = []
    for name, tree, _ in python_files(root, "firmware"):
        for line, module in imported(tree):
            if module.split(".")[0] not in own | MICROPYTHON:
                findings.append(f"{name}:{line} imports {module}")
    return findings


def imported_names(tree: ast.Module) -> dict[str, str]:
    """What `from x import y as z` brought in: z -> x.y."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


RELAY_PARTS = (
    "acks", "buckets", "cover", "delays", "duty", "hello", "mac", "neighbours", "paths", "priorities",
    "relay", "seen", "slots", "verdicts", "viper",
)  # fmt: skip
FIRMWARE_PURE = (*(f"firmware/{name}.py" for name in RELAY_PARTS), "firmware/lib/")
FIRMWARE_CALM = frozenset(
    {"array", "binascii", "framing", "hashlib", "micropython", "window", "wire_tables", *RELAY_PARTS}
)


def impure_firmware(root: Path) -> list[str]:
    """The packet rules hold no clock, chance, file or hardware: they import nothing that has one."""
    return [
        f"{name}:{line} imports {module} in a pure file of the firmware"
        for name, tree, _ in python_files(root, "firmware")
        if name.startswith(FIRMWARE_PURE)
        for line, module in imported(tree)
        if module.split(".")[0] not in FIRMWARE_CALM
    ]


def forbidden_calls(root: Path) -> list[str]:
    """Calls that stand where they may not: by CALLS anywhere, by IMPURE_CALLS in a pure module."""
    findings = []
    for name, tree, _ in python_files(root, "handheld", "tui"):
        if name.startswith(SHIMS):
            continue
        full = imported_names(tree)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            called = full.get(called, called)
            if called == "print" and any(keyword.arg == "file" for keyword in node.keywords):
                continue  # to a stream that was handed in
            places, why = CALLS.get(called, (("",), ""))
            if called in CALLS and not is_in(name, places):
                findings.append(f"{name}:{node.lineno} calls {called}: {why}")
            if called in IMPURE_CALLS and is_in(name, PURE):
                findings.append(f"{name}:{node.lineno} calls {called} in a pure module")
    return findings


# A forked child must end here and nowhere else.
SWALLOWS = ("handheld/sim/child.py",)


def careless_statements(root: Path) -> list[str]:
    """`assert` as a check (python -O drops it), and excepts that swallow what nobody should.

    Those are the bare one, a LocalError (our own mistake), and a BaseException that is not raised again.
    """
    findings = []
    for name, tree, _ in python_files(root, "handheld", "tui", "firmware"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert):
                findings.append(f"{name}:{node.lineno} asserts")
            if isinstance(node, ast.ExceptHandler):
                caught = "everything" if node.type is None else ast.unparse(node.type)
                ends_here = not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if (
                    caught == "everything"
                    or "LocalError" in caught
                    or ("BaseException" in caught and ends_here and name not in SWALLOWS)
                ):
                    findings.append(f"{name}:{node.lineno} catches {caught}")
    return findings


READS_TEXT = {
    "handheld/text.py": "the sanitiser, where bytes of strangers become text",
    "handheld/api/line.py": "the door's own JSON",
    "handheld/api/thin.py": "the log of our own child, cleaned by the line",
    "handheld/cli/post_cmd.py": "what the owner types",
    "handheld/crypto/cards.py": "Base32 that we made",
    "handheld/store/pages.py": "rows of a damaged card, judged before they are kept",
    "handheld/store/sealed.py": "names that we cleaned and sealed",
    "tui/driver.py": "what the owner types",
}
"""Who may make text of bytes, and why that needs no cleaning. Whatever came by air or cable does."""


def text_of_strangers(root: Path) -> list[str]:
    """Bytes that become text without the sanitiser: `decode` of UTF-8, or `str` with an encoding."""
    findings = []
    for name, tree, _ in python_files(root, "handheld", "tui"):
        if name in READS_TEXT or name.startswith("handheld/sim/"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            first = ast.unparse(node.args[0]).strip("'\"") if node.args else "utf-8"
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            is_str = isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) > 1
            if (method == "decode" and first == "utf-8") or is_str:
                findings.append(f"{name}:{node.lineno} makes text of bytes: use handheld.text.clean")
    return findings


def oversized(root: Path) -> list[str]:
    """Files and functions too long to read in one go."""
    findings = []
    for name, tree, text in python_files(root, "handheld", "tui", "firmware"):
        lines = text.count("\n")
        if lines > FILE_LINES and name not in LONG:
            findings.append(f"{name}: {lines} lines")
        if lines <= FILE_LINES and name in LONG:
            findings.append(f"{name}: short again, no longer an exception")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > FUNCTION_LINES:
                    findings.append(f"{name}:{node.lineno} {node.name}: {size} lines")
    return findings


def unfinished(root: Path) -> list[str]:
    """Notes to oneself: an issue is the place for them."""
    findings = []
    for name, _, text in python_files(root, "handheld", "tui", "firmware"):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                findings.append(f"{name}:{number} {line.strip()}")
    return findings


RULES: dict[str, Callable[[Path], list[str]]] = {
    "imports_out_of_place": imports_out_of_place,
    "firmware_imports": firmware_imports,
    "impure_firmware": impure_firmware,
    "forbidden_calls": forbidden_calls,
    "careless_statements": careless_statements,
    "text_of_strangers": text_of_strangers,
    "oversized": oversized,
    "unfinished": unfinished,
}
