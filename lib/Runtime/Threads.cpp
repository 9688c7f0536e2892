//===- Threads.cpp - The OpenMP runtime of kernels ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Threads.h"
#include "LinkedKernels.h"
#include <algorithm>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <memory>
#include <unistd.h>
#include <vector>

using namespace tensorop;
using namespace tensorop::runtime;

static void *&getHandle() {
  static void *handle = nullptr;
  return handle;
}

Status runtime::loadOpenMP(const char *library) {
  if (!loadsLibraries)
    return Status::failure(std::string("kernels with threads need ") + library +
                           ", and a static runner loads no libraries");
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle) {
    getHandle() = handle;
    return Status();
  }
  const char *reason = dlerror();
  return Status::failure(std::string("kernels with threads need ") + library +
                         " (Debian: libomp5): " + (reason ? reason : ""));
}

template <typename Function> static Function *find(const char *name) {
  void *handle = getHandle();
  return handle ? reinterpret_cast<Function *>(dlsym(handle, name)) : nullptr;
}

void runtime::setOpenMPThreads(int64_t threads) {
  if (auto *set = find<void(int)>("omp_set_num_threads"))
    set(int(threads));
}

void runtime::setOpenMPSpinTime(int milliseconds) {
  if (auto *set = find<void(int)>("kmp_set_blocktime"))
    set(milliseconds);
}

int64_t runtime::countAllowedCpus() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
    return 1;
  return std::max(1, CPU_COUNT(&allowed));
}

/// Every thread of this process, in the order in which they were started.
static std::vector<int> listTasks() {
  std::vector<int> found;
  std::unique_ptr<DIR, int (*)(DIR *)> tasks(opendir("/proc/self/task"),
                                             closedir);
  while (dirent *entry = tasks ? readdir(tasks.get()) : nullptr)
    if (int task = std::atoi(entry->d_name))
      found.push_back(task);
  std::sort(found.begin(), found.end());
  return found;
}

/// Those of libraries were started with the cpus that were allowed then.
static void setAllAffinities(const cpu_set_t &cpus) {
  for (int task : listTasks())
    (void)sched_setaffinity(task, sizeof cpus, &cpus);
}

static cpu_set_t makeSet(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  return set;
}

Pin::Pin(int64_t threads) : all(threads > 1) {
  if (sched_getaffinity(0, sizeof before, &before) != 0)
    return;
  int current = sched_getcpu();
  if (current < 0 || !CPU_ISSET(current, &before))
    return;
  chosen = makeSet(current);
  for (int other = 0; other < CPU_SETSIZE && CPU_COUNT(&chosen) < threads;
       ++other)
    if (CPU_ISSET(other, &before))
      CPU_SET(other, &chosen);
  if (sched_setaffinity(0, sizeof chosen, &chosen) != 0)
    return;
  cpu = current;
  if (all)
    setAllAffinities(chosen);
}

void Pin::spread() const {
  if (cpu < 0 || !all)
    return;
  std::vector<int> others;
  for (int other = 0; other < CPU_SETSIZE; ++other)
    if (other != cpu && CPU_ISSET(other, &chosen))
      others.push_back(other);
  int self = gettid();
  size_t next = 0;
  for (int task : listTasks()) {
    if (task == self || others.empty())
      continue;
    cpu_set_t own = makeSet(others[next++ % others.size()]);
    (void)sched_setaffinity(task, sizeof own, &own);
  }
  cpu_set_t mine = makeSet(cpu);
  if (sched_setaffinity(0, sizeof mine, &mine) == 0)
    (void)sched_setaffinity(0, sizeof chosen, &chosen);
}

Pin::~Pin() {
  if (cpu < 0)
    return;
  if (all)
    setAllAffinities(before);
  else
    (void)sched_setaffinity(0, sizeof before, &before);
}
