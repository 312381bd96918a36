"""Reads its standard input and prints it in capitals. The profile must show: the line marked "hot" as hottest."""

import sys

text = sys.stdin.read()


def score(word):
    return sum(ord(letter) * i % 97 for i, letter in enumerate(word * 20_000))  # hot


for line in text.splitlines():
    print(line.upper(), score(line))
