import sys

from package.work import grind

print(__name__, __package__, sys.argv[1:], grind(50))
