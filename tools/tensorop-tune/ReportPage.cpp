//===- ReportPage.cpp - The HTML report of a search -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReportPage.h"
#include "TensorOp/Execution/Worker.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include <unistd.h>

using namespace tensorop;
using namespace llvm;

/// The folder that has the package `tensorop`; empty: there is none.
static std::string findModules(std::vector<std::string> &tried) {
  std::string program = thisExecutable();
  StringRef tree = sys::path::parent_path(sys::path::parent_path(program));
  for (auto [root, folder] :
       {std::pair(tree, StringRef("share/tensorop/python")),
        std::pair(sys::path::parent_path(tree), StringRef("python")),
        std::pair(StringRef(), StringRef(TENSOROP_SOURCE_PYTHON))}) {
    SmallString<256> path(root);
    sys::path::append(path, folder);
    tried.push_back(path.str().str());
    sys::path::append(path, "tensorop", "report", "__main__.py");
    if (sys::fs::exists(path))
      return tried.back();
  }
  return std::string();
}

/// Runs the module; its complaint when it fails.
static Error runModule(StringRef python, const std::string &modules,
                       ArrayRef<StringRef> arguments) {
  std::string path = "PYTHONPATH=" + modules;
  if (std::optional<std::string> own = sys::Process::GetEnv("PYTHONPATH"))
    path += ":" + *own;
  std::vector<StringRef> environment;
  for (char **entry = environ; *entry; ++entry)
    if (!StringRef(*entry).starts_with("PYTHONPATH="))
      environment.push_back(*entry);
  environment.push_back(path);
  SmallString<128> complaints;
  if (std::error_code code =
          sys::fs::createTemporaryFile("tensorop-report", "txt", complaints))
    return createStringError("cannot make a temporary file: " + code.message());
  llvm::scope_exit remove([&] { (void)sys::fs::remove(complaints); });
  std::vector<StringRef> words = {python, "-m", "tensorop.report"};
  llvm::append_range(words, arguments);
  std::string why;
  int code = sys::ExecuteAndWait(
      python, words, ArrayRef(environment),
      {std::nullopt, std::nullopt, StringRef(complaints)}, 0, 0, &why);
  if (code == 0)
    return Error::success();
  if (why.empty())
    if (auto text = MemoryBuffer::getFile(complaints)) {
      // Of a traceback the last line says what happened.
      StringRef last = StringRef((*text)->getBuffer()).rtrim();
      last = last.substr(last.find_last_of('\n') + 1);
      last.consume_front("error: ");
      why = last.str();
    }
  if (why.empty())
    why = "exit code " + std::to_string(code);
  return createStringError(why);
}

Expected<ReportPage> ReportPage::find() {
  ReportPage page;
  std::vector<std::string> tried;
  page.modules = findModules(tried);
  if (page.modules.empty())
    return createStringError("--report needs the Python package tensorop, "
                             "which is not at " +
                             join(tried, ", "));
  std::vector<std::string> names = {"python3", "/usr/bin/python3"};
  if (std::optional<std::string> own = sys::Process::GetEnv("TENSOROP_PYTHON"))
    names = {*own};
  std::string why;
  for (const std::string &name : names) {
    ErrorOr<std::string> python = sys::findProgramByName(name);
    Error error = python ? runModule(*python, page.modules, {"--check"})
                         : createStringError("there is no " + name);
    if (!error) {
      page.python = *python;
      return page;
    }
    why += (why.empty() ? "" : "; ") +
           (python ? *python + ": " : std::string()) +
           toString(std::move(error));
  }
  return createStringError("--report needs Python 3 with plotly (Debian's "
                           "package python3-plotly): " +
                           why);
}

Error ReportPage::write(StringRef events, StringRef output) const {
  return runModule(python, modules, {events, "-o", output});
}
