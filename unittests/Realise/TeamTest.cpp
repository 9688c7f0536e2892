//===- TeamTest.cpp - Loops on a team of threads --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "TensorOp/Realise/Realise.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/PatternMatch.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tensorop;
using namespace tensorop::test;

namespace {

/// `body` in a function of %c (64 x 64 floats) with constants of index type.
std::string function(const std::string &body) {
  return "func.func @f(%c: memref<64x64xf32>, %n: index) {\n"
         " %zero = arith.constant 0 : index\n"
         " %one = arith.constant 1 : index\n"
         " %eight = arith.constant 8 : index\n"
         " %size = arith.constant 64 : index\n"
         " %x = arith.constant 1.0 : f32\n" +
         body + "\n return\n}";
}
std::string loop(const std::string &name, const std::string &body,
                 const std::string &bound = "%size") {
  return "scf.for %" + name + " = %zero to " + bound + " step %eight {\n" +
         body + "\n} {strategy.loop = \"" + name + "\"}\n";
}
const char *store = "memref.store %x, %c[%i, %j] : memref<64x64xf32>";

scf::ForOp find(Kernel &kernel, StringRef name) {
  scf::ForOp found;
  kernel.module->walk([&](scf::ForOp loop) {
    auto attr = loop->getAttrOfType<StringAttr>(kLoopName);
    if (attr && attr.getValue() == name)
      found = loop;
  });
  return found;
}

/// Divides the loops `names`; the reason when that is refused.
std::string divide(Kernel &kernel, ArrayRef<StringRef> names,
                   ArrayRef<memref::AllocOp> privates = {},
                   int64_t threads = 3) {
  IRRewriter rewriter(&context());
  TeamSpec spec;
  for (StringRef name : names)
    spec.band.push_back(find(kernel, name));
  spec.privates.assign(privates.begin(), privates.end());
  spec.threads = threads;
  Refusal why;
  if (succeeded(runOnTeam(rewriter, spec, why))) {
    EXPECT_TRUE(kernel.verifies());
    return "";
  }
  return why.reason;
}

std::string reason(const std::string &body, ArrayRef<StringRef> names) {
  Kernel kernel(function(body));
  return divide(kernel, names);
}

TEST(Team, DividesABand) {
  Kernel kernel(function(
      loop("k", loop("i", "%y = arith.addi %i, %one : index\n" +
                              loop("j", "memref.store %x, %c[%y, %j] : "
                                        "memref<64x64xf32>")))));
  EXPECT_EQ(divide(kernel, {"i", "j"}), "");
  EXPECT_EQ(kernel.count<omp::ParallelOp>(), 1);
  auto nest = kernel.first<omp::LoopNestOp>();
  ASSERT_TRUE(nest);
  EXPECT_EQ(nest.getNumLoops(), 2u);
  EXPECT_EQ(nest.getCollapseNumLoops(), 2);
  // The loop around runs on every worker.
  EXPECT_EQ(kernel.count<scf::ForOp>(), 1);
  EXPECT_TRUE(nest->getParentOfType<scf::ForOp>());
  EXPECT_TRUE(kernel.module->lookupSymbol("omp_get_max_threads"));
}

TEST(Team, SharesTheFillAndSplitsPrivates) {
  Kernel kernel(function(
      "%shared = memref.alloc() {alignment = 64 : i64} : memref<64xf32>\n"
      "%mine = memref.alloc() {alignment = 64 : i64, strategy.buffer = \"b\"} "
      ": memref<1024xf32>\n" +
      loop("k", "scf.parallel (%p) = (%zero) to (%size) step (%one) {\n"
                " memref.store %x, %shared[%p] : memref<64xf32>\n"
                "} {strategy.loop = \"pack.panel\"}\n" +
                    loop("i", "%y = memref.load %shared[%i] : memref<64xf32>\n"
                              "memref.store %y, %mine[%i] : memref<1024xf32>\n"
                              "memref.store %y, %c[%i, %i] : "
                              "memref<64x64xf32>"))));
  memref::AllocOp mine;
  kernel.module->walk([&](memref::AllocOp alloc) {
    if (alloc->hasAttr(kBufferName))
      mine = alloc;
  });
  EXPECT_EQ(divide(kernel, {"i"}, mine), "");
  EXPECT_EQ(kernel.count<omp::WsloopOp>(), 2);
  EXPECT_EQ(kernel.count<scf::ParallelOp>(), 0);
  EXPECT_EQ(kernel.count<memref::AtomicRMWOp>(), 1);
  int64_t bytes = 0;
  kernel.module->walk([&](memref::AllocOp alloc) {
    if (alloc->hasAttr(kBufferName))
      bytes = alloc.getType().getNumElements();
  });
  EXPECT_EQ(bytes, 3 * privateStride(4096));
}

TEST(Team, CopiesDoNotCompeteForCacheSets) {
  EXPECT_EQ(privateStride(1), 64);
  EXPECT_EQ(privateStride(100), 128);
  EXPECT_EQ(privateStride(4096), 4096 + 64);
  EXPECT_EQ(privateStride(4097), 4160);
}

TEST(Team, CopiesForTheCallStandBeforeTheNest) {
  std::string fill = "%b = memref.alloc() : memref<64xf32>\n"
                     "scf.parallel (%p) = (%zero) to (%size) step (%one) {\n"
                     " memref.store %x, %b[%p] : memref<64xf32>\n"
                     "} {strategy.loop = \"pack.panel\"}\n";
  std::string nest = loop("i", loop("j", store));
  Kernel kernel(function(fill + nest));
  EXPECT_EQ(divide(kernel, {"i"}), "");
  auto parallel = kernel.first<omp::ParallelOp>();
  int shares = 0;
  parallel->walk([&](omp::WsloopOp) { ++shares; });
  EXPECT_EQ(shares, 2);
  EXPECT_EQ(
      reason(fill + "memref.store %x, %b[%zero] : memref<64xf32>\n" + nest,
             {"i"}),
      "this lies between a copy for all threads and the loops that read "
      "it");
}

TEST(Team, Refusals) {
  std::string carried =
      "%r = scf.for %i = %zero to %size step %eight iter_args(%s = %x) -> "
      "(f32) {\n scf.yield %s : f32\n} {strategy.loop = \"i\"}\n";
  EXPECT_EQ(reason(carried, {"i"}),
            "loop 'i' carries values from iteration to iteration");
  EXPECT_EQ(reason(loop("i", loop("k", loop("j", store))), {"i", "j"}),
            "loop 'j' is not right inside loop 'i'");
  EXPECT_EQ(reason(loop("i", loop("j", store, "%i")), {"i", "j"}),
            "the iterations of loop 'j' depend on loop 'i': they cannot be "
            "divided together");
  EXPECT_EQ(reason(loop("i", "memref.store %x, %c[%i, %i] : "
                             "memref<64x64xf32>\n" +
                                 loop("j", store)),
                   {"i", "j"}),
            "this lies between the loops 'i' and 'j', which are divided "
            "together");
  EXPECT_EQ(reason(loop("i", "memref.store %x, %c[%i, %i] : "
                             "memref<64x64xf32>\n" +
                                 loop("j", store)),
                   {"j"}),
            "this would be done by every thread: it lies outside the loop that "
            "they divide");
  Kernel one(function(loop("i", loop("j", store))));
  EXPECT_EQ(divide(one, {"i"}, {}, /*threads=*/1),
            "expects a loop to divide and at least 2 threads, but got 1 loops "
            "and 1 threads");
  EXPECT_EQ(divide(one, {"i"}), "");
  EXPECT_EQ(divide(one, {"j"}),
            "expects a loop of a function that no team runs yet");
}

TEST(Team, IterationsWriteTheirOwn) {
  std::string race =
      "iterations that run at the same time would write the same elements";
  // The value depends on the iteration, the place does not.
  EXPECT_EQ(reason(loop("i", "%y = memref.load %c[%i, %i] : memref<64x64xf32>\n"
                             "memref.store %y, %c[%zero, %one] : "
                             "memref<64x64xf32>"),
                   {"i"}),
            race);
  // Of two loops that are divided together, each counts.
  EXPECT_EQ(reason(loop("i", loop("j", "memref.store %x, %c[%zero, %j] : "
                                       "memref<64x64xf32>")),
                   {"i", "j"}),
            race);
  EXPECT_EQ(reason("%b = memref.alloc() : memref<64xf32>\n"
                   "scf.parallel (%p) = (%zero) to (%size) step (%one) {\n"
                   " memref.store %x, %b[%zero] : memref<64xf32>\n"
                   "} {strategy.loop = \"pack.panel\"}\n" +
                       loop("i", loop("j", store)),
                   {"i"}),
            race);
  // An op that says nothing of what it does.
  EXPECT_EQ(
      reason(loop("i", "func.call @f(%c, %i) : (memref<64x64xf32>, index) "
                       "-> ()"),
             {"i"}),
      "it is not known what this writes, in iterations that run at the "
      "same time");
  // By the offset of a view, by the bound of a loop inside, in a buffer made
  // inside.
  EXPECT_EQ(
      reason(loop("i",
                  "%v = memref.subview %c[%i, 0] [1, 64] [1, 1] : "
                  "memref<64x64xf32> to memref<1x64xf32, strided<[64, 1], "
                  "offset: ?>>\n"
                  "memref.prefetch %c[%zero, %zero], read, locality<3>, data : "
                  "memref<64x64xf32>\n"
                  "memref.store %x, %v[%zero, %one] : memref<1x64xf32, "
                  "strided<[64, 1], offset: ?>>\n"
                  "%t = memref.alloca() : memref<1xf32>\n"
                  "memref.store %x, %t[%zero] : memref<1xf32>\n"
                  "%e = arith.addi %i, %eight : index\n"
                  "scf.for %q = %i to %e step %one {\n"
                  " memref.store %x, %c[%q, %zero] : memref<64x64xf32>\n}"),
             {"i"}),
      "");
}

TEST(Team, NeedsOneBlock) {
  EXPECT_EQ(
      reason("cf.br ^next\n^next:\n" + loop("i", loop("j", store)), {"i"}),
      "expects a function with one block");
}

TEST(Team, BuffersOfAThreadStayInside) {
  Kernel kernel(function("%b = memref.alloc() : memref<64xf32>\n" +
                         loop("i", "memref.store %x, %b[%i] : memref<64xf32>") +
                         "memref.store %x, %b[%zero] : memref<64xf32>"));
  EXPECT_EQ(divide(kernel, {"i"}, kernel.first<memref::AllocOp>()),
            "a buffer of each thread is used outside the loops that they "
            "divide");
}

TEST(Team, EachThreadHasItsOwnStack) {
  std::string alloca = "%b = memref.alloca() : memref<64xf32>\n";
  std::string inside = loop("i", "memref.store %x, %b[%zero] : memref<64xf32>");
  Kernel own(function(alloca + inside));
  EXPECT_EQ(divide(own, {"i"}), "");
  EXPECT_TRUE(
      isa<omp::ParallelOp>(own.first<memref::AllocaOp>()->getParentOp()));
  Kernel shared(function(alloca + inside +
                         "memref.store %x, %b[%zero] : memref<64xf32>"));
  EXPECT_EQ(divide(shared, {"i"}),
            "a buffer on the stack is used in the loops that threads divide, "
            "where each has its own, and outside");
  // One of other loops stays where it is.
  Kernel other(function(alloca +
                        "memref.store %x, %b[%zero] : memref<64xf32>\n" +
                        loop("i", loop("j", store))));
  EXPECT_EQ(divide(other, {"i", "j"}), "");
  EXPECT_TRUE(
      isa<func::FuncOp>(other.first<memref::AllocaOp>()->getParentOp()));
}

} // namespace
