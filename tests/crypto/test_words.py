"""Words: those of BIP-39 with its published cases, what people type, and what is said when they err."""

import hashlib
import json

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto import words
from handheld.crypto.wordlist import WORDS
from handheld.errors import UsageError
from tests.support.vectors import FOLDER

CASES = json.loads((FOLDER / "bip39.json").read_text())["cases"]


def test_the_list_is_the_published_one() -> None:
    lines = "".join(word + "\n" for word in WORDS)
    digest = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
    assert hashlib.sha256(lines.encode()).hexdigest() == digest
    assert len({word[: words.PREFIX] for word in WORDS}) == len(WORDS) == 1 << words.BITS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["secret"][:8] + str(len(case["secret"])))
def test_published_cases(case: dict[str, str]) -> None:
    spelled = words.spell(bytes.fromhex(case["secret"]))
    assert " ".join(spelled) == case["words"]
    assert words.unspell(words.parse(case["words"])).hex() == case["secret"]


def test_generated_words_are_drawn_from_the_whole_list() -> None:
    drawn = words.generate(20_000, SeededEntropy(1))
    assert len(drawn) == 20_000
    assert len(set(drawn)) > 2_040
    assert words.generate(6, SeededEntropy(2)) != words.generate(6, SeededEntropy(3))


def test_bits_become_words_from_the_front() -> None:
    assert words.of_bits(bytes(6), 4) == ("abandon",) * 4
    assert words.of_bits(b"\x00\x20" + bytes(4), 4) == ("ability", "abandon", "abandon", "abandon")
    assert words.of_bits(b"\xff" * 11, 8) == ("zoo",) * 8
    with pytest.raises(ValueError, match="9"):
        words.of_bits(b"\xff" * 12, 9)


def test_a_secret_of_another_size_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="15"):
        words.spell(bytes(15))


def test_what_people_type_is_taken() -> None:
    typed = "  Legal, WINNER\n- thank; 4. year  wave saus  "
    assert words.parse(typed) == ("legal", "winner", "thank", "year", "wave", "sausage")
    assert words.parse("add act addr actr") == ("add", "act", "address", "actress")
    assert words.parse("...") == ()


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("sausgae", "sausage"),
        ("legall", "legal"),
        ("yelow", "yellow"),
        ("zo", "zoo"),
        ("tigre", "tiger"),
        ("yy" * 5_000, "mystery"),
    ],
    ids=lambda text: text[:9],
)
def test_a_word_outside_the_list_gets_a_suggestion(typed: str, nearest: str) -> None:
    with pytest.raises(UsageError) as refused:
        words.parse(f"legal {typed}")
    assert f'Did you mean "{nearest}"?' in str(refused.value)
    assert len(str(refused.value)) < 120


@pytest.mark.parametrize("count", [0, 1, 6, 11, 13, 25])
def test_too_few_or_too_many_words_are_refused(count: int) -> None:
    with pytest.raises(UsageError, match=f"{count} words"):
        words.unspell(["zoo"] * count)


def test_another_word_and_another_order_are_noticed() -> None:
    spelled = list(words.parse(CASES[-1]["words"]))
    for wrong in ([*spelled[1:], spelled[0]], ["zoo", *spelled[1:]], [*spelled[:-1], "zoo"]):
        with pytest.raises(UsageError, match="One of these words is wrong"):
            words.unspell(wrong)
