"""Imported from a zip file, and without its source."""

from clock import spin


def work():
    return (
        spin(),
        1,
    )
