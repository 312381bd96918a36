"""Asks for a name, and then works until a line is typed: nearly all of it in two lines of `spin`."""

import select
import sys


def spin(count):
    total = 0
    for number in range(count):
        total += number * number % 7 + number * number % 11
    return total


def work():
    rounds = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        spin(20_000)
        rounds += 1
    return rounds


def main():
    name = input("Your name? ")
    print(f"Hello, {name}!", flush=True)
    work()
    print("Thank you.")


if __name__ == "__main__":
    main()
