"""Compresses the files of a wheel again, by zopfli: zopfli_wheel.py WHEEL.

Every zip program reads the result. Names, times and modes stay as they are.
"""

import os
import sys
import zipfile

import zopfli

wheel = sys.argv[1]
smaller = wheel + ".part"
with zipfile.ZipFile(wheel) as old, zopfli.ZipFile(smaller, "w") as new:
    for entry in old.infolist():
        new.writestr(entry, old.read(entry))
os.replace(smaller, wheel)
