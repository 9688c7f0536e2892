//===- Peaks.cpp - What one core can reach --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Peaks.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__riscv) && defined(__clang__)
#include <riscv_vector.h>
#define TENSOROP_RVV_PEAKS
#endif

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

using Clock = std::chrono::steady_clock;

double getSeconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Independent chains: latency times throughput of any FMA unit so far (4 to 6
/// cycles, 2 to 4 a cycle) needs no more, and 16 registers hold them.
constexpr int chains = 12;

/// Runs `steps` FMAs on each chain and returns a sum that depends on all.
using Loop = double (*)(int64_t steps);

/// A loop and the products of one step of one chain.
struct FmaLoop {
  Loop run;
  int64_t products;
};

// The factors keep every chain near a fixed point: no overflow, no subnormals,
// which would be slow.

#if defined(__x86_64__)

__attribute__((target("avx512f"))) double fmaAvx512F32(int64_t steps) {
  __m512 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_ps(float(1 + i));
  __m512 factor = _mm512_set1_ps(0.5f), summand = _mm512_set1_ps(0.25f);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_fmadd_ps(sums[i], factor, summand);
  __m512 total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm512_add_ps(total, sums[i]);
  return _mm512_cvtss_f32(total);
}

__attribute__((target("avx512f"))) double fmaAvx512F64(int64_t steps) {
  __m512d sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_pd(1 + i);
  __m512d factor = _mm512_set1_pd(0.5), summand = _mm512_set1_pd(0.25);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_fmadd_pd(sums[i], factor, summand);
  __m512d total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm512_add_pd(total, sums[i]);
  return _mm512_cvtsd_f64(total);
}

__attribute__((target("avx2,fma"))) double fmaAvx2F32(int64_t steps) {
  __m256 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm256_set1_ps(float(1 + i));
  __m256 factor = _mm256_set1_ps(0.5f), summand = _mm256_set1_ps(0.25f);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm256_fmadd_ps(sums[i], factor, summand);
  __m256 total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm256_add_ps(total, sums[i]);
  return _mm256_cvtss_f32(total);
}

__attribute__((target("avx2,fma"))) double fmaAvx2F64(int64_t steps) {
  __m256d sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm256_set1_pd(1 + i);
  __m256d factor = _mm256_set1_pd(0.5), summand = _mm256_set1_pd(0.25);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm256_fmadd_pd(sums[i], factor, summand);
  __m256d total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm256_add_pd(total, sums[i]);
  return _mm256_cvtsd_f64(total);
}

// Dot products: zeros, so that no sum grows; the instructions take as long for
// any operands.

__attribute__((target("avx512f,avx512bf16"))) double
dotAvx512Bf16(int64_t steps) {
  __m512 sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_ps(float(1 + i));
  volatile int bits = 0;
  __m512bh zeros = (__m512bh)_mm512_set1_epi32(bits);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_dpbf16_ps(sums[i], zeros, zeros);
  __m512 total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm512_add_ps(total, sums[i]);
  return _mm512_cvtss_f32(total);
}

__attribute__((target("avx512f,avx512vnni"))) double
dotAvx512I8(int64_t steps) {
  __m512i sums[chains];
  for (int i = 0; i < chains; ++i)
    sums[i] = _mm512_set1_epi32(1 + i);
  volatile int bits = 0;
  __m512i zeros = _mm512_set1_epi32(bits);
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = _mm512_dpbusd_epi32(sums[i], zeros, zeros);
  __m512i total = sums[0];
  for (int i = 1; i < chains; ++i)
    total = _mm512_add_epi32(total, sums[i]);
  return _mm512_cvtsi512_si32(total);
}

#endif

#ifdef TENSOROP_RVV_PEAKS

// Twelve chains of two registers each; vectors of unknown length are in no
// arrays, and each type has intrinsics of its own.
#define FOR_CHAINS(DO, T)                                                      \
  DO(0, T) DO(1, T) DO(2, T) DO(3, T) DO(4, T) DO(5, T) FOR_OTHERS(DO, T)
#define FOR_OTHERS(DO, T)                                                      \
  DO(6, T) DO(7, T) DO(8, T) DO(9, T) DO(10, T) DO(11, T)
#define START(i, BITS)                                                         \
  vfloat##BITS##m2_t s##i = __riscv_vfmv_v_f_f##BITS##m2(1 + i, length);
#define STEP(i, BITS)                                                          \
  s##i = __riscv_vfmadd_vf_f##BITS##m2(s##i, 0.5, summand, length);
#define SUM(i, BITS)                                                           \
  summand = __riscv_vfadd_vv_f##BITS##m2(summand, s##i, length);

#define FMA_LOOP(NAME, BITS)                                                   \
  __attribute__((target("arch=+v"))) double NAME(int64_t steps) {              \
    size_t length = __riscv_vsetvlmax_e##BITS##m2();                           \
    vfloat##BITS##m2_t summand = __riscv_vfmv_v_f_f##BITS##m2(0.25, length);   \
    FOR_CHAINS(START, BITS)                                                    \
    for (int64_t s = 0; s < steps; ++s) {                                      \
      FOR_CHAINS(STEP, BITS)                                                   \
    }                                                                          \
    FOR_CHAINS(SUM, BITS)                                                      \
    return __riscv_vfmv_f_s_f##BITS##m2_f##BITS(summand);                      \
  }

FMA_LOOP(fmaRvvF32, 32)
FMA_LOOP(fmaRvvF64, 64)

#undef FMA_LOOP
#undef SUM
#undef STEP
#undef START
#undef FOR_OTHERS
#undef FOR_CHAINS

#endif

/// 16-byte vectors, in the compiler's own terms.
template <typename T> double fmaGeneric(int64_t steps) {
  constexpr int lanes = 16 / sizeof(T);
  typedef T Vector __attribute__((vector_size(16)));
  Vector sums[chains], factor, summand;
  for (int l = 0; l < lanes; ++l) {
    factor[l] = T(0.5);
    summand[l] = T(0.25);
    for (int i = 0; i < chains; ++i)
      sums[i][l] = T(1 + i);
  }
  for (int64_t s = 0; s < steps; ++s)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i)
      sums[i] = sums[i] * factor + summand;
  Vector total = sums[0];
  for (int i = 1; i < chains; ++i)
    total += sums[i];
  return total[0];
}

/// Best rate of operations a second within `seconds`: other programs can only
/// slow it down.
double measureFlops(FmaLoop loop, double seconds) {
  constexpr int64_t steps = 20000;
  volatile double sink = loop.run(steps);
  double best = 0;
  Clock::time_point begin = Clock::now();
  do {
    Clock::time_point start = Clock::now();
    sink = loop.run(steps);
    double rate =
        double(2 * steps * chains * loop.products) / getSeconds(start);
    best = std::max(best, rate);
  } while (getSeconds(begin) < seconds);
  (void)sink;
  return best;
}

double measureCopy(double seconds) {
  constexpr size_t bytes = size_t(96) << 20;
  struct Free {
    void operator()(void *pointer) const { std::free(pointer); }
  };
  std::unique_ptr<void, Free> from(std::aligned_alloc(64, bytes)),
      to(std::aligned_alloc(64, bytes));
  if (!from || !to)
    return 0;
  std::memset(from.get(), 1, bytes);
  std::memset(to.get(), 2, bytes);
  double best = 0;
  Clock::time_point begin = Clock::now();
  do {
    Clock::time_point start = Clock::now();
    std::memcpy(to.get(), from.get(), bytes);
    // The copy must happen although nobody reads it.
    __asm__ volatile("" : : "r"(to.get()) : "memory");
    best = std::max(best, 2.0 * bytes / getSeconds(start));
  } while (getSeconds(begin) < seconds);
  return best;
}

} // namespace

Peaks runtime::measurePeaks(double seconds) {
  Peaks peaks;
  FmaLoop f32 = {fmaGeneric<float>, 4}, f64 = {fmaGeneric<double>, 2}, bf16{},
          i8{};
  peaks.instructions = "generic";
#if defined(__x86_64__)
  if (hasCpuFeature("avx512f")) {
    f32 = {fmaAvx512F32, 16};
    f64 = {fmaAvx512F64, 8};
    peaks.instructions = "avx512f";
    if (hasCpuFeature("avx512bf16"))
      bf16 = {dotAvx512Bf16, 32};
    if (hasCpuFeature("avx512vnni"))
      i8 = {dotAvx512I8, 64};
  } else if (hasCpuFeature("avx2") && hasCpuFeature("fma")) {
    f32 = {fmaAvx2F32, 8};
    f64 = {fmaAvx2F64, 4};
    peaks.instructions = "avx2+fma";
  }
#elif defined(TENSOROP_RVV_PEAKS)
  if (hasCpuFeature("v")) {
    // Two registers of elements.
    f32 = {fmaRvvF32, getScalableVectorBits() / 16};
    f64 = {fmaRvvF64, getScalableVectorBits() / 32};
    peaks.instructions = "vfmadd";
  }
#endif
  constexpr int parts = 5;
  peaks.f32Flops = measureFlops(f32, seconds / parts);
  peaks.f64Flops = measureFlops(f64, seconds / parts);
  if (bf16.run)
    peaks.bf16Flops = measureFlops(bf16, seconds / parts);
  if (i8.run)
    peaks.i8Ops = measureFlops(i8, seconds / parts);
  peaks.copyBytes = measureCopy(seconds / parts);
  return peaks;
}

Peak runtime::getPeak(const Peaks &peaks, ElementType type) {
  switch (type) {
  case ElementType::F64:
    return {peaks.f64Flops, peaks.instructions};
  case ElementType::BF16:
    if (peaks.bf16Flops > 0)
      return {peaks.bf16Flops, "avx512_bf16"};
    [[fallthrough]];
  case ElementType::F16:
  case ElementType::F32:
    return {peaks.f32Flops, peaks.instructions};
  case ElementType::I8:
    if (peaks.i8Ops > 0)
      return {peaks.i8Ops, "avx512_vnni"};
    return {};
  default:
    return {};
  }
}
