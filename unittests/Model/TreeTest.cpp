//===- TreeTest.cpp - Extents, buffers, versions against brute force ------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanReader.h"
#include "Plans.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <set>

using namespace tensorop;
using namespace tensorop::model;
using namespace tensorop::model::test;
using llvm::SmallVector;

namespace {

//===----------------------------------------------------------------------===//
// Covering an extent
//===----------------------------------------------------------------------===//

TEST(CoverExtent, EveryPolicyCoversExactly) {
  const EdgeKind kinds[] = {EdgeKind::Auto, EdgeKind::Mask,   EdgeKind::Evl,
                            EdgeKind::Pad,  EdgeKind::Narrow, EdgeKind::Peel};
  const SmallVector<int64_t> narrows[] = {{}, {4}, {2, 1}, {8, 4}, {3, 5}, {7}};
  for (int64_t extent = 0; extent <= 70; ++extent)
    for (int64_t size : {1, 2, 6, 8, 16})
      for (EdgeKind kind : kinds)
        for (const auto &narrow : narrows) {
          int64_t sum = 0, full = 0;
          for (const Segment &s : coverExtent(extent, size, kind, narrow)) {
            EXPECT_GT(s.count, 0);
            EXPECT_GT(s.extent, 0);
            EXPECT_LE(s.extent, s.size);
            EXPECT_LE(s.size, size);
            sum += s.count * s.extent;
            if (s.size == size && !s.isMasked())
              full += s.count;
            if (kind == EdgeKind::Peel) {
              EXPECT_FALSE(s.isMasked());
            }
          }
          ASSERT_EQ(sum, extent) << extent << " by " << size;
          if (kind != EdgeKind::Narrow) {
            EXPECT_EQ(full, extent / size);
          }
        }
}

/// Largest number of full tiles that leaves a sum of narrow tiles; -1: none.
int64_t mostFullTiles(int64_t extent, int64_t size,
                      llvm::ArrayRef<int64_t> narrow) {
  for (int64_t full = extent / size; full >= 0; --full) {
    std::set<int64_t> reach = {0};
    for (int64_t i = 0; i <= extent; ++i)
      if (reach.count(i))
        for (int64_t n : narrow)
          reach.insert(i + n);
    if (reach.count(extent - full * size))
      return full;
  }
  return -1;
}

TEST(CoverExtent, NarrowKeepsMostFullTiles) {
  const SmallVector<int64_t> narrows[] = {{4}, {2}, {3, 5}, {7}, {1}, {4, 2}};
  int masked = 0;
  for (int64_t extent = 1; extent <= 100; ++extent)
    for (int64_t size : {6, 8, 16})
      for (const auto &narrow : narrows) {
        SmallVector<int64_t> smaller;
        for (int64_t n : narrow)
          if (n < size)
            smaller.push_back(n);
        if (smaller.empty())
          continue;
        auto segments = coverExtent(extent, size, EdgeKind::Narrow, narrow);
        int64_t expected = mostFullTiles(extent, size, smaller);
        int64_t full = 0;
        bool isMasked = false;
        for (const Segment &s : segments) {
          full += s.size == size ? s.count : 0;
          isMasked |= s.isMasked();
        }
        EXPECT_EQ(isMasked, expected < 0) << extent << " by " << size;
        EXPECT_EQ(full, expected < 0 ? extent / size : expected)
            << extent << " by " << size;
        masked += isMasked;
      }
  EXPECT_GT(masked, 100);
}

TEST(CoverExtent, TheExampleOfTheDesign) {
  auto segments = coverExtent(56, 6, EdgeKind::Narrow, {4});
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[0].size, 6);
  EXPECT_EQ(segments[0].count, 8);
  EXPECT_EQ(segments[1].size, 4);
  EXPECT_EQ(segments[1].count, 2);
  // No sum of 16s covers the last element: one masked narrow tile.
  segments = coverExtent(33, 32, EdgeKind::Narrow, {16});
  ASSERT_EQ(segments.size(), 2u);
  EXPECT_EQ(segments[1].size, 16);
  EXPECT_EQ(segments[1].extent, 1);
}

//===----------------------------------------------------------------------===//
// Walking the tree point by point
//===----------------------------------------------------------------------===//

/// Runs the loops of one op as the generated code would, by brute force.
class Walk {
public:
  Walk(const LoopTree &tree, unsigned op) : t(tree), op(op) {
    const OpNode &node = t.ops()[op];
    for (unsigned dim : node.dims)
      region[dim] = {0, *t.extent(dim)};
    run(0);
  }
  /// Extents of each dimension seen inside each loop (-1: the kernel).
  std::map<std::pair<int, unsigned>, std::set<int64_t>> extents;
  /// Largest box of each operand inside each loop.
  std::map<std::pair<int, unsigned>, SmallVector<int64_t>> boxes;
  /// Most iterations of each loop per iteration of the loops around it.
  std::map<unsigned, int64_t> trips;
  /// Times that each point is computed.
  std::map<SmallVector<int64_t>, int> points;

private:
  const LoopTree &t;
  unsigned op;
  /// Begin and end of each dimension in the tile at hand.
  std::map<unsigned, std::pair<int64_t, int64_t>> region;

  void record(int loop) {
    const OpNode &node = t.ops()[op];
    for (unsigned dim : node.dims)
      extents[{loop, dim}].insert(region[dim].second - region[dim].first);
    for (auto [index, operand] : llvm::enumerate(node.info->operands)) {
      auto &box = boxes[{loop, unsigned(index)}];
      box.resize(operand.access.size(), 0);
      for (auto [at, access] : llvm::enumerate(operand.access)) {
        // The least and the largest index by the corners of the region.
        int64_t lo = access.constant, hi = access.constant;
        for (auto [d, coefficient] : access.terms) {
          auto [begin, end] = region[node.dims[d]];
          int64_t a = coefficient * begin, b = coefficient * (end - 1);
          lo += std::min(a, b);
          hi += std::max(a, b);
        }
        box[at] = std::max(box[at], hi - lo + 1);
      }
    }
  }

  void run(size_t depth) {
    const OpNode &node = t.ops()[op];
    record(depth == 0 ? -1 : int(node.chain[depth - 1]));
    if (depth == node.chain.size()) {
      SmallVector<int64_t> point;
      count(0, point);
      return;
    }
    unsigned loop = node.chain[depth], dim = t.loops()[loop].dim;
    auto saved = region[dim];
    int64_t begin = saved.first, iterations = 0;
    for (const Segment &s : t.segments(loop, saved.second - saved.first))
      for (int64_t i = 0; i < s.count; ++i) {
        region[dim] = {begin, begin + s.extent};
        begin += s.extent;
        ++iterations;
        run(depth + 1);
      }
    region[dim] = saved;
    trips[loop] = std::max(trips[loop], iterations);
  }

  void count(size_t index, SmallVector<int64_t> &point) {
    const OpNode &node = t.ops()[op];
    if (index == node.dims.size()) {
      ++points[point];
      return;
    }
    auto [begin, end] = region[node.dims[index]];
    for (int64_t i = begin; i < end; ++i) {
      point.push_back(i);
      count(index + 1, point);
      point.pop_back();
    }
  }
};

/// Compares every query of the tree for `op` with the walk.
void compareWithWalk(const LoopTree &t, unsigned op) {
  Walk walk(t, op);
  const OpNode &node = t.ops()[op];
  size_t expected = 1;
  for (unsigned dim : node.dims)
    expected *= *t.extent(dim);
  EXPECT_EQ(walk.points.size(), expected);
  for (const auto &[point, times] : walk.points)
    ASSERT_EQ(times, 1);
  for (const auto &[key, seen] : walk.extents) {
    auto [loop, dim] = key;
    SmallVector<int64_t> sorted(seen.rbegin(), seen.rend());
    EXPECT_EQ(t.possibleExtents(op, dim, loop), sorted) << t.str();
    EXPECT_EQ(t.extentInside(op, dim, loop), sorted.front());
  }
  for (const auto &[key, box] : walk.boxes)
    EXPECT_EQ(t.region(op, key.second, key.first), box) << t.str();
  for (const auto &[loop, trips] : walk.trips)
    EXPECT_EQ(t.tripCount(loop), trips) << t.str();
  for (auto [index, loop] : llvm::enumerate(node.chain)) {
    int64_t bytes = 0;
    for (unsigned operand = 0; operand < node.info->operands.size();
         ++operand) {
      int64_t elements = 1;
      for (int64_t extent : walk.boxes[{int(loop), operand}])
        elements *= extent;
      bytes += elements * node.info->operands[operand].bits / 8;
    }
    EXPECT_EQ(t.footprint(op, loop), bytes) << t.str();
  }
}

TEST(Footprint, RandomGemmTreesAgainstAWalk) {
  std::mt19937 rng(11);
  const char *edges[] = {"auto",   "mask",      "peel",
                         "narrow", "narrow(2)", "narrow(3, 1)"};
  for (int round = 0; round < 60; ++round) {
    auto pick = [&](int n) { return int64_t(rng() % n) + 1; };
    KernelInfo info{"k", {matmul(pick(24), pick(24), pick(9))}};
    std::string plan = "root mm(m, n, k) numerics(reassoc)\n";
    int64_t outer = pick(12), inner = pick(outer);
    plan += "tile [pc: k = " + std::to_string(pick(6)) +
            ", ic: m = " + std::to_string(outer) + "]\n";
    plan += "tile [jr: n = " + std::to_string(pick(8) + 3) +
            ", ir: m = " + std::to_string(inner) +
            "] edge(jr = " + edges[rng() % 6] + ")\n";
    LoopTree t = build(plan, target("x86-64-v3"), &info);
    compareWithWalk(t, 0);
  }
}

TEST(Footprint, ConvolutionWithStride) {
  for (int64_t stride : {1, 2}) {
    KernelInfo info{"k", {conv2d(1, 5, 9, 6, 3, 3, 4, stride)}};
    LoopTree t = build("root conv(n, oh, ow, f, kh, kw, c) numerics(reassoc)\n"
                       "tile [hh: oh = 2, wt: ow = 4, ff: f = 4]\n"
                       "tile [rh: kh = 1, cc: c = 3]",
                       target("x86-64-v3"), &info);
    compareWithWalk(t, 0);
    // One output row pair needs 2 * stride + 1 or so input rows.
    EXPECT_EQ(t.region(0, 0, *t.findLoop("hh"))[1], stride + 3);
  }
}

TEST(Footprint, SplitDimension) {
  KernelInfo info{"k", {matmul(56, 16, 8)}};
  LoopTree t = build("root mm(m, n, k) numerics(reassoc)\n"
                     "split m at [48]\ntile [i: m = 6|4]",
                     target("x86-64-v3"), &info);
  EXPECT_EQ(t.numParts(0), 2u);
  EXPECT_EQ(t.possibleExtents(0, 0, 0), (SmallVector<int64_t>{6, 4}));
  EXPECT_EQ(t.tripCount(0), 10);
  EXPECT_EQ(t.loopSize(0, 1), 4);
}

TEST(Footprint, PackedBuffersHoldTheRegionWithPadding) {
  std::mt19937 rng(5);
  for (int round = 0; round < 40; ++round) {
    int64_t m = rng() % 50 + 1, n = rng() % 90 + 1, k = rng() % 40 + 1;
    int64_t mr = rng() % 8 + 1, kc = rng() % 20 + 1;
    KernelInfo info{"k", {matmul(m, n, k)}};
    Assignment values = {{"mr", mr}, {"kc", kc}};
    LoopTree t = build("root mm(m, n, k) numerics(reassoc, contract)\n"
                       "param mr = 4 in 1 to 8\nparam kc = 4 in 1 to 64\n"
                       "tile [pc: k = kc, ir: m = mr, jr: n = v(1)]\n"
                       "layout mm.lhs pack [m = mr] at call\n"
                       "layout mm.rhs pack [n = v(1)] at pc",
                       target("x86-64-v3"), &info, values);
    auto buffers = t.buffers();
    ASSERT_EQ(buffers.size(), 2u);
    auto ceil = [](int64_t a, int64_t b) { return (a + b - 1) / b; };
    EXPECT_EQ(buffers[0].shape, (SmallVector<int64_t>{ceil(m, mr), k, mr}));
    EXPECT_EQ(buffers[1].shape,
              (SmallVector<int64_t>{ceil(n, 8), std::min(kc, k), 8}));
    EXPECT_EQ(buffers[1].region, (SmallVector<int64_t>{std::min(kc, k), n}));
    EXPECT_EQ(buffers[0].bytes, 4 * ceil(m, mr) * mr * k);
    EXPECT_EQ(buffers[0].name, "mm.lhs");
  }
}

TEST(Footprint, ResultsReadInsideCountOnce) {
  KernelInfo info{"k",
                  {matmul(64, 64, 64), elementwise("relu", {64, 64}, "mm")}};
  LoopTree t = build("root mm(m, n, k) with [relu(m, n)] numerics(reassoc)\n"
                     "tile [i: m = 8]\nfuse relu into i",
                     target("x86-64-v3"), &info);
  EXPECT_EQ(t.footprint(0), 4 * (8 * 64 + 64 * 64 + 8 * 64 + 8 * 64));
  EXPECT_EQ(t.footprint(-1), 4 * 4 * 64 * 64);
}

//===----------------------------------------------------------------------===//
// Versions
//===----------------------------------------------------------------------===//

std::vector<std::pair<SmallVector<int64_t>, bool>>
versions(int64_t m, int64_t n, const char *edges) {
  KernelInfo info{"k", {matmul(m, n, 8)}};
  LoopTree t =
      build(std::string("root mm(m, n, k) numerics(reassoc, contract)\n"
                        "tile [ir: m = 6, jr: n = v(2)] edge(") +
                edges +
                ")\ntile [kk: k = 1]\n"
                "vectorize mm [m = 6, n = v(2)] with fma",
            target("x86-64-v3"), &info);
  std::vector<std::pair<SmallVector<int64_t>, bool>> result;
  for (const LoopTree::TileVersion &version : t.versions(0))
    result.push_back({version.sizes, version.masked});
  EXPECT_EQ(t.copies(*t.findLoop("kk")), int64_t(result.size()));
  return result;
}

TEST(Versions, FullAndEdge) {
  using Sizes = SmallVector<int64_t>;
  using List = std::vector<std::pair<Sizes, bool>>;
  EXPECT_EQ(versions(12, 32, "ir = mask, jr = mask"),
            (List{{Sizes{6, 16}, false}}));
  // Rows, columns, and both at the edge: full tiles pay for no mask of another
  // dimension.
  EXPECT_EQ(versions(13, 35, "ir = mask, jr = mask"),
            (List{{Sizes{6, 16}, false},
                  {Sizes{6, 16}, true},
                  {Sizes{6, 16}, true},
                  {Sizes{6, 16}, true}}));
  EXPECT_EQ(versions(13, 32, "ir = pad, jr = mask"),
            (List{{Sizes{6, 16}, false}, {Sizes{6, 16}, true}}));
  // Never full along m: the edge version serves all.
  EXPECT_EQ(versions(5, 35, "ir = mask, jr = mask"),
            (List{{Sizes{6, 16}, true}, {Sizes{6, 16}, true}}));
  // One remainder gets code of its own under auto.
  EXPECT_EQ(versions(13, 32, "ir = auto, jr = auto"),
            (List{{Sizes{6, 16}, false}, {Sizes{1, 16}, false}}));
  EXPECT_EQ(versions(13, 35, "ir = auto, jr = auto"),
            (List{{Sizes{6, 16}, false},
                  {Sizes{1, 16}, false},
                  {Sizes{6, 8}, true},
                  {Sizes{1, 8}, true}}));
  // 14 = 6 + 2 * 4; 40 = 2 * 16 + 8.
  EXPECT_EQ(versions(14, 40, "ir = narrow(4), jr = narrow(8)"),
            (List{{Sizes{6, 16}, false},
                  {Sizes{4, 16}, false},
                  {Sizes{6, 8}, false},
                  {Sizes{4, 8}, false}}));
  // Peeled rows run plain loops.
  EXPECT_EQ(versions(13, 32, "ir = peel, jr = mask"),
            (List{{Sizes{6, 16}, false}}));
  EXPECT_EQ(versions(5, 32, "ir = peel, jr = mask"), List{});
}

TEST(Versions, VersionsCoverTheTilesThatOccur) {
  for (int64_t m : {1, 6, 7, 12, 17})
    for (int64_t n : {1, 8, 16, 17, 24, 33})
      for (const char *edges :
           {"ir = mask, jr = mask", "ir = auto, jr = auto",
            "ir = narrow, jr = narrow", "ir = narrow(2), jr = mask"}) {
        auto all = versions(m, n, edges);
        KernelInfo info{"k", {matmul(m, n, 8)}};
        LoopTree t =
            build(std::string("root mm(m, n, k) numerics(reassoc, contract)\n"
                              "tile [ir: m = 6, jr: n = v(2)] edge(") +
                      edges +
                      ")\ntile [kk: k = 1]\n"
                      "vectorize mm [m = 6, n = v(2)] with fma",
                  target("x86-64-v3"), &info);
        for (int64_t rows : t.possibleExtents(0, 0, 1))
          for (int64_t columns : t.possibleExtents(0, 1, 1)) {
            bool exact = columns % 8 == 0;
            EXPECT_TRUE(llvm::any_of(all,
                                     [&](const auto &version) {
                                       return version.first[0] >= rows &&
                                              version.first[1] >= columns &&
                                              (version.second ||
                                               (version.first[0] == rows &&
                                                version.first[1] == columns &&
                                                exact));
                                     }))
                << m << "x" << n << " " << edges << ": " << rows << "x"
                << columns;
          }
      }
}

TEST(Versions, PartialSumsHaveOneAndARest) {
  auto tree = [](int64_t k, const char *steps) {
    static std::vector<std::unique_ptr<KernelInfo>> kept;
    kept.push_back(
        std::make_unique<KernelInfo>(KernelInfo{"k", {matmul(12, 8, k)}}));
    return build(std::string("root mm(m, n, k) numerics(reassoc, contract)\n") +
                     steps,
                 target("x86-64-v4"), kept.back().get());
  };
  // Four accumulators for each of six sums of a vector of 8.
  const char *rows = "tile [jr: n = 8, ir: m = 6]\ntile [kk: k = 4]\n"
                     "vectorize mm [m = 6, k = 4, n = 8] with fma";
  for (int64_t k : {64, 67}) {
    LoopTree t = tree(k, rows);
    EXPECT_EQ(t.partialDim(0), t.findDim("k"));
    EXPECT_EQ(t.lanes(0), 16);
    EXPECT_EQ(t.tileLanes(0), 8);
    EXPECT_EQ(t.hasPartialRest(0), k == 67);
    ASSERT_EQ(t.versions(0).size(), 1u);
    EXPECT_EQ(t.versions(0)[0].sizes, (SmallVector<int64_t>{6, 4, 8}));
  }
  // Blocks that leave a rest, in the last of them only.
  std::string blocks = std::string("tile [pc: k = 32]\n") + rows;
  EXPECT_FALSE(tree(96, blocks.c_str()).hasPartialRest(0));
  EXPECT_TRUE(tree(97, blocks.c_str()).hasPartialRest(0));
  // Lanes along the reduction.
  LoopTree dots = tree(64, "tile [ir: m = 3, jr: n = 8]\ntile [kk: k = v(1)]\n"
                           "layout mm.rhs pack [k = 64] at call\n"
                           "vectorize mm [m = 3, n = 8, k = v(1)] with fma");
  EXPECT_EQ(dots.partialDim(0), dots.findDim("k"));
  EXPECT_EQ(dots.tileLanes(0), 16);
  // One accumulator for each sum.
  LoopTree plain = tree(64, "tile [jr: n = 8, ir: m = 6]\ntile [kk: k = 1]\n"
                            "vectorize mm [m = 6, n = 8] with fma");
  EXPECT_FALSE(plain.partialDim(0));
  EXPECT_FALSE(plain.hasPartialRest(0));
}

} // namespace
