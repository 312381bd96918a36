"""Calls of `spin` from places whose lines and columns are easy to get wrong. Each function here is one construct; see
__main__.py."""

import functools
from collections.abc import Mapping

from clock import spin


def call_over_lines():
    return max(
        0,
        spin() or 2,
        1,
    )


def call_apart():
    return (
        spin
        (
            0.003
        )
    )


class Chain:
    def link(self, *_):
        return self

    def slow(self):
        spin()
        return self


def chain():
    return (
        Chain()
        .link()
        .slow()
        .link(
            1)
        .slow().slow()
        .link()
    )


def display():
    return {
        "a": 1,
        "b": spin(),
        **{
            "c": [
                spin()],
        },
        spin(): (
            2,
            *(spin(),)
        ),
    }


def operators():
    return (
        1
        + (spin() or 1)
        * 2
        - (
            spin() or 3)
    ) if (
        not spin()
        and 1 <
        (spin() or 2)
        < 3
    ) else 7


def text():
    name = "später"
    return f"{spin()}ä{name}{spin()!r:>{spin() or 4}}" + f"""
    {spin()}
    """


def größe(wörter="ü"): return [wörter, spin(), "ß", spin()]


def decorated():
    def decorate(value):
        return lambda function: spin() or function

    @decorate(
        spin()
    )
    @decorate(spin())
    @functools.wraps(
        spin)
    def function(
        one=spin(),
        *,
        two: "int" = spin(),
    ):
        return one, two

    @decorate(1)
    class Decorated:
        pass


def class_body():
    class Body(
        (spin() or Chain),
        metaclass=(
            spin() or type),
    ):
        one = spin()
        two = [spin() for _ in (1,)]

        class Inner:
            three = (
                spin()
            )

        def method(self):
            return __class__, spin()

    Body().method()


def lambdas():
    (lambda: spin())()
    return (lambda x: (
        x,
        spin(),
    ))(lambda: 0)


def comprehensions():
    [
        (a, b)
        for a in range(2)
        if not spin()
        for b in (
            spin(),
        )
    ]
    {spin(): spin()
     for _ in (1, )}
    list(spin() for _ in (1,
                          2))
    return [[
        spin() for _ in (1,)] for _ in {
            spin()}]


def numbers():
    for i in range(2):
        yield spin()
    try:
        yield from (
            spin() for _ in (1,)
        )
        yield 7
    finally:
        spin()


def generators():
    for _ in numbers():
        if _ == 7:
            break
    given = numbers()
    next(given)
    given.close()
    try:
        given = numbers()
        next(given)
        given.throw(ValueError)
    except ValueError:
        spin()


class Manager:
    def __enter__(self):
        spin()

    def __exit__(self, *_):
        spin()
        return True


def managers():
    with Manager() as one, \
            Manager() as two:
        spin()
    with Manager():
        raise ValueError(one,
                         two)
    for _ in (1, 2):
        with Manager():
            if _ == 1:
                continue
            break


def finally_in(way):
    for _ in (1,):
        try:
            if way == "raise":
                raise ValueError
            if way == "continue":
                continue
            if way == "return":
                return 1
        except ValueError as error:
            spin(), error
        else:
            spin()
        finally:
            spin()
    else:
        spin()


def finallies():
    for way in ("raise", "continue", "return", ""):
        finally_in(way)


class Overloaded(Mapping):
    def __getitem__(self, key):
        spin()
        if key == 3:
            raise IndexError
        return key

    def __len__(self):
        return spin() or 1

    def __iter__(self):
        yield spin()

    def __add__(self, other):
        return spin() or self

    __lt__ = __radd__ = __iadd__ = __add__

    def __getattr__(self, name):
        return spin() or self

    def __format__(self, how):
        return str(spin())

    def __call__(self):
        return spin() or self


def overloads():
    thing = Overloaded()
    other = (
        thing
        + 1 +
        thing.some
        .other
    )
    thing += other[
        1
    ]
    other[2], thing \
        .attribute
    if thing < 1: thing()()
    for _ in thing: f"{thing}"
    return thing.get(  # Mapping's, which is frozen from 3.11 on
        1
    )


def statements():
    box = {}
    box[
        spin()
    ] = 1
    box[None] += (
        spin() or 2)
    del box[
        spin()
    ]
    if (box := spin()) is None \
            and not spin():
        pass
    while not spin(): break
    one, *two = (
        spin(), spin())
    assert one is None, (
        two)
    try:
        assert spin(), (
            spin())
    except AssertionError: spin()
    print(*(spin() or ()), sep=spin(), end=spin() or "")


class Again:
    def __await__(self):
        spin()
        yield
        spin()

    async def __aenter__(self):
        await self

    async def __aexit__(self, *_):
        spin()

    def __aiter__(self):
        self.left = 2
        return self

    async def __anext__(self):
        self.left -= 1
        if not self.left: raise StopAsyncIteration
        await Again()
        return spin()


async def pairs():
    for _ in (1, 2):
        yield (
            spin(),
            await Again(),
        )


async def coroutine():
    await Again()
    async with Again(), \
            Again():
        spin()
    async for _ in Again():
        spin()
    async for _ in pairs(): spin()
    return [
        spin()
        async for _ in pairs()
        if not await Again()
    ]


def coroutines():
    running = coroutine()
    try:
        while True:
            running.send(
                None)
    except StopIteration:
        pass


def tiny():



    return 1


def short_calls():
    """Frames that have not begun are seen here."""
    for _ in range(20000):
        tiny()


ALL = (call_over_lines, call_apart, chain, display, operators, text, größe, decorated, class_body, lambdas,
       comprehensions, generators, managers, finallies, overloads, statements, coroutines, short_calls)
