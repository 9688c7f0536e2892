//===- scale.c - Reads and writes an array by vectors ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: scale REPETITIONS
//
//===----------------------------------------------------------------------===//

#include <stdlib.h>

static float array[1 << 16] __attribute__((aligned(4096)));

/// One register at a time, so that each access has the register's size.
__attribute__((noinline)) static void scale(float *p, size_t n, float by) {
#pragma clang loop interleave(disable)
  for (size_t i = 0; i < n; ++i)
    p[i] *= by;
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  for (int r = atoi(argv[1]); r > 0; --r)
    scale(array, 1 << 16, 1.5f);
  return 0;
}
