"""The man pages and the completions are whole, and made of the registry."""

import os
import shlex
import shutil
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
        ("re", {"read", "replay", "restore", "resume"}),
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


def test_every_verb_has_a_man_page_of_its_own(made: Path) -> None:
    for verb, line in VERBS.items():
        page = (made / "man" / f"pocketmesh-{verb}.1").read_text()
        name = verb.replace("-", "\\-")
        assert page.startswith(f".TH POCKETMESH\\-{name.upper()} ")
        assert f"\npocketmesh\\-{name} \\- {line}\n" in page
        assert load(verb).EXAMPLES.splitlines()[0].replace("-", "\\-") in page
        assert "\\-\\-data" in page


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_no_man_page_is_wrong_to_groff(made: Path) -> None:
    pages = sorted(map(str, (made / "man").iterdir()))
    ended = subprocess.run(
        ["groff", "-Wbreak", "-man", "-Tutf8", *pages], capture_output=True, text=True, check=True
    )
    assert ended.stderr == ""


def test_fish_knows_every_verb_and_its_options(made: Path) -> None:
    lines = (made / "completion" / manual.FISH).read_text().splitlines()
    told = [shlex.split(line.replace("\\'", "")) for line in lines if line.startswith("complete")]
    verbs = {words[words.index("-a") + 1] for words in told if "__pocketmesh_no_verb" in words}
    assert verbs == VERBS.keys()
    for verb in VERBS:
        mine = [words for words in told if f"__pocketmesh_verb {verb}" in words]
        options = {words[at + 1] for words in mine for at, word in enumerate(words) if word == "-l"}
        given = {option[2:] for one in manual.parser_of(verb).arguments() for option in one[0]}
        assert options == {option for option in given if len(option) > 1}
    kinds = next(words for words in told if "kind" in words and "__pocketmesh_verb post" in words)
    assert kinds[kinds.index("-a") + 1] == "note need offer event"
    assert any("list info set" in " ".join(words) for words in told if "__pocketmesh_verb radio" in words)


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", set(VERBS)),
        ("st", {"status"}),
        ("post --kind e", {"event"}),
        ("radio s", {"set", "service"}),
        ("read --fo", {"--follow"}),
        ("status st", set()),
    ],
)
def test_fish_completes_verbs_options_and_choices(
    made: Path, tmp_path: Path, typed: str, offered: set[str]
) -> None:
    program = f"source {made}/completion/{manual.FISH}; complete -C 'pocketmesh {typed}'"
    ended = subprocess.run(
        ["fish", "--no-config", "-c", program],
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stderr == ""
    assert {line.partition("\t")[0] for line in ended.stdout.splitlines()} == offered
