"""What a profile says of its rate. How fast sampling really is, is measured by tests/benchmarks/rate.py."""

from harness import PROGRAMS, PYTHON, Case


class Rate(Case):
    def recorded_with(self, *options):
        done = self.profile(PYTHON, PROGRAMS / "recursion.py", options=options)
        self.assertEqual(done.status, 0, done)
        return self.recorded().info

    def test_rate_asked_is_recorded(self):
        info = self.recorded_with("--rate", "500")
        self.assertEqual(info["rateAsked"], 500)
        self.assertGreater(info["run"]["rate"], 0)

    def test_period_is_another_way_to_say_it(self):
        self.assertAlmostEqual(self.recorded_with("--period", "0.004")["rateAsked"], 250)

    def test_auto_is_the_default(self):
        self.assertEqual(self.recorded_with()["rateAsked"], "auto")

    def test_rates_out_of_range_are_refused(self):
        for rate in ("0", "-5", "10001", "fast", "nan"):
            with self.subTest(rate=rate):
                done = self.profile(PYTHON, PROGRAMS / "short.py", options=("--rate", rate))
                self.assertNotEqual(done.status, 0)
                self.assertIn("rate", done.errors)
                self.assertNotIn("over", done.text, "the program was not started")
