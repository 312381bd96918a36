def grind(rounds):
    total = 0
    for _ in range(rounds):
        for i in range(300_000):
            total += i * i % 7  # hot
    return total
