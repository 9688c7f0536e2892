//===- Buffers.cpp - Guarded arrays and their descriptors -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Buffers.h"
#include "TensorOp/Support/Limits.h"
#include <cstdlib>
#include <cstring>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {
/// Bytes of pattern on each side: more than the widest vector tile's row, so
/// that a store one tile too far is seen.
constexpr int64_t guardBytes = 1024;
constexpr int64_t dataAlignment = 64;

/// Differs from byte to byte and from 0x00 and 0xff, which kernels write often.
unsigned char guardAt(int64_t i) {
  return static_cast<unsigned char>(0xa1 + i % 59);
}
} // namespace

void Memory::Free::operator()(void *pointer) const { std::free(pointer); }

Result<Memory> Memory::allocate(int64_t bytes) {
  constexpr int64_t most = maxArrayBytes;
  if (bytes < 0 || bytes > most)
    return Status::failure("an array of " + std::to_string(bytes) +
                           " bytes is not possible; the limit is " +
                           std::to_string(most));
  Memory memory;
  // The pattern behind begins right at the last byte, not at the next line.
  int64_t total = guardBytes + bytes + guardBytes;
  total = (total + dataAlignment - 1) / dataAlignment * dataAlignment;
  void *block = std::aligned_alloc(dataAlignment, total);
  if (!block)
    return Status::noMemory("no memory for an array of " +
                            std::to_string(bytes) + " bytes");
  memory.block.reset(block);
  memory.start = static_cast<char *>(block) + guardBytes;
  memory.bytes = bytes;
  memory.tail = total - guardBytes - bytes;
  std::memset(memory.start, 0, bytes);
  for (int64_t i = 0; i < guardBytes; ++i)
    memory.start[i - guardBytes] = static_cast<char>(guardAt(i));
  for (int64_t i = 0; i < memory.tail; ++i)
    memory.start[bytes + i] = static_cast<char>(guardAt(i));
  return memory;
}

Status Memory::checkGuards() const {
  if (!block)
    return Status();
  for (int64_t i = 0; i < tail; ++i)
    if (static_cast<unsigned char>(start[bytes + i]) != guardAt(i))
      return Status::failure("byte " + std::to_string(i) +
                             " after its end was overwritten");
  for (int64_t i = guardBytes; i-- > 0;)
    if (static_cast<unsigned char>(start[i - guardBytes]) != guardAt(i))
      return Status::failure("byte " + std::to_string(guardBytes - i) +
                             " before its begin was overwritten");
  return Status();
}

Result<Buffer> Buffer::allocate(ElementType type, std::vector<int64_t> shape) {
  Buffer buffer;
  buffer.type = type;
  buffer.elements = runtime::getNumElements(shape);
  buffer.shape = std::move(shape);
  Result<Memory> memory =
      Memory::allocate(buffer.elements * runtime::getByteSize(type));
  if (!memory.ok())
    return memory.status();
  buffer.memory = std::move(*memory);
  return buffer;
}

static_assert(sizeof(void *) == sizeof(int64_t),
              "a descriptor is an array of 64-bit words");

Descriptor::Descriptor(const Buffer &buffer) {
  const std::vector<int64_t> &shape = buffer.getShape();
  size_t rank = shape.size();
  words.resize(3 + 2 * rank);
  const void *data = buffer.data();
  words[0] = reinterpret_cast<int64_t>(data);
  words[1] = words[0];
  words[2] = 0;
  int64_t stride = 1;
  for (size_t d = rank; d-- > 0;) {
    words[3 + d] = shape[d];
    words[3 + rank + d] = stride;
    stride *= shape[d];
  }
}
