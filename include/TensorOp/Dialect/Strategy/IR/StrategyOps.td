//===- StrategyOps.td - Plans and their steps --------------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_TD
#define TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_TD

include "TensorOp/Dialect/Strategy/IR/StrategyDialect.td"
include "TensorOp/Dialect/Strategy/IR/StrategyInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"

class Strategy_Op<string mnemonic, list<Trait> traits = []>
    : Op<Strategy_Dialect, mnemonic, traits>;

def Strategy_PlanOp : Strategy_Op<"plan",
    [Symbol, NoTerminator, SingleBlock, NoRegionArguments]> {
  let summary = "Describes the loop tree of one kernel";
  let description = [{
    The header names the root op and its dimensions, the ops computed with it
    (`with`), an optional guard over extents (`when`), the hardware features that
    the plan needs (`requires`) and what rounding changes it may make
    (`numerics`: `reassoc`, `contract`, `approx(ulp)`, `nnan`, `ninf`).

    ```mlir
    strategy.plan @mm_relu root mm(m, n, k) with [relu(m, n)] when "m >= 16"
        requires [fma] numerics(reassoc, contract) {
      strategy.tile [ir: m = 6, jr: n = v(2)]
      strategy.tile [kk: k = 1]
      strategy.fuse relu into jr
      strategy.vectorize mm [m = 6, n = v(2)] with fma
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$root,
                       StrArrayAttr:$root_dims, OptionalAttr<StrArrayAttr>:$with_ops,
                       OptionalAttr<ArrayAttr>:$with_dims, OptionalAttr<StrAttr>:$guard,
                       OptionalAttr<StrArrayAttr>:$features,
                       OptionalAttr<StrArrayAttr>:$numerics);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `root` custom<OpDims>($root, $root_dims)
    (`with` custom<OpDimsList>($with_ops, $with_dims)^)?
    (`when` $guard^)? (`requires` custom<Names>($features)^)?
    (`numerics` `(` custom<Permissions>($numerics)^ `)`)?
    attr-dict-with-keyword $body
  }];
  let extraClassDeclaration = [{
    /// The header as plain data; fails when the guard is no expression.
    ::llvm::Expected<::tensorop::model::PlanHeader> toHeader();
  }];
  let hasVerifier = 1;
}

class Strategy_StepOp<string mnemonic>
    : Strategy_Op<mnemonic, [HasParent<"PlanOp">,
        DeclareOpInterfaceMethods<StrategyStepOpInterface, ["toStep"]>]> {
  dag condition = (ins OptionalAttr<StrAttr>:$condition);
}

def Strategy_ParamOp : Strategy_StepOp<"param"> {
  let summary = "Declares a parameter, its default and its domain";
  let description = [{
    The domain is a list or a range `lo to hi [step s]`, whose bounds may use
    parameters declared before. Without a domain it is derived from the
    constraints of the steps; without a default the value is chosen by the
    proposer, or by `strategy-assign` as a legal one. A domain of `true` and
    `false` makes a boolean, which a step can name in its `if`.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.param mr = 6 in 1 to 14
      strategy.param nv = 2 in [1, 2, 3, 4]
      strategy.param mc in mr to 480 step mr
      strategy.param pb = true in [true, false]
    }
    ```
  }];
  let arguments = (ins StrAttr:$name, OptionalAttr<StrAttr>:$init,
                       OptionalAttr<StrArrayAttr>:$values,
                       OptionalAttr<StrArrayAttr>:$range);
  let assemblyFormat = [{
    custom<Name>($name) (`=` custom<Size>($init)^)?
    (`in` custom<Domain>($values, $range)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_RequireOp : Strategy_StepOp<"require"> {
  let summary = "States a condition over parameters, extents and hardware factors";
  let description = [{
    Hardware factors are `l1`, `l2`, `l3` (bytes), `vregs`, `lanes`, `smem`,
    `cores`.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.param kc = 256 in [128, 256, 512]
      strategy.param mc = 120 in 8 to 480
      strategy.require "mc * kc * 4 <= l2 / 2"
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$expr), condition);
  let assemblyFormat = "$expr (`if` custom<Name>($condition)^)? attr-dict";
}

def Strategy_AlgorithmOp : Strategy_StepOp<"algorithm"> {
  let summary = "Chooses how an op is computed";
  let description = [{
    `direct`, `im2col`, `winograd(m)`, `subpixel` (transposed convolution),
    `two_pass` or `three_pass` (softmax). It comes before all other steps; the
    plan's header uses the dimensions of the chosen algorithm.

    ```mlir
    strategy.plan @p root conv(m, n, k) {
      strategy.algorithm conv im2col
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$op, StrAttr:$algorithm, OptionalAttr<StrAttr>:$size), condition);
  let assemblyFormat = [{
    custom<Name>($op) custom<Name>($algorithm) (`(` custom<Size>($size)^ `)`)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_SplitOp : Strategy_StepOp<"split"> {
  let summary = "Splits a dimension into index ranges";
  let description = [{
    Later sizes of the dimension may be given for each part: `6|4`. Prefer
    `edge(l = narrow(s))`, which derives the split.

    ```mlir
    strategy.plan @p root conv(n, ow, f) {
      strategy.split ow at [48]
      strategy.tile [wt: ow = 6|4]
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$dim, StrArrayAttr:$points), condition);
  let assemblyFormat = [{
    custom<Name>($dim) `at` custom<Sizes>($points)
    (`if` custom<Name>($condition)^)? attr-dict
  }];
}

def Strategy_TileOp : Strategy_StepOp<"tile"> {
  let summary = "Adds loops, innermost, to the chain of an op";
  let description = [{
    Each entry is `<new loop>: <dimension> = <size>`. The loops are added to the
    root's chain and to all ops with the same chain that have the dimension; with
    `on`, to that op only.

    `edge` says what happens where the size does not divide the extent: `mask`
    (same instructions, accesses masked), `evl` (vector length), `pad` (operands
    padded), `peel` (a remainder loop), `narrow` (a tile of just what is left) or
    `narrow(s)` (as many full tiles as leave a rest for tiles of s), `exact`
    (refused), `auto`. Full tiles are always versioned from edges.
    `skip_masked` drops iterations that a mask empties.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [pc: k = 256, ic: m = 120]
      strategy.tile [jr: n = v(2), ir: m = 6] edge(jr = mask, ir = narrow(2))
      strategy.tile on mm [kk: k = 1]
    }
    ```
  }];
  let arguments = !con((ins OptionalAttr<StrAttr>:$on, StrArrayAttr:$loops,
                       StrArrayAttr:$dims, StrArrayAttr:$sizes,
                       OptionalAttr<StrArrayAttr>:$edge_loops,
                       OptionalAttr<StrArrayAttr>:$edge_policies,
                       UnitAttr:$skip_masked), condition);
  let assemblyFormat = [{
    (`on` custom<Name>($on)^)? custom<Loops>($loops, $dims, $sizes)
    (`edge` `(` custom<Edges>($edge_loops, $edge_policies)^ `)`)?
    (`skip_masked` $skip_masked^)? (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_ReorderOp : Strategy_StepOp<"reorder"> {
  let summary = "Permutes loops in the places they hold";
  let description = [{
    Two tiles of one dimension keep outer before inner.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [pc: k = 256, ic: m = 120, ir: m = 6]
      strategy.reorder [ic, pc]
    }
    ```
  }];
  let arguments = !con((ins StrArrayAttr:$loops), condition);
  let assemblyFormat = "custom<Names>($loops) (`if` custom<Name>($condition)^)? attr-dict";
  let hasVerifier = 1;
}

def Strategy_FuseOp : Strategy_StepOp<"fuse"> {
  let summary = "Computes ops inside a loop of the root";
  let description = [{
    Producers are computed at the start, consumers at the end of an iteration.
    A consumer of an op whose reduction loop `r` encloses the place needs
    `when last(r)`, with all such loops in the list when there are several; an
    initialisation is always `first`.

    ```mlir
    strategy.plan @p root mm(m, n, k) with [gelu(m, n)] {
      strategy.tile [pc: k = 256]
      strategy.tile [jr: n = 16, ir: m = 6, kk: k = 1]
      strategy.fuse gelu into ir when last(pc)
    }
    ```
  }];
  let arguments = !con((ins StrArrayAttr:$ops, StrAttr:$into,
                       OptionalAttr<StrAttr>:$visit,
                       OptionalAttr<StrArrayAttr>:$visit_loops), condition);
  let assemblyFormat = [{
    custom<BareNames>($ops) `into` custom<Name>($into)
    (`when` custom<Visit>($visit, $visit_loops)^)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_OnlineOp : Strategy_StepOp<"online"> {
  let summary = "Makes the normalisation over a dimension a streaming reduction";
  let description = [{
    Running maximum, sum and rescaling between two contractions. Needs
    `numerics(reassoc)`.

    ```mlir
    strategy.plan @p root pv(q, kv, e) with [qk(q, kv, d), softmax(q, kv)] numerics(reassoc) {
      strategy.online kv over softmax
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$dim, StrAttr:$op), condition);
  let assemblyFormat = [{
    custom<Name>($dim) `over` custom<Name>($op)
    (`if` custom<Name>($condition)^)? attr-dict
  }];
}

def Strategy_LayoutOp : Strategy_StepOp<"layout"> {
  let summary = "Gives an operand a private copy of what a loop touches";
  let description = [{
    The copy holds exactly what the loops inside the place touch: the outer
    dimensions, then the packed ones as listed. The place is a loop (filled at
    the start of each of its iterations), `call` (once a call) or `load` (once,
    as a constant operand, by an entry of its own). The space is `registers`,
    `shared`, `memory` (default) or `tmem`.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [pc: k = 256, ir: m = 6]
      strategy.layout mm.lhs pack [m = 6] at pc
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$operand, OptionalAttr<StrArrayAttr>:$dims,
                       OptionalAttr<StrArrayAttr>:$sizes,
                       OptionalAttr<StrAttr>:$space, StrAttr:$place,
                       OptionalAttr<StrAttr>:$swizzle,
                       OptionalAttr<StrAttr>:$multicast,
                       OptionalAttr<StrAttr>:$pad), condition);
  let assemblyFormat = [{
    custom<Name>($operand) (`pack` custom<Bindings>($dims, $sizes)^)?
    (`in` custom<Name>($space)^)? `at` custom<Name>($place)
    (`swizzle` `(` custom<Size>($swizzle)^ `)`)?
    (`multicast` `(` custom<Name>($multicast)^ `)`)?
    (`pad` `(` custom<Size>($pad)^ `)`)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_VectorizeOp : Strategy_StepOp<"vectorize"> {
  let summary = "Names the register tile and its instruction";
  let description = [{
    The instruction is one of the target's list (`fma`, `vfmacc`, `sdot`,
    `vnni`, `wgmma`, ...) or `auto`. On a CPU the last dimension runs along the
    vector, the others are unrolled.

    ```mlir
    strategy.plan @p root mm(m, n, k) requires [fma] {
      strategy.tile [jr: n = v(2), ir: m = 6, kk: k = 1]
      strategy.vectorize mm [m = 6, n = v(2)] with fma
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$op, StrArrayAttr:$dims, StrArrayAttr:$sizes,
                       OptionalAttr<StrAttr>:$instr,
                       OptionalAttr<StrAttr>:$acc), condition);
  let assemblyFormat = [{
    custom<Name>($op) custom<Bindings>($dims, $sizes)
    (`with` custom<Name>($instr)^)? (`acc` custom<Name>($acc)^)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_ParallelizeOp : Strategy_StepOp<"parallelize"> {
  let summary = "Maps adjacent loops to parallel units";
  let description = [{
    The units are `threads`, `blocks`, `warpgroups`, `warps` or `lanes`. No loop
    of a reduction may be listed unless `split_reduction` made it.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [bi: m = 128, bj: n = 256]
      strategy.parallelize [bi, bj] to blocks persistent order(grouped = 8) cluster(bi = 2)
    }
    ```
  }];
  let arguments = !con((ins StrArrayAttr:$loops, StrAttr:$unit,
                       OptionalAttr<StrAttr>:$schedule, UnitAttr:$persistent,
                       OptionalAttr<StrAttr>:$order,
                       OptionalAttr<StrAttr>:$order_size,
                       OptionalAttr<StrAttr>:$cluster_loop,
                       OptionalAttr<StrAttr>:$cluster_size), condition);
  let assemblyFormat = [{
    custom<Names>($loops) `to` custom<Name>($unit)
    (`schedule` `(` custom<Name>($schedule)^ `)`)?
    (`persistent` $persistent^)?
    (`order` `(` custom<NameMaybeSize>($order, $order_size)^ `)`)?
    (`cluster` `(` custom<NameMaybeSize>($cluster_loop, $cluster_size)^ `)`)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_SplitReductionOp : Strategy_StepOp<"split_reduction"> {
  let summary = "Splits a reduction into partial results";
  let description = [{
    The new loop runs over the given number of parts; the partial results are
    combined through `dsmem`, a `workspace`, `atomics` or a `shuffle`. Needs
    `numerics(reassoc)`.

    ```mlir
    strategy.plan @p root mm(m, n, k) numerics(reassoc) {
      strategy.split_reduction [ks: k = 4] combine(workspace)
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$loop, StrAttr:$dim, StrAttr:$parts,
                       StrAttr:$combine), condition);
  let assemblyFormat = [{
    custom<Loop>($loop, $dim, $parts)
    `combine` `(` custom<Name>($combine) `)`
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_UnrollOp : Strategy_StepOp<"unroll"> {
  let summary = "Unrolls a loop, and jams the bodies when it is not innermost";
  let description = [{
    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [kk: k = 1]
      strategy.unroll kk by 4
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$loop, StrAttr:$factor), condition);
  let assemblyFormat = [{
    custom<Name>($loop) `by` custom<Size>($factor)
    (`if` custom<Name>($condition)^)? attr-dict
  }];
}

def Strategy_PipelineOp : Strategy_StepOp<"pipeline"> {
  let summary = "Overlaps the copies of a loop with its computation";
  let description = [{
    `stages` is the depth of the ring of buffers, `copies` how they are filled
    (`tma`, `cp_async`, `prefetch`), `roles` the numbers of producer and consumer
    groups, `schedule` one of `cooperative`, `pingpong`, `inline`, `overlap`.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [kk: k = 64]
      strategy.pipeline kk stages(4) copies(tma) roles(1, 2)
    }
    ```
  }];
  let arguments = !con((ins StrAttr:$loop, StrAttr:$stages, StrAttr:$copies,
                       OptionalAttr<StrAttr>:$producers,
                       OptionalAttr<StrAttr>:$consumers,
                       OptionalAttr<StrAttr>:$schedule), condition);
  let assemblyFormat = [{
    custom<Name>($loop) `stages` `(` custom<Size>($stages) `)`
    `copies` `(` custom<Name>($copies) `)`
    (`roles` `(` custom<Size>($producers)^ `,` custom<Size>($consumers) `)`)?
    (`schedule` `(` custom<Name>($schedule)^ `)`)?
    (`if` custom<Name>($condition)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Strategy_ApplyOp : Strategy_StepOp<"apply"> {
  let summary = "Runs a foreign transform sequence on a loop or an op";
  let description = [{
    The plan counts as "not modelled" from here on.

    ```mlir
    strategy.plan @p root mm(m, n, k) {
      strategy.tile [kk: k = 4]
      strategy.apply @mine on kk
    }
    ```
  }];
  let arguments = !con((ins FlatSymbolRefAttr:$sequence, StrAttr:$on), condition);
  let assemblyFormat = [{
    $sequence `on` custom<Name>($on) (`if` custom<Name>($condition)^)? attr-dict
  }];
}

#endif // TENSOROP_DIALECT_STRATEGY_IR_STRATEGYOPS_TD
