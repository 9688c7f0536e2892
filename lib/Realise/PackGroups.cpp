//===- PackGroups.cpp - Packed buffers with groups of a reduction ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Instructions that add up several products in each lane read elements of the
// reduction beside each other: [panels][groups][other dims][panel][group].
//
//===----------------------------------------------------------------------===//

#include "PackLoops.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tensorop {

namespace {
class GroupPacker : PackLoops {
public:
  GroupPacker(OpBuilder &b, Location loc, Value region, Value packed,
              const PackCode &code)
      : PackLoops(b, loc, region, packed, code),
        group(cast<MemRefType>(packed.getType()).getShape().back()),
        side(std::min<int64_t>(
            code.lanes, std::max<int64_t>(4, llvm::PowerOf2Ceil(panel)))) {
    // Panel and group as one dimension, along which vectors are stored.
    SmallVector<ReassociationIndices> joined;
    unsigned last = cast<MemRefType>(packed.getType()).getRank() - 1;
    for (unsigned i = 0; i + 1 < last; ++i)
      joined.push_back({i});
    joined.push_back({last - 1, last});
    flat = memref::CollapseShapeOp::create(b, loc, packed, joined);
    length = sizes[*code.groupAt];
    groups = applyExprValue(b, loc, d0.floorDiv(group), {length});
  }

  void emit() {
    auto fill = [&](Value p, OpFoldResult exist) {
      if (code.at + 1 == rank)
        interleaveRows(p, exist);
      else
        packWords(p, exist);
    };
    panels([&](Value p) { fill(p, b.getIndexAttr(panel)); },
           [&](OpFoldResult rest) { fill(full, rest); });
  }

private:
  /// Where element `along` of the packed dimension and `k` of the reduction
  /// lie.
  Values place(Value along, Value k) {
    Values indices = position;
    indices[code.at] = along;
    indices[*code.groupAt] = k;
    return indices;
  }
  /// Place in the copy; `along` counts elements of the joined dimension.
  Values target(Value p, Value q, int64_t along) {
    Values indices{p, q};
    for (unsigned i = 0; i < rank; ++i)
      if (i != code.at && i != *code.groupAt)
        indices.push_back(position[i]);
    indices.push_back(indexConstant(b, loc, along));
    return indices;
  }
  Value at(Value base, int64_t unit, int64_t i) {
    return applyExprValue(b, loc, d0 * unit + i, {OpFoldResult(base)});
  }

  /// Whole groups in a loop, then the one that is not.
  void overGroups(function_ref<void(Value q, int64_t exist)> body) {
    loop(groups, 1, "pack.inner", [&](Value q) { body(q, group); });
    tails(length, group, [&](OpFoldResult rest) {
      if (std::optional<int64_t> known = getConstantIntValue(rest))
        return body(groups, *known);
      // Of unknown size: one case for each.
      for (int64_t exist = 1; exist < group; ++exist) {
        Value is = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                         cast<Value>(rest),
                                         indexConstant(b, loc, exist));
        auto branch = scf::IfOp::create(b, loc, is, /*withElseRegion=*/false);
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(branch.thenBlock());
        body(groups, exist);
      }
    });
  }

  /// The packed dimension is contiguous: rows of the reduction are interleaved.
  void interleaveRows(Value p, OpFoldResult exist) {
    bool whole = getConstantIntValue(exist) == panel;
    auto line = VectorType::get({panel}, source);
    Value base = at(p, panel, 0);
    Value exists = whole ? Value() : mask(panel, exist);
    Value next = whole ? nextPanel(p) : Value();
    overGroups([&](Value q, int64_t count) {
      otherDims("pack.rows", /*last=*/true, [&] {
        Values rows;
        for (int64_t t = 0; t < group; ++t) {
          if (t >= count) {
            auto type = cast<VectorType>(packedType(line));
            rows.push_back(
                arith::ConstantOp::create(b, loc, b.getZeroAttr(type)));
            continue;
          }
          Values indices = place(base, at(q, group, t));
          if (whole)
            prefetchRow(place(next, indices[*code.groupAt]));
          rows.push_back(read(indices, panel, exists));
        }
        // r0 r2 and r1 r3 first, so that the last step gives r0 r1 r2 r3.
        while (rows.size() > 1) {
          size_t half = rows.size() / 2;
          for (size_t i = 0; i < half; ++i)
            rows[i] =
                vector::InterleaveOp::create(b, loc, rows[i], rows[i + half]);
          rows.resize(half);
        }
        write(rows[0], flat, target(p, q, 0));
      });
    });
  }

  /// Else: groups are words, square blocks of which are transposed in
  /// registers where the reduction is contiguous.
  void packWords(Value p, OpFoldResult exist) {
    std::optional<int64_t> rows = getConstantIntValue(exist);
    SmallVector<int64_t> lengths = possibleExtents(length);
    int64_t bits = element.getIntOrFloatBitWidth() * group;
    bool blocked = *code.groupAt + 1 == rank && rows && bits == 32 &&
                   llvm::isPowerOf2_64(code.lanes) && !lengths.empty() &&
                   lengths.back() / group >= side;
    otherDims("pack.outer", /*last=*/*code.groupAt + 1 != rank, [&] {
      if (!blocked)
        return overGroups(
            [&](Value q, int64_t count) { packScalars(p, exist, q, count); });
      loop(groups, side, "pack.inner", [&](Value q) {
        // The last block starts earlier instead of being shorter.
        Value start = affine::AffineMinOp::create(
            b, loc, AffineMap::get(2, 0, {d0, d1 - side}, b.getContext()),
            ValueRange{q, groups});
        packBlock(p, *rows, start);
      });
      tails(length, group, [&](OpFoldResult rest) {
        if (std::optional<int64_t> known = getConstantIntValue(rest))
          packScalars(p, exist, groups, *known);
      });
    });
  }

  /// As many words as a vector has from word `start` on, of panel `p`.
  void packBlock(Value p, int64_t rows, Value start) {
    auto words = VectorType::get({side}, b.getI32Type());
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(words));
    for (int64_t first = 0; first < panel; first += side) {
      int64_t height = std::min(panel - first, side);
      Values square;
      for (int64_t i = 0; i < side; ++i) {
        if (first + i >= rows) {
          square.push_back(zero);
          continue;
        }
        Value row = read(place(at(p, panel, first + i), at(start, group, 0)),
                         side * group);
        square.push_back(vector::BitCastOp::create(b, loc, words, row));
      }
      square = transposeInRegisters(b, loc, square);
      for (int64_t i = 0; i < side; ++i) {
        Value column = vector::BitCastOp::create(
            b, loc, VectorType::get({side * group}, element), square[i]);
        if (height < side)
          column = vector::ExtractStridedSliceOp::create(
              b, loc, column, ArrayRef<int64_t>{0},
              ArrayRef<int64_t>{height * group}, ArrayRef<int64_t>{1});
        write(column, flat, target(p, at(start, 1, i), first * group));
      }
    }
  }

  /// Group `q` of panel `p`, element by element; `count` of the group exist.
  void packScalars(Value p, OpFoldResult exist, Value q, int64_t count) {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
    std::optional<int64_t> rows = getConstantIntValue(exist);
    for (int64_t i = 0; i < panel; ++i)
      for (int64_t t = 0; t < group; ++t) {
        Value x = zero, row = at(p, panel, i), k = at(q, group, t);
        if (t < count && !rows) {
          // Beyond the edge, the first element is read and replaced by zero.
          Value in = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                           indexConstant(b, loc, i),
                                           cast<Value>(exist));
          row = arith::SelectOp::create(b, loc, in, row, at(p, panel, 0));
          x = read(place(row, k), 0);
          x = arith::SelectOp::create(b, loc, in, x, zero);
        } else if (t < count && i < *rows) {
          x = read(place(row, k), 0);
        }
        write(x, flat, target(p, q, i * group + t));
      }
  }

  int64_t group;
  /// Words in a row of the square blocks: no more than what panels of few
  /// elements fill.
  int64_t side;
  Value flat;
  /// Extent of the reduction in the region, and its whole groups.
  OpFoldResult length;
  Value groups;
};
} // namespace

void emitGroupPackCode(OpBuilder &b, Location loc, Value region, Value packed,
                       const PackCode &code) {
  GroupPacker(b, loc, region, packed, code).emit();
}

} // namespace tensorop
