//===- Targets.h - What --target takes --------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TARGETS_H
#define TENSOROP_TOOLS_TARGETS_H

#include "TensorOp/Hardware/Catalogue.h"
#include <CLI/CLI.hpp>
#include <iostream>

namespace tensorop {

/// Adds --list-targets, which prints what --target takes and ends the tool.
inline void addTargetList(CLI::App &app) {
  app.add_flag_callback(
      "--list-targets",
      [] {
        std::cout << listTargets() << "\n";
        throw CLI::Success();
      },
      "Print what --target takes");
}

} // namespace tensorop

#endif // TENSOROP_TOOLS_TARGETS_H
