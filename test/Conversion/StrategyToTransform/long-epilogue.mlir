// What calls elementary functions is not applied to all sums of a tile at once, which fill the registers: they go to a tile on
// the stack, of which each thread has its own, and from there row by row, the vectors of a row in one operation.
// RUN: tensorop-opt %s --convert-strategy-to-transform=target=x86-64-v3 --transform-interpreter --strategy-check-realised | FileCheck %s --check-prefix=CODE
// RUN: tensorop-opt %s --convert-strategy-to-transform="target=x86-64-v3 threads=2" --transform-interpreter --strategy-check-realised | FileCheck %s --check-prefix=TEAM

// CODE-LABEL: func.func @f
// One version has all rows, the other the four that are left.
// CODE-DAG: %[[REST:.*]] = memref.alloca() {alignment = 64 : i64} : memref<4x16xf32>
// CODE-DAG: %[[TILE:.*]] = memref.alloca() {alignment = 64 : i64} : memref<6x16xf32>
// CODE: memref.prefetch %{{.*}}, write, locality<3>, data
// CODE: strategy.loop = "kk"
// CODE-COUNT-12: vector.store %{{.*}}, %[[TILE]]
// CODE: scf.for %[[ROW:.*]] = %c0{{.*}} to %c6{{.*}} step %c1
// CODE: %[[A:.*]] = vector.load %[[TILE]][%[[ROW]], %c0{{.*}}] : memref<6x16xf32>, vector<8xf32>
// CODE: %[[B:.*]] = vector.load %[[TILE]][%[[ROW]], %c8{{.*}}] : memref<6x16xf32>, vector<8xf32>
// CODE: vector.insert %[[A]], %{{.*}} [0] : vector<8xf32> into vector<2x8xf32>
// CODE: %[[ROWS:.*]] = vector.insert %[[B]], %{{.*}} [1] : vector<8xf32> into vector<2x8xf32>
// CODE: %[[EXP:.*]] = math.exp %[[ROWS]] : vector<2x8xf32>
// CODE: %[[FIRST:.*]] = vector.extract %[[EXP]][0] : vector<8xf32> from vector<2x8xf32>
// CODE: vector.store %[[FIRST]], %{{.*}}[%[[ROW]]
// CODE: vector.store %{{.*}}, %[[REST]]
// CODE: scf.for %{{.*}} = %c0{{.*}} to %c4{{.*}} step %c1

// TEAM: omp.parallel
// TEAM-DAG: memref.alloca() {alignment = 64 : i64} : memref<6x16xf32>
// TEAM-DAG: memref.alloca() {alignment = 64 : i64} : memref<4x16xf32>
// TEAM: omp.wsloop

#mn = affine_map<(m, n) -> (m, n)>
func.func @f(%a: memref<70x50xf32>, %b: memref<50x96xf32>, %c: memref<70x96xf32>) attributes {strategy.plans = [@p]} {
  linalg.matmul {strategy.op = "mm"} ins(%a, %b : memref<70x50xf32>, memref<50x96xf32>) outs(%c : memref<70x96xf32>)
  linalg.generic {indexing_maps = [#mn], iterator_types = ["parallel", "parallel"]}
      outs(%c : memref<70x96xf32>) attrs = {strategy.op = "act"} {
  ^bb0(%v: f32):
    %e = math.exp %v : f32
    linalg.yield %e : f32
  }
  return
}
strategy.plan @p root mm(m, n, k) with [act(m, n)] requires [fma] numerics(reassoc, contract, approx(2)) {
  strategy.tile [ic: m = 12]
  strategy.parallelize [ic] to threads
  strategy.tile [jr: n = v(2), ir: m = 6]
  strategy.tile [kk: k = 1]
  strategy.vectorize mm [m = 6, n = v(2)] with fma
  strategy.fuse act into ir
}
