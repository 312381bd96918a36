"""The notation of transcripts itself: a wildcard that let everything through would prove nothing."""

import unittest

import notation
import spoken


class Notation(unittest.TestCase):
    def fits(self, pattern, value, **names):
        return notation.mismatch(notation.parse(pattern), value, names)

    def test_what_fits(self):
        for pattern, value in (("1", 1), ("1", 1.0), ('"a"', "a"), ("null", None), ("*", {"a": 1}), ("[1, 2]", [1, 2]),
                               ("[1, ...]", [1, 2, 3]), ("[..., 3]", [1, 2, 3]), ("[...]", []), ("{...}", {"a": 1}),
                               ('{"a": 1, ...}', {"a": 1, "b": 2}), ("/b+/", "abba"), ("0.4..0.6", 0.5), ("..3", -7),
                               ("2..", 2), ('"x${n}"', "x5"), ("/^${n}$/", "5"), ("$n", 5)):
            with self.subTest(pattern):
                self.assertIsNone(self.fits(pattern, value, n=5))

    def test_what_does_not(self):
        for pattern, value, where in (("1", 2, "$"), ("1", True, "$"), ("true", 1, "$"), ('"a"', "b", "$"),
                                      ("null", 0, "$"), ("[1, 2]", [1], "$"), ("[1, ...]", [2, 1], "$[0]"),
                                      ("[..., 4]", [1, 2], "$"), ("{}", {"a": 1}, "$"), ('{"a": 1}', {}, "$.a"),
                                      ('{"a": {"b": [*, 2]}}', {"a": {"b": [0, 3]}}, "$.a.b[1]"), ("/^b/", "ab", "$"),
                                      ("0.4..0.6", 0.7, "$"), ("..3", "2", "$"), ("$n", 6, "$"), ("/./", 3, "$")):
            with self.subTest(pattern):
                self.assertIn(where + " ", self.fits(pattern, value, n=5) or "it fits")

    def test_names(self):
        names = {"work": "/w"}
        self.assertIsNone(notation.mismatch(notation.parse('{"run": $run}'), {"run": 3}, names))
        self.assertEqual(notation.fill(notation.parse('{"run": $run, "uri": "file://${work}/${run}"}'), names),
                         {"run": 3, "uri": "file:///w/3"})
        for wrong in ('{"a": $never}', '"${never}"', "*", "..."):
            with self.assertRaises(ValueError):
                notation.fill(notation.parse(wrong), names)

    def test_wrong_notation(self):
        for wrong in ("{", "[1", '{"a" 1}', "nothing", "1 2", "{1: 2}"):
            with self.subTest(wrong), self.assertRaises((ValueError, IndexError, TypeError)):
                value = notation.parse(wrong)
                raise AssertionError(value)

    def test_steps(self):
        found = spoken.steps("# for the reader\n\n--> {\n     }\nfile a.py:\n| x = 1\n|\n|   y\nexit 0\n")
        self.assertEqual(found, [(3, "-->", "{\n}"), (5, "file", "a.py:\n| x = 1\n|\n|   y"), (9, "exit", "0")])


if __name__ == "__main__":
    unittest.main()
