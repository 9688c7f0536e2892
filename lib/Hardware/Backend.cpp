//===- Backend.cpp - What LLVM's backend has of a machine -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Hardware/Backend.h"
#include "Instructions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/RISCVISAInfo.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace tensorop {

static void initializeSubtargets() {
  static const bool once = [] {
    InitializeAllTargetInfos();
    InitializeAllTargetMCs();
    return true;
  }();
  (void)once;
}

/// Names of features in hardware files that are not LLVM's but words of plans.
/// A GPU has what older chips had, each of which is a feature of its own there.
static bool isWordOfPlans(const HardwareModel &model, StringRef feature) {
  if (!model.isGPU())
    return feature == "fma" && model.arch != Architecture::X86_64;
  return feature.starts_with("sm_") ||
         is_contained({"tma", "cp_async", "cluster", "dsmem", "wgmma"},
                      feature);
}

static Triple::ArchType getArch(const HardwareModel &model) {
  switch (model.arch) {
  case Architecture::X86_64:
    return Triple::x86_64;
  case Architecture::AArch64:
    return Triple::aarch64;
  case Architecture::RISCV64:
    return Triple::riscv64;
  case Architecture::NVPTX64:
    return Triple::nvptx64;
  }
  llvm_unreachable("all architectures are listed");
}

namespace {
/// The backend's view of one model, and the promises that it breaks.
class BackendCheck {
public:
  explicit BackendCheck(const HardwareModel &model) : model(model) {}
  Error run();

private:
  void report(const Twine &text) {
    errors = joinErrors(std::move(errors),
                        createStringError(model.name + ": " + text));
  }
  /// LLVM's feature; spelled with a dot, dash or underline, or without.
  const SubtargetFeatureKV *find(StringRef feature) const;
  bool has(StringRef feature) const;
  /// A feature that `needs` ("a b|c") asks for and the backend lacks, or
  /// nothing.
  std::string findMissing(StringRef needs) const;
  /// "neither the cpu 'x' nor the attributes 'y' give it: add +z ..."
  std::string explainMissing(StringRef feature) const;

  Error makeSubtarget();
  Error checkTriple(const Triple &triple);
  Error checkExtensions();
  Error checkAttributes(const MCSubtargetInfo &any);
  void checkFeatures();
  void checkVectors();
  void checkInstructions();

  const HardwareModel &model;
  std::unique_ptr<MCSubtargetInfo> subtarget;
  Error errors = Error::success();
};
} // namespace

const SubtargetFeatureKV *BackendCheck::find(StringRef feature) const {
  for (const SubtargetFeatureKV &one : subtarget->getAllProcessorFeatures())
    if (isSameFeature(one.Key, feature))
      return &one;
  return nullptr;
}

bool BackendCheck::has(StringRef feature) const {
  const SubtargetFeatureKV *known = find(feature);
  return known && subtarget->getFeatureBits().test(known->Value);
}

std::string BackendCheck::findMissing(StringRef needs) const {
  for (StringRef need : split(needs, ' ')) {
    auto choices = split(need, '|');
    if (!need.empty() &&
        none_of(choices, [&](StringRef choice) { return has(choice); }))
      return (*choices.begin()).str();
  }
  return "";
}

std::string BackendCheck::explainMissing(StringRef feature) const {
  return (model.cpu.empty()
              ? "the attributes '" + model.attributes + "' do not give it"
              : "neither the cpu '" + model.cpu + "' nor the attributes '" +
                    model.attributes + "' give it") +
         ": add +" + find(feature)->Key +
         " where the machine has it, or take the promise out";
}

/// Attributes that change how code is made rather than say what the machine
/// has. Entries and the functions that they call follow the usual rules, and
/// the backend ends the program where it cannot (an argument in a reserved
/// register).
static bool isRuleOfCode(StringRef attribute) {
  return any_of(ArrayRef<StringRef>{"reserve-", "call-saved-", "save-restore",
                                    "soft-float", "16bit-mode", "32bit-mode",
                                    "x32", "retpoline", "harden-sls-", "lvi-",
                                    "forced-atomics", "exact-asm"},
                [&](StringRef rule) { return attribute.starts_with(rule); });
}

/// The attributes as the backend reads them; it ignores what it does not know.
Error BackendCheck::checkAttributes(const MCSubtargetInfo &any) {
  Error unknown = Error::success();
  auto refuse = [&](const Twine &text) {
    unknown = joinErrors(std::move(unknown),
                         createStringError(model.name + ": " + text));
  };
  for (StringRef attribute : split(model.attributes, ',')) {
    if (model.attributes.empty())
      break;
    StringRef name = attribute;
    if (!name.consume_front("+") && !name.consume_front("-")) {
      refuse("attribute '" + attribute + "' must begin with + or -");
      continue;
    }
    if (attribute.front() == '+' && isRuleOfCode(name)) {
      refuse("attribute '" + attribute +
             "' is no feature of a machine but a rule for its code, which "
             "kernels do not follow: take it out");
      continue;
    }
    StringRef nearest;
    unsigned distance = 3;
    bool isKnown = false;
    for (const SubtargetFeatureKV &one : any.getAllProcessorFeatures()) {
      isKnown |= name == one.Key;
      unsigned edits = name.edit_distance(one.Key, true, distance);
      if (edits < distance) {
        distance = edits;
        nearest = one.Key;
      }
    }
    if (!isKnown)
      refuse("the backend of " + model.triple +
             " does not know the attribute '" + attribute + "'" +
             (nearest.empty() ? Twine()
                              : "; the nearest is '" + attribute.take_front() +
                                    nearest + "'"));
  }
  return unknown;
}

/// Kernels are objects of Linux with pointers of 64 bits.
Error BackendCheck::checkTriple(const Triple &triple) {
  if (model.isGPU())
    return Error::success();
  auto fail = [&](const Twine &what) {
    return createStringError(
        model.name + ": triple '" + model.triple + "' " + what + ", as in " +
        Triple::getArchTypeName(getArch(model)) + "-unknown-linux-gnu");
  };
  if (!triple.isOSLinux())
    return fail("is for the system '" + Triple::getOSTypeName(triple.getOS()) +
                "', kernels are made for linux");
  if (!triple.isOSBinFormatELF())
    return fail("asks for objects of the format " +
                Triple::getObjectFormatTypeName(triple.getObjectFormat()) +
                ", kernels are objects of the format elf");
  if (triple.isX32() || triple.getEnvironment() == Triple::GNUILP32)
    return fail("has pointers of 32 bits (" +
                Triple::getEnvironmentTypeName(triple.getEnvironment()) +
                "), kernels have pointers of 64");
  return Error::success();
}

/// Some extensions of RISC-V exclude others; the backend would end the program.
Error BackendCheck::checkExtensions() {
  if (model.arch != Architecture::RISCV64)
    return Error::success();
  if (has("e"))
    return createStringError(model.name + ": the cpu '" + model.cpu +
                             "' with the attributes '" + model.attributes +
                             "' has 16 registers of integers (e), " +
                             model.triple + " needs 32");
  std::vector<std::string> features;
  for (const SubtargetFeatureKV &one : subtarget->getEnabledProcessorFeatures())
    features.push_back(std::string("+") + one.Key);
  auto parsed = RISCVISAInfo::parseFeatures(64, features);
  if (parsed)
    return Error::success();
  return createStringError(model.name + ": the cpu '" + model.cpu +
                           "' with the attributes '" + model.attributes +
                           "' is no machine: " + toString(parsed.takeError()));
}

Error BackendCheck::makeSubtarget() {
  auto fail = [&](const Twine &text) {
    return createStringError(model.name + ": " + text);
  };
  if (StringRef(model.triple).count('-') < 2)
    return fail("triple must be <arch>-<vendor>-<system>, but is '" +
                model.triple + "'");
  Triple triple(model.triple);
  if (triple.getArch() != getArch(model))
    return fail("triple '" + model.triple + "' is for " +
                Triple::getArchTypeName(triple.getArch()) + ", arch is " +
                Triple::getArchTypeName(getArch(model)));
  if (Error error = checkTriple(triple))
    return error;
  initializeSubtargets();
  std::string why;
  const Target *backend = TargetRegistry::lookupTarget(triple, why);
  if (!backend)
    // untested: needs an LLVM without one of our architectures.
    return fail("no backend for the triple '" + model.triple + "': " + why);
  std::unique_ptr<MCSubtargetInfo> any(
      backend->createMCSubtargetInfo(triple, "", ""));
  if (!model.cpu.empty() && !any->isCPUStringValid(model.cpu))
    return fail("the backend of " + model.triple + " does not know the cpu '" +
                model.cpu + "'");
  if (Error error = checkAttributes(*any))
    return error;
  subtarget.reset(
      backend->createMCSubtargetInfo(triple, model.cpu, model.attributes));
  // Processors of 32 bits have names, too, and attributes can take the 64 away.
  bool isX86 = model.arch == Architecture::X86_64;
  if ((isX86 || model.arch == Architecture::RISCV64) &&
      (!has("64bit") || has("32bit") || (isX86 && !has("64bit-mode"))))
    return fail("the cpu '" + model.cpu + "' with the attributes '" +
                model.attributes + "' has no registers of 64 bits, which " +
                model.triple + " needs");
  return checkExtensions();
}

void BackendCheck::checkFeatures() {
  for (const std::string &feature : model.features) {
    if (isWordOfPlans(model, feature) || has(feature))
      continue;
    report(find(feature)
               ? "feature '" + feature + "': " + explainMissing(feature)
               : "feature '" + feature + "' is none that the backend of " +
                     model.triple + " knows");
  }
}

void BackendCheck::checkVectors() {
  if (model.arch == Architecture::X86_64) {
    StringRef needs = model.vectorBits >= 512   ? "avx512f"
                      : model.vectorBits >= 256 ? "avx"
                                                : "";
    if (std::string missing = findMissing(needs); !missing.empty())
      report("vector_bits is " + Twine(model.vectorBits) + ", which needs '" +
             missing + "', and " + explainMissing(missing));
  }
  if (model.arch != Architecture::RISCV64)
    return;
  // The backend takes zvlNb as a promise and computes with it.
  int64_t promised = 0;
  for (int64_t bits = 32; bits <= 65536; bits *= 2)
    if (has("zvl" + std::to_string(bits) + "b"))
      promised = bits;
  if (promised > model.vectorBits)
    report("vector_bits is " + Twine(model.vectorBits) + ", but the cpu '" +
           model.cpu + "' and the attributes '" + model.attributes +
           "' say zvl" + Twine(promised) + "b: vectors of " + Twine(promised) +
           " bits and more");
}

void BackendCheck::checkInstructions() {
  for (const InstructionClass &instruction : model.instructions)
    for (const auto &[input, accumulator] : instruction.types)
      for (const KnownInstruction &known : knownInstructions()) {
        if (known.arch != model.arch || known.name != instruction.name ||
            model.vectorBits < known.bits || !known.takes(input, accumulator))
          continue;
        std::string missing = findMissing(known.features);
        if (missing.empty())
          continue;
        report("instruction '" + instruction.name + "' of " +
               nameTypes(input, accumulator) + " needs '" + missing +
               "', and " + explainMissing(missing));
      }
}

Error BackendCheck::run() {
  if (Error error = makeSubtarget())
    return joinErrors(std::move(errors), std::move(error));
  checkFeatures();
  // Instructions would need the same feature once more each.
  if (errors)
    return std::move(errors);
  checkVectors();
  checkInstructions();
  return std::move(errors);
}

std::vector<std::string> listBackendFeatures(const HardwareModel &model) {
  initializeSubtargets();
  Triple triple(model.triple);
  std::string why;
  const Target *backend = TargetRegistry::lookupTarget(triple, why);
  std::unique_ptr<MCSubtargetInfo> subtarget(
      backend->createMCSubtargetInfo(triple, model.cpu, model.attributes));
  std::vector<std::string> names;
  for (const SubtargetFeatureKV &one : subtarget->getEnabledProcessorFeatures())
    names.push_back(one.Key);
  return names;
}

Error checkBackend(const HardwareModel &model) {
  return BackendCheck(model).run();
}

} // namespace tensorop
