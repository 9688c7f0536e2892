//===- Keys.h - What makes two kernels or machines the same -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DATABASE_KEYS_H
#define TENSOROP_DATABASE_KEYS_H

#include <cstdint>
#include <string>
#include <vector>

namespace tensorop {
struct HardwareModel;
namespace model {
struct KernelInfo;
} // namespace model
} // namespace tensorop

namespace tensorop::database {

/// What `kernel` computes as far as a plan can see it: for each op in program
/// order its class, iterators, types and how it indexes its operands. No
/// extents, and no name that a user gives: ops and dimensions have numbers, and
/// dimensions that producer and consumer share have one.
std::string describeOps(const model::KernelInfo &kernel);
/// hashOf(describeOps).
std::string fingerprintOf(const model::KernelInfo &kernel);
/// Extents of the dimensions in the order of their numbers in describeOps; -1
/// where unknown.
std::vector<int64_t> extentsOf(const model::KernelInfo &kernel);
/// Names of the ops in program order.
std::vector<std::string> opNamesOf(const model::KernelInfo &kernel);

/// Hash of the machine's hardware file without its name, where the values come
/// from, and what was measured, which differs from time to time.
std::string machineHashOf(const HardwareModel &machine);

} // namespace tensorop::database

#endif // TENSOROP_DATABASE_KEYS_H
