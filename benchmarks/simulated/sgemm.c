//===- sgemm.c - A library's sgemm, to be simulated -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: sgemm M N K REPETITIONS
//
// C = A * B, row-major, REPETITIONS times, by cblas_sgemm. Inputs are made and
// the result is checked once, so that both cancel between two numbers of
// repetitions. The core type that the library has chosen goes to the terminal.
//
//===----------------------------------------------------------------------===//

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { RowMajor = 101, NoTrans = 111 };
void cblas_sgemm(int order, int transA, int transB, int m, int n, int k,
                 float alpha, const float *a, int lda, const float *b, int ldb,
                 float beta, float *c, int ldc);
char *openblas_get_corename(void);

static float *makeMatrix(long elements, unsigned *seed) {
  void *memory = NULL;
  if (posix_memalign(&memory, 4096, (size_t)elements * sizeof(float)))
    exit(1);
  float *matrix = memory;
  for (long i = 0; i < elements; ++i) {
    *seed = *seed * 1664525u + 1013904223u;
    matrix[i] = (float)(*seed >> 16 & 255) / 128 - 1;
  }
  return matrix;
}

/// Compares 64 elements, the last one among them, with sums in double.
static int isCorrect(int m, int n, int k, const float *a, const float *b,
                     const float *c, unsigned seed) {
  for (int sample = 0; sample < 64; ++sample) {
    seed = seed * 1664525u + 1013904223u;
    int i = sample ? (int)(seed >> 8) % m : m - 1;
    seed = seed * 1664525u + 1013904223u;
    int j = sample ? (int)(seed >> 8) % n : n - 1;
    double sum = 0, magnitude = 0;
    for (int p = 0; p < k; ++p) {
      double term = (double)a[(long)i * k + p] * b[(long)p * n + j];
      sum += term;
      magnitude += fabs(term);
    }
    // gamma_k |A| |B|
    if (!(fabs(sum - c[(long)i * n + j]) <= k * 0x1p-24 * magnitude)) {
      fprintf(stderr, "error: wrong result at %d, %d: %g, not %g\n", i, j,
              c[(long)i * n + j], sum);
      return 0;
    }
  }
  return 1;
}

int main(int argc, char **argv) {
  int size[3], repetitions;
  if (argc != 5) {
    fprintf(stderr, "usage: sgemm M N K REPETITIONS\n");
    return 2;
  }
  for (int i = 0; i < 3; ++i)
    size[i] = atoi(argv[1 + i]);
  repetitions = atoi(argv[4]);
  int m = size[0], n = size[1], k = size[2];
  if (m < 1 || n < 1 || k < 1 || repetitions < 1)
    return 2;
  unsigned seed = 1;
  float *a = makeMatrix((long)m * k, &seed);
  float *b = makeMatrix((long)k * n, &seed);
  float *c = makeMatrix((long)m * n, &seed);
  for (int r = 0; r < repetitions; ++r)
    cblas_sgemm(RowMajor, NoTrans, NoTrans, m, n, k, 1.0f, a, k, b, n, 0.0f, c,
                n);
  printf("core %s\n", openblas_get_corename());
  return isCorrect(m, n, k, a, b, c, seed) ? 0 : 3;
}
