//===- Check.cpp - Whether a kernel computes what its payload says --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Check.h"
#include "CheckContraction.h"
#include "Compare.h"
#include "TensorOp/Runtime/Generators.h"
#include "TensorOp/Runtime/Npy.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

static bool takesGeneratedInputs(const CheckOptions &options) {
  return options.inputs.empty() && options.expect.empty() &&
         options.argumentGenerators.empty();
}

/// Whether the reference would take too long; see CheckOptions.
static bool isTooLarge(const Manifest &manifest, const CheckOptions &options) {
  return canProject(manifest) && manifest.flops > options.fullCheckFlops &&
         takesGeneratedInputs(options);
}

/// Whether the bound of all orders is so wide that a sum could lack one of its
/// terms: k u times all of them is more than one.
static bool hidesTerms(const Bound &bound) {
  return bound.kind == Bound::Kind::Contraction &&
         double(bound.k) * double(bound.k) * getUnitRoundoff(bound.unit) > 1;
}

double runtime::getCheckBytes(const Manifest &manifest,
                              const CheckOptions &options) {
  double plain = 0, wide = 0;
  for (const Argument &argument : manifest.arguments) {
    double count = 1;
    for (int64_t extent : argument.shape)
      count *= double(extent);
    plain += count * double(getByteSize(argument.type));
    wide += count * double(getByteSize(isFloat(argument.type) ? ElementType::F64
                                                              : argument.type));
  }
  // The kernel is called twice on the same inputs (runKernel).
  auto workspace = double(manifest.workspaceBytes);
  double calls = 3 * plain + 2 * workspace;
  if (isTooLarge(manifest, options))
    return calls;
  // The frames that judge compares.
  bool contraction = manifest.bound.kind == Bound::Kind::Contraction;
  double judged = 2 * plain + workspace + wide + (contraction ? wide : plain);
  if (manifest.own && hidesTerms(manifest.bound))
    judged += plain;
  if (manifest.perturbed && !contraction)
    judged += 2 * wide;
  return std::max(calls, judged);
}

namespace {

using Clock = std::chrono::steady_clock;

double getSeconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

bool reads(const Argument &argument) { return argument.role != Role::Out; }
bool writes(const Argument &argument) { return argument.role != Role::In; }

/// What becomes of a float that is copied.
enum class Copy {
  Value,
  Absolute,
  /// Absolute, and 0 where it is not finite.
  FiniteAbsolute
};

/// One bundle with its options: makes inputs, calls entries, compares.
class Checker {
public:
  Checker(const Bundle &bundle, const CheckOptions &options)
      : bundle(bundle), manifest(bundle.getManifest()), options(options),
        decided(manifest.arguments.size()) {}

  Result<CheckResult> run();

private:
  bool isInput(size_t i) const { return reads(manifest.arguments[i]); }
  bool isOutput(size_t i) const { return writes(manifest.arguments[i]); }
  std::string describe(size_t i) const {
    return "argument '" + manifest.arguments[i].name + "'";
  }

  std::string getGenerator(size_t i, const std::string &pass) const;
  Status fillInputs(Frame &frame, const std::string &pass) const;
  Status runPass(const std::string &pass, bool writeOutputs);
  bool isTooLarge() const { return ::isTooLarge(manifest, options); }
  bool hidesTerms() const { return ::hidesTerms(manifest.bound); }
  Status runProjection();
  Status checkDecided() const;
  Status runKernel(const Frame &inputs, Frame &frame);
  Status judge(const Frame &inputs, const Frame &computed);
  Result<Frame> evaluate(const CheckEntry &entry, PackedFunction function,
                         const Frame &inputs, bool widen, Copy how,
                         std::optional<double> scale = std::nullopt);
  Status judgeFile(const Buffer &computed, Judgement judgement,
                   const std::string &path);
  void addDiagnostic(const std::string &text) {
    if (result.diagnostic.empty())
      result.diagnostic = text;
  }

  const Bundle &bundle;
  const Manifest &manifest;
  const CheckOptions &options;
  CheckResult result;
  /// Elements of each argument that were decided.
  std::vector<int64_t> decided;
};

/// Makes an element that nobody writes visible: NaN in floats, an odd pattern
/// in integers.
void poison(Buffer &buffer) {
  std::memset(buffer.data(), isFloat(buffer.getType()) ? 0xff : 0x55,
              buffer.getByteSize());
}

/// Copies values, widening floats; both have one shape.
void copyValues(const Buffer &from, Buffer &to, Copy how) {
  if (from.getType() == to.getType() && how == Copy::Value) {
    std::memcpy(to.data(), from.data(), to.getByteSize());
    return;
  }
  for (int64_t i = 0; i < to.getNumElements(); ++i) {
    double value = loadAsDouble(from.getType(), from.data(), i);
    if (how != Copy::Value)
      value = how == Copy::FiniteAbsolute && !std::isfinite(value)
                  ? 0
                  : std::fabs(value);
    if (isFloat(to.getType()))
      storeDouble(to.getType(), to.data(), i, value);
    else
      storeInt(to.getType(), to.data(), i,
               loadAsInt(from.getType(), from.data(), i));
  }
}

bool isFinite(const Buffer &buffer) {
  for (int64_t i = 0; isFloat(buffer.getType()) && i < buffer.getNumElements();
       ++i)
    if (!std::isfinite(loadAsDouble(buffer.getType(), buffer.data(), i)))
      return false;
  return true;
}

} // namespace

Status runtime::checkArguments(const Manifest &manifest,
                               const CheckOptions &options) {
  size_t inputs = 0, outputs = 0;
  for (const Argument &argument : manifest.arguments) {
    inputs += reads(argument);
    outputs += writes(argument);
  }
  auto checkCount = [&](const std::vector<std::string> &files, const char *what,
                        size_t count) {
    if (files.empty() || files.size() == count)
      return Status();
    return Status::failure("kernel '" + manifest.kernel + "' has " +
                           std::to_string(count) + " " + what + ", but " +
                           std::to_string(files.size()) + " files are given");
  };
  for (Status status : {checkCount(options.inputs, "inputs", inputs),
                        checkCount(options.expect, "outputs", outputs),
                        checkCount(options.outputs, "outputs", outputs)})
    if (!status.ok())
      return status;
  for (const auto &[name, generator] : options.argumentGenerators) {
    bool known = false;
    for (const Argument &argument : manifest.arguments)
      known |= argument.name == name;
    if (!known)
      return Status::failure("kernel '" + manifest.kernel +
                             "' has no argument '" + name +
                             "' for the generator '" + generator + "'");
  }
  return Status();
}

namespace {

std::string Checker::getGenerator(size_t i, const std::string &pass) const {
  const Argument &argument = manifest.arguments[i];
  auto found = options.argumentGenerators.find(argument.name);
  if (found != options.argumentGenerators.end())
    return found->second;
  // Integers with a generator of their own are indices or labels, which other
  // values would send out of bounds.
  if (pass.empty() || (!isFloat(argument.type) && !argument.generator.empty()))
    return argument.generator;
  return pass;
}

Status Checker::fillInputs(Frame &frame, const std::string &pass) const {
  size_t number = 0;
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    Buffer &buffer = frame.getBuffers()[i];
    if (!isInput(i)) {
      poison(buffer);
      continue;
    }
    size_t input = number++;
    if (options.inputs.empty()) {
      // Every argument has its own sequence.
      Status status = generate(getGenerator(i, pass),
                               options.seed * 1000003 + input, buffer);
      if (!status.ok())
        return Status::failure(describe(i) + ": " + status.message());
      continue;
    }
    Result<Buffer> file = readNpy(options.inputs[input]);
    if (!file.ok())
      return file.status();
    Status status = assign(*file, options.inputs[input], buffer, describe(i));
    if (!status.ok())
      return status;
  }
  return Status();
}

Status Checker::runKernel(const Frame &inputs, Frame &frame) {
  // Two calls whose workspaces hold different rubbish: a result that depends on
  // it, on an element that was not written, or on an earlier call, differs.
  Result<Frame> again = Frame::create(manifest, manifest.workspaceBytes, false);
  if (!again.ok())
    return again.status();
  unsigned char rubbish = 0xff;
  for (Frame *called : {&frame, &*again}) {
    called->fillWorkspace(rubbish);
    for (size_t i = 0; i < manifest.arguments.size(); ++i)
      copyValues(inputs.getBuffers()[i], called->getBuffers()[i], Copy::Value);
    Status status = called->prepack(bundle, rubbish);
    if (!status.ok())
      return status;
    rubbish = 0x3b;
    status = called->call(bundle.getKernel(), manifest.packedEntry, manifest);
    if (!status.ok())
      return status;
    Status guards = called->checkGuards(manifest);
    if (!guards.ok())
      addDiagnostic("the kernel wrote out of bounds: " + guards.message());
  }
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    const Buffer &first = frame.getBuffers()[i];
    const Buffer &other =
        isOutput(i) ? again->getBuffers()[i] : inputs.getBuffers()[i];
    if (std::memcmp(first.data(), other.data(), first.getByteSize()) == 0)
      continue;
    if (isOutput(i))
      addDiagnostic("two calls with the same inputs differ: " + describe(i) +
                    " (an element is not written, or the workspace is read "
                    "before it is written)");
    else
      addDiagnostic("the kernel changed its input: " + describe(i));
  }
  return Status();
}

Result<Frame> Checker::evaluate(const CheckEntry &entry,
                                PackedFunction function, const Frame &inputs,
                                bool widen, Copy how,
                                std::optional<double> scale) {
  Result<Frame> frame =
      Frame::create(manifest, entry.workspaceBytes, widen, scale);
  if (!frame.ok())
    return frame;
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    Buffer &buffer = frame->getBuffers()[i];
    if (isInput(i))
      copyValues(inputs.getBuffers()[i], buffer, how);
    else
      poison(buffer);
  }
  Clock::time_point begin = Clock::now();
  Status status = frame->call(function, entry.entry, manifest);
  result.referenceSeconds += getSeconds(begin);
  if (!status.ok())
    return status;
  status = frame->checkGuards(manifest);
  if (!status.ok())
    return Status::failure("entry '" + entry.entry +
                           "' wrote out of bounds: " + status.message());
  return frame;
}

Status Checker::judgeFile(const Buffer &computed, Judgement judgement,
                          const std::string &path) {
  Result<Buffer> file = readNpy(path);
  if (!file.ok())
    return file.status();
  if (file->getShape() != computed.getShape())
    return Status::failure(path + ": shape " + formatShape(file->getShape()) +
                           " does not fit argument '" + judgement.argument +
                           "' of shape " + formatShape(computed.getShape()));
  if (isFloat(file->getType()) != isFloat(computed.getType()))
    return Status::failure(
        path + ": type " + std::string(getName(file->getType())) +
        " does not fit argument '" + judgement.argument + "' of type " +
        std::string(getName(computed.getType())));
  judgement.values = &*file;
  judgement.slack = 2;
  judgement.absolute = options.expectTolerance;
  judgement.against = path;
  compare(computed, judgement, result);
  return Status();
}

Status Checker::judge(const Frame &inputs, const Frame &computed) {
  Result<Frame> reference =
      evaluate(*manifest.reference, bundle.getReference(), inputs,
               /*widen=*/true, Copy::Value);
  if (!reference.ok())
    return reference.status();
  bool contraction = manifest.bound.kind == Bound::Kind::Contraction;
  const auto &entry = contraction ? manifest.magnitude : manifest.own;
  PackedFunction function =
      contraction ? bundle.getMagnitude() : bundle.getOwn();
  Result<Frame> second =
      evaluate(*entry, function, inputs, /*widen=*/contraction,
               contraction ? Copy::Absolute : Copy::Value);
  if (!second.ok())
    return second.status();
  std::optional<Frame> finite, own;
  bool isAllFinite = true;
  for (size_t i = 0; i < manifest.arguments.size(); ++i)
    isAllFinite &= !isInput(i) || isFinite(inputs.getBuffers()[i]);
  auto add = [&](std::optional<Frame> &frame, Result<Frame> made) {
    if (made.ok())
      frame = std::move(*made);
    return made.status();
  };
  if (contraction && !isAllFinite)
    if (Status status =
            add(finite, evaluate(*entry, function, inputs, /*widen=*/true,
                                 Copy::FiniteAbsolute));
        !status.ok())
      return status;
  if (hidesTerms() && manifest.own)
    if (Status status =
            add(own, evaluate(*manifest.own, bundle.getOwn(), inputs,
                              /*widen=*/false, Copy::Value));
        !status.ok())
      return status;
  std::vector<Frame> perturbed;
  if (manifest.perturbed && !contraction)
    for (double scale : {1.0, -1.0}) {
      Result<Frame> moved =
          evaluate(*manifest.perturbed, bundle.getPerturbed(), inputs,
                   /*widen=*/true, Copy::Value, scale);
      if (!moved.ok())
        return moved.status();
      perturbed.push_back(std::move(*moved));
    }
  size_t number = 0;
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    if (!isOutput(i))
      continue;
    const Buffer *scale = &second->getBuffers()[i];
    Judgement judgement;
    judgement.reference = &reference->getBuffers()[i];
    (contraction ? judgement.magnitude : judgement.own) = scale;
    if (finite)
      judgement.finiteMagnitude = &finite->getBuffers()[i];
    if (own)
      judgement.own = &own->getBuffers()[i];
    for (const Frame &moved : perturbed)
      judgement.perturbed.push_back(&moved.getBuffers()[i]);
    judgement.bound = manifest.bound;
    judgement.accumulates = isInput(i);
    judgement.argument = manifest.arguments[i].name;
    judgement.against = "reference";
    const Buffer &buffer = computed.getBuffers()[i];
    int64_t before = result.decidedElements;
    compare(buffer, judgement, result);
    decided[i] += result.decidedElements - before;
    size_t output = number++;
    if (!options.expect.empty()) {
      Status status = judgeFile(buffer, judgement, options.expect[output]);
      if (!status.ok())
        return status;
    }
  }
  return Status();
}

Status Checker::runPass(const std::string &pass, bool writeOutputs) {
  Result<Frame> inputs = Frame::create(manifest, 0, false);
  if (!inputs.ok())
    return inputs.status();
  Status status = fillInputs(*inputs, pass);
  if (!status.ok())
    return status;
  Result<Frame> frame = Frame::create(manifest, manifest.workspaceBytes, false);
  if (!frame.ok())
    return frame.status();
  status = runKernel(*inputs, *frame);
  if (!status.ok())
    return status;
  size_t number = 0;
  for (size_t i = 0; writeOutputs && i < manifest.arguments.size(); ++i) {
    if (!isOutput(i) || !status.ok())
      continue;
    status = writeNpy(options.outputs[number++], frame->getBuffers()[i]);
  }
  if (!status.ok())
    return status;
  if (isTooLarge()) {
    constexpr int64_t rows = 64;
    return checkRows(manifest, *inputs, *frame, rows, options.seed, result);
  }
  return judge(*inputs, *frame);
}

/// One pass on whole numbers, whose result every element must have exactly.
Status Checker::runProjection() {
  Result<Frame> inputs = Frame::create(manifest, 0, false);
  Result<Frame> frame = Frame::create(manifest, manifest.workspaceBytes, false);
  for (const Result<Frame> *created : {&inputs, &frame})
    if (!created->ok())
      return created->status();
  std::string range = std::to_string(projectionInput);
  Status status = fillInputs(*inputs, "integers(-" + range + "," + range + ")");
  if (status.ok())
    status = runKernel(*inputs, *frame);
  if (!status.ok())
    return status;
  size_t c = size_t(manifest.contraction->c);
  result.argument = manifest.arguments[c].name;
  decided[c] += inputs->getBuffers()[c].getNumElements();
  checkProjection(manifest, *inputs, *frame, options.seed, result);
  return Status();
}

/// A check that no wrong value could have failed is none.
Status Checker::checkDecided() const {
  std::string generators;
  for (const std::string &name : result.generators)
    generators += (generators.empty() ? "" : ", ") + name;
  for (size_t i = 0; i < manifest.arguments.size(); ++i)
    if (isOutput(i) && decided[i] == 0 &&
        getNumElements(manifest.arguments[i].shape) > 0)
      return Status::failure(
          "kernel '" + manifest.kernel + "' could not be checked: on inputs " +
          generators + ", no element of " + describe(i) +
          " has a finite reference and a bound that a wrong value would "
          "exceed; other inputs (--generators) may decide");
  return Status();
}

Result<CheckResult> Checker::run() {
  Status status = checkArguments(manifest, options);
  if (status.ok() && !manifest.reference)
    status = Status::failure("kernel '" + manifest.kernel +
                             "' cannot be checked: its bundle has no "
                             "reference entry");
  std::vector<std::string> passes = options.generators;
  if (passes.empty() || !options.inputs.empty())
    passes = {""};
  if (status.ok() && isTooLarge()) {
    result.method = "projection";
    Clock::time_point begin = Clock::now();
    status = runProjection();
    result.referenceSeconds += getSeconds(begin);
  } else if (status.ok() && hidesTerms() && canProject(manifest) &&
             takesGeneratedInputs(options)) {
    // Exact sums show each term.
    status = runProjection();
  }
  for (size_t p = 0; p < passes.size() && status.ok(); ++p) {
    result.generators.push_back(!options.inputs.empty() ? "files"
                                : passes[p].empty()     ? "default"
                                                        : passes[p]);
    int64_t before = result.decidedElements, compared = result.elements;
    status = runPass(passes[p], p == 0 && !options.outputs.empty());
    if (result.decidedElements == before && result.elements > compared)
      result.idleGenerators.push_back(result.generators.back());
  }
  if (!status.ok())
    return status;
  if (result.wrongElements > 0) {
    std::ostringstream text;
    text << result.wrongElements << " of " << result.elements
         << " elements are wrong; the worst is " << result.argument << "[";
    for (size_t d = 0; d < result.index.size(); ++d)
      text << (d ? ", " : "") << result.index[d];
    text.precision(9);
    text << "]: computed " << result.computed << ", " << result.against << " "
         << result.expected << ", error " << result.maxError << ", bound "
         << result.errorBound;
    addDiagnostic(text.str());
  }
  result.correct = result.diagnostic.empty();
  // Files say what is right, also where it is not finite.
  if (result.correct && options.expect.empty())
    status = checkDecided();
  if (!status.ok())
    return status;
  return result;
}

} // namespace

Result<CheckResult> runtime::checkBundle(const Bundle &bundle,
                                         const CheckOptions &options) {
  return Checker(bundle, options).run();
}
