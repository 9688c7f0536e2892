//===- faulty.c - Kernels that go wrong -----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Preloaded into a search: each kernel that its workers load goes wrong in the
// way that $FAULTS (words) has at its place. $FAULTS_COUNT is a file whose size
// is the number of kernels so far. The kernel itself, which the worker has
// compiled, is called by a wrapper.
//
//===----------------------------------------------------------------------===//

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int32_t (*Kernel)(void **arguments, void *workspace);
static Kernel kernel;
static char fault[16];
static int calls;
/// C++'s operator new, of the program.
void *_Znwm(size_t bytes);
static void *volatile sink;

/// The output of a matrix product: {allocated, data, offset, sizes, strides}.
static float *findOutput(void **arguments) {
  return *(float **)((char *)arguments[2] + sizeof(void *));
}

static int32_t misbehave(void **arguments, void *workspace) {
  ++calls;
  if (!strcmp(fault, "hang"))
    for (;;)
      pause();
  if (!strcmp(fault, "killed"))
    raise(SIGKILL);
  if (!strcmp(fault, "trap"))
    __builtin_trap();
  if (!strcmp(fault, "memory"))
    for (;;)
      sink = _Znwm((size_t)1 << 28);
  int32_t code = kernel(arguments, workspace);
  float *output = findOutput(arguments);
  if (!strcmp(fault, "wrong") || (!strcmp(fault, "wrong-later") && calls > 9))
    output[5] += 1;
  if (!strcmp(fault, "outside"))
    output[48 * 56] = 1;
  if (!strcmp(fault, "far-outside"))
    output[(size_t)1 << 45] = 1;
  return code;
}

static void takeFault(void) {
  int file = open(getenv("FAULTS_COUNT"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  struct stat status;
  if (file < 0 || write(file, "+", 1) != 1 || fstat(file, &status))
    abort();
  close(file);
  const char *word = getenv("FAULTS");
  for (off_t skip = status.st_size - 1; skip > 0 && *word; --skip) {
    word += strcspn(word, " ");
    word += strspn(word, " ");
  }
  size_t length = strcspn(word, " ");
  memset(fault, 0, sizeof fault);
  memcpy(fault, word, length < sizeof fault ? length : sizeof fault - 1);
}

void *dlsym(void *handle, const char *name) {
  void *(*real)(void *, const char *) =
      dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.34");
  if (!real)
    real = dlvsym(RTLD_NEXT, "dlsym", "GLIBC_2.2.5");
  void *found = real(handle, name);
  if (!found || strcmp(name, "matmul_packed"))
    return found;
  takeFault();
  kernel = (Kernel)found;
  calls = 0;
  return (void *)misbehave;
}
