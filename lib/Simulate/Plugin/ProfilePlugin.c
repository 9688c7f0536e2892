//===- ProfilePlugin.c - Counts what an emulated program does -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plugin of QEMU's user emulation: executions of each translation block, and
// accesses to memory through a model of the caches. Arguments:
//
//   out=FILE                 where the profile is written when the program ends
//   cacheN=BYTES:LINE:WAYS   level N of the data caches, 0 being the innermost
//
// Vector loads and stores reach the plugin element by element; all accesses of
// one execution of an instruction to the same line count as one. A block is
// counted apart for each vector configuration (RISC-V's vtype) that it was
// translated under: QEMU ends a block after vset{i}vl{i} and translates the
// next one for the configuration at hand, so that the one set last, at the time
// of translation, is the block's. The text is read by Profile.cpp; docs/formats
// of the project do not cover it, both sides come from the same build.
//
//===----------------------------------------------------------------------===//

#include "CacheModel.h"
#include "QemuPlugin.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = 1;

enum Guest { Riscv64, Aarch64 };

/// One translation block under one vector configuration.
struct Block {
  struct Block *next;
  uint64_t address, executions;
  int64_t vtype;
  size_t size;
  uint32_t instructions;
  uint8_t bytes[];
};

/// What one instruction that reads or writes memory did.
struct Memory {
  struct Memory *next;
  uint64_t address, accesses;
  uint64_t misses[tensoropMaxCacheLevels];
};

enum { buckets = 1 << 14 };
static struct Block *blocks[buckets];
static struct Memory *memories[buckets];
static struct TensoropCaches caches;
static enum Guest guest;
static const char *targetName;
static const char *outPath;
static pid_t owner;
static uint64_t vcpus;
/// -1: not set, or set from a register.
static int64_t vtype = -1;
/// Grows with each execution of an instruction that accesses memory.
static uint64_t executions;
static uint64_t lastExecution = UINT64_MAX, lastLine;

static size_t bucketOf(uint64_t address) {
  return (address >> 1) * UINT64_C(0x9E3779B97F4A7C15) >> 50;
}

static void *allocate(size_t bytes) {
  void *memory = calloc(1, bytes);
  if (!memory) {
    fprintf(stderr, "error: profile plugin: out of memory\n");
    exit(1);
  }
  return memory;
}

//===----------------------------------------------------------------------===//
// What instructions do, from their encodings
//===----------------------------------------------------------------------===//

/// May be true for an instruction without access, never false for one with.
static bool accessesMemory(uint32_t word, size_t size) {
  if (guest == Aarch64)
    // Loads and stores are op0 = x1x0; SVE's have op0 = 0010 and bit 31.
    return (word >> 25 & 5) == 4 || ((word >> 25 & 15) == 2 && word >> 31);
  if (size == 2) {
    uint32_t quadrant = word & 3, function = word >> 13 & 7;
    return (quadrant == 0 || quadrant == 2) && function != 0 && function != 4;
  }
  uint32_t opcode = word & 0x7f;
  return opcode == 0x03 || opcode == 0x07 || opcode == 0x23 || opcode == 0x27 ||
         opcode == 0x2f;
}

/// Whether the instruction sets vtype; `value` is -1 when it comes from a
/// register.
static bool setsVtype(uint32_t word, size_t size, int64_t *value) {
  if (guest != Riscv64 || size != 4 || (word & 0x7f) != 0x57 ||
      (word >> 12 & 7) != 7)
    return false;
  if (!(word >> 31)) // vsetvli
    *value = word >> 20 & 0x7ff;
  else if (word >> 30 == 3) // vsetivli
    *value = word >> 20 & 0x3ff;
  else
    *value = -1;
  return true;
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

static void onVset(unsigned vcpu, void *data) {
  (void)vcpu;
  vtype = (int64_t)(intptr_t)data;
}

static void accessLine(struct Memory *memory, uint64_t line) {
  if (lastExecution == executions && lastLine == line)
    return;
  lastExecution = executions;
  lastLine = line;
  ++memory->accesses;
  uint32_t missed = tensoropAccess(&caches, line << caches.level[0].lineShift);
  for (uint32_t level = 0; level < missed; ++level)
    ++memory->misses[level];
}

static void onAccess(unsigned vcpu, qemu_plugin_meminfo_t info,
                     uint64_t address, void *data) {
  (void)vcpu;
  uint32_t shift = caches.level[0].lineShift;
  uint64_t bytes = (uint64_t)1 << qemu_plugin_mem_size_shift(info);
  uint64_t last = (address + bytes - 1) >> shift;
  for (uint64_t line = address >> shift; line <= last; ++line)
    accessLine(data, line);
}

static void onVcpu(qemu_plugin_id_t id, unsigned vcpu) {
  (void)id, (void)vcpu;
  __atomic_add_fetch(&vcpus, 1, __ATOMIC_RELAXED);
}

//===----------------------------------------------------------------------===//
// Translation
//===----------------------------------------------------------------------===//

static struct Block *findBlock(struct qemu_plugin_tb *tb) {
  size_t count = qemu_plugin_tb_n_insns(tb), size = 0;
  for (size_t i = 0; i < count; ++i)
    size += qemu_plugin_insn_size(qemu_plugin_tb_get_insn(tb, i));
  struct Block *block = allocate(sizeof *block + size);
  block->address = qemu_plugin_tb_vaddr(tb);
  block->vtype = vtype;
  block->size = size;
  block->instructions = (uint32_t)count;
  uint8_t *end = block->bytes;
  for (size_t i = 0; i < count; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    memcpy(end, qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
    end += qemu_plugin_insn_size(insn);
  }
  struct Block **bucket = &blocks[bucketOf(block->address)];
  for (struct Block *known = *bucket; known; known = known->next)
    if (known->address == block->address && known->vtype == block->vtype &&
        known->size == size && !memcmp(known->bytes, block->bytes, size)) {
      free(block);
      return known;
    }
  block->next = *bucket;
  *bucket = block;
  return block;
}

static struct Memory *findMemory(uint64_t address) {
  struct Memory **bucket = &memories[bucketOf(address)];
  for (struct Memory *known = *bucket; known; known = known->next)
    if (known->address == address)
      return known;
  struct Memory *memory = allocate(sizeof *memory);
  memory->address = address;
  memory->next = *bucket;
  *bucket = memory;
  return memory;
}

static void onTranslation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  struct Block *block = findBlock(tb);
  qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64,
                                           &block->executions, 1);
  for (size_t i = 0; i < block->instructions; ++i) {
    struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
    size_t size = qemu_plugin_insn_size(insn);
    uint32_t word = 0;
    memcpy(&word, qemu_plugin_insn_data(insn), size < 4 ? size : 4);
    int64_t set;
    if (setsVtype(word, size, &set))
      qemu_plugin_register_vcpu_insn_exec_cb(
          insn, onVset, QEMU_PLUGIN_CB_NO_REGS, (void *)(intptr_t)set);
    if (!caches.levels || !accessesMemory(word, size))
      continue;
    qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                               &executions, 1);
    qemu_plugin_register_vcpu_mem_cb(insn, onAccess, QEMU_PLUGIN_CB_NO_REGS,
                                     QEMU_PLUGIN_MEM_RW,
                                     findMemory(qemu_plugin_insn_vaddr(insn)));
  }
}

//===----------------------------------------------------------------------===//
// Start and end
//===----------------------------------------------------------------------===//

static void writeProfile(FILE *out) {
  fprintf(out, "tensorop-profile 1\ntarget %s\nvcpus %" PRIu64 "\n", targetName,
          vcpus);
  for (uint32_t level = 0; level < caches.levels; ++level)
    fprintf(out, "level %" PRIu64 " %" PRIu64 "\n",
            caches.level[level].accesses, caches.level[level].misses);
  for (size_t bucket = 0; bucket < buckets; ++bucket)
    for (struct Block *block = blocks[bucket]; block; block = block->next) {
      if (!block->executions)
        continue;
      fprintf(out, "block %" PRIx64 " %" PRId64 " %" PRIu64 " ", block->address,
              block->vtype, block->executions);
      for (size_t i = 0; i < block->size; ++i)
        fprintf(out, "%02x", block->bytes[i]);
      fputc('\n', out);
    }
  for (size_t bucket = 0; bucket < buckets; ++bucket)
    for (struct Memory *memory = memories[bucket]; memory;
         memory = memory->next) {
      if (!memory->accesses)
        continue;
      fprintf(out, "memory %" PRIx64 " %" PRIu64, memory->address,
              memory->accesses);
      for (uint32_t level = 0; level < caches.levels; ++level)
        fprintf(out, " %" PRIu64, memory->misses[level]);
      fputc('\n', out);
    }
  fprintf(out, "end\n");
}

static void onExit(qemu_plugin_id_t id, void *data) {
  (void)id, (void)data;
  // A child that the program forked has its own counters.
  if (getpid() != owner)
    return;
  FILE *out = fopen(outPath, "w");
  if (out)
    writeProfile(out);
  if (!out || fclose(out) != 0)
    fprintf(stderr, "error: profile plugin: cannot write %s\n", outPath);
}

static bool readArgument(const char *argument, uint32_t *levels) {
  if (!strncmp(argument, "out=", 4)) {
    outPath = strdup(argument + 4);
    return outPath;
  }
  unsigned level;
  uint64_t bytes, line, ways;
  if (sscanf(argument, "cache%u=%" SCNu64 ":%" SCNu64 ":%" SCNu64, &level,
             &bytes, &line, &ways) != 4 ||
      level != *levels)
    return false;
  ++*levels;
  return tensoropAddCache(&caches, bytes, line, ways);
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
                                           const qemu_info_t *info, int argc,
                                           char **argv) {
  targetName = info->target_name;
  if (!strcmp(targetName, "riscv64"))
    guest = Riscv64;
  else if (!strcmp(targetName, "aarch64"))
    guest = Aarch64;
  else {
    fprintf(stderr,
            "error: profile plugin: the emulator is for %s, riscv64 "
            "and aarch64 are known\n",
            targetName);
    return 1;
  }
  uint32_t levels = 0;
  for (int i = 0; i < argc; ++i)
    if (!readArgument(argv[i], &levels)) {
      fprintf(stderr, "error: profile plugin: bad argument '%s'\n", argv[i]);
      return 1;
    }
  if (!outPath) {
    fprintf(stderr, "error: profile plugin: no out=FILE\n");
    return 1;
  }
  owner = getpid();
  qemu_plugin_register_vcpu_init_cb(id, onVcpu);
  qemu_plugin_register_vcpu_tb_trans_cb(id, onTranslation);
  qemu_plugin_register_atexit_cb(id, onExit, NULL);
  return 0;
}
