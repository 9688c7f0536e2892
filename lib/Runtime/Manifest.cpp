//===- Manifest.cpp - Rules that every manifest keeps ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Support/Limits.h"
#include <algorithm>
#include <set>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

const char *runtime::getName(Role role) {
  switch (role) {
  case Role::In:
    return "in";
  case Role::Out:
    return "out";
  case Role::InOut:
    return "inout";
  }
  TENSOROP_CHECK(false, "all roles have a name");
}

namespace {

constexpr int64_t maxBytes = tensorop::maxArrayBytes;

bool isIdentifier(const std::string &text) {
  auto isLetter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  if (text.empty() || !isLetter(text[0]))
    return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return isLetter(c) || (c >= '0' && c <= '9');
  });
}

bool isPowerOfTwo(int64_t value) {
  return value > 0 && (value & (value - 1)) == 0;
}

/// Collects the first violated rule; all rules read as "field: must ...".
class Rules {
public:
  explicit Rules(const Manifest &manifest) : manifest(manifest) {}

  Status check() {
    checkNames();
    checkVectorBits();
    checkArguments();
    checkSizes();
    checkPrepacked();
    checkEntries();
    checkGemm();
    checkContraction();
    return failure.empty() ? Status() : Status::failure(failure);
  }

private:
  void require(bool holds, const std::string &field, const std::string &rule,
               const std::string &value) {
    if (!holds && failure.empty())
      failure = "field '" + field + "' " + rule + ", but is " + value;
  }
  void require(bool holds, const std::string &field, const std::string &rule,
               int64_t value) {
    require(holds, field, rule, std::to_string(value));
  }
  void requireIdentifier(const std::string &field, const std::string &value) {
    require(isIdentifier(value), field, "must be a C identifier",
            "'" + value + "'");
  }
  void requireFileName(const std::string &field, const std::string &value) {
    require(!value.empty() && value.find('/') == std::string::npos &&
                value != "." && value != "..",
            field, "must be the name of a file in the bundle",
            "'" + value + "'");
  }

  void checkNames() {
    requireIdentifier("kernel", manifest.kernel);
    requireIdentifier("packed_entry", manifest.packedEntry);
    requireFileName("files.object.name", manifest.object);
    if (!manifest.relocatable.empty())
      requireFileName("files.relocatable.name", manifest.relocatable);
    if (!manifest.header.empty())
      requireFileName("files.header.name", manifest.header);
    require(std::count(manifest.triple.begin(), manifest.triple.end(), '-') >=
                2,
            "triple", "must be <arch>-<vendor>-<system>",
            "'" + manifest.triple + "'");
  }

  void checkVectorBits() {
    require(manifest.vectorBits || manifest.versions.empty(), "versions",
            "must be absent without vector_bits",
            "an array of " + std::to_string(manifest.versions.size()));
    if (!manifest.vectorBits)
      return;
    auto [min, max] = *manifest.vectorBits;
    require(min >= 1, "vector_bits.min", "must be at least 1", min);
    require(max >= min, "vector_bits.max",
            "must be at least vector_bits.min, " + std::to_string(min), max);
    int64_t last = 0;
    for (size_t i = 0; i < manifest.versions.size(); ++i) {
      int64_t bits = manifest.versions[i].bits;
      require(i == 0 ? bits == min : bits > last && bits <= max,
              "versions[" + std::to_string(i) + "].vector_bits",
              i == 0 ? "must be vector_bits.min, " + std::to_string(min)
                     : "must be more than the one before, " +
                           std::to_string(last) + ", and at most " +
                           std::to_string(max),
              bits);
      last = bits;
    }
  }

  void checkArguments() {
    std::set<std::string> names;
    for (size_t i = 0; i < manifest.arguments.size(); ++i) {
      const Argument &argument = manifest.arguments[i];
      std::string field = "arguments[" + std::to_string(i) + "]";
      requireIdentifier(field + ".name", argument.name);
      require(names.insert(argument.name).second, field + ".name",
              "must be unique", "'" + argument.name + "' again");
      int64_t elementBytes = getByteSize(argument.type);
      require(isPowerOfTwo(argument.alignment) && argument.alignment <= 64,
              field + ".alignment", "must be a power of two up to 64",
              argument.alignment);
      // Sizes are multiplied with a check, since the product may overflow.
      int64_t bytes = elementBytes;
      for (size_t d = 0; d < argument.shape.size(); ++d) {
        int64_t size = argument.shape[d];
        require(size >= 0, field + ".shape[" + std::to_string(d) + "]",
                "must be at least 0", size);
        if (size > 0 && bytes > maxBytes / size) {
          require(false, field + ".shape",
                  "must give an array of at most " + std::to_string(maxBytes) +
                      " bytes",
                  "larger");
          break;
        }
        bytes *= std::max<int64_t>(size, 0);
      }
    }
  }

  void checkSizes() {
    require(manifest.workspaceBytes >= 0 && manifest.workspaceBytes <= maxBytes,
            "workspace.bytes", "must be from 0 to " + std::to_string(maxBytes),
            manifest.workspaceBytes);
    require(manifest.threads >= 1 && manifest.threads <= maxThreads, "threads",
            "must be from 1 to " + std::to_string(maxThreads),
            manifest.threads);
    require(isPowerOfTwo(manifest.workspaceAlignment) &&
                manifest.workspaceAlignment <= 64,
            "workspace.alignment", "must be a power of two up to 64",
            manifest.workspaceAlignment);
    require(manifest.flops >= 0, "flops", "must be at least 0", manifest.flops);
    require(manifest.bytes >= 0, "bytes", "must be at least 0", manifest.bytes);
  }

  void checkPrepacked() {
    std::set<int64_t> seen;
    auto count = static_cast<int64_t>(manifest.arguments.size());
    for (size_t i = 0; i < manifest.prepacked.size() && failure.empty(); ++i) {
      const Prepacked &one = manifest.prepacked[i];
      std::string field = "prepacked[" + std::to_string(i) + "]";
      require(one.argument >= 0 && one.argument < count, field + ".argument",
              "must be the position of one of " + std::to_string(count) +
                  " arguments",
              one.argument);
      require(seen.insert(one.argument).second, field + ".argument",
              "must be unique", std::to_string(one.argument) + " again");
      requireIdentifier(field + ".entry", one.entry);
      requireIdentifier(field + ".packed_entry", one.packedEntry);
      require(one.bytes > 0 && one.bytes <= maxBytes, field + ".bytes",
              "must be from 1 to " + std::to_string(maxBytes), one.bytes);
      require(isPowerOfTwo(one.alignment) && one.alignment <= 64,
              field + ".alignment", "must be a power of two up to 64",
              one.alignment);
      if (failure.empty()) {
        const Argument &argument = manifest.arguments[size_t(one.argument)];
        require(argument.role == Role::In, field + ".argument",
                "must name an input", "'" + argument.name + "'");
      }
    }
  }

  void checkEntry(const std::string &field,
                  const std::optional<CheckEntry> &entry) {
    if (!entry)
      return;
    requireIdentifier(field + ".entry", entry->entry);
    require(entry->workspaceBytes >= 0 && entry->workspaceBytes <= maxBytes,
            field + ".workspace_bytes",
            "must be from 0 to " + std::to_string(maxBytes),
            entry->workspaceBytes);
  }

  void checkEntries() {
    checkEntry("check.reference", manifest.reference);
    checkEntry("check.own", manifest.own);
    checkEntry("check.magnitude", manifest.magnitude);
    checkEntry("check.perturbed", manifest.perturbed);
    const Bound &bound = manifest.bound;
    require(bound.factor >= 1 && bound.factor <= 1000, "check.bound.factor",
            "must be from 1 to 1000", std::to_string(bound.factor));
    require(bound.floorUlp >= 0 && bound.floorUlp <= 1000,
            "check.bound.floor_ulp", "must be from 0 to 1000",
            std::to_string(bound.floorUlp));
    if (bound.kind == Bound::Kind::Contraction) {
      require(bound.k >= 0, "check.bound.k", "must be at least 0", bound.k);
      require(!manifest.reference || manifest.magnitude, "check.magnitude",
              "must be there for a bound of kind 'contraction'", "missing");
    } else {
      require(!manifest.reference || manifest.own, "check.own",
              "must be there for a bound of kind 'measured'", "missing");
    }
  }

  void checkOperand(const std::string &field, int64_t position,
                    std::vector<int64_t> shape, ElementType type, bool output) {
    auto count = static_cast<int64_t>(manifest.arguments.size());
    std::string name = "equivalent." + field;
    require(position >= 0 && position < count, name,
            "must be the position of one of " + std::to_string(count) +
                " arguments",
            position);
    if (!failure.empty())
      return;
    const Argument &argument = manifest.arguments[position];
    require(argument.type == type, name,
            "must name an argument of type " + std::string(getName(type)),
            std::string(getName(argument.type)) + " ('" + argument.name + "')");
    std::ostringstream wanted;
    wanted << "must name an argument of shape " << shape[0] << "x" << shape[1];
    std::ostringstream found;
    for (size_t d = 0; d < argument.shape.size(); ++d)
      found << (d ? "x" : "") << argument.shape[d];
    // Unit dimensions (a batch of one, a vector) change nothing in memory.
    auto withoutUnits = [](std::vector<int64_t> sizes) {
      sizes.erase(std::remove(sizes.begin(), sizes.end(), 1), sizes.end());
      return sizes;
    };
    require(withoutUnits(argument.shape) == withoutUnits(shape), name,
            wanted.str(), found.str() + " ('" + argument.name + "')");
    require((argument.role != Role::In) == output, name,
            output ? "must name an output" : "must name an input",
            "'" + argument.name + "'");
  }

  void checkGemm() {
    if (!manifest.gemm)
      return;
    const GemmEquivalent &gemm = *manifest.gemm;
    for (auto [name, size] :
         {std::pair("m", gemm.m), {"n", gemm.n}, {"k", gemm.k}})
      require(size >= 0, std::string("equivalent.") + name,
              "must be at least 0", size);
    using Shape = std::vector<int64_t>;
    checkOperand("a", gemm.a,
                 gemm.transA ? Shape{gemm.k, gemm.m} : Shape{gemm.m, gemm.k},
                 gemm.type, /*output=*/false);
    checkOperand("b", gemm.b,
                 gemm.transB ? Shape{gemm.n, gemm.k} : Shape{gemm.k, gemm.n},
                 gemm.type, /*output=*/false);
    checkOperand("c", gemm.c, {gemm.m, gemm.n}, gemm.result, /*output=*/true);
  }

  /// Every point of the loops must lie in all three arrays.
  void checkContraction() {
    if (!manifest.contraction)
      return;
    const Contraction &contraction = *manifest.contraction;
    require(contraction.loops.size() <= 64, "contraction.loops",
            "must be at most 64 loops",
            static_cast<int64_t>(contraction.loops.size()));
    for (const ContractionLoop &loop : contraction.loops)
      require(loop.extent >= 0 && loop.extent <= maxBytes,
              "contraction.loops.extent",
              "must be from 0 to " + std::to_string(maxBytes), loop.extent);
    checkWalk("a", contraction.a, &ContractionLoop::a, /*output=*/false);
    checkWalk("b", contraction.b, &ContractionLoop::b, /*output=*/false);
    checkWalk("c", contraction.c, &ContractionLoop::c, /*output=*/true);
    if (!contraction.start)
      return;
    checkWalk("start", *contraction.start, &ContractionLoop::c,
              /*output=*/false);
    require(contraction.accumulate, "contraction.start",
            "must be there only when 'accumulate' is true", *contraction.start);
  }

  void checkWalk(const std::string &operand, int64_t position,
                 int64_t ContractionLoop::*step, bool output) {
    if (!failure.empty())
      return;
    std::string name = "contraction." + operand;
    auto count = static_cast<int64_t>(manifest.arguments.size());
    require(position >= 0 && position < count, name,
            "must be the position of one of " + std::to_string(count) +
                " arguments",
            position);
    if (!failure.empty())
      return;
    const Argument &argument = manifest.arguments[size_t(position)];
    require((argument.role != Role::In) == output, name,
            output ? "must name an output" : "must name an input",
            "'" + argument.name + "'");
    int64_t last = 0, elements = 1;
    for (int64_t size : argument.shape)
      elements *= size;
    // Without a point, no element is touched.
    for (const ContractionLoop &loop : manifest.contraction->loops)
      if (loop.extent == 0)
        return;
    for (const ContractionLoop &loop : manifest.contraction->loops) {
      require(loop.*step >= 0 && loop.*step <= elements,
              "contraction.loops." + operand,
              "must be from 0 to " + std::to_string(elements), loop.*step);
      if (loop.*step > 0 && loop.extent > 1)
        last += std::min((loop.extent - 1), elements) * (loop.*step);
      last = std::min(last, elements);
    }
    require(last < elements, "contraction.loops",
            "must stay inside of argument '" + argument.name + "'", last);
  }

  const Manifest &manifest;
  std::string failure;
};

} // namespace

Status runtime::validate(const Manifest &manifest) {
  return Rules(manifest).check();
}

const VersionOfLength *runtime::findVersion(const Manifest &manifest,
                                            int64_t bits) {
  const VersionOfLength *found = nullptr;
  for (const VersionOfLength &version : manifest.versions)
    if (!found || version.bits <= bits)
      found = &version;
  return found;
}

Status runtime::checkMachine(const Manifest &manifest) {
  std::string architecture =
      manifest.triple.substr(0, manifest.triple.find('-'));
  std::string host(getHostArchitecture());
  if (architecture != host)
    return Status::failure("kernel '" + manifest.kernel +
                           "' is for another machine: its triple '" +
                           manifest.triple + "' needs " + architecture +
                           ", this machine is " + host);
  if (manifest.triple.find("-linux") == std::string::npos)
    return Status::failure("kernel '" + manifest.kernel +
                           "' is for another system: its triple is '" +
                           manifest.triple + "', this system is linux");
  std::string missing;
  for (const std::string &feature : manifest.features) {
    if (!isKnownCpuFeature(architecture, feature))
      return Status::failure("kernel '" + manifest.kernel +
                             "' needs the cpu feature '" + feature +
                             "', which this runner does not know on " + host);
    if (!hasCpuFeature(feature))
      missing += (missing.empty() ? "" : ", ") + feature;
  }
  if (!missing.empty())
    return Status::failure("kernel '" + manifest.kernel +
                           "' is for another machine: it needs the cpu "
                           "features " +
                           missing + ", which this machine (" +
                           getHostCpuName() + ") does not offer");
  int64_t bits = getScalableVectorBits();
  if (const auto &made = manifest.vectorBits;
      made && (bits < made->min || bits > made->max))
    return Status::failure(
        "kernel '" + manifest.kernel + "' is for vector registers of " +
        std::to_string(made->min) +
        (made->max > made->min ? " to " + std::to_string(made->max) : "") +
        " bits; this machine (" + getHostCpuName() + ") has " +
        std::to_string(bits));
  return Status();
}
