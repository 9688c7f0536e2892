// f32 GEMM on several threads (--threads=N): the plans of sgemm.mlir with one loop divided.

// B is packed by all threads together and shared, each has its own block of A.
strategy.plan @sgemm_rows root mm(m, n, k) when "m >= 240 && n >= 96"
    requires [fma] numerics(reassoc, contract)
    attributes {why = "threads divide the rows; one packed copy of B for all, a block of A for each"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.param mc = 128 in [128, 126, 120, 240]
  strategy.tile [pc: k = kc, ic: m = mc]
  strategy.parallelize [ic] to threads
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}

// Few rows: threads divide the columns, each packs its own part of B.
strategy.plan @sgemm_columns root mm(m, n, k)
    requires [fma] numerics(reassoc, contract)
    attributes {why = "too few rows to divide: threads divide the columns"} {
  strategy.param mr = 8 in [8, 6]
  strategy.param nv = 3 in [3, 2]
  strategy.param kc = 512 in [512, 256]
  strategy.tile [jc: n = v(4 * nv)]
  strategy.parallelize [jc] to threads
  strategy.tile [pc: k = kc, ic: m = 120]
  strategy.tile [jr: n = v(nv), ir: m = mr]
  strategy.tile [kk: k = 1]
  strategy.layout mm.rhs pack [n = v(nv)] at pc
  strategy.layout mm.lhs pack [m = mr] at ic
  strategy.vectorize mm [m = mr, n = v(nv)] with fma
  strategy.unroll kk by 2
}
