//===- main.c - Call a compiled kernel from C -----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Build, from the root of the tree:
//   build/bin/tensorop-run examples/call_from_c/layer.mlir -o layer.bundle
//   cc -Ilayer.bundle examples/call_from_c/main.c layer.bundle/kernel.o -lm
// It prints y = x * w + b, and exits with 0 when that is right.
//
//===----------------------------------------------------------------------===//

#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>

enum { M = 5, K = 7, N = 3 };

static struct tensorop_memref_f32_2d matrix(float *data, int64_t rows,
                                            int64_t columns) {
  struct tensorop_memref_f32_2d result = {
      data, data, 0, {rows, columns}, {columns, 1}};
  return result;
}

int main(void) {
  float x[M * K], w[K * N], b[N], y[M * N];
  for (int i = 0; i < M * K; ++i)
    x[i] = (float)(i % 5 - 2);
  for (int i = 0; i < K * N; ++i)
    w[i] = (float)(i % 4 - 1);
  for (int i = 0; i < N; ++i)
    b[i] = (float)(10 * i);

  struct tensorop_memref_f32_2d dx = matrix(x, M, K), dw = matrix(w, K, N),
                                dy = matrix(y, M, N);
  struct tensorop_memref_f32_1d db = {b, b, 0, {N}, {1}};

  // The caller owns the workspace; two threads would need one each.
  void *workspace = NULL;
  if (LAYER_WORKSPACE_BYTES > 0 &&
      posix_memalign(&workspace, 64, LAYER_WORKSPACE_BYTES) != 0)
    return 1;
  int32_t status = layer(&dx, &dw, &db, &dy, workspace);
  if (status != 0) {
    fprintf(stderr, "layer refused its arguments: %d\n", (int)status);
    return 1;
  }

  for (int i = 0; i < M; ++i)
    for (int j = 0; j < N; ++j) {
      float expected = b[j];
      for (int k = 0; k < K; ++k)
        expected += x[i * K + k] * w[k * N + j];
      printf("%g%c", y[i * N + j], j + 1 < N ? ' ' : '\n');
      // Small whole numbers: exact in any order.
      if (y[i * N + j] != expected) {
        fprintf(stderr, "y[%d, %d] should be %g\n", i, j, expected);
        return 1;
      }
    }

  // Wrong sizes are refused, not read out of bounds: argument 0 gives 1.
  dx.sizes[1] = K - 1;
  status = layer(&dx, &dw, &db, &dy, workspace);
  free(workspace);
  return status == 1 ? 0 : 1;
}
