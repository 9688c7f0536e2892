//===- PackCode.cpp - Loops that fill a packed buffer ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackLoops.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tensorop {

//===----------------------------------------------------------------------===//
// Transposes
//===----------------------------------------------------------------------===//

using Values = SmallVector<Value>;

/// Blocks of `unit` elements, taken from the pair (a, b): of each group of
/// `group` units of a and the same of b, those that `pick` lists (units of a
/// count from 0, of b from `group`).
static Value shuffleUnits(OpBuilder &b, Location loc, Value x, Value y,
                          int64_t unit, int64_t group, ArrayRef<int64_t> pick) {
  int64_t n = cast<VectorType>(x.getType()).getDimSize(0);
  SmallVector<int64_t> mask;
  for (int64_t base = 0; base < n; base += unit * group)
    for (int64_t p : pick)
      for (int64_t e = 0; e < unit; ++e)
        mask.push_back(base + (p < group ? p * unit : n + (p - group) * unit) +
                       e);
  return vector::ShuffleOp::create(b, loc, x, y, mask);
}

/// Transposes the matrix of `lanes`: vectors[g] has unit l -> result[l] has
/// unit g, with as many vectors as units.
static Values transposeUnits(OpBuilder &b, Location loc,
                             ArrayRef<Value> vectors, int64_t unit) {
  if (vectors.size() == 1)
    return Values(vectors);
  int64_t n = cast<VectorType>(vectors[0].getType()).getDimSize(0);
  int64_t units = n / unit;
  SmallVector<int64_t> even, odd;
  for (int64_t i = 0; i < units; i += 2) {
    even.push_back(i);
    odd.push_back(i + 1);
  }
  for (int64_t i = 0; i < units; i += 2) {
    even.push_back(units + i);
    odd.push_back(units + i + 1);
  }
  Values evens, odds;
  for (size_t i = 0; i < vectors.size(); i += 2) {
    evens.push_back(
        shuffleUnits(b, loc, vectors[i], vectors[i + 1], unit, units, even));
    odds.push_back(
        shuffleUnits(b, loc, vectors[i], vectors[i + 1], unit, units, odd));
  }
  evens = transposeUnits(b, loc, evens, unit);
  odds = transposeUnits(b, loc, odds, unit);
  Values result;
  for (auto [e, o] : llvm::zip(evens, odds)) {
    result.push_back(e);
    result.push_back(o);
  }
  return result;
}

SmallVector<Value> transposeInRegisters(OpBuilder &b, Location loc,
                                        ArrayRef<Value> rows) {
  auto type = cast<VectorType>(rows[0].getType());
  int64_t n = type.getDimSize(0);
  int64_t lane =
      std::max<int64_t>(1, 128 / type.getElementType().getIntOrFloatBitWidth());
  lane = std::min(lane, n);
  // Within lanes, groups of `lane` rows: unit 1 first, then 2, 4, ... Each step
  // interleaves units of two vectors; the result at c has column c of each
  // lane.
  Values inLanes(rows);
  for (int64_t g = 0; g < n; g += lane) {
    Values group(inLanes.begin() + g, inLanes.begin() + g + lane);
    for (int64_t unit = 1; unit < lane; unit *= 2) {
      int64_t units = lane / unit;
      SmallVector<int64_t> low, high;
      for (int64_t i = 0; i < units / 2; ++i) {
        low.append({i, units + i});
        high.append({units / 2 + i, units + units / 2 + i});
      }
      // After this step, vectors that share a pair are `2 * unit` long strips.
      Values next(group.size());
      for (int64_t i = 0; i < lane; i += 2 * unit)
        for (int64_t j = 0; j < unit; ++j) {
          Value x = group[i + j], y = group[i + unit + j];
          next[i + 2 * j] = shuffleUnits(b, loc, x, y, unit, units, low);
          next[i + 2 * j + 1] = shuffleUnits(b, loc, x, y, unit, units, high);
        }
      group = next;
    }
    llvm::copy(group, inLanes.begin() + g);
  }
  // Across lanes, for each column c of a lane.
  Values result(n);
  for (int64_t c = 0; c < lane; ++c) {
    Values column;
    for (int64_t g = 0; g < n; g += lane)
      column.push_back(inLanes[g + c]);
    for (auto [l, value] :
         llvm::enumerate(transposeUnits(b, loc, column, lane)))
      result[l * lane + c] = value;
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {
class Packer : PackLoops {
public:
  Packer(OpBuilder &b, Location loc, Value region, Value packed,
         const PackCode &code)
      : PackLoops(b, loc, region, packed, code) {}

  void emit() {
    if (isMutated(Mutation::PackPanels))
      full = applyExprValue(b, loc, d0 - 1, {OpFoldResult(full)});
    if (code.at + 1 == rank)
      packRows();
    else
      packColumns();
  }

private:
  /// Indices of the region at the current position; of the packed dimension
  /// and, when set, the last one.
  Values place(Value along, Value last = nullptr) {
    Values indices = position;
    if (last)
      indices[rank - 1] = last;
    indices[code.at] = along;
    return indices;
  }
  Values target(Value p, Value along, Value last = nullptr) {
    if (isMutated(Mutation::PackTarget))
      p = indexConstant(b, loc, 0);
    Values indices{p};
    for (unsigned i = 0; i < rank; ++i)
      if (i != code.at)
        indices.push_back(i + 1 == rank && last ? last : position[i]);
    indices.push_back(along);
    return indices;
  }

  /// The packed dimension is the contiguous one: rows are copied as they are.
  void packRows() {
    Value zero = indexConstant(b, loc, 0);
    auto copyRow = [&](Value p) {
      Value base = applyExprValue(b, loc, d0 * panel, {OpFoldResult(p)});
      write(read(place(base), panel), packed, target(p, zero));
    };
    // Panel by panel: the writes are contiguous, the reads one strided stream.
    // Row by row, writes one panel apart would compete for few cache sets.
    auto whole = [&](Value p) {
      Value next = nextPanel(p);
      scf::ForOp rows;
      otherDims("pack.inner", /*last=*/true, [&] {
        prefetchRow(place(next));
        copyRow(p);
        rows = dyn_cast<scf::ForOp>(b.getInsertionBlock()->getParentOp());
      });
      // One row, or none, has no loop of its own.
      auto name = rows ? rows->getAttrOfType<StringAttr>(kLoopName) : nullptr;
      if (!name || name.getValue() != "pack.inner" || code.producer.op)
        return;
      // Short rows: counting takes as long as copying, and an in-order core
      // waits for each.
      int64_t several = kCopiedVectors / llvm::divideCeil(panel, code.lanes);
      if (several > 1)
        TENSOROP_CHECK(succeeded(loopUnrollByFactor(rows, several)),
                       "any scf.for can be unrolled by a positive factor");
    };
    auto part = [&](OpFoldResult rest) {
      Value base = applyExprValue(b, loc, d0 * panel, {OpFoldResult(full)});
      Value exists = mask(panel, rest);
      otherDims("pack.tail", /*last=*/true, [&] {
        write(read(place(base), panel, exists), packed, target(full, zero));
      });
    };
    panels(whole, part);
  }

  /// Another dimension is contiguous: square blocks of it and the packed one
  /// are transposed in registers, or vectors of it are stored with a stride.
  void packColumns() {
    panels(
        [&](Value p) {
          otherDims("pack.outer", /*last=*/false,
                    [&] { packPanel(p, b.getIndexAttr(panel)); });
        },
        [&](OpFoldResult rest) {
          otherDims("pack.tail", /*last=*/false,
                    [&] { packPanel(full, rest); });
        });
  }

  /// Panel `p` at the current position, of whose elements `exist` do.
  void packPanel(Value p, OpFoldResult exist) {
    OpFoldResult length = sizes[rank - 1];
    Value lengthValue = getValueOrCreateConstantIndexOp(b, loc, length);
    std::optional<int64_t> rows = getConstantIntValue(exist);
    SmallVector<int64_t> lengths = possibleExtents(length);
    // Short columns are transposed in smaller blocks.
    lanes = code.strided ? code.strided : code.lanes;
    if (!lengths.empty() && lengths.front() < lanes && lengths.back() > 0)
      lanes = llvm::bit_floor(uint64_t(lengths.back()));
    bool fits = !lengths.empty() && lengths.back() >= lanes;
    bool never = !rows || !llvm::isPowerOf2_64(lanes) || lanes < kLeastBlock;
    auto blocks = [&] {
      if (code.strided)
        joined = joinColumns();
      loop(length, lanes, "pack.inner", [&](Value k) {
        // The last block starts earlier instead of being shorter.
        Value start = affine::AffineMinOp::create(
            b, loc, AffineMap::get(2, 0, {d0, d1 - lanes}, b.getContext()),
            ValueRange{k, lengthValue});
        if (isMutated(Mutation::PackOverrun))
          start = k;
        if (code.strided)
          scatterBlock(p, *rows, start);
        else
          packBlock(p, *rows, start);
      });
    };
    auto scalars = [&] {
      loop(length, 1, "pack.rest", [&](Value k) { packScalars(p, exist, k); });
    };
    if (never)
      return scalars();
    if (fits)
      return blocks();
    Value enough =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, lengthValue,
                              indexConstant(b, loc, lanes));
    auto branch = scf::IfOp::create(b, loc, enough, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    blocks();
    b.setInsertionPointToStart(branch.elseBlock());
    scalars();
  }

  Value elementAt(Value p, OpFoldResult first, int64_t i) {
    return applyExprValue(b, loc, d0 * panel + d1 + i,
                          {OpFoldResult(p), first});
  }

  /// `lanes` columns from `start` on of panel `p`.
  void packBlock(Value p, int64_t rows, Value start) {
    // Long panels of whole chunks: loops keep the code small.
    if (panel % lanes == 0 && panel > kUnrolledChunks * lanes) {
      auto chunks = [&](int64_t from, int64_t to, int64_t exist) {
        if (from < to)
          loop(b.getIndexAttr((to - from) / lanes), 1, "pack.chunk",
               [&](Value i) {
                 packChunk(p, exist, start,
                           applyExpr(b, loc, d0 * lanes + from, {i}));
               });
      };
      int64_t whole = rows / lanes * lanes;
      chunks(0, whole, lanes);
      if (rows > whole)
        packChunk(p, rows - whole, start, b.getIndexAttr(whole));
      chunks(llvm::alignTo(rows, lanes), panel, 0);
      return;
    }
    // Chunks of `lanes` rows, the last one first: its stores may run over into
    // the next column, which the first chunk then overwrites.
    for (int64_t first = (panel - 1) / lanes * lanes; first >= 0;
         first -= lanes)
      packChunk(p, rows - first, start, b.getIndexAttr(first));
  }

  /// The buffer with its columns, one behind the other, as one dimension.
  Value joinColumns() {
    unsigned last = cast<MemRefType>(packed.getType()).getRank() - 1;
    SmallVector<ReassociationIndices> dims;
    for (unsigned i = 0; i + 1 < last; ++i)
      dims.push_back({i});
    dims.push_back({last - 1, last});
    return memref::CollapseShapeOp::create(b, loc, packed, dims);
  }

  /// The same as packBlock with one strided store for each row.
  void scatterBlock(Value p, int64_t rows, Value start) {
    auto line = VectorType::get({lanes}, element);
    int64_t stride = isMutated(Mutation::PackUntransposed) ? 1 : panel;
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(line));
    auto row = [&](OpFoldResult i, bool mayExist) {
      Value x = mayExist ? read(place(elementAt(p, i, 0), start), lanes) : zero;
      // Columns are the last index of the buffer, rows the one before.
      Values to = target(p, indexConstant(b, loc, 0), start);
      to.pop_back();
      to.back() = applyExprValue(b, loc, d0 * panel + d1, {start, i});
      writeStrided(x, joined, to, stride);
    };
    auto several = [&](int64_t from, int64_t to, bool mayExist) {
      if (to - from > kUnrolledChunks * code.lanes)
        return loop(b.getIndexAttr(to - from), 1, "pack.row", [&](Value i) {
          row(applyExpr(b, loc, d0 + from, {i}), mayExist);
        });
      for (int64_t i = from; i < to; ++i)
        row(b.getIndexAttr(i), mayExist);
    };
    several(0, rows, /*mayExist=*/true);
    several(rows, panel, /*mayExist=*/false);
  }

  /// `lanes` rows of them from `first` on, of which `exist` do.
  void packChunk(Value p, int64_t exist, Value start, OpFoldResult first) {
    auto line = VectorType::get({lanes}, element);
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(line));
    Value nothing = ub::PoisonOp::create(b, loc, line);
    // A chunk in a loop is whole.
    std::optional<int64_t> at = getConstantIntValue(first);
    int64_t height = at ? std::min(panel - *at, lanes) : lanes;
    Values square;
    for (int64_t i = 0; i < lanes; ++i) {
      if (i >= exist) {
        square.push_back(i < height ? zero : nothing);
        continue;
      }
      square.push_back(read(place(elementAt(p, first, i), start), lanes));
    }
    if (!isMutated(Mutation::PackUntransposed))
      square = transposeInRegisters(b, loc, square);
    Value along = getValueOrCreateConstantIndexOp(b, loc, first);
    for (int64_t i = 0; i < lanes; ++i) {
      Value column = square[i];
      // Not beyond the block, behind which the buffer may end.
      bool whole = height == lanes || i * panel + *at + lanes <= lanes * panel;
      if (!whole)
        column = vector::ExtractStridedSliceOp::create(
            b, loc, column, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{height},
            ArrayRef<int64_t>{1});
      Value k = applyExprValue(b, loc, d0 + i, {OpFoldResult(start)});
      write(column, packed, target(p, along, k));
    }
  }

  /// Column `k` of panel `p`, element by element.
  void packScalars(Value p, OpFoldResult exist, Value k) {
    std::optional<int64_t> rows = getConstantIntValue(exist);
    if (panel <= kUnrolledChunks * code.lanes) {
      for (int64_t i = 0; i < panel; ++i)
        packScalar(p, exist, k, b.getIndexAttr(i), !rows || i < *rows);
      return;
    }
    int64_t taken = rows.value_or(panel);
    loop(b.getIndexAttr(taken), 1, "pack.scalar",
         [&](Value i) { packScalar(p, exist, k, i, /*mayExist=*/true); });
    if (taken < panel)
      loop(b.getIndexAttr(panel - taken), 1, "pack.zero", [&](Value i) {
        packScalar(p, exist, k, applyExpr(b, loc, d0 + taken, {i}),
                   /*mayExist=*/false);
      });
  }

  /// Element `i` of that column: zero unless it may exist.
  void packScalar(Value p, OpFoldResult exist, Value k, OpFoldResult i,
                  bool mayExist) {
    Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
    Value x = zero, row = elementAt(p, i, 0);
    Value at = getValueOrCreateConstantIndexOp(b, loc, i);
    if (mayExist && !getConstantIntValue(exist)) {
      // Beyond the edge, the last element is read and replaced by zero.
      Value count = cast<Value>(exist);
      Value in =
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, at, count);
      Value last = applyExprValue(b, loc, d0 * panel + d1 - 1,
                                  {OpFoldResult(p), OpFoldResult(count)});
      row = arith::SelectOp::create(b, loc, in, row, last);
      x = read(place(row, k), 0);
      x = arith::SelectOp::create(b, loc, in, x, zero);
    } else if (mayExist) {
      x = read(place(row, k), 0);
    }
    write(x, packed, target(p, at, k));
  }

  /// Blocks of fewer columns are not worth a transpose; chunks of a panel that
  /// are written out.
  static constexpr int64_t kLeastBlock = 4, kUnrolledChunks = 8;
  /// Vectors that an iteration copies, when rows have fewer.
  static constexpr int64_t kCopiedVectors = 32;

  /// Columns of a block.
  int64_t lanes = code.lanes;
  /// With strided stores: the buffer as scatterBlock writes to it.
  Value joined;
};
} // namespace

void emitPackCode(OpBuilder &b, Location loc, Value region, Value packed,
                  const PackCode &code) {
  if (code.groupAt)
    emitGroupPackCode(b, loc, region, packed, code);
  else
    Packer(b, loc, region, packed, code).emit();
}

} // namespace tensorop
