//===- LinkedKernels.cpp - Kernels inside of the runner -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LinkedKernels.h"

using namespace tensorop;

bool runtime::isLinked(const std::string &object) {
  for (const auto *entry = tensorop_linked_entries; entry->object; ++entry)
    if (object == entry->object)
      return true;
  return false;
}

void *runtime::findLinkedEntry(const std::string &object,
                               const std::string &name) {
  for (const auto *entry = tensorop_linked_entries; entry->object; ++entry)
    if (object == entry->object && name == entry->name)
      return entry->address;
  return nullptr;
}
