//===- CommandLine.h - What the command lines of our tools share *- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_COMMANDLINE_H
#define TENSOROP_TOOLS_COMMANDLINE_H

#include <CLI/CLI.hpp>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace tensorop {

/// Exit codes of all our tools.
enum ExitCode {
  Done = 0,
  Failed = 1,
  Usage = 2,
  Wrong = 3,
  MissingDevice = 77
};

/// "TensorOp 0.1.0 (LLVM 22.1.0)".
inline constexpr const char *versionText =
    "TensorOp " TENSOROP_VERSION " (LLVM " TENSOROP_LLVM_VERSION ")";

/// Fills what `app` binds. Returns the exit code when the tool's work ends
/// here: after --help or --version, or after an error, which is reported.
inline std::optional<ExitCode> parseCommandLine(CLI::App &app, int argc,
                                                char **argv) {
  app.set_version_flag("--version", versionText, "Print the version");
  app.failure_message([](const CLI::App *, const CLI::Error &error) {
    return std::string("error: ") + error.what() + " (see --help)\n";
  });
  // The next word would be taken for the value.
  for (const char *word : std::vector<const char *>(argv + 1, argv + argc)) {
    std::string text = word;
    if (text == "--")
      break;
    if (text.rfind("--", 0) == 0 && text.back() == '=') {
      std::cerr << "error: " << text << " has no value (see --help)\n";
      return Usage;
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? Done : Usage;
  }
  return std::nullopt;
}

} // namespace tensorop

#endif // TENSOROP_TOOLS_COMMANDLINE_H
