"""Writes .npy files about f16: npy_halves.py FOLDER.

all.npy has every f16 from 0 to the largest and their negatives, as_f32.npy the same values in f32. between.npy has, in f32, each
f16 and what lies around the tie with its upper neighbour; rounded.npy what these become in f16
(nearest, ties to even). Python's own conversions (struct) say what is right.
"""

import struct
import sys


def write(path, kind, numbers):
    header = f"{{'descr': '<{kind}', 'fortran_order': False, 'shape': ({len(numbers)},)}}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        file.write(struct.pack(f"<{len(numbers)}{ {'f2': 'e', 'f4': 'f', 'f8': 'd'}[kind] }", *numbers))


def to_half(number):
    """As Python rounds; it refuses what becomes infinite."""
    try:
        return struct.unpack("<e", struct.pack("<e", number))[0]
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def main():
    folder = sys.argv[1]
    positive = [struct.unpack("<e", struct.pack("<H", bits))[0] for bits in range(0x7C01)]
    halves = positive + [-x for x in positive]
    write(folder + "/all.npy", "f2", halves)
    write(folder + "/as_f32.npy", "f4", halves)
    between = []
    for low, high in zip(positive[:-2:7], positive[1:-1:7]):
        tie = (low + high) / 2
        near = struct.unpack("<i", struct.pack("<f", tie))[0]
        below, above = (struct.unpack("<f", struct.pack("<i", near + step))[0] for step in (-1, 1))
        between += [low, below, tie, above]
    # The tie with what would be 2^16, and numbers beyond; NaN is last.
    between += [65519.0, 65520.0, 65536.0, 1e30, float("inf"), 1e-30, 0.0]
    between += [-x for x in between]
    between.append(float("nan"))
    write(folder + "/between.npy", "f4", between)
    write(folder + "/rounded.npy", "f2", [to_half(x) for x in between])
    # In f64, ties that f32 cannot tell from their neighbours.
    finer = [x * (1 + sign * 2.0 ** -40) for x in between if 1e-20 < abs(x) < 65000 for sign in (-1, 0, 1)]
    write(folder + "/finer.npy", "f8", finer)
    write(folder + "/finer_rounded.npy", "f2", [to_half(x) for x in finer])
    for name, source, target in (("extend", "f16", "f32"), ("truncate", "f32", "f16"), ("narrow", "f64", "f16")):
        count = len({"extend": halves, "truncate": between, "narrow": finer}[name])
        cast = "extf" if name == "extend" else "truncf"
        with open(f"{folder}/{name}.mlir", "w") as file:
            file.write(f"""func.func @{name}(%a: tensor<{count}x{source}>) -> tensor<{count}x{target}> {{
  %e = tensor.empty() : tensor<{count}x{target}>
  %r = linalg.generic {{indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}}
      ins(%a : tensor<{count}x{source}>) outs(%e : tensor<{count}x{target}>) {{
  ^bb0(%x: {source}, %o: {target}):
    %y = arith.{cast} %x : {source} to {target}
    linalg.yield %y : {target}
  }} -> tensor<{count}x{target}>
  return %r : tensor<{count}x{target}>
}}
""")


if __name__ == "__main__":
    main()
