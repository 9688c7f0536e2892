// Queries of transform scripts reach each entry of the attached machine.
// RUN: tensorop-opt %s --strategy-attach-hardware="target=x86-64-v3" --transform-interpreter 2>&1 | FileCheck %s
// CHECK: remark: second level {{.*}}262144
module attributes {transform.with_named_sequence} {
  transform.named_sequence @__transform_main(%root: !transform.any_op {transform.readonly}) {
    %bytes = transform.dlti.query ["CPU", "caches", "l2", "bytes"] at %root
        : (!transform.any_op) -> !transform.any_param
    transform.debug.emit_param_as_remark %bytes, "second level" : !transform.any_param
    transform.yield
  }
}
