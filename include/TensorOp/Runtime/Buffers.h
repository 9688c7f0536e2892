//===- Buffers.h - Guarded arrays and their descriptors ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_BUFFERS_H
#define TENSOROP_RUNTIME_BUFFERS_H

#include "TensorOp/Runtime/ElementType.h"
#include "TensorOp/Runtime/Status.h"
#include <cstdint>
#include <memory>
#include <vector>

namespace tensorop::runtime {

/// Bytes in 64-byte aligned memory, with a pattern before and after them that
/// betrays a write out of bounds.
class Memory {
public:
  /// Zeroed; fails when `bytes` is negative or cannot be had.
  static Result<Memory> allocate(int64_t bytes);

  void *data() const { return start; }
  int64_t size() const { return bytes; }

  /// Whether the pattern around the bytes is still as it was made. The message
  /// says on which side, and how far away, the nearest foreign byte lies.
  Status checkGuards() const;

private:
  struct Free {
    void operator()(void *pointer) const;
  };
  std::unique_ptr<void, Free> block;
  char *start = nullptr;
  int64_t bytes = 0;
  int64_t tail = 0;
};

/// A dense row-major array in guarded memory.
class Buffer {
public:
  static Result<Buffer> allocate(ElementType type, std::vector<int64_t> shape);

  ElementType getType() const { return type; }
  const std::vector<int64_t> &getShape() const { return shape; }
  int64_t getNumElements() const { return elements; }
  int64_t getByteSize() const { return memory.size(); }
  void *data() const { return memory.data(); }
  Status checkGuards() const { return memory.checkGuards(); }

private:
  Memory memory;
  ElementType type = ElementType::F32;
  std::vector<int64_t> shape;
  int64_t elements = 0;
};

/// The ABI's ranked descriptor {allocated, aligned, offset, sizes[R],
/// strides[R]} of an array, which must outlive it.
class Descriptor {
public:
  explicit Descriptor(const Buffer &buffer);
  void *get() { return words.data(); }

private:
  /// Pointers and integers are both 64 bits wide in the ABI.
  std::vector<int64_t> words;
};

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_BUFFERS_H
