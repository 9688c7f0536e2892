// i8 GEMM with i32 sums on x86, best first. A signed left operand gets 128 added
// in its panels, so that vpdpbusd multiplies it; elsewhere both are widened to i16.

strategy.plan @i8gemm_vnni root mm(m, n, k)
    requires [avx512_vnni]
    attributes {why = "four products of bytes in each lane and instruction"} {
  strategy.param kc = 1024 in [1024, 512]
  strategy.param mc = 240 in [240, 120]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(3), ir: m = 8]
  strategy.tile [kk: k = 4]
  strategy.layout mm.rhs pack [n = v(3), k = 4] at pc
  strategy.layout mm.lhs pack [m = 8, k = 4] at ic
  strategy.vectorize mm [m = 8, n = v(3), k = 4] with vnni acc i32
  strategy.unroll kk by 2
}

strategy.plan @i8gemm root mm(m, n, k)
    requires [avx2]
    attributes {why = "operands widened to i16 in their panels, two products in each lane and instruction"} {
  strategy.param mr = 8 in [8, 6, 4]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 240 in [240, 120]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 2]
  strategy.layout mm.rhs pack [n = v(nv), k = 2] at pc
  strategy.layout mm.lhs pack [m = mr, k = 2] at ic
  strategy.vectorize mm [m = mr, n = v(nv), k = 2] with pmaddwd acc i32
  strategy.unroll kk by 2
}
