// RUN: tensorop-opt %s --strategy-export-smt=target=x86-64-v3 --verify-diagnostics | FileCheck %s
// RUN: tensorop-opt %s --strategy-export-smt="target=x86-64-v3 solvers-only" 2>/dev/null | FileCheck %s --check-prefix=ONLY

// ONLY-NOT: func.func
// ONLY-NOT: strategy.plan
// ONLY: smt.solver
// ONLY: smt.solver
// ONLY-NOT: smt.solver

func.func @kernel(%a: tensor<100x64xf32>, %b: tensor<64x70xf32>, %c: tensor<100x70xf32>) -> tensor<100x70xf32>
    attributes {strategy.plans = [@small, @gemm]} {
  %0 = linalg.matmul {strategy.op = "mm"} ins(%a, %b : tensor<100x64xf32>, tensor<64x70xf32>)
      outs(%c : tensor<100x70xf32>) -> tensor<100x70xf32>
  return %0 : tensor<100x70xf32>
}

// expected-remark@+1 {{not exported for kernel 'kernel': on x86-64-v3 the guard 'm * n * k <= 1000' does not hold}}
strategy.plan @small root mm(m, n, k) when "m * n * k <= 1000" {
}

// CHECK: smt.solver() {strategy.constraints = @gemm, strategy.of = @kernel}
// CHECK: %[[MR:.*]] = smt.declare_fun "mr" {strategy.param = "mr"} : !smt.int
// CHECK: %[[NV:.*]] = smt.declare_fun "nv" {strategy.param = "nv"} : !smt.int
// A word of SMT-LIB cannot be a symbol.
// CHECK: %[[MOD:.*]] = smt.declare_fun "param_mod" {strategy.param = "mod"} : !smt.int
// CHECK: %[[PB:.*]] = smt.declare_fun "pb" {strategy.param = "pb"} : !smt.int

// Domains: bounds, lists, steps from an earlier parameter, switches.
// CHECK: %[[C1:.*]] = smt.int.constant 1
// CHECK: %[[LOW:.*]] = smt.int.cmp le %[[C1]], %[[MR]]
// CHECK: %[[C14:.*]] = smt.int.constant 14
// CHECK: %[[HIGH:.*]] = smt.int.cmp le %[[MR]], %[[C14]]
// CHECK: %[[RANGE:.*]] = smt.and %[[LOW]], %[[HIGH]]
// CHECK: smt.assert %[[RANGE]] {strategy.factor = "parameter 'mr'", strategy.label = "P-DOMAIN", strategy.rule = "mr in 1 to 14"}
// CHECK: %[[C2:.*]] = smt.int.constant 2
// CHECK: %[[TWO:.*]] = smt.eq %[[NV]], %[[C2]]
// CHECK: %[[THREE:.*]] = smt.eq %[[NV]], %{{.*}}
// CHECK: %[[LIST:.*]] = smt.or %[[TWO]], %[[THREE]]
// CHECK: smt.assert %[[LIST]] {{.*}}strategy.rule = "nv in [2, 3]"
// CHECK: %[[FIRST:.*]] = smt.int.cmp le %[[MR]], %[[MOD]]
// CHECK: %[[FROM:.*]] = smt.int.sub %[[MOD]], %[[MR]]
// CHECK: %[[OFF:.*]] = smt.int.mod %[[FROM]], %[[MR]]
// CHECK: %[[C0:.*]] = smt.int.constant 0
// CHECK: %[[STEP:.*]] = smt.eq %[[OFF]], %[[C0]]
// CHECK: smt.and %[[FIRST]], %{{.*}}, %[[STEP]]
// CHECK: smt.assert {{.*}}strategy.rule = "mod in mr to 100 step mr"
// CHECK: smt.assert {{.*}}strategy.rule = "pb in bool"

// A rule of a conditional step is implied by its parameter.
// CHECK: %[[OUT:.*]] = smt.eq %[[PB]], %[[C0]]
// CHECK: %[[IN:.*]] = smt.not %[[OUT]]
// CHECK: %[[RULE:.*]] = smt.implies %[[IN]], %{{.*}}
// CHECK: smt.assert %[[RULE]] {strategy.factor = "panel of 'mm.rhs' along 'n'", strategy.label = "L-POSITIVE", strategy.rule = "nv * 8 >= 1 if pb"}

// CHECK: %[[PRODUCT:.*]] = smt.int.mul %[[MR]], %[[NV]]
// CHECK: %[[MORE:.*]] = smt.int.add %[[PRODUCT]], %[[NV]]
// CHECK: %[[ALL:.*]] = smt.int.add %[[MORE]], %[[C1]]
// CHECK: %[[C16:.*]] = smt.int.constant 16
// CHECK: %[[REGS:.*]] = smt.int.cmp le %[[ALL]], %[[C16]]
// CHECK: smt.assert %[[REGS]] {strategy.factor = "vector registers of the register tile of 'mm'", strategy.label = "V-REGS", strategy.rule = "mr * nv + nv + 1 <= vregs"}
// CHECK: smt.check sat {
strategy.plan @gemm root mm(m, n, k) requires [fma] numerics(reassoc, contract) {
  strategy.param mr = 14 in 1 to 14
  strategy.param nv = 2 in [2, 3]
  strategy.param mod in mr to 100 step mr
  strategy.param pb = true in [true, false]
  strategy.tile [jc: n = v(nv), ic: m = mod, ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at call if pb
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
}

// No kernel: rules that need an extent are left out. Negative numbers are
// differences, since a numeral of SMT-LIB has no sign; a divisor that may be
// zero has a condition and one that may be negative both quotients.
// CHECK: smt.solver() {strategy.constraints = @alone}
// CHECK: %[[A:.*]] = smt.declare_fun "a"
// CHECK-DAG: %[[ZERO:.*]] = smt.int.constant 0
// CHECK-DAG: %[[THREE:.*]] = smt.int.constant 3
// CHECK: %[[MINUS:.*]] = smt.int.sub %[[ZERO]], %[[THREE]]
// CHECK: smt.int.cmp le %[[MINUS]], %[[A]]
// CHECK: %[[IS:.*]] = smt.eq %[[A]], %[[ZERO]]
// CHECK: %[[NOT:.*]] = smt.not %[[IS]]
// CHECK: %[[POSITIVE:.*]] = smt.int.cmp le %{{.*}}, %[[A]]
// CHECK: %[[DIV:.*]] = smt.int.div %{{.*}}, %[[A]]
// CHECK: %[[NEG:.*]] = smt.int.sub %{{.*}}, %[[A]]
// CHECK: %[[OTHER:.*]] = smt.int.div %{{.*}}, %[[NEG]]
// CHECK: %[[Q:.*]] = smt.ite %[[POSITIVE]], %[[DIV]], %[[OTHER]]
// CHECK: %[[LESS:.*]] = smt.int.cmp lt %[[Q]], %{{.*}}
// CHECK: %[[HOLDS:.*]] = smt.and %[[NOT]], %[[LESS]]
// CHECK: smt.assert %[[HOLDS]] {strategy.factor = "the requirement", strategy.label = "Q-REQUIRE", strategy.rule = "100 / a < 7"}
strategy.plan @alone root mm(m, n, k) {
  strategy.param a in -3 to 50
  strategy.require "100 / a < 7"
  strategy.tile [ir: m = 4]
}
