"""Names and a path that are not ASCII. The profile must show: `größe_zählen` as hottest, in this file."""


class Wörter:
    def größe_zählen(self, n):
        summe = 0
        for ζ in range(n):
            summe += ζ * ζ % 7  # hot
        return summe


print(Wörter().größe_zählen(15_000_000), "日本語")
