//===- stream.c - Work whose counts are known -----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// usage: stream KILOBYTES REPETITIONS [threads|fail|idle]
//
// Reads an array, line by line or all of it, REPETITIONS times.
//
//===----------------------------------------------------------------------===//

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *idle(void *unused) { return unused; }

/// One load for each 64 bytes, four instructions each.
static long readLines(const char *array, long lines) {
  long value = 0;
#if defined(__riscv)
  __asm__ volatile("1: lb %0, 0(%1)\n"
                   "addi %1, %1, 64\n"
                   "addi %2, %2, -1\n"
                   "bnez %2, 1b\n"
                   : "+r"(value), "+r"(array), "+r"(lines)
                   :
                   : "memory");
#else
  __asm__ volatile("1: ldrb %w0, [%1]\n"
                   "add %1, %1, #64\n"
                   "sub %2, %2, #1\n"
                   "cbnz %2, 1b\n"
                   : "+r"(value), "+r"(array), "+r"(lines)
                   :
                   : "memory");
#endif
  return value;
}

#ifdef VECTORS
/// Vectors of 2 x VLEN bits, eight instructions each.
static void scale(float *array, long elements) {
  __asm__ volatile("fmv.w.x fa0, zero\n"
                   "1: vsetvli t0, %1, e32, m2, ta, ma\n"
                   "vle32.v v8, (%0)\n"
                   "vfmul.vf v8, v8, fa0\n"
                   "vse32.v v8, (%0)\n"
                   "slli t1, t0, 2\n"
                   "add %0, %0, t1\n"
                   "sub %1, %1, t0\n"
                   "bnez %1, 1b\n"
                   : "+r"(array), "+r"(elements)
                   :
                   : "memory", "t0", "t1", "fa0", "v8", "v9");
}
#endif

int main(int argc, char **argv) {
  if (argc < 3)
    return 2;
  long bytes = atol(argv[1]) * 1024;
  int repetitions = atoi(argv[2]);
  const char *mode = argc > 3 ? argv[3] : "";
  char *array = aligned_alloc(4096, bytes);
  if (!array)
    return 1;
  memset(array, 0, bytes);
  if (!strcmp(mode, "fail"))
    return 3;
  if (!strcmp(mode, "threads")) {
    pthread_t thread;
    pthread_create(&thread, NULL, idle, NULL);
    pthread_join(thread, NULL);
  }
  if (!strcmp(mode, "idle"))
    return 0;
  for (int r = 0; r < repetitions; ++r) {
#ifdef VECTORS
    scale((float *)array, bytes / 4);
#else
    readLines(array, bytes / 64);
#endif
  }
  return 0;
}
