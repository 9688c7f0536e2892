// Parallel loops on a team of threads: one region around the nest, divided loops with barriers, a copy of B for all and one
// of A for each. With one thread there is no team.
// RUN: tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=3" | FileCheck %s --check-prefix=SCRIPT
// RUN: tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=3" --transform-interpreter --strategy-check-realised | FileCheck %s --check-prefix=CODE
// RUN: tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=3 phases=5" --transform-interpreter --strategy-check-realised | FileCheck %s --check-prefix=BEFORE
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=x86-64-v3 --transform-interpreter --strategy-check-realised | FileCheck %s --check-prefix=ONE --implicit-check-not=omp --implicit-check-not=scf.parallel
// RUN: not tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=0" 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=3" --transform-interpreter | sed 's/strategy.loops = \["ic"\]/strategy.loops = ["other"]/' > %t.mlir
// RUN: not tensorop-opt %t.mlir --strategy-check-realised 2>&1 | FileCheck %s --check-prefix=BROKEN

// SCRIPT: pack_operand %{{.*}}[1] at %{{.*}} pack 1 by 16 extents [32, 100] name "mm.rhs" lanes 8 shared
// SCRIPT: pack_operand %{{.*}}[0] at %{{.*}} pack 0 by 4 extents [12, 32] name "mm.lhs" lanes 8 :
// SCRIPT: %[[IC:.*]] = transform.strategy.find loop "ic" in %{{.*}} count(1)
// SCRIPT: %[[LHS:.*]] = transform.strategy.find buffer "mm.lhs" in %{{.*}} count(1)
// SCRIPT: transform.strategy.parallelize %[[IC]] private(%[[LHS]]) threads 3 schedule "dynamic"

// CODE: memref.alloc() {alignment = 64 : i64, strategy.buffer = "mm.lhs"} : memref<4608xi8>
// CODE: memref.alloc() {alignment = 64 : i64, strategy.buffer = "mm.rhs"} : memref<7x32x16xf32>
// CODE: %[[ALLOWED:.*]] = call @omp_get_max_threads() : () -> i32
// CODE: %[[TEAM:.*]] = arith.minsi %[[ALLOWED]], %{{.*}} : i32
// CODE: omp.parallel num_threads(%[[TEAM]] : i32)
// CODE: memref.atomic_rmw addi
// CODE: memref.view %{{.*}} : memref<4608xi8> to memref<3x32x4xf32>
// CODE: scf.for
// CODE: omp.wsloop schedule(static)
// CODE: strategy.loops = ["pack.panel"]
// CODE: omp.wsloop schedule(dynamic)
// CODE: strategy.loops = ["ic"]
// CODE: strategy.loop = "pc"
// CODE: omp.terminator

// BEFORE: scf.parallel
// ONE: strategy.loop = "ic"
// NONE: threads must be between 1 and 1024, but is 0
// BROKEN: not realised in kernel 'mm': expects 1 loops that threads divide, 'ic' of step 12, but the IR has 0

func.func @mm(%a: memref<70x50xf32>, %b: memref<50x100xf32>, %c: memref<70x100xf32>) attributes {strategy.plans = [@p]} {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<70x50xf32>, memref<50x100xf32>) outs(%c : memref<70x100xf32>)
  return
}
strategy.plan @p root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.tile [pc: k = 32, ic: m = 12]
  strategy.parallelize [ic] to threads schedule(dynamic)
  strategy.tile [jr: n = v(2), ir: m = 4]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(2)] at pc
  strategy.layout mm.lhs pack [m = 4] at ic
  strategy.vectorize mm [m = 4, n = v(2)] with fma
}
