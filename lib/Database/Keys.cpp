//===- Keys.cpp - What makes two kernels or machines the same -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Keys.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Model/KernelInfo.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

std::string database::hashOf(StringRef text) {
  XXH128_hash_t hash = xxh3_128bits(ArrayRef(text.bytes_begin(), text.size()));
  return formatv("{0:x-16}{1:x-16}", hash.high64, hash.low64);
}

namespace {
/// One number for each dimension of each op; what a consumer reads of a
/// producer is indexed by the same dimensions.
struct Numbering {
  /// By op, by dimension.
  std::vector<SmallVector<unsigned>> numbers;
  /// By number.
  std::vector<int64_t> extents;
};
} // namespace

static std::optional<unsigned> findOp(const KernelInfo &kernel,
                                      StringRef name) {
  for (auto [index, op] : enumerate(kernel.ops))
    if (op.name == name)
      return index;
  return std::nullopt;
}

static Numbering numberDims(const KernelInfo &kernel) {
  Numbering result;
  for (const auto &[index, op] : enumerate(kernel.ops)) {
    constexpr unsigned none = ~0u;
    SmallVector<unsigned> mine(op.extents.size(), none);
    for (const OperandInfo &operand : op.operands) {
      std::optional<unsigned> producer = findOp(kernel, operand.producer);
      if (operand.producer.empty() || !producer || *producer >= index)
        continue;
      const OpInfo &made = kernel.ops[*producer];
      std::optional<unsigned> out = made.outputIndex();
      if (!out || made.operands[*out].access.size() != operand.access.size())
        continue;
      for (auto [read, written] :
           zip_equal(operand.access, made.operands[*out].access)) {
        std::optional<unsigned> to = read.plainDim(), from = written.plainDim();
        if (to && from && mine[*to] == none &&
            op.extents[*to] == made.extents[*from])
          mine[*to] = result.numbers[*producer][*from];
      }
    }
    for (auto [number, extent] : zip_equal(mine, op.extents))
      if (number == none) {
        number = result.extents.size();
        result.extents.push_back(extent.value_or(-1));
      }
    result.numbers.push_back(std::move(mine));
  }
  return result;
}

static StringRef nameOf(BodyClass body) {
  switch (body) {
  case BodyClass::Contraction:
    return "contraction";
  case BodyClass::Elementwise:
    return "elementwise";
  case BodyClass::Fill:
    return "fill";
  case BodyClass::Reduction:
    return "reduction";
  case BodyClass::Normalization:
    return "normalization";
  case BodyClass::Other:
    return "other";
  }
  return "other";
}

static void print(raw_ostream &os, const Access &access,
                  ArrayRef<unsigned> numbers) {
  ListSeparator plus("+");
  for (auto [dim, coefficient] : access.terms) {
    os << plus;
    if (coefficient != 1)
      os << coefficient << '*';
    os << 'd' << numbers[dim];
  }
  if (access.constant != 0 || access.terms.empty())
    os << plus << access.constant;
  if (access.divisor != 1)
    os << '/' << access.divisor;
  else if (!access.affine)
    os << '?' << access.reason;
}

std::string database::describeOps(const KernelInfo &kernel) {
  Numbering dims = numberDims(kernel);
  std::string text;
  raw_string_ostream os(text);
  for (const auto &[index, op] : enumerate(kernel.ops)) {
    ArrayRef<unsigned> numbers = dims.numbers[index];
    os << '%' << index << " = " << nameOf(op.body) << '(';
    ListSeparator comma;
    for (auto [number, kind] : zip_equal(numbers, op.iterators))
      os << comma << (kind == IteratorKind::Reduction ? "reduce " : "") << 'd'
         << number;
    os << ") " << (op.isFloat ? "float " : "integer ") << op.accType << ' '
       << op.flopsPerPoint;
    if (!op.scalarOnly.empty())
      os << " scalar " << op.scalarOnly;
    for (const OperandInfo &operand : op.operands) {
      os << "\n  " << (operand.isOutput ? "out" : operand.name) << ' '
         << (operand.isUnsigned ? "unsigned " : "") << operand.type << " [";
      ListSeparator between;
      for (const Access &access : operand.access) {
        os << between;
        print(os, access, numbers);
      }
      os << ']';
      if (std::optional<unsigned> producer = findOp(kernel, operand.producer))
        os << " of %" << *producer;
    }
    os << '\n';
  }
  return text;
}

std::string database::fingerprintOf(const KernelInfo &kernel) {
  return hashOf(describeOps(kernel));
}

std::vector<int64_t> database::extentsOf(const KernelInfo &kernel) {
  return numberDims(kernel).extents;
}

std::vector<std::string> database::opNamesOf(const KernelInfo &kernel) {
  std::vector<std::string> names;
  for (const OpInfo &op : kernel.ops)
    names.push_back(op.name);
  return names;
}

std::string database::machineHashOf(const HardwareModel &machine) {
  HardwareModel facts = machine;
  facts.name = facts.source = "";
  facts.peaks = {};
  std::string text;
  raw_string_ostream(text) << toJSON(facts);
  return hashOf(text);
}
