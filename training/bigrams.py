#!/usr/bin/env python3
"""Makes src/detect/credential/bigrams.txt: how surprising each letter is after each other in English words.

  python3 training/bigrams.py            writes the table
  python3 training/bigrams.py test FILE  how well the table tells the words of FILE (one a line) from random text

The words are those of training/words.txt, every third one of the small American list of SCOWL (see training/README.md);
the test should be given words that are not in it. Standard library only; the same words give the same table."""
import math, pathlib, random, sys

HERE = pathlib.Path(__file__).parent
TABLE = HERE.parent / "src/detect/credential/bigrams.txt"
SYMBOLS = "^abcdefghijklmnopqrstuvwxyz"  # ^ is the edge of a word
MOST = 15  # a cost is one hexadecimal digit: half bits beyond one

def table(words):
    counts = {a: {b: 1 for b in SYMBOLS} for a in SYMBOLS}
    for word in words:
        for a, b in zip("^" + word, word + "^"):
            counts[a][b] += 1
    lines = []
    for a in SYMBOLS:
        total = sum(counts[a].values())
        costs = [round(2 * -math.log2(counts[a][b] / total)) - 2 for b in SYMBOLS]
        lines.append("".join(f"{min(MOST, max(0, cost)):x}" for cost in costs))
    return lines

def cost(lines, text):
    """Half bits per letter."""
    text = text.lower()
    pairs = list(zip("^" + text, text + "^"))
    return sum(int(lines[SYMBOLS.index(a)][SYMBOLS.index(b)], 16) + 2 for a, b in pairs) / len(pairs)

def main():
    words = (HERE / "words.txt").read_text().split()
    lines = table(words)
    if sys.argv[1:2] != ["test"]:
        TABLE.write_text("\n".join(lines) + "\n")
        return
    unseen = sorted(set(pathlib.Path(sys.argv[2]).read_text().split()) - set(words))
    unseen = [word for word in unseen if word.isascii() and word.islower() and word.isalpha() and len(word) >= 8]
    rng = random.Random(1)
    noise = ["".join(rng.choice(SYMBOLS[1:]) for _ in range(len(word))) for word in unseen]
    for limit in range(7, 13):
        low = sum(cost(lines, word) < limit for word in unseen) / len(unseen)
        high = sum(cost(lines, text) >= limit for text in noise) / len(noise)
        print(f"below {limit / 2} bits per letter: {low:.1%} of {len(unseen)} words, {1 - high:.1%} of random texts as long")

main()
