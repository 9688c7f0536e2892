//===- Catalogue.cpp - Finds machines by name -----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/Catalogue.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace tensorop {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

/// An address inside this program, for getMainExecutable.
static int anchor;

std::string hardwareDataDirectory() {
  if (auto folder = sys::Process::GetEnv("TENSOROP_DATA_DIR")) {
    SmallString<256> path(*folder);
    sys::path::append(path, "hardware");
    return path.str().str();
  }
  // An installed tool finds its data beside itself, wherever it was moved.
  std::string program = sys::fs::getMainExecutable("tensorop", &anchor);
  if (!program.empty()) {
    SmallString<256> path(
        sys::path::parent_path(sys::path::parent_path(program)));
    sys::path::append(path, "share", "tensorop", "hardware");
    if (sys::fs::is_directory(path))
      return path.str().str();
    // So does one in a build folder of a checkout.
    path = sys::path::parent_path(
        sys::path::parent_path(sys::path::parent_path(program)));
    sys::path::append(path, "data", "hardware");
    if (sys::fs::is_directory(path))
      return path.str().str();
  }
  for (const char *folder : {TENSOROP_SOURCE_DATA, TENSOROP_INSTALLED_DATA}) {
    SmallString<256> path(folder);
    sys::path::append(path, "hardware");
    if (sys::fs::is_directory(path))
      return path.str().str();
  }
  return std::string();
}

std::vector<std::string> knownMachines() {
  std::vector<std::string> names;
  std::error_code error;
  std::string folder = hardwareDataDirectory();
  if (folder.empty())
    return names;
  for (sys::fs::directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error))
    if (sys::path::extension(it->path()) == ".json")
      names.push_back(sys::path::stem(it->path()).str());
  llvm::sort(names);
  return names;
}

static Expected<HardwareModel> readFile(const Twine &path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return fail("cannot read hardware file '%s': %s", path.str().c_str(),
                file.getError().message().c_str());
  auto model = parseHardwareModel((*file)->getBuffer());
  if (!model)
    return fail("%s: %s", path.str().c_str(),
                toString(model.takeError()).c_str());
  return model;
}

/// Calls `visit` with each machine of the catalogue that can be read, by name.
static void forEachMachine(
    function_ref<void(const std::string &, const HardwareModel &)> visit) {
  for (const std::string &name : knownMachines()) {
    SmallString<256> path(hardwareDataDirectory());
    sys::path::append(path, name + ".json");
    if (auto model = readFile(path))
      visit(name, *model);
    else
      consumeError(model.takeError());
  }
}

std::string listTargets() {
  std::string made = "native", planned = "nvptx[:sm_XX]";
  forEachMachine([&](const std::string &name, const HardwareModel &model) {
    // The families below stand for themselves.
    if (is_contained({"rvv", "neon", "sve"}, name))
      return;
    (makesCodeFor(model.arch) ? made : planned) += ", " + name;
  });
  return "code is made for " + made +
         ", rvv[:vlen=N][:cpu=NAME], neon[:cpu=NAME], sve[:vlen=N][:cpu=NAME] "
         "and the "
         "machine of a hardware file (a path that ends in .json); planned, for "
         "now plans are only verified: " +
         planned;
}

bool lowersInstruction(const HardwareModel &machine,
                       const InstructionClass &instruction) {
  if (instruction.isMatrix())
    return false;
  // Multiplied and added element by element: any backend does that.
  if (instruction.group == 1)
    return true;
  // Several products in each lane: Target/ looks for these.
  switch (machine.arch) {
  case Architecture::X86_64:
    return is_contained({"vnni", "pmaddwd", "dpbf16"}, instruction.name);
  case Architecture::AArch64:
    // SVE has the first two itself.
    if (instruction.name == "usdot")
      return machine.hasFeature("i8mm");
    return is_contained({"sdot", "udot"}, instruction.name) &&
           (machine.hasFeature("dotprod") || machine.scalable);
  case Architecture::RISCV64:
  case Architecture::NVPTX64:
    return false;
  }
  llvm_unreachable("all architectures are listed");
}

std::vector<std::string> knownFeatures() {
  std::vector<std::string> features;
  forEachMachine([&](const std::string &, const HardwareModel &model) {
    features.insert(features.end(), model.features.begin(),
                    model.features.end());
  });
  llvm::sort(features);
  features.erase(llvm::unique(features), features.end());
  return features;
}

static Expected<HardwareModel> readKnown(StringRef name) {
  if (!is_contained(knownMachines(), name))
    return fail("unknown target '%s'; %s", name.str().c_str(),
                listTargets().c_str());
  SmallString<256> path(hardwareDataDirectory());
  sys::path::append(path, name + ".json");
  return readFile(path);
}

/// The number of a `vlen=` option.
static Expected<int64_t> parseLength(StringRef target, StringRef text) {
  int64_t bits;
  if (text.getAsInteger(10, bits) || bits < 64 || bits > 65536 ||
      (bits & (bits - 1)))
    return fail("target '%s': vlen is '%s', must be a power of two between 64 "
                "and 65536",
                target.str().c_str(), text.str().c_str());
  return bits;
}

/// The machine `name` with vectors of one length, which its code may use.
static Error setLength(StringRef target, StringRef name, int64_t bits,
                       HardwareModel &model) {
  if (bits < model.vectorBits || bits > model.vectorBitsMax)
    return fail("target '%s': vlen is %lld, '%s' has %lld to %lld",
                target.str().c_str(), (long long)bits, name.str().c_str(),
                (long long)model.vectorBits, (long long)model.vectorBitsMax);
  model.vectorBits = model.vectorBitsMax = bits;
  model.name = target.str();
  if (model.arch == Architecture::RISCV64)
    model.attributes += (model.attributes.empty() ? "+zvl" : ",+zvl") +
                        std::to_string(bits) + "b";
  return Error::success();
}

/// Whether `machine` is one of those that `family` stands for.
static bool isOfFamily(StringRef family, const HardwareModel &machine) {
  if (family == "rvv")
    return machine.arch == Architecture::RISCV64 && machine.scalable;
  if (family == "neon")
    return machine.hasFeature("neon") && !machine.scalable;
  return family == "sve" ? machine.hasFeature("sve") && machine.scalable
                         : machine.isGPU();
}

/// The machine `name` of a family; a processor with two kinds of vectors has an
/// entry for each, under one name of LLVM's.
static Expected<HardwareModel> readOfFamily(StringRef target, StringRef family,
                                            StringRef name) {
  auto model = readKnown(name);
  if (!model || isOfFamily(family, *model))
    return model;
  std::optional<HardwareModel> other;
  forEachMachine([&](const std::string &, const HardwareModel &one) {
    if (!model->cpu.empty() && one.cpu == model->cpu && isOfFamily(family, one))
      other = one;
  });
  if (other)
    return std::move(*other);
  return fail("target '%s': '%s' is no %s machine", target.str().c_str(),
              name.str().c_str(), family.str().c_str());
}

/// `rvv:vlen=256:cpu=x`: family and options.
static Expected<HardwareModel> resolveFamily(StringRef target, StringRef family,
                                             ArrayRef<StringRef> options) {
  std::string machine = family == "nvptx" ? "sm_90a" : family.str();
  std::optional<int64_t> vlen;
  StringSet<> given;
  for (StringRef option : options) {
    auto [key, value] = option.split('=');
    bool isChip = family == "nvptx" && value.empty() && key.starts_with("sm_");
    if (!given.insert(isChip ? "sm_" : key).second)
      return fail("target '%s': '%s' is given twice", target.str().c_str(),
                  isChip ? "sm_" : key.str().c_str());
    if (key == "cpu" && family != "nvptx" && !value.empty()) {
      machine = value.str();
    } else if (key == "vlen" && (family == "rvv" || family == "sve")) {
      Expected<int64_t> bits = parseLength(target, value);
      if (!bits)
        return bits.takeError();
      vlen = *bits;
    } else if (key == "vlen" && family == "neon") {
      return fail("target '%s': NEON's vectors have 128 bits, vlen is of rvv "
                  "and sve (sve:%s)",
                  target.str().c_str(), option.str().c_str());
    } else if (isChip) {
      machine = key.str();
    } else {
      return fail("target '%s': unknown option '%s'; %s", target.str().c_str(),
                  option.str().c_str(), listTargets().c_str());
    }
  }
  auto model = readOfFamily(target, family, machine);
  if (model && vlen)
    if (Error error = setLength(target, machine, *vlen, *model))
      return std::move(error);
  return model;
}

/// A machine of a file or of the catalogue, by `read`, perhaps with a length.
static Expected<HardwareModel>
resolveMachine(StringRef target,
               function_ref<Expected<HardwareModel>(StringRef)> read) {
  auto [name, length] = target.split(":vlen=");
  if (length.contains(":vlen="))
    return fail("target '%s': '%s' is given twice", target.str().c_str(),
                "vlen");
  auto model = read(name);
  if (!model || name.size() == target.size())
    return model;
  Expected<int64_t> bits = parseLength(target, length);
  if (!bits)
    return bits.takeError();
  if (Error error = setLength(target, name, *bits, *model))
    return std::move(error);
  return model;
}

std::string targetOfLength(StringRef target, int64_t bits) {
  return target.str() + ":vlen=" + std::to_string(bits);
}

Expected<HardwareModel> resolveTarget(StringRef target) {
  if (sys::path::extension(target.split(":vlen=").first) == ".json")
    return resolveMachine(target,
                          [](StringRef path) { return readFile(path); });
  // Without it, names are unknown and this machine's pipelines a guess.
  if (knownMachines().empty())
    return fail("target '%s': there are no hardware files in '%s'; "
                "TENSOROP_DATA_DIR names the folder that has 'hardware' (data "
                "of a checkout, share/tensorop of an installation)",
                target.str().c_str(), hardwareDataDirectory().c_str());
  if (target == "native")
    return probeNative();
  SmallVector<StringRef> parts;
  target.split(parts, ':');
  if (is_contained({"rvv", "neon", "sve", "nvptx"}, parts[0]))
    return resolveFamily(target, parts[0], ArrayRef(parts).drop_front());
  return resolveMachine(target, readKnown);
}

} // namespace tensorop
