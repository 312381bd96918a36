"""What ./try profiles when it is given nothing: a small spelling corrector.

A dictionary is made up from syllables, some of its words are mistyped, and for each of those the nearest word of the
dictionary is looked for. All of it is plain Python and takes about three seconds. One line costs more than all others:
the one marked, in the heart of the edit distance.
"""

import random

SYLLABLES = "ba be bo da de di ka ke ko la le li ma me mo na ne no ra re ri sa se so ta te ti".split()


def make_dictionary(dice, size):
    words = set()
    while len(words) < size:
        words.add("".join(dice.choices(SYLLABLES, k=dice.randint(2, 5))))
    return sorted(words)


def mistype(dice, word):
    """Two typing errors: a letter that is wrong, and one that is missing."""
    letters = list(word)
    letters[dice.randrange(len(letters))] = dice.choice("abcdefghijklmnopqrstuvwxyz")
    del letters[dice.randrange(len(letters))]
    return "".join(letters)


def edit_distance(one, other):
    """How many letters must be put in, left out or changed to make `other` of `one`."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other):
            current.append(min(above[column] + (letter != wanted), above[column + 1] + 1, current[column] + 1))  # hot
        above = current
    return above[-1]


def similar_length(word, dictionary):
    return [entry for entry in dictionary if abs(len(entry) - len(word)) <= 2]


def correct(word, dictionary):
    return min(similar_length(word, dictionary), key=lambda entry: edit_distance(word, entry))


def main():
    dice = random.Random(2)
    dictionary = make_dictionary(dice, 5000)
    right = 0
    typed = [(mistype(dice, word), word) for word in dice.sample(dictionary, 200)]
    for wrong, meant in typed:
        right += correct(wrong, dictionary) == meant
    print(f"{right} of {len(typed)} words put right")


if __name__ == "__main__":
    main()
