//===- Threads.h - The OpenMP runtime of kernels ----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_THREADS_H
#define TENSOROP_LIB_RUNTIME_THREADS_H

#include "TensorOp/Runtime/Status.h"
#include <sched.h>

namespace tensorop::runtime {

/// Loads LLVM's OpenMP runtime, on which kernels with threads depend, and keeps
/// it: its threads do not survive being unloaded with a kernel. The message
/// says which file is missing.
Status loadOpenMP(const char *library = "libomp.so.5");

/// On how many cpus this process may run; at least 1.
int64_t countAllowedCpus();

/// Kernels called from this thread run on at most `threads`. Without effect
/// before loadOpenMP.
void setOpenMPThreads(int64_t threads);

/// Idle threads of kernels spin for that long before they sleep. While a
/// library is timed on the same cores, they should not.
void setOpenMPSpinTime(int milliseconds);

/// Keeps the calling thread, and when there are several, all threads of this
/// process, on as many of the allowed cpus as `threads`; lets them go at its
/// end.
class Pin {
public:
  explicit Pin(int64_t threads);
  ~Pin();
  Pin(const Pin &) = delete;
  Pin &operator=(const Pin &) = delete;

  /// The cpu that the calling thread was on; -1 when pinning was refused.
  int getCpu() const { return cpu; }

  /// Moves the calling thread to one of the cpus and keeps all others, those
  /// that were started together on different ones, on the rest. The calling
  /// thread may leave its own again, so that threads that it starts have all.
  void spread() const;

private:
  cpu_set_t before, chosen;
  bool all = false;
  int cpu = -1;
};

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_THREADS_H
