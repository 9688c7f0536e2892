//===- odd.td - An op whose attribute has no form in JSON -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "mlir/IR/OpBase.td"

def Strategy_Dialect : Dialect {
  let name = "strategy";
  let cppNamespace = "::odd";
}
def OddOp : Op<Strategy_Dialect, "odd"> {
  let arguments = (ins F64Attr:$factor);
}
