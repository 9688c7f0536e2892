//===- Emulator.cpp - Runs programs under QEMU with the plugin ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Emulator.h"
#include "Plugin/CacheModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <sys/personality.h>
#include <thread>

using namespace llvm;

namespace tensorop {

char MissingEmulator::ID = 0;
void MissingEmulator::log(raw_ostream &os) const { os << message; }

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

std::string emulatorName(const HardwareModel &machine) {
  return machine.arch == Architecture::RISCV64 ? "qemu-riscv64"
                                               : "qemu-aarch64";
}

Expected<std::string> emulatorCpu(const HardwareModel &machine) {
  int64_t bits = machine.vectorBits;
  if (machine.arch == Architecture::RISCV64) {
    if (bits > 1024)
      return make_error<MissingEmulator>(
          "target '" + machine.name + "' has vectors of " +
          std::to_string(bits) + " bits, the emulator's have at most 1024");
    return "rv64,v=true,vext_spec=v1.0,elen=64,Zfh=true,vlen=" +
           std::to_string(bits);
  }
  if (machine.arch != Architecture::AArch64)
    return fail("target '%s': only riscv64 and aarch64 are simulated",
                machine.name.c_str());
  // Pointer authentication by the architected cipher is slow to emulate.
  std::string cpu = "max,pauth-impdef=on";
  if (!machine.hasFeature("sve"))
    return cpu + ",sve=off";
  // Processes start with 512 bits unless they are given more.
  return cpu + ",sve-max-vq=" + std::to_string(bits / 128) +
         ",sve-default-vector-length=" + std::to_string(bits / 8);
}

Expected<std::vector<std::string>> splitCommand(StringRef text) {
  // As TokenizeGNUCommandLine reads it, which takes a quote that nobody closes
  // for one that ends with the text.
  char open = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\')
      ++i;
    else if (open ? c == open : c == '\'' || c == '"')
      open = open ? 0 : c;
  }
  if (open)
    return fail("'%s' has a quote %c that is not closed", text.str().c_str(),
                open);
  BumpPtrAllocator memory;
  StringSaver saver(memory);
  SmallVector<const char *> words;
  cl::TokenizeGNUCommandLine(text, saver, words);
  return std::vector<std::string>(words.begin(), words.end());
}

//===----------------------------------------------------------------------===//
// Command
//===----------------------------------------------------------------------===//

/// An address inside this program, for getMainExecutable.
static int anchor;

/// The plugin of the tree that the program is in, built or installed, wherever
/// it was moved; else that of the build folder.
static Expected<std::string> findPlugin() {
  std::string program = sys::fs::getMainExecutable("tensorop", &anchor);
  StringRef tree = sys::path::parent_path(sys::path::parent_path(program));
  std::vector<std::string> tried;
  for (const char *folder :
       {TENSOROP_INSTALLED_LIBRARIES, "lib", TENSOROP_BUILD_LIBRARIES}) {
    SmallString<256> path(sys::path::is_absolute(folder) ? "" : tree);
    sys::path::append(path, folder, "TensorOpProfile.so");
    if (sys::fs::exists(path))
      return path.str().str();
    tried.push_back(path.str().str());
  }
  return make_error<MissingEmulator>("no plugin for the emulator at " +
                                     join(tried, ", "));
}

/// A comma in an option of QEMU is written twice.
static std::string escapeCommas(StringRef text) {
  std::string result;
  for (char c : text)
    result += c == ',' ? std::string(",,") : std::string(1, c);
  return result;
}

static Expected<std::string> pluginOption(const HardwareModel &machine,
                                          StringRef plugin, StringRef out) {
  std::string option = escapeCommas(plugin) + ",out=" + escapeCommas(out);
  if (machine.caches.empty() || machine.caches.size() > tensoropMaxCacheLevels)
    return fail("target '%s' has %zu levels of caches, the simulation takes 1 "
                "to %d",
                machine.name.c_str(), machine.caches.size(),
                int(tensoropMaxCacheLevels));
  for (auto [level, cache] : enumerate(machine.caches)) {
    if (cache.ways == 0)
      return fail("target '%s': the ways of cache '%s' are not known",
                  machine.name.c_str(), cache.name.c_str());
    if (cache.lineBytes != machine.caches[0].lineBytes)
      return fail("target '%s': cache '%s' has lines of %lld bytes, '%s' of "
                  "%lld; the simulation takes one size",
                  machine.name.c_str(), cache.name.c_str(),
                  (long long)cache.lineBytes, machine.caches[0].name.c_str(),
                  (long long)machine.caches[0].lineBytes);
    option += ",cache" + std::to_string(level) + "=" +
              std::to_string(cache.bytes) + ":" +
              std::to_string(cache.lineBytes) + ":" +
              std::to_string(cache.ways);
  }
  return option;
}

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

namespace {
/// One run while it runs.
struct Child {
  SmallString<128> profilePath, logPath;
  sys::ProcessInfo process;
  bool ended = false, late = false;
  std::string message;
};
} // namespace

/// The last lines of what the program wrote.
static std::string readEnd(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  if (!file)
    return "";
  StringRef text = (*file)->getBuffer().rtrim();
  return text.take_back(2000).str();
}

static Error start(const EmulatedRun &run, const HardwareModel &machine,
                   StringRef plugin, Child &child) {
  auto executable = sys::findProgramByName(run.emulator.front());
  if (!executable)
    return make_error<MissingEmulator>("no emulator '" + run.emulator.front() +
                                       "' in PATH");
  auto cpu = emulatorCpu(machine);
  if (!cpu)
    return cpu.takeError();
  if (sys::fs::createTemporaryFile("tensorop-simulate", "profile",
                                   child.profilePath) ||
      sys::fs::createTemporaryFile("tensorop-simulate", "log", child.logPath))
    // untested: needs a folder for temporary files that cannot be written
    return fail("cannot make a temporary file");
  auto option = pluginOption(machine, plugin, child.profilePath);
  if (!option)
    return option.takeError();
  // Options of the emulator as variables, so that any prefix will do; the
  // program does not see them.
  std::vector<std::string> environment = {
      "PATH=" + sys::Process::GetEnv("PATH").value_or("/usr/bin:/bin"),
      "QEMU_PLUGIN=" + *option, "QEMU_CPU=" + *cpu, "QEMU_RAND_SEED=1",
      "QEMU_UNSET_ENV=QEMU_PLUGIN,QEMU_CPU,QEMU_RAND_SEED"};
  append_range(environment, run.environment);
  std::vector<StringRef> variables(environment.begin(), environment.end());
  std::vector<StringRef> words(run.emulator.begin(), run.emulator.end());
  append_range(words, run.program);
  std::optional<StringRef> redirects[] = {StringRef(""), child.logPath.str(),
                                          child.logPath.str()};
  // Children inherit it; a sandbox may forbid it.
  int before = personality(0xffffffff);
  personality(before | ADDR_NO_RANDOMIZE);
  bool failed = false;
  child.process =
      sys::ExecuteNoWait(*executable, words, ArrayRef(variables), redirects,
                         /*MemoryLimit=*/0, &child.message, &failed);
  personality(before);
  if (failed)
    // untested: the emulator was found a moment before
    return fail("cannot run '%s': %s", executable->c_str(),
                child.message.c_str());
  return Error::success();
}

/// Waits for all; what is still there after `seconds` is ended.
static void wait(MutableArrayRef<Child> children, double seconds) {
  auto begin = std::chrono::steady_clock::now();
  auto pause = std::chrono::microseconds(200);
  while (true) {
    bool all = true;
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - begin;
    for (Child &child : children) {
      if (child.ended || child.process.Pid == sys::ProcessInfo::InvalidPid)
        continue;
      child.late = elapsed.count() > seconds;
      if (child.late)
        kill(child.process.Pid, SIGKILL);
      // 0 looks, nothing waits.
      std::optional<unsigned> patience;
      if (!child.late)
        patience = 0;
      auto info = sys::Wait(child.process, patience, &child.message);
      child.ended = info.Pid == child.process.Pid;
      if (child.ended)
        child.process = info;
      all &= child.ended;
    }
    if (all)
      return;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(5000));
  }
}

static Expected<Profile> finish(const Child &child, const EmulatedRun &run) {
  std::string name = join(run.program, " ");
  std::string said = readEnd(child.logPath);
  if (!said.empty())
    said = ":\n" + said;
  if (child.late)
    return fail("emulated program '%s' was not done after %g seconds%s",
                name.c_str(), run.seconds, said.c_str());
  if (child.process.ReturnCode < 0)
    return fail("emulated program '%s' was ended: %s%s", name.c_str(),
                child.message.c_str(), said.c_str());
  if (child.process.ReturnCode > 0) {
    // QEMU loses its message about a program that is not there.
    auto program = MemoryBuffer::getFile(run.program.front());
    if (said.empty())
      said = program ? ", it wrote nothing"
                     : ": cannot read it: " + program.getError().message();
    return fail("emulated program '%s' has exit status %d%s", name.c_str(),
                child.process.ReturnCode, said.c_str());
  }
  auto text = MemoryBuffer::getFile(child.profilePath);
  if (!text || (*text)->getBuffer().empty())
    return make_error<MissingEmulator>(
        "'" + run.emulator.front() +
        "' has written no profile: it is no QEMU with plugins (interface 1, "
        "QEMU 4.2 to 8.2), or did not run '" +
        name + "' itself" + said);
  return parseProfile((*text)->getBuffer());
}

Expected<std::vector<Profile>> runEmulated(ArrayRef<EmulatedRun> runs,
                                           const HardwareModel &machine) {
  auto plugin = findPlugin();
  if (!plugin)
    return plugin.takeError();
  std::vector<Child> children(runs.size());
  scope_exit cleanup([&] {
    for (Child &child : children) {
      for (StringRef path : {child.profilePath.str(), child.logPath.str()})
        if (!path.empty())
          // Nothing is lost when it stays.
          (void)sys::fs::remove(path);
    }
  });
  Error error = Error::success();
  double seconds = 0;
  for (auto [run, child] : zip(runs, children)) {
    seconds = std::max(seconds, run.seconds);
    error = start(run, machine, *plugin, child);
    if (error)
      break;
  }
  wait(children, error ? 0 : seconds);
  if (error)
    return std::move(error);
  std::vector<Profile> profiles;
  for (auto [run, child] : zip(runs, children)) {
    auto profile = finish(child, run);
    if (!profile)
      return profile.takeError();
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

} // namespace tensorop
