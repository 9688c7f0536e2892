//===- Versions.cpp - One kernel for every vector length ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Versions.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/Target/CPU/Dispatch.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Module.h"

using namespace mlir;
using namespace tensorop;

/// Machines with longer vectors run code for this length: there are too few of
/// them to be worth more code in each object.
static constexpr int64_t longestVersion = 1024;

std::vector<int64_t> tensorop::versionLengths(const HardwareModel &hardware) {
  std::vector<int64_t> lengths{hardware.vectorBits};
  int64_t longest = std::min(hardware.vectorBitsMax, longestVersion);
  while (2 * lengths.back() <= longest)
    lengths.push_back(2 * lengths.back());
  return lengths;
}

/// How messages begin that are about one length only.
static std::string nameLength(int64_t bits) {
  return "vectors of " + std::to_string(bits) + " bits";
}

std::vector<std::string> tensorop::describePlans(const CompileResult &result) {
  auto describe = [](const std::string &name, const std::string &reason) {
    return name.empty() ? "none, plain loops" : name + " (" + reason + ")";
  };
  if (result.versions.empty())
    return {describe(result.planName, result.planReason)};
  std::vector<std::string> lines;
  for (const VersionReport &version : result.versions)
    lines.push_back(describe(version.planName, version.planReason) + " for " +
                    nameLength(version.bits));
  lines.back() += " and more";
  return lines;
}

namespace {
/// A message and its notes.
using MessageGroup = std::vector<Message>;
} // namespace

static std::vector<MessageGroup> groupNotes(ArrayRef<Message> messages) {
  std::vector<MessageGroup> groups;
  for (const Message &message : messages) {
    if (message.severity != "note" || groups.empty())
      groups.emplace_back();
    groups.back().push_back(message);
  }
  return groups;
}

static bool areSame(const MessageGroup &a, const MessageGroup &b) {
  return llvm::equal(a, b, [](const Message &one, const Message &other) {
    return toString(one) == toString(other);
  });
}

static bool areSame(const std::string &a, const std::string &b) {
  return a == b;
}

static void addLength(int64_t bits, MessageGroup &group) {
  group.front().text = nameLength(bits) + ": " + group.front().text;
}

static void addLength(int64_t bits, std::string &line) {
  line = nameLength(bits) + ": " + line;
}

/// What all lengths have in common once, the rest with its length.
template <typename T>
static std::vector<T>
mergeLengths(ArrayRef<std::pair<int64_t, std::vector<T>>> lists) {
  auto isIn = [](const T &item, const std::vector<T> &list) {
    return llvm::any_of(list,
                        [&](const T &other) { return areSame(item, other); });
  };
  std::vector<T> merged;
  for (const auto &[bits, list] : lists)
    for (const T &item : list) {
      bool isCommon = llvm::all_of(
          lists, [&](const auto &other) { return isIn(item, other.second); });
      if (isCommon && isIn(item, merged))
        continue;
      merged.push_back(item);
      if (!isCommon)
        addLength(bits, merged.back());
    }
  return merged;
}

LogicalResult Versions::error(const Twine &text) {
  result.messages.push_back({"error", "", text.str()});
  return failure();
}

/// A compilation for vectors of `bits`, after the payload was read.
FailureOr<std::unique_ptr<Compilation>> Versions::start(int64_t bits) {
  llvm::Expected<const Machine *> version =
      machines.getForLength(request.target, bits);
  if (!version)
    return error(llvm::toString(version.takeError()));
  CompileRequest one = request;
  one.target = targetOfLength(request.target, bits);
  auto compilation = std::make_unique<Compilation>(one, **version, context);
  // Was read before: nothing is wrong with it.
  if (succeeded(compilation->read()))
    return compilation;
  result = std::move(compilation->getResult());
  return failure();
}

LogicalResult Versions::lower(Compiler::AcceptFn accept) {
  auto whole = std::make_unique<Compilation>(request, machine, context);
  LogicalResult done = whole->read();
  if (succeeded(done) && machine.hardware.isLengthAgnostic() &&
      whole->wantsPlans())
    return lowerEach(accept);
  if (succeeded(done))
    done = whole->lower(accept);
  result = whole->getResult();
  if (succeeded(done))
    // Added up with what follows.
    result.seconds.clear();
  made.push_back({0, std::move(whole)});
  return done;
}

LogicalResult Versions::lowerEach(Compiler::AcceptFn accept) {
  std::vector<int64_t> lengths = versionLengths(machine.hardware);
  std::vector<std::pair<int64_t, CompileResult>> refused;
  std::vector<int64_t> unplanned;
  for (int64_t bits : lengths) {
    FailureOr<std::unique_ptr<Compilation>> one = start(bits);
    if (failed(one))
      return failure();
    LogicalResult done = (*one)->lower(accept);
    CompileResult &report = (*one)->getResult();
    if (failed(done) && !(*one)->isPlanAtFault()) {
      result = std::move(report);
      return failure();
    }
    if (failed(done))
      refused.emplace_back(bits, std::move(report));
    else if (bits == lengths.front() || !report.planName.empty())
      made.push_back({bits, std::move(*one)});
    else
      unplanned.push_back(bits);
  }
  if (made.empty() && unplanned.empty()) {
    std::vector<std::pair<int64_t, std::vector<MessageGroup>>> groups;
    for (const auto &[bits, report] : refused)
      groups.emplace_back(bits, groupNotes(report.messages));
    result = std::move(refused.front().second);
    result.messages.clear();
    for (const MessageGroup &group : mergeLengths<MessageGroup>(groups))
      llvm::append_range(result.messages, group);
    return failure();
  }
  if (made.empty() || made.front().bits != lengths.front()) {
    FailureOr<std::unique_ptr<Compilation>> plain = start(lengths.front());
    if (failed(plain))
      return failure();
    (*plain)->dropPlans();
    if (failed((*plain)->lower(accept))) {
      result = std::move((*plain)->getResult());
      return failure();
    }
    made.insert(made.begin(), {lengths.front(), std::move(*plain)});
  }
  merge();
  reportMissing(refused, unplanned);
  return unifyPacked();
}

/// One result of those of the versions.
void Versions::merge() {
  std::vector<std::pair<int64_t, std::vector<MessageGroup>>> messages;
  std::vector<std::pair<int64_t, std::vector<std::string>>> rooflines;
  CompileResult &first = made.front().compilation->getResult();
  result.kernel = first.kernel;
  result.contractions = first.contractions;
  for (const Version &version : made) {
    const CompileResult &one = version.compilation->getResult();
    messages.emplace_back(version.bits, groupNotes(one.messages));
    rooflines.emplace_back(version.bits, one.rooflines);
    if (made.size() > 1)
      result.versions.push_back({version.bits, one.planName, one.planReason});
    if (result.planName.empty()) {
      result.planName = one.planName;
      result.planReason = one.planReason;
    }
    for (const std::string &kernel : one.proposed)
      if (!llvm::is_contained(result.proposed, kernel))
        result.proposed.push_back(kernel);
    for (const ContractionReport &report : one.contractions) {
      bool isKnown =
          llvm::any_of(first.contractions, [&](const ContractionReport &other) {
            return toString(report) == toString(other);
          });
      if (!isKnown)
        messages.back().second.push_back(
            {{"remark", "", "contraction " + toString(report)}});
    }
  }
  for (const MessageGroup &group : mergeLengths<MessageGroup>(messages))
    llvm::append_range(result.messages, group);
  result.rooflines = mergeLengths<std::string>(rooflines);
}

/// Says what runs where a length has no version.
void Versions::reportMissing(
    ArrayRef<std::pair<int64_t, CompileResult>> refused,
    ArrayRef<int64_t> unplanned) {
  auto instead = [&](int64_t bits) {
    const Version *shorter = &made.front();
    for (const Version &version : made)
      if (version.bits <= bits)
        shorter = &version;
    return nameLength(bits) + " run " +
           (shorter->compilation->getResult().planName.empty()
                ? "plain loops"
                : "the code for " + std::to_string(shorter->bits) + " bits");
  };
  bool isPlanned = !result.planName.empty();
  for (const auto &[bits, report] : refused)
    for (const Message &message : report.messages)
      if (message.severity == "error")
        result.messages.push_back(
            {"warning", message.location, instead(bits) + ": " + message.text});
  for (int64_t bits : unplanned)
    if (isPlanned)
      result.messages.push_back(
          {"remark", "", instead(bits) + ": no plan fits them"});
}

/// Callers have one array for all versions: it has room for the largest.
LogicalResult Versions::unifyPacked() {
  Compilation &first = *made.front().compilation;
  for (const Version &version : ArrayRef(made).drop_front())
    if (version.compilation->getPackedArguments() != first.getPackedArguments())
      return error("'" + result.kernel +
                   "' takes other arguments packed with " +
                   nameLength(version.bits) + " than with " +
                   nameLength(made.front().bits) +
                   ": callers could not know; a target with a vector length "
                   "has one of them");
  int64_t count = first.getPackedArguments().size();
  for (int64_t i = 0; i < count; ++i) {
    int64_t bytes = 0;
    for (const Version &version : made)
      bytes = std::max(bytes, version.compilation->getPackedBytes(i));
    for (const Version &version : made)
      version.compilation->setPackedBytes(i, bytes);
  }
  return success();
}

PlanReport Versions::getPlanReport() const {
  PlanReport all;
  for (const Version &version : made)
    llvm::append_range(all.applied,
                       version.compilation->getPlanReport().applied);
  return all;
}

FailureOr<KernelCode> Versions::makeCode(llvm::LLVMContext &llvmContext) {
  std::vector<CodeVersion> versions;
  KernelCode all;
  for (const Version &version : made) {
    Compilation &compilation = *version.compilation;
    const CompileResult &one = compilation.getResult();
    size_t known = one.messages.size();
    FailureOr<KernelCode> code = compilation.makeCode(llvmContext);
    llvm::append_range(result.messages,
                       ArrayRef(one.messages).drop_front(known));
    Stopwatch watch(result);
    for (const auto &[part, seconds] : one.seconds)
      watch.add(part, seconds);
    if (failed(code))
      return failure();
    if (made.size() == 1)
      return code;
    versions.push_back({unsigned(version.bits), std::move(code->module)});
    add(version.bits, std::move(*code), all);
  }
  all.manifest.planName = result.planName;
  int64_t unit = machine.hardware.scalableUnitBits();
  llvm::Expected<std::unique_ptr<llvm::Module>> linked =
      linkVersions(std::move(versions), unsigned(unit), *machine.codegen);
  if (!linked)
    return error(llvm::toString(linked.takeError()));
  all.module = std::move(*linked);
  return all;
}

/// Adds what is said of the code of a version to what is said of all.
void Versions::add(int64_t bits, KernelCode code, KernelCode &all) {
  runtime::VersionOfLength version{bits, code.manifest.planName,
                                   code.manifest.planText};
  std::string heading = "// " + nameLength(bits) + "\n";
  if (bits == made.front().bits) {
    all.manifest = std::move(code.manifest);
    all.manifest.planText.clear();
  } else {
    runtime::Manifest &sum = all.manifest;
    sum.workspaceBytes =
        std::max(sum.workspaceBytes, code.manifest.workspaceBytes);
    sum.threads = std::max(sum.threads, code.manifest.threads);
    heading = "\n// -----\n\n" + heading;
  }
  all.manifest.versions.push_back(std::move(version));
  all.isParallel |= code.isParallel;
  if (code.mlir)
    all.mlir = all.mlir.value_or("") + heading + *code.mlir;
}
