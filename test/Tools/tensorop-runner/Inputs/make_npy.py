"""Writes the .npy files of files.test without NumPy."""

import struct
import sys


def write(name, descr, shape, values, cut=0):
    header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    data = struct.pack("<%d%s" % (len(values), "d" if descr == "<f8" else "f"), *values)
    with open(sys.argv[1] + "/" + name, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + data[: len(data) - cut])


write("a.npy", "<f4", (2, 2), [1, 2, 3, 4])
write("b.npy", "<f4", (2, 2), [5, 6, 7, 8])
write("c.npy", "<f4", (2, 2), [19, 22, 43, 50])
write("wrong.npy", "<f4", (2, 2), [19, 22, 43, 50.5])
write("long.npy", "<f4", (5,), [0] * 5)
write("double.npy", "<f8", (2, 2), [0] * 4)
write("cut.npy", "<f4", (2, 2), [0] * 4, cut=4)
