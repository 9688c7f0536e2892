//===- main.c - Pack weights once, call a kernel often --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Build, from the root of the tree:
// clang-format off
//   build/bin/tensorop-run examples/prepacked/layer.mlir --plan=examples/prepacked/plan.mlir -o layer.bundle
//   cc -Ilayer.bundle examples/prepacked/main.c layer.bundle/kernel.o -lm
// clang-format on
// It computes y = x * w + b for three x, and exits with 0 when all are right.
//
//===----------------------------------------------------------------------===//

#include "kernel.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { M = 16, K = 200, N = 70 };

static struct tensorop_memref_f32_2d matrix(float *data, int64_t rows,
                                            int64_t columns) {
  struct tensorop_memref_f32_2d result = {
      data, data, 0, {rows, columns}, {columns, 1}};
  return result;
}

int main(void) {
  static float x[M * K], w[K * N], b[N], y[M * N];
  for (int i = 0; i < K * N; ++i)
    w[i] = (float)(i % 7 - 3);
  for (int i = 0; i < N; ++i)
    b[i] = (float)i;
  struct tensorop_memref_f32_2d dx = matrix(x, M, K), dw = matrix(w, K, N),
                                dy = matrix(y, M, N);
  struct tensorop_memref_f32_1d db = {b, b, 0, {N}, {1}};

  // Once: the packed weights may be kept as long as the program likes.
  void *memory = NULL, *workspace = NULL;
  if (posix_memalign(&memory, 64, LAYER_PREPACK_W_BYTES) != 0 ||
      (LAYER_WORKSPACE_BYTES > 0 &&
       posix_memalign(&workspace, 64, LAYER_WORKSPACE_BYTES) != 0))
    return 1;
  memset(memory, 0, LAYER_PREPACK_W_BYTES);
  int8_t *bytes = (int8_t *)memory;
  struct tensorop_memref_i8_1d packed = {
      bytes, bytes, 0, {LAYER_PREPACK_W_BYTES}, {1}};
  // What was not packed by this kernel's entry is refused: argument 1 gives 2.
  if (layer(&dx, &packed, &db, &dy, workspace) != 2)
    return 1;
  if (layer_prepack_w(&dw, &packed) != 0)
    return 1;
  // The kernel needs the weights themselves no more.
  float kept[K * N];
  memcpy(kept, w, sizeof w);
  memset(w, 0xff, sizeof w);

  for (int call = 0; call < 3; ++call) {
    for (int i = 0; i < M * K; ++i)
      x[i] = (float)((i + call) % 5 - 2);
    int32_t status = layer(&dx, &packed, &db, &dy, workspace);
    if (status != 0) {
      fprintf(stderr, "layer refused its arguments: %d\n", (int)status);
      return 1;
    }
    for (int i = 0; i < M; ++i)
      for (int j = 0; j < N; ++j) {
        float expected = b[j];
        for (int k = 0; k < K; ++k)
          expected += x[i * K + k] * kept[k * N + j];
        // Small whole numbers: exact in any order.
        if (y[i * N + j] != expected) {
          fprintf(stderr, "y[%d, %d] should be %g, is %g\n", i, j, expected,
                  y[i * N + j]);
          return 1;
        }
      }
    printf("call %d: y[3, 4] = %g\n", call, y[3 * N + 4]);
  }

  // A packed array of another size, and one that is not aligned.
  packed.sizes[0] -= 64;
  int32_t size = layer(&dx, &packed, &db, &dy, workspace);
  packed.sizes[0] += 64;
  packed.offset = 1;
  int32_t place = layer(&dx, &packed, &db, &dy, workspace);
  free(memory);
  free(workspace);
  return size == 2 && place == 2 ? 0 : 1;
}
