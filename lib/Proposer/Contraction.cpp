//===- Contraction.cpp - A contraction as its proposer sees it ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

static Error fail(const Twine &text) {
  return createStringError(inconvertibleErrorCode(), text);
}

bool Contraction::sharesVectors() const {
  return canPackVector || any_of(dims, [](const ContractionDim &dim) {
           return !dim.isReduction && dim.inScalar && !dim.inVector &&
                  dim.extent > 1;
         });
}

SmallVector<unsigned> Contraction::rows() const {
  bool shares = sharesVectors();
  SmallVector<unsigned> result;
  for (auto [index, dim] : enumerate(dims))
    if (!dim.isReduction && index != lane && dim.inScalar == shares &&
        dim.inVector != shares)
      result.push_back(index);
  // Inner dimensions first among equals: their elements are neighbours.
  llvm::stable_sort(result, [&](unsigned a, unsigned b) {
    return std::pair(dims[a].extent, a) > std::pair(dims[b].extent, b);
  });
  return result;
}

SmallVector<unsigned> Contraction::reductions() const {
  SmallVector<unsigned> result;
  for (auto [index, dim] : enumerate(dims))
    if (dim.isReduction && index != lane)
      result.push_back(index);
  if (dims[lane].isReduction)
    result.push_back(lane);
  return result;
}

bool Contraction::isNeighbouring(unsigned operand, unsigned dim) const {
  for (const Access &access : llvm::reverse(info->operands[operand].access)) {
    std::optional<unsigned> own = access.plainDim();
    if (own == dim)
      return true;
    if (!own || dims[*own].extent != 1)
      return false;
  }
  return false;
}

std::optional<Contraction> Contraction::withReducedLanes() const {
  // The longest reduction along which an operand can be read as it lies.
  std::optional<unsigned> best;
  unsigned most = 0;
  for (unsigned dim : reductions()) {
    unsigned ready =
        isNeighbouring(vectorOperand, dim) + isNeighbouring(scalarOperand, dim);
    bool inBoth = dims[dim].inVector && dims[dim].inScalar;
    if (inBoth && ready > 0 &&
        (!best || std::pair(ready, dims[dim].extent) >
                      std::pair(most, dims[*best].extent))) {
      best = dim;
      most = ready;
    }
  }
  if (!best)
    return std::nullopt;
  Contraction result = *this;
  result.lane = *best;
  result.isContiguous = most == 2;
  return result;
}

static bool indexes(const Access &access, unsigned dim) {
  return any_of(access.terms,
                [&](const auto &term) { return term.first == dim; });
}

static bool indexes(const OperandInfo &operand, unsigned dim) {
  return any_of(operand.access,
                [&](const Access &access) { return indexes(access, dim); });
}

/// Whether the index is always 0.
static bool isZero(const Access &access) {
  return access.affine && access.terms.empty() && access.constant == 0;
}

/// Whether each index is a dimension, not a sum of several.
static bool isPlain(const OperandInfo &operand) {
  return all_of(operand.access, [](const Access &access) {
    return access.plainDim().has_value();
  });
}

/// Whether elements of neighbouring iterations of `dim` are neighbours: only
/// the last index has it, once.
static bool isContiguousAlong(const OperandInfo &operand, unsigned dim) {
  if (operand.access.empty() ||
      any_of(drop_end(operand.access),
             [&](const Access &access) { return indexes(access, dim); }))
    return false;
  return is_contained(operand.access.back().terms, std::pair(dim, int64_t(1)));
}

/// Names by role: m, n, k, b, with numbers where a role has several.
static void nameDims(Contraction &c, const OperandInfo &lhs,
                     const OperandInfo &rhs) {
  auto role = [&](unsigned dim) {
    bool left = indexes(lhs, dim), right = indexes(rhs, dim);
    return c.dims[dim].isReduction ? 'k'
           : left && right         ? 'b'
           : right                 ? 'n'
                                   : 'm';
  };
  for (unsigned i = 0; i < c.dims.size(); ++i) {
    unsigned same = 0, before = 0;
    for (unsigned j = 0; j < c.dims.size(); ++j) {
      same += role(j) == role(i);
      before += j < i && role(j) == role(i);
    }
    c.dims[i].name = std::string(1, role(i));
    if (same > 1)
      c.dims[i].name += std::to_string(before);
  }
}

/// The elementwise ops that read the contraction's result point by point, each
/// reading the one before; as many as form one chain, into `consumers`. Of the
/// next one, if there is one, the reason that it is not in it.
static std::optional<Proposal::Unfused>
findConsumers(const KernelInfo &kernel, const Contraction &c,
              std::vector<OpHeader> &consumers) {
  std::string previous = c.info->name;
  // Names of the dimensions that index the result.
  SmallVector<std::string> names;
  for (const Access &access : c.info->operands.back().access)
    names.push_back(c.dims[*access.plainDim()].name);
  for (const OpInfo &op : kernel.ops) {
    if (op.body != BodyClass::Elementwise)
      continue;
    auto fail = [&](const Twine &why) {
      return Proposal::Unfused{op.name, why.str()};
    };
    for (const OperandInfo &operand : op.operands) {
      if (operand.producer != previous)
        continue;
      if (!op.scalarOnly.empty())
        return fail("its body has '" + op.scalarOnly +
                    "', which has no form on vectors");
      // What vectors read is a dimension or, of size 1, everywhere the same.
      for (const OperandInfo &read : op.operands)
        if (any_of(read.access, [](const Access &access) {
              return !access.plainDim() && !isZero(access);
            }))
          return fail("'" + read.name +
                      "' is indexed by more than a dimension");
      OpHeader header;
      header.op = op.name;
      header.dims.resize(op.extents.size());
      bool plain = operand.access.size() == names.size();
      for (auto [access, name] : zip(operand.access, names)) {
        auto dim = access.plainDim();
        plain &= dim.has_value();
        if (dim)
          header.dims[*dim] = name;
      }
      // A dimension that the result lacks would repeat it.
      if (!plain || is_contained(header.dims, std::string()))
        return fail("it repeats the sums, or reads them at other places");
      const OperandInfo &out = op.operands[*op.outputIndex()];
      // What follows on the accumulators is stored where the sums would be: not
      // in elements of another type, nor in an array of its own.
      StringRef type = c.info->operands.back().type;
      if (out.type != type)
        return fail("its result is of " + out.type + ", the sums are of " +
                    type);
      if (out.producer != previous)
        return fail("its result is stored in another array than the sums");
      names.clear();
      for (const Access &access : out.access) {
        auto dim = access.plainDim();
        if (!dim)
          return fail("its result is indexed by more than a dimension");
        names.push_back(header.dims[*dim]);
      }
      previous = op.name;
      consumers.push_back(std::move(header));
      break;
    }
  }
  return std::nullopt;
}

/// The elementwise op that makes `operand` point by point.
static std::optional<OpHeader> findProducer(const KernelInfo &kernel,
                                            const Contraction &c,
                                            const OperandInfo &operand) {
  const OpInfo *op = kernel.find(operand.producer);
  if (!op || op->body != BodyClass::Elementwise || !op->scalarOnly.empty())
    return std::nullopt;
  const OperandInfo &out = op->operands[*op->outputIndex()];
  OpHeader header;
  header.op = op->name;
  header.dims.resize(op->extents.size());
  for (auto [place, access] : zip(out.access, operand.access)) {
    auto dim = place.plainDim();
    if (!dim)
      return std::nullopt;
    header.dims[*dim] = c.dims[*access.plainDim()].name;
  }
  bool isReadable = all_of(op->operands, [](const OperandInfo &input) {
    return all_of(input.access,
                  [](const Access &access) { return access.hasBox(); });
  });
  if (!isReadable || is_contained(header.dims, std::string()))
    return std::nullopt;
  return header;
}

Expected<Contraction> tensorop::describeContraction(const KernelInfo &kernel) {
  const OpInfo *root = nullptr;
  for (const OpInfo &op : kernel.ops)
    if (op.body == BodyClass::Contraction) {
      if (root)
        return fail("it has two contractions, '" + root->name + "' and '" +
                    op.name + "'");
      root = &op;
    }
  if (!root)
    return fail("it has no contraction");
  if (root->operands.size() != 3 || !root->operands[2].isOutput)
    return fail("'" + root->name + "' has not two inputs and one output");
  for (const OperandInfo &operand : root->operands) {
    static constexpr StringRef types[] = {"f16", "bf16", "f32", "f64",
                                          "i8",  "i16",  "i32", "i64"};
    if (!is_contained(types, operand.type))
      return fail("operand '" + operand.name + "' of '" + root->name +
                  "' is of type " + operand.type + ", not one of " +
                  join(ArrayRef(types), ", "));
    if (!operand.isOutput && operand.type != root->operands[0].type)
      return fail("the inputs of '" + root->name + "' differ in type");
    if (any_of(operand.access,
               [](const Access &access) { return !access.affine; }))
      return fail("operand '" + operand.name + "' of '" + root->name +
                  "' is not indexed by sums of dimensions");
  }
  if (!isPlain(root->operands[2]))
    return fail("the output of '" + root->name +
                "' is not indexed by plain dimensions");
  Contraction base;
  base.info = root;
  base.accBits = root->accBits;
  base.inputBits = root->operands[0].bits;
  base.isFloat = root->isFloat;
  const OperandInfo &lhs = root->operands[0], &rhs = root->operands[1],
                    &out = root->operands[2];
  for (unsigned i = 0; i < root->extents.size(); ++i) {
    if (!root->extents[i])
      return fail("an extent of '" + root->name + "' is not known");
    if (*root->extents[i] == 0)
      return fail("'" + root->name + "' has a dimension of size 0");
    ContractionDim dim;
    dim.extent = *root->extents[i];
    dim.isReduction = root->iterators[i] == IteratorKind::Reduction;
    base.dims.push_back(dim);
  }
  nameDims(base, lhs, rhs);
  base.unfused = findConsumers(kernel, base, base.consumers);
  base.producers[0] = findProducer(kernel, base, lhs);
  base.producers[1] = findProducer(kernel, base, rhs);

  // Lanes along the output's last dimension, but for those of one element: its
  // stores are contiguous.
  std::optional<unsigned> lane;
  if (!out.access.empty())
    lane = out.access.back().plainDim();
  for (const Access &access : llvm::reverse(out.access)) {
    std::optional<unsigned> dim = access.plainDim();
    if (!dim)
      break;
    if (base.dims[*dim].extent > 1) {
      lane = dim;
      break;
    }
  }
  bool isDot = !lane || (!indexes(rhs, *lane) && !indexes(lhs, *lane));
  for (unsigned i = 0; i < base.dims.size() && isDot; ++i)
    if (base.dims[i].isReduction && indexes(lhs, i) && indexes(rhs, i))
      lane = i;
  if (!lane || (!indexes(rhs, *lane) && !indexes(lhs, *lane)))
    return fail("no input of '" + root->name +
                "' has the last dimension of its output (of those with more "
                "than one element), and both have none that it reduces: lanes "
                "would run along these");
  base.lane = *lane;
  base.vectorOperand = indexes(rhs, *lane) ? 1 : 0;
  base.scalarOperand = 1 - base.vectorOperand;
  const OperandInfo &vector = root->operands[base.vectorOperand];
  for (unsigned i = 0; i < base.dims.size(); ++i) {
    base.dims[i].inVector = indexes(vector, i);
    base.dims[i].inScalar = indexes(root->operands[base.scalarOperand], i);
  }
  base.isContiguous = base.isNeighbouring(base.vectorOperand, *lane) ||
                      isContiguousAlong(vector, *lane);
  base.canPackVector = isPlain(vector);
  base.canPackScalar = isPlain(root->operands[base.scalarOperand]);
  if (!base.isContiguous && !base.canPackVector)
    return fail("operand '" + vector.name + "' of '" + root->name +
                "' can neither be read in vectors along the last dimension of "
                "the output, where its elements lie apart, nor be packed, as "
                "sums of dimensions index it");
  return base;
}

/// The reduction of which groups of `size` waste least; the innermost of those.
static unsigned chooseGroupDim(const Contraction &c, int64_t size) {
  unsigned best = c.reductions().back();
  auto waste = [&](unsigned dim) {
    int64_t extent = c.dims[dim].extent;
    return double(alignTo(extent, size)) / double(extent);
  };
  for (unsigned dim : reverse(c.reductions()))
    if (waste(dim) < waste(best))
      best = dim;
  return best;
}

std::vector<Contraction>
tensorop::chooseMultiplications(const Contraction &c, const HardwareModel &hw) {
  const OpInfo &op = *c.info;
  std::vector<Contraction> ways;
  auto add = [&](Multiplication multiply) {
    Contraction way = c;
    if (multiply.group > 1)
      way.groupDim = chooseGroupDim(c, multiply.group);
    way.multiply = std::move(multiply);
    ways.push_back(std::move(way));
  };
  for (const InstructionClass &one : hw.instructions) {
    if (!lowersInstruction(hw, one) ||
        !is_contained(one.types, std::pair(op.operands[0].type, op.accType)))
      continue;
    std::string packed = one.packedType(op.operands[0].type, op.accType);
    Multiplication multiply{one.name, one.group, c.inputBits};
    if (packed == op.accType)
      multiply.bits = c.accBits;
    else if (packed != op.operands[0].type)
      StringRef(packed).drop_until(isDigit).getAsInteger(10, multiply.bits);
    // Subnormal numbers are taken as zeros.
    multiply.isApproximate = one.name == "dpbf16";
    add(std::move(multiply));
  }
  if (!c.isFloat)
    add({"vector", 1, c.accBits});
  return ways;
}
