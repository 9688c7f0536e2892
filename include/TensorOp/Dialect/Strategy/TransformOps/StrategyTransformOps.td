//===- StrategyTransformOps.td - transform.strategy.* ops ------*- tablegen -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_TD
#define TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_TD

include "mlir/Dialect/Transform/IR/TransformDialect.td"
include "mlir/Dialect/Transform/IR/TransformTypes.td"
include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpBase.td"

class StrategyTransformOp<string mnemonic, list<Trait> traits = []>
    : Op<Transform_Dialect, "strategy." # mnemonic,
         traits # [DeclareOpInterfaceMethods<TransformOpInterface>,
                   DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let cppNamespace = "::tensorop::strategy::transform_ops";
}

def FindOp : StrategyTransformOp<"find"> {
  let summary = "Finds ops, loops, buffers or kernels by name";
  let description = [{
    `kind` is `op`, `loop` or `buffer`: the payload ops inside `root` whose
    attribute `strategy.op`, `strategy.loop` or `strategy.buffer` is `name`; or
    `kernel`: the function called `name`.
    Fails (silenceable) when there are not exactly `count` of them.

    ```mlir
    %kk = transform.strategy.find loop "kk" in %root count(2)
        : (!transform.any_op) -> !transform.any_op
    ```
  }];
  let arguments = (ins TransformHandleTypeInterface:$root, StrAttr:$kind,
                       StrAttr:$name, I64Attr:$count);
  let results = (outs TransformHandleTypeInterface:$found);
  let assemblyFormat = [{
    custom<Keyword>($kind) $name `in` $root `count` `(` custom<Int>($count) `)`
    attr-dict `:` functional-type($root, $found)
  }];
  let hasVerifier = 1;
}

def TileBandOp : StrategyTransformOp<"tile_band"> {
  let summary = "Puts a structured op into a band of named loops";
  let description = [{
    Makes one `scf.for` per entry of `loops`, outermost first; loop `i` runs over
    dimension `dims[i]` of the op and steps by `sizes[i]`. Every loop is kept,
    also with a single trip. Induction variables count from 0 within the tile
    around them. The op inside becomes a `linalg.generic` on subviews.

    ```mlir
    %mm2, %pc, %ic = transform.strategy.tile_band %mm ["pc", "ic"] dims [2, 0] sizes [256, 120]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op, !transform.any_op)
    ```
    Before: `linalg.matmul ins(%a, %b) outs(%c)`. After:
    ```mlir
    scf.for %pc = %c0 to %c1024 step %c256 {
      scf.for %ic = %c0 to %c1000 step %c120 {
        %m = affine.min affine_map<(d0) -> (120, -d0 + 1000)>(%ic)
        linalg.generic {...} ins(%a_view, %b_view) outs(%c_view) {...}
      } {strategy.loop = "ic"}
    } {strategy.loop = "pc"}
    ```
    The handle of the op is consumed; the results are the op and the loops.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, StrArrayAttr:$loops,
                       DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$sizes);
  let results = (outs TransformHandleTypeInterface:$tiled,
                      Variadic<TransformHandleTypeInterface>:$made);
  let assemblyFormat = [{
    $target $loops `dims` $dims `sizes` $sizes attr-dict
    `:` functional-type($target, results)
  }];
  let hasVerifier = 1;
}

def PackOperandOp
    : StrategyTransformOp<"pack_operand", [AttrSizedOperandSegments]> {
  let summary = "Makes an op read a packed copy of one operand";
  let description = [{
    At the start of each iteration of the loop `place` (without it: once, at the
    place of the op's outermost loop), copies what the loops inside touch of
    input operand `operand` to a buffer `[panels][other dims][size]`, with
    dimension `dim` of the op cut into panels of `size` elements and the last
    panel padded with zeros. `extents` has, for each dimension of the operand in
    the operand's own order, the largest extent at the place. The buffer is an
    alloc at the function's entry with `strategy.buffer = name`. `lanes` is the
    number of elements in a native vector. With `shared`, the panels are walked
    by one `scf.parallel`, which `parallelize` divides among threads.

    With `group_dim` and `group`, elements of that reduction lie beside each other:
    `[panels][groups][other dims][size][group]`, padded with zeros; the op's
    dimension becomes one over groups, and one within a group as the op's last.
    `element` is the copy's element type when it is another, to which the op's body
    extends the operand; `flip_sign` adds half of the range to signed integers,
    and the body takes it away.

    `from` names an elementwise op before the loops whose result is the operand
    and is read by nothing else: the copy is filled with what that op computes,
    its result is never stored, and the op goes. Stores to the copy carry its name
    in `strategy.fused`.

    Where another dimension of the operand is contiguous, blocks are transposed in
    registers; with `strided`, vectors of that many elements are stored with the
    size of the panels as their stride.

    With `at_load`, which has no place, the alloc is marked with `strategy.at_load`:
    `tensorop-prepack` moves the copy to a function of its own.

    ```mlir
    %buf = transform.strategy.pack_operand %mm2[1] at %pc pack 1 by 32 extents [256, 1000]
        name "mm.rhs" lanes 16 : (!transform.any_op, !transform.any_op) -> !transform.any_op
    ```
    Before: the op in the loops reads `%b[%pc + ..., %jr + ...]`. After: it reads
    `%buf[%jr floordiv 32, ..., 0..31]`, `%buf : memref<32x256x32xf32>`, filled in
    loops `pack.panel`, `pack.inner`, `pack.rest`, `pack.tail` at the start of `%pc`.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target,
                       Optional<TransformHandleTypeInterface>:$place,
                       Optional<TransformHandleTypeInterface>:$producer,
                       I64Attr:$operand, I64Attr:$dim, I64Attr:$size,
                       DenseI64ArrayAttr:$extents, StrAttr:$name,
                       I64Attr:$lanes, OptionalAttr<I64Attr>:$group_dim,
                       OptionalAttr<I64Attr>:$group,
                       OptionalAttr<TypeAttr>:$element, UnitAttr:$flip_sign,
                       UnitAttr:$shared, UnitAttr:$at_load,
                       OptionalAttr<I64Attr>:$strided);
  let results = (outs TransformHandleTypeInterface:$buffer);
  let assemblyFormat = [{
    $target `[` custom<Int>($operand) `]` (`at` $place^)?
    (`from` $producer^)? `pack`
    custom<Int>($dim) `by` custom<Int>($size) `extents` $extents `name` $name
    `lanes` custom<Int>($lanes) (`shared` $shared^)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def FuseInitOp : StrategyTransformOp<"fuse_init"> {
  let summary = "Moves the initialisation of an op's output to its tile";
  let description = [{
    `target` is a `linalg.fill`, or an elementwise op that overwrites the output
    buffer of `consumer`, before the nest of `consumer`. It moves to the output
    tile of `consumer`, in the first iteration of the reduction loops around.

    ```mlir
    %init = transform.strategy.fuse_init %fill into %mm2
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    ```
    After:
    ```mlir
    %first = arith.cmpi eq, %pc, %c0 : index
    scf.if %first {
      linalg.generic {...} ins(%zero : f32) outs(%c_tile) {...}
    } {strategy.guard = "first"}
    linalg.generic {strategy.op = "mm", ...} outs(%c_tile) {...}
    ```
    The `scf.if` is absent when all reduction loops around have a single trip.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target,
                       TransformHandleTypeInterface:$consumer);
  let results = (outs TransformHandleTypeInterface:$fused);
  let assemblyFormat = [{
    $target `into` $consumer attr-dict `:` functional-type(operands, results)
  }];
}

def FuseEpilogueOp : StrategyTransformOp<"fuse_epilogue"> {
  let summary = "Moves an elementwise op to the tile of its producer";
  let description = [{
    `target` is an elementwise op that updates the output buffer of `producer`
    in place, after its nest. It moves to the output tile of `producer`, in the
    last iteration of the reduction loops around. Several are applied in the
    order of the calls.

    ```mlir
    %ep = transform.strategy.fuse_epilogue %relu into %mm2
        : (!transform.any_op, !transform.any_op) -> !transform.any_op
    ```
    After:
    ```mlir
    linalg.generic {strategy.op = "mm", ...} outs(%c_tile) {...}
    %last = arith.cmpi sge, %pc_next, %c1024 : index
    scf.if %last {
      linalg.generic {strategy.op = "relu", ...} outs(%c_tile) {...}
    } {strategy.guard = "last"}
    ```
  }];
  let arguments = (ins TransformHandleTypeInterface:$target,
                       TransformHandleTypeInterface:$producer);
  let results = (outs TransformHandleTypeInterface:$fused);
  let assemblyFormat = [{
    $target `into` $producer attr-dict `:` functional-type(operands, results)
  }];
}

def RegisterTileOp
    : StrategyTransformOp<"register_tile", [AttrSizedOperandSegments]> {
  let summary = "Replaces an op by vector code with accumulators in registers";
  let description = [{
    `dims` and `sizes` are the register tile in elements; the last entry is
    vectorized, its size a multiple of `lanes`. `edges` has a policy for each:
    `auto`, `mask`, `pad`, `peel`, `narrow` or `exact`. `inner` are the reduction
    loops (each of step 1) that run with the accumulators in registers; all
    other dimensions of the op must have extent 1 here.

    `init` and `epilogue` are ops made by `fuse_init` and `fuse_epilogue`; they
    are applied in registers; from the first epilogue on that computes an elementary
    function, the tile is stored and computed again row by row, since such a body
    needs the registers itself. With `late_init` accumulators start from zero and
    the output is added last (needs reassociation), else they start from the
    output. With `contract`, products and sums are fused. With `scalars_in_lanes`,
    neighbouring elements of an operand without the vectorized dimension are loaded
    as vectors, of which each lane is broadcast; with `lanes_of_steps` they are not
    where a step has no whole number of vectors, so that later passes can put the
    elements of several steps together. With `scalar_operands`, what is
    loaded for all lanes is widened before it is broadcast, as instructions take
    it so. With `vectors_pass`, each vector
    of the other operand is loaded where it is needed first, and all rows take it
    one after the other; else the rows take turns. `prefetch_output` asks
    for the output's lines before the reduction, `prefetch_panels` during it for the
    next panel of a packed operand that stays the same in the innermost loop
    around, `prefetch_steps` for what vectors of unpacked inputs need so many steps
    of the innermost loop later, `prefetch_tiles` for what lies so many tiles
    further along the lanes.

    `group_dim` is the op's last dimension after `pack_operand` with groups: each
    step adds up the products of a group, for which `dot` names the target's
    instruction. `offset` takes away what `flip_sign` of the operand without the
    vectorized dimension has added.

    ```mlir
    %kk = transform.strategy.register_tile %mm2 init(%init) epilogue(%ep)
        dims [0, 1] sizes [6, 32] edges ["narrow", "narrow"] lanes 16
        inner ["kk"] dims [2] sizes [1] {late_init, contract}
        : (!transform.any_op, !transform.any_op, !transform.any_op) -> !transform.any_op
    ```
    After, for a full tile and one that has 4 rows left:
    ```mlir
    %full = arith.cmpi eq, %m, %c6 : index
    scf.if %full {
      %r:12 = scf.for %kk = %c0 to %k step %c1 iter_args(...) -> (vector<16xf32>, ...) {
        %b0 = vector.load ...
        %a0 = vector.broadcast ...
        %s0 = vector.fma %a0, %b0, %acc0
        ...
      } {strategy.loop = "kk"}
      vector.store %r#0, ...
    } else {
      // the same with 4 rows: 8 accumulators
    }
    ```
    The result holds the inner loops of all versions, version by version. Number
    of versions: for each dimension, let E be the extents that its tiles take
    (one or more of: the full size, remainders). A dimension has one class for
    the full size if it is in E, plus: none for `exact` and `peel` (tiles in the
    remainder of a peeled dimension run as plain loops); one for `mask` and
    `pad` if there is a remainder; one for each remainder for `narrow`. `auto` is
    `narrow` when E has exactly one remainder, else `mask`. The number of
    versions is the product over the dimensions, and each version has each inner
    loop once.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target,
                       Optional<TransformHandleTypeInterface>:$init,
                       Variadic<TransformHandleTypeInterface>:$epilogue,
                       DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$sizes,
                       StrArrayAttr:$edges, I64Attr:$lanes, StrArrayAttr:$loops,
                       DenseI64ArrayAttr:$loopDims, DenseI64ArrayAttr:$loopSizes,
                       UnitAttr:$late_init, UnitAttr:$contract,
                       UnitAttr:$scalars_in_lanes, UnitAttr:$lanes_of_steps,
                       UnitAttr:$scalar_operands,
                       UnitAttr:$vectors_pass,
                       UnitAttr:$prefetch_output, UnitAttr:$prefetch_panels,
                       OptionalAttr<I64Attr>:$prefetch_steps,
                       OptionalAttr<I64Attr>:$prefetch_tiles,
                       OptionalAttr<I64Attr>:$group_dim,
                       OptionalAttr<StrAttr>:$dot, UnitAttr:$offset);
  let results = (outs TransformHandleTypeInterface:$inner);
  let assemblyFormat = [{
    $target (`init` `(` $init^ `)`)? (`epilogue` `(` $epilogue^ `)`)?
    `dims` $dims `sizes` $sizes `edges` $edges `lanes` custom<Int>($lanes)
    `inner` $loops `dims` $loopDims `sizes` $loopSizes attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def UnrollOp : StrategyTransformOp<"unroll"> {
  let summary = "Unrolls innermost loops by a factor";
  let description = [{
    Iterations that are left run in a copy of the loop behind it.

    ```mlir
    transform.strategy.unroll %kk by 4 : !transform.any_op
    ```
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, I64Attr:$factor);
  let assemblyFormat =
      "$target `by` custom<Int>($factor) attr-dict `:` type($target)";
  let hasVerifier = 1;
}

def ParallelizeOp : StrategyTransformOp<"parallelize", [AttrSizedOperandSegments]> {
  let summary = "Divides a band of loops among threads";
  let description = [{
    Puts the nest of the adjacent loops `band` (outermost first) into one
    `omp.parallel` of at most `threads` threads, and divides the iterations of
    the band, and the panels of copies made with `shared`, by `omp.wsloop`, which
    ends with a barrier. Of each buffer in `private` every thread gets its own.
    What lies outside the divided loops runs on every thread; a write there is
    refused.

    ```mlir
    transform.strategy.parallelize %ic private(%lhs) threads 2 schedule "static"
        : (!transform.any_op, !transform.any_op) -> ()
    ```
    Before: `scf.for %ic = ... {strategy.loop = "ic"}` inside `scf.for %pc`.
    After:
    ```mlir
    omp.parallel num_threads(%n : i32) {
      %id = memref.atomic_rmw addi %one, %workers[] : (i64, memref<i64>) -> i64
      %mine = memref.view %lhs[%offset][] : memref<245888xi8> to memref<20x256x6xf32>
      scf.for %pc = ... {
        omp.wsloop schedule(static) {
          omp.loop_nest (%p) : i64 = (%c0) to (%panels) step (%c1) { /* fill %rhs */ }
        }
        omp.wsloop schedule(static) {
          omp.loop_nest (%ic) : i64 = (%c0) to (%c1024) step (%c120) { ... }
        }
      } {strategy.loop = "pc"}
      omp.terminator
    }
    ```
  }];
  let arguments = (ins Variadic<TransformHandleTypeInterface>:$band,
                       Variadic<TransformHandleTypeInterface>:$privates,
                       I64Attr:$threads, StrAttr:$schedule);
  let assemblyFormat = [{
    $band (`private` `(` $privates^ `)`)? `threads` custom<Int>($threads)
    `schedule` $schedule attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // TENSOROP_DIALECT_STRATEGY_TRANSFORMOPS_STRATEGYTRANSFORMOPS_TD
