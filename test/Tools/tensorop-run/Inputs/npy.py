"""Writes an f32 .npy file: npy.py FILE SHAPE (4x6) VALUE or "iota" [TYPE]."""

import struct
import sys

path, shape, value = sys.argv[1:4]
kind = sys.argv[4] if len(sys.argv) > 4 else "f4"
sizes = [int(s) for s in shape.split("x")]
count = 1
for size in sizes:
    count *= size
code = {"f4": "f", "f8": "d", "i4": "i"}[kind]
numbers = range(count) if value == "iota" else [float(value)] * count
header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': ({', '.join(map(str, sizes))},)}}"
header += " " * (-(len(header) + 11) % 64) + "\n"
with open(path, "wb") as file:
    file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    file.write(struct.pack(f"<{count}{code}", *(n if code == "i" else float(n) for n in map(int if code == "i" else float, numbers))))
