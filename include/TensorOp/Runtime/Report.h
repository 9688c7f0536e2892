//===- Report.h - Results as JSON and as text -------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_REPORT_H
#define TENSOROP_RUNTIME_REPORT_H

#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Measure.h"
#include <string>

namespace tensorop::runtime {

/// A JSON object on one line; infinities and NaN, which JSON lacks, become the
/// strings "inf", "-inf" and "nan".
std::string toJson(const CheckResult &check);
std::string toJson(const Measurement &measurement);
std::string toJson(const Peaks &peaks);

/// This machine: architecture, cpu, features, cores, caches, kernel.
std::string machineToJson();

/// Lines for people, each ended by a newline.
std::string toText(const CheckResult &check);
std::string toText(const Measurement &measurement);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_REPORT_H
