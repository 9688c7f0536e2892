// RUN: tensorop-opt %s --strategy-export-smt=target=x86-64-v3 --split-input-file --verify-diagnostics
// RUN: not tensorop-opt %s --strategy-export-smt=target=pdp-11 2>&1 | FileCheck %s
// CHECK: unknown target 'pdp-11'

// Names and placement are the steps' own and have no formula.
strategy.plan @unknown_name root mm(m, n, k) {
  strategy.param a = 4 in [4, 8]
  // expected-error@+1 {{unknown dimension 'q'; the dimensions of 'mm' are m, n, k [S-NAME]}}
  strategy.tile [ir: q = a]
}

// -----

// expected-error@+1 {{there is no plan @absent in this module}}
func.func @kernel(%a: tensor<4x4xf32>) attributes {strategy.plans = [@absent]} {
  return
}

// -----

strategy.plan @twice root mm(m, n, k) {
  strategy.param a = 4 in [4, 8]
  strategy.tile [ir: m = a]
  // expected-error@+1 {{unknown loop 'jr'; the loops are ir [S-NAME]}}
  strategy.unroll jr by 4
}
