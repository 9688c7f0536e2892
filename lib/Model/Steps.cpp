//===- Steps.cpp - The steps of a plan as text ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/Steps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop::model {

StringRef str(EdgeKind kind) {
  static constexpr const char *names[] = {"auto", "mask",   "evl",  "pad",
                                          "peel", "narrow", "exact"};
  return names[unsigned(kind)];
}

StringRef str(Space space) {
  static constexpr const char *names[] = {"memory", "registers", "shared",
                                          "tmem"};
  return names[unsigned(space)];
}

StringRef str(Unit unit) {
  static constexpr const char *names[] = {"threads", "blocks", "warpgroups",
                                          "warps", "lanes"};
  return names[unsigned(unit)];
}

/// Inverse of str() over the enumeration's `count` first values.
template <typename T>
static std::optional<T> parseEnum(StringRef text, unsigned count) {
  for (unsigned i = 0; i < count; ++i)
    if (str(T(i)) == text)
      return T(i);
  return std::nullopt;
}

std::optional<EdgeKind> parseEdgeKind(StringRef text) {
  return parseEnum<EdgeKind>(text, 7);
}
std::optional<Space> parseSpace(StringRef text) {
  return parseEnum<Space>(text, 4);
}
std::optional<Unit> parseUnit(StringRef text) {
  return parseEnum<Unit>(text, 5);
}

StringRef Step::verb() const {
  static constexpr const char *names[] = {
      "param",  "require",   "algorithm",   "split",
      "tile",   "reorder",   "fuse",        "online",
      "layout", "vectorize", "parallelize", "split_reduction",
      "unroll", "pipeline",  "apply"};
  return names[body.index()];
}

namespace {
/// Prints the clauses of each step after its word.
struct StepPrinter {
  raw_ostream &os;

  template <typename Range, typename Fn> void list(const Range &range, Fn fn) {
    os << "[";
    interleaveComma(range, os, fn);
    os << "]";
  }
  void dimSizes(ArrayRef<DimSize> sizes) {
    list(sizes,
         [&](const DimSize &s) { os << s.dim << " = " << s.size.str(); });
  }
  void loopSizes(ArrayRef<LoopSize> sizes) {
    list(sizes, [&](const LoopSize &s) {
      os << s.loop << ": " << s.dim << " = " << s.size.str();
    });
  }

  void operator()(const ParamStep &s) {
    os << s.name;
    if (s.preferred)
      os << " = " << s.preferred->str();
    if (s.domain)
      os << " in " << s.domain->str();
  }
  void operator()(const RequireStep &s) {
    os << '"' << s.condition.str() << '"';
  }
  void operator()(const AlgorithmStep &s) {
    os << s.op << " " << s.name;
    if (s.argument)
      os << "(" << s.argument->str() << ")";
  }
  void operator()(const SplitStep &s) {
    os << s.dim << " at ";
    list(s.at, [&](const Expr &e) { os << e.str(); });
  }
  void operator()(const TileStep &s) {
    if (!s.on.empty())
      os << "on " << s.on << " ";
    loopSizes(s.loops);
    if (!s.edges.empty()) {
      os << " edge(";
      interleaveComma(s.edges, os, [&](const EdgeClause &e) {
        os << e.loop << " = " << str(e.kind);
        if (!e.sizes.empty()) {
          os << "(";
          interleaveComma(e.sizes, os, [&](const Expr &x) { os << x.str(); });
          os << ")";
        }
      });
      os << ")";
    }
    if (s.skipMasked)
      os << " skip_masked";
  }
  void operator()(const ReorderStep &s) {
    list(s.loops, [&](const std::string &l) { os << l; });
  }
  void operator()(const FuseStep &s) {
    interleaveComma(s.ops, os);
    os << " into " << s.into;
    if (s.when == FuseStep::When::Always)
      return;
    os << (s.when == FuseStep::When::First ? " when first(" : " when last(");
    interleaveComma(s.whenLoops, os);
    os << ")";
  }
  void operator()(const OnlineStep &s) { os << s.dim << " over " << s.op; }
  void operator()(const LayoutStep &s) {
    os << s.op << "." << s.operand;
    if (!s.pack.empty()) {
      os << " pack ";
      dimSizes(s.pack);
    }
    if (s.space != Space::Memory)
      os << " in " << str(s.space);
    os << " at " << s.place;
    if (s.swizzle)
      os << " swizzle(" << s.swizzle << ")";
    if (!s.multicast.empty())
      os << " multicast(" << s.multicast << ")";
    if (s.pad)
      os << " pad(" << s.pad->str() << ")";
  }
  void operator()(const VectorizeStep &s) {
    os << s.op << " ";
    dimSizes(s.tile);
    if (!s.instr.empty())
      os << " with " << s.instr;
    if (!s.acc.empty())
      os << " acc " << s.acc;
  }
  void operator()(const ParallelizeStep &s) {
    list(s.loops, [&](const std::string &l) { os << l; });
    os << " to " << str(s.to);
    if (!s.schedule.empty())
      os << " schedule(" << s.schedule << ")";
    if (s.persistent)
      os << " persistent";
    if (!s.order.empty()) {
      os << " order(" << s.order;
      if (s.orderSize)
        os << " = " << s.orderSize->str();
      os << ")";
    }
    if (!s.cluster.empty()) {
      os << " cluster(";
      interleaveComma(s.cluster, os, [&](const auto &c) {
        os << c.first << " = " << c.second.str();
      });
      os << ")";
    }
  }
  void operator()(const SplitReductionStep &s) {
    loopSizes(s.loops);
    os << " combine(" << s.combine << ")";
  }
  void operator()(const UnrollStep &s) { os << s.loop << " by " << s.by.str(); }
  void operator()(const PipelineStep &s) {
    os << s.loop << " stages(" << s.stages.str() << ") copies(" << s.copies
       << ")";
    if (s.roles)
      os << " roles(" << s.roles->first.str() << ", " << s.roles->second.str()
         << ")";
    if (!s.schedule.empty())
      os << " schedule(" << s.schedule << ")";
  }
  void operator()(const ApplyStep &s) {
    os << "@" << s.sequence << " on " << s.on;
  }
};
} // namespace

namespace {
/// Hands the expressions of each step to `visit`.
struct ExprVisitor {
  function_ref<void(const Expr &)> visit;

  void size(const Size &size) { llvm::for_each(size.parts, visit); }
  template <typename T> void sizes(const T &entries) {
    for (const auto &entry : entries)
      size(entry.size);
  }
  void maybe(const std::optional<Expr> &expr) {
    if (expr)
      visit(*expr);
  }

  void operator()(const ParamStep &s) {
    maybe(s.preferred);
    if (!s.domain)
      return;
    llvm::for_each(s.domain->list, visit);
    if (s.domain->kind == Domain::Kind::Range)
      for (const Expr *expr : {&s.domain->lo, &s.domain->hi, &s.domain->step})
        visit(*expr);
  }
  void operator()(const RequireStep &s) { visit(s.condition); }
  void operator()(const AlgorithmStep &s) { maybe(s.argument); }
  void operator()(const SplitStep &s) { llvm::for_each(s.at, visit); }
  void operator()(const TileStep &s) {
    sizes(s.loops);
    for (const EdgeClause &edge : s.edges)
      llvm::for_each(edge.sizes, visit);
  }
  void operator()(const ReorderStep &) {}
  void operator()(const FuseStep &) {}
  void operator()(const OnlineStep &) {}
  void operator()(const LayoutStep &s) {
    sizes(s.pack);
    maybe(s.pad);
  }
  void operator()(const VectorizeStep &s) { sizes(s.tile); }
  void operator()(const ParallelizeStep &s) {
    maybe(s.orderSize);
    for (const auto &[loop, size] : s.cluster)
      visit(size);
  }
  void operator()(const SplitReductionStep &s) { sizes(s.loops); }
  void operator()(const UnrollStep &s) { visit(s.by); }
  void operator()(const PipelineStep &s) {
    visit(s.stages);
    if (s.roles) {
      visit(s.roles->first);
      visit(s.roles->second);
    }
  }
  void operator()(const ApplyStep &) {}
};
} // namespace

void forEachExpr(const Step &step, function_ref<void(const Expr &)> visit) {
  std::visit(ExprVisitor{visit}, step.body);
}

std::string Step::str() const {
  std::string text;
  raw_string_ostream os(text);
  os << verb() << " ";
  std::visit(StepPrinter{os}, body);
  if (!condition.empty())
    os << " if " << condition;
  return text;
}

} // namespace tensorop::model
