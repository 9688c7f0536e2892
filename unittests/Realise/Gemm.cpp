//===- Gemm.cpp - Contractions in every variant, realised and checked -----===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gemm.h"
#include "TensorOp/Support/Check.h"
#include "mlir/IR/PatternMatch.h"
#include <random>
#include <sstream>

using namespace mlir;

namespace tensorop::test {

static std::string accumulator(const Gemm &g) {
  return g.type == "i8" ? "i32" : g.type;
}

static std::string memref(const Gemm &g, std::vector<int64_t> shape,
                          const std::string &type) {
  if (g.batch)
    shape.insert(shape.begin(), g.batch);
  std::string text = "memref<";
  for (int64_t extent : shape)
    text += std::to_string(extent) + "x";
  return text + type + ">";
}

std::string Gemm::payload() const {
  std::string acc = accumulator(*this);
  auto shape = [](bool swap, int64_t a, int64_t b) {
    return swap ? std::vector<int64_t>{b, a} : std::vector<int64_t>{a, b};
  };
  std::string a = memref(*this, shape(transposeLhs, m, k), type),
              b = memref(*this, shape(transposeRhs, k, n), type),
              c = memref(*this, {m, n}, acc),
              bias = "memref<" + std::to_string(n) + "x" + acc + ">";
  bool isFloat = acc[0] == 'f';
  std::string batchDim = batch ? "b, " : "";
  std::ostringstream os;
  os << "func.func @gemm(%a: " << a << ", %b: " << b << ", %c: " << c
     << (epilogues ? ", %bias: " + bias : "") << ") {\n";
  std::string value = fillValue;
  if (!isFloat)
    value = value.substr(0, value.find('.'));
  if (fill)
    os << "  %z = arith.constant " << value << " : " << acc << "\n"
       << "  linalg.fill {strategy.op = \"init\"} ins(%z : " << acc
       << ") outs(%c : " << c << ")\n";
  os << "  linalg.generic {strategy.op = \"mm\", indexing_maps = [";
  auto map = [&](const char *x, const char *y) {
    os << "affine_map<(" << batchDim << "m, n, k) -> (" << batchDim << x << ", "
       << y << ")>";
  };
  transposeLhs ? map("k", "m") : map("m", "k");
  os << ", ";
  transposeRhs ? map("n", "k") : map("k", "n");
  os << ", ";
  map("m", "n");
  os << "], iterator_types = [" << (batch ? "\"parallel\", " : "")
     << "\"parallel\", \"parallel\", \"reduction\"]} ins(%a, %b : " << a << ", "
     << b << ") outs(%c : " << c << ") {\n  ^bb0(%x: " << type
     << ", %y: " << type << ", %s: " << acc << "):\n";
  if (type == "i8")
    os << "    %x0 = arith.extsi %x : i8 to i32\n"
          "    %y0 = arith.extsi %y : i8 to i32\n";
  std::string suffix = type == "i8" ? "0" : "", kind = isFloat ? "f" : "i";
  os << "    %p = arith.mul" << kind << " %x" << suffix << ", %y" << suffix
     << " : " << acc << "\n    %r = arith.add" << kind
     << (productFirst ? " %p, %s : " : " %s, %p : ") << acc
     << "\n    linalg.yield %r : " << acc << "\n  }\n";
  std::string space = "(" + batchDim + "i, j)";
  for (int e = 0; e < epilogues; ++e) {
    bool isBias = e == 0;
    os << "  %limit" << e << " = arith.constant " << (isFloat ? "0.5" : "1")
       << " : " << acc << "\n  linalg.generic {strategy.op = \"ep" << e
       << "\", indexing_maps = [";
    if (isBias)
      os << "affine_map<" << space << " -> (j)>, ";
    os << "affine_map<" << space << " -> " << space << ">], iterator_types = ["
       << (batch ? "\"parallel\", " : "") << "\"parallel\", \"parallel\"]} ";
    if (isBias)
      os << "ins(%bias : " << bias << ") ";
    os << "outs(%c : " << c << ") {\n  ^bb0("
       << (isBias ? "%x: " + acc + ", " : "") << "%y: " << acc << "):\n";
    if (isBias)
      os << "    %r = arith.add" << kind << " %y, %x : " << acc << "\n";
    else
      os << "    %r = arith." << (isFloat ? "maximumf" : "maxsi")
         << " %y, %limit" << e << " : " << acc << "\n";
    os << "    linalg.yield %r : " << acc << "\n  }\n";
  }
  os << "  return\n}\n";
  return os.str();
}

std::string Gemm::describe() const {
  std::ostringstream os;
  os << type << " " << batch << "x" << m << "x" << n << "x" << k << " tile "
     << mr << "x" << nr << " edges " << edgeName(rowEdge).str() << "/"
     << edgeName(columnEdge).str() << (packLhs ? " packs lhs" : "")
     << (packRhs ? " packs rhs" : "") << (packRhsAtCall ? " at the call" : "")
     << (transposeLhs ? " lhs^T" : "") << (transposeRhs ? " rhs^T" : "")
     << (fill ? " fill " + fillValue : "") << (lateInit ? " late" : "")
     << " epilogues " << epilogues;
  return os.str();
}

std::string realise(Kernel &kernel, const Gemm &g, int steps,
                    Realised &result) {
  IRRewriter rewriter(&context());
  Refusal why;
  unsigned base = g.batch ? 1 : 0;
  auto mm = kernel.find("mm");
  if (steps < 1)
    return "";
  SmallVector<BandLoop> loops;
  if (g.batch)
    loops.push_back({"bb", 0, 1});
  if (g.nc)
    loops.push_back({"jc", base + 1, g.nc});
  loops.append({{"pc", base + 2, g.kc},
                {"ic", base, g.mc},
                {"jr", base + 1, g.nr},
                {"ir", base, g.mr}});
  auto band = tileBand(rewriter, mm, loops, why);
  if (failed(band))
    return why.reason;
  result.band = *band;
  if (steps < 2)
    return "";
  unsigned depth = base + (g.nc ? 1 : 0);
  scf::ForOp pc = band->loops[depth], ic = band->loops[depth + 1];
  int64_t kc = std::min(g.kc, g.k), mc = std::min(g.mc, g.m);
  auto pack = [&](unsigned operand, unsigned dim, int64_t size, scf::ForOp at,
                  SmallVector<int64_t> extents) {
    if (g.batch)
      extents.insert(extents.begin(), 1);
    auto buffer = packOperand(
        rewriter, band->op, at,
        {operand, dim, size, extents, operand ? "mm.rhs" : "mm.lhs", g.lanes},
        why);
    if (failed(buffer))
      return false;
    result.buffers.push_back(*buffer);
    return true;
  };
  auto order = [](bool swap, int64_t x, int64_t y) {
    return swap ? SmallVector<int64_t>{y, x} : SmallVector<int64_t>{x, y};
  };
  if (g.packRhs &&
      !pack(1, base + 1, g.nr, g.packRhsAtCall ? scf::ForOp() : pc,
            order(g.transposeRhs, g.packRhsAtCall ? g.k : kc, g.n)))
    return why.reason;
  if (g.packLhs && !pack(0, base, g.mr, ic, order(g.transposeLhs, mc, kc)))
    return why.reason;
  if (steps < 3)
    return "";
  if (g.fill) {
    auto init = fuseInit(rewriter, kernel.find("init"), band->op, why);
    if (failed(init))
      return why.reason;
    result.init = *init;
  }
  for (int e = 0; e < g.epilogues; ++e) {
    auto fused = fuseEpilogue(rewriter, kernel.find("ep" + std::to_string(e)),
                              band->op, why);
    if (failed(fused))
      return why.reason;
    result.epilogues.push_back(*fused);
  }
  if (steps < 4)
    return "";
  RegisterTileSpec spec;
  spec.dims = {{base, g.mr, g.rowEdge}, {base + 1, g.nr, g.columnEdge}};
  spec.lanes = g.lanes;
  spec.inner = {{"kk", base + 2, 1}};
  spec.lateInit = g.lateInit;
  spec.contract = true;
  spec.prefetchOutput = spec.prefetchPanels = g.prefetch;
  spec.prefetchSteps = g.prefetchSteps;
  spec.prefetchTiles = g.prefetchTiles;
  spec.init = result.init;
  spec.epilogues = result.epilogues;
  auto tile = registerTile(rewriter, band->op, spec, why);
  if (failed(tile))
    return why.reason;
  result.tile = *tile;
  if (steps < 5)
    return "";
  for (scf::ForOp loop : result.tile.loops)
    if (failed(unrollLoop(loop, g.unroll, why)))
      return why.reason;
  return "";
}

template <typename In, typename Out>
static std::string checkAs(Kernel &kernel, const Gemm &g) {
  std::mt19937 random(7);
  auto draw = [&](auto &values) {
    for (auto &value : values)
      value = std::decay_t<decltype(value)>(int(random() % 9) - 4);
  };
  int64_t batch = std::max<int64_t>(g.batch, 1);
  Guarded<In> a(batch * g.m * g.k), b(batch * g.k * g.n);
  Guarded<Out> c(batch * g.m * g.n), bias(g.n);
  draw(a);
  draw(b);
  draw(c);
  draw(bias);
  std::vector<Out> want(c.begin(), c.end());
  for (int64_t z = 0; z < batch; ++z)
    for (int64_t i = 0; i < g.m; ++i)
      for (int64_t j = 0; j < g.n; ++j) {
        Out &sum = want[(z * g.m + i) * g.n + j];
        if (g.fill)
          sum = Out(std::stod(g.fillValue));
        for (int64_t p = 0; p < g.k; ++p) {
          In x = g.transposeLhs ? a[(z * g.k + p) * g.m + i]
                                : a[(z * g.m + i) * g.k + p];
          In y = g.transposeRhs ? b[(z * g.n + j) * g.k + p]
                                : b[(z * g.k + p) * g.n + j];
          sum += Out(x) * Out(y);
        }
        if (g.epilogues > 0)
          sum += bias[j];
        if (g.epilogues > 1)
          sum = std::max(sum, std::is_integral_v<Out> ? Out(1) : Out(0.5));
      }
  SmallVector<void *> arguments{a.data(), b.data(), c.data()};
  if (g.epilogues)
    arguments.push_back(bias.data());
  if (std::string error = kernel.run(arguments); !error.empty())
    return error;
  for (size_t i = 0; i < c.size(); ++i)
    if (!(c[i] == want[i])) {
      std::ostringstream os;
      os << "element " << i << " is " << +c[i] << ", expected " << +want[i];
      return os.str();
    }
  return "";
}

std::string check(Kernel &kernel, const Gemm &g) {
  if (g.type == "f32")
    return checkAs<float, float>(kernel, g);
  if (g.type == "f64")
    return checkAs<double, double>(kernel, g);
  if (g.type == "i32")
    return checkAs<int32_t, int32_t>(kernel, g);
  if (g.type == "i8")
    return checkAs<int8_t, int32_t>(kernel, g);
  return "unknown type " + g.type;
}

} // namespace tensorop::test
