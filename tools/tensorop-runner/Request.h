//===- Request.h - What tensorop-run asks of a runner -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TENSOROPRUNNER_REQUEST_H
#define TENSOROP_TOOLS_TENSOROPRUNNER_REQUEST_H

#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Measure.h"
#include "TensorOp/Runtime/Status.h"
#include <optional>
#include <string>

namespace tensorop {

/// Options as a file, which no shell on the way to a board changes
/// (docs/formats.md).
struct RunnerRequest {
  std::optional<runtime::CheckOptions> check;
  std::optional<runtime::MeasureOptions> bench;
};

/// Reads it; the message names the file and the field.
runtime::Result<RunnerRequest> readRequest(const std::string &path);

} // namespace tensorop

#endif // TENSOROP_TOOLS_TENSOROPRUNNER_REQUEST_H
