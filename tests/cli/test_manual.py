"""The man page and the completions are whole, and made of the registry."""

import subprocess
from pathlib import Path

import pytest

from handheld.cli import manual
from handheld.cli.verbs import load
from handheld.verbs import VERBS
from tests.support.tools import need_tool


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    assert all(path.exists() for path in manual.write(folder))
    return folder


def test_the_man_page_has_every_verb_its_examples_and_the_exit_codes(made: Path) -> None:
    page = (made / "man" / "pocketmesh.1").read_text()
    for verb in VERBS:
        assert f"COMMAND \\fI\\,'pocketmesh {verb}'".replace("-", "\\-") in page
        first = load(verb).EXAMPLES.splitlines()[0].replace("-", "\\-")
        assert f"\n\\&{first}\n" in page
    assert "\n\\&130  Interrupted" in page
    assert "child" not in page.replace("child node", "")


def test_what_stands_verbatim_in_the_man_page_is_no_request() -> None:
    assert manual._verbatim(".so /etc/passwd\n'x\\-y") == ".nf\n\\&.so /etc/passwd\n\\&'x\\\\\\-y\n.fi\n"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("st", {"status"}),
        ("re", {"read", "restore", "resume"}),
        ("p", {"passphrase", "pause", "people", "post", "publish"}),
        ("", set(VERBS)),
    ],
)
def test_bash_completes_verbs(made: Path, typed: str, offered: set[str]) -> None:
    bash = need_tool("bash")
    program = (
        f"source {made}/completion/pocketmesh.bash; COMP_WORDS=(pocketmesh '{typed}'); COMP_CWORD=1; "
        "_shtab_pocketmesh; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    ended = subprocess.run([bash, "-c", program], capture_output=True, text=True, check=True)
    assert offered <= set(ended.stdout.split())
    assert set(ended.stdout.split()) & set(VERBS) == offered


def test_zsh_and_tcsh_know_every_verb(made: Path) -> None:
    for name in ("_pocketmesh", "pocketmesh.tcsh"):
        text = (made / "completion" / name).read_text()
        assert all(verb in text for verb in VERBS)
