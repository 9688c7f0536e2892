//===- OneDnn.cpp - oneDNN as a baseline ----------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Its interface is declared here, as for every library that may be absent: what
// follows is oneDNN's dnnl.h and dnnl_types.h of version 2.
//
//===----------------------------------------------------------------------===//

#include "OneDnn.h"
#include "BaselineCore.h"
#include "Library.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Support/Check.h"
#include <algorithm>
#include <array>
#include <cstddef>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// Beginning of dnnl_version_t.
struct Version {
  int major, minor, patch;
};

using Sgemm = int(char, char, int64_t, int64_t, int64_t, float, const float *,
                  int64_t, const float *, int64_t, float, float *, int64_t);
using GemmS8 = int(char, char, char, int64_t, int64_t, int64_t, float,
                   const int8_t *, int64_t, int8_t, const int8_t *, int64_t,
                   int8_t, float, int32_t *, int64_t, const int32_t *);

/// Of the bits in dnnl_cpu_isa_t, those of avx2 and of avx512_core.
constexpr int isaAvx2 = 0x7, isaAvx512 = 0x27;

Width getWidth(const Library &library) {
  auto *isa = library.get<int()>("dnnl_get_effective_cpu_isa");
  if (!isa)
    return Width::Unknown;
  int bits = isa();
  return (bits & isaAvx512) == isaAvx512 ? Width::Avx512
         : (bits & isaAvx2) == isaAvx2   ? Width::Avx2
                                         : Width::Narrow;
}

std::string getCore(const Library &library) {
  switch (getWidth(library)) {
  case Width::Avx512:
    return "avx512_core";
  case Width::Avx2:
    return "avx2";
  case Width::Narrow:
    return "sse41";
  case Width::Unknown:
    return "unknown";
  }
  TENSOROP_CHECK(false, "all widths have a name");
}

/// A matrix as an operation reads it: sizes, and elements from one row and one
/// column to the next.
struct Matrix {
  int64_t rows, columns, rowStride, columnStride;
};

/// `rows` x `columns`, dense; stored the other way round when `transposed`.
/// Strides are at least 1, also in empty matrices.
Matrix makeMatrix(int64_t rows, int64_t columns, bool transposed) {
  int64_t one = 1;
  return transposed ? Matrix{rows, columns, 1, std::max(rows, one)}
                    : Matrix{rows, columns, std::max(columns, one), 1};
}

struct Operands {
  Matrix a, b, c;
  explicit Operands(const GemmEquivalent &gemm)
      : a(makeMatrix(gemm.m, gemm.k, gemm.transA)),
        b(makeMatrix(gemm.k, gemm.n, gemm.transB)),
        c(makeMatrix(gemm.m, gemm.n, /*transposed=*/false)) {}
};

/// BLAS's leading dimension: the larger stride.
int64_t getLeading(const Matrix &matrix) {
  return std::max(matrix.rowStride, matrix.columnStride);
}
char getTransposition(bool transposed) { return transposed ? 'T' : 'N'; }

void addSgemm(const Library &library, const GemmEquivalent &gemm,
              const Baseline &described, BaselineSearch &search) {
  auto *sgemm = library.get<Sgemm>("dnnl_sgemm");
  if (!sgemm)
    return;
  Baseline baseline = described;
  baseline.function = "gemm";
  Operands on(gemm);
  baseline.call = [=](const void *a, const void *b, void *c) {
    sgemm(getTransposition(gemm.transA), getTransposition(gemm.transB), gemm.m,
          gemm.n, gemm.k, 1.0f, static_cast<const float *>(a), getLeading(on.a),
          static_cast<const float *>(b), getLeading(on.b),
          gemm.accumulate ? 1.0f : 0.0f, static_cast<float *>(c),
          getLeading(on.c));
  };
  search.found.push_back(baseline);
}

void addGemmS8(const Library &library, const GemmEquivalent &gemm,
               const Baseline &described, BaselineSearch &search) {
  auto *function = library.get<GemmS8>("dnnl_gemm_s8s8s32");
  if (!function)
    return;
  Baseline baseline = described;
  baseline.function = "gemm";
  Operands on(gemm);
  baseline.call = [=](const void *a, const void *b, void *c) {
    constexpr int32_t noOffset = 0;
    function(getTransposition(gemm.transA), getTransposition(gemm.transB), 'F',
             gemm.m, gemm.n, gemm.k, 1.0f, static_cast<const int8_t *>(a),
             getLeading(on.a), 0, static_cast<const int8_t *>(b),
             getLeading(on.b), 0, gemm.accumulate ? 1.0f : 0.0f,
             static_cast<int32_t *>(c), getLeading(on.c), &noOffset);
  };
  search.found.push_back(baseline);
}

//===----------------------------------------------------------------------===//
// The matmul primitive
//===----------------------------------------------------------------------===//

/// dnnl_data_type_t; 0 for a type that a matmul does not have.
int getDataType(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return 1;
  case ElementType::BF16:
    return 2;
  case ElementType::F32:
    return 3;
  case ElementType::I32:
    return 4;
  case ElementType::I8:
    return 5;
  default:
    return 0;
  }
}

/// Pointers to what only the library knows.
using Handle = void *;
/// dnnl_memory_desc_t and dnnl_matmul_desc_t, with room to spare.
struct alignas(16) MemoryDescription {
  std::array<std::byte, 2048> bytes;
};
struct alignas(16) MatmulDescription {
  std::array<std::byte, 16384> bytes;
};
/// dnnl_exec_arg_t.
struct Argument {
  int number;
  Handle memory;
};
constexpr int cpuKind = 1, defaultStream = 1;
constexpr int sourceNumber = 1, weightsNumber = 33, destinationNumber = 17;

using CreateEngine = int(Handle *, int, size_t);
using CreateStream = int(Handle *, Handle, unsigned);
using DescribeMemory = int(MemoryDescription *, int, const int64_t *, int,
                           const int64_t *);
using DescribeMatmul = int(MatmulDescription *, const MemoryDescription *,
                           const MemoryDescription *, const MemoryDescription *,
                           const MemoryDescription *);
using CreateHandle = int(Handle *);
using AppendSum = int(Handle, float);
using SetPostOps = int(Handle, Handle);
using DescribePrimitive = int(Handle *, const MatmulDescription *, Handle,
                              Handle, Handle);
using CreatePrimitive = int(Handle *, Handle);
using CreateMemory = int(Handle *, const MemoryDescription *, Handle, Handle);
using SetHandle = int(Handle, Handle);
using Execute = int(Handle, Handle, int, const Argument *);
using Wait = int(Handle);

/// Makes the primitive for one GEMM. Nothing is ever destroyed: the library
/// stays loaded as well.
class Matmul {
public:
  Matmul(const Library &library, const GemmEquivalent &gemm)
      : library(library), gemm(gemm) {}

  /// Null when the library has no matmul of this interface, or none for these
  /// types.
  std::function<void(const void *, const void *, void *)> make() {
    Operands on(gemm);
    MemoryDescription a{}, b{}, c{};
    MatmulDescription matmul{};
    Handle description = nullptr, primitive = nullptr;
    if (!call<CreateEngine>("dnnl_engine_create", &engine, cpuKind, 0) ||
        !call<CreateStream>("dnnl_stream_create", &stream, engine,
                            defaultStream) ||
        !describe(a, on.a, gemm.type) || !describe(b, on.b, gemm.type) ||
        !describe(c, on.c, gemm.result) ||
        !call<DescribeMatmul>("dnnl_matmul_desc_init", &matmul, &a, &b, nullptr,
                              &c) ||
        !makeAttributes() ||
        !call<DescribePrimitive>("dnnl_primitive_desc_create", &description,
                                 &matmul, attributes, engine, nullptr) ||
        !call<CreatePrimitive>("dnnl_primitive_create", &primitive,
                               description) ||
        !allocate(memories[0], a) || !allocate(memories[1], b) ||
        !allocate(memories[2], c))
      return nullptr;
    auto *setHandle = library.get<SetHandle>("dnnl_memory_set_data_handle");
    auto *execute = library.get<Execute>("dnnl_primitive_execute");
    auto *wait = library.get<Wait>("dnnl_stream_wait");
    if (!setHandle || !execute || !wait)
      return nullptr;
    return [=, stream = stream, memories = memories](const void *a,
                                                     const void *b, void *c) {
      setHandle(memories[0], const_cast<void *>(a));
      setHandle(memories[1], const_cast<void *>(b));
      setHandle(memories[2], c);
      const Argument arguments[] = {{sourceNumber, memories[0]},
                                    {weightsNumber, memories[1]},
                                    {destinationNumber, memories[2]}};
      execute(primitive, stream, 3, arguments);
      wait(stream);
    };
  }

private:
  /// False when the library lacks the function, or the function fails.
  template <typename Function, typename... Arguments>
  bool call(const char *name, Arguments... arguments) {
    auto *function = library.get<Function>(name);
    return function && function(arguments...) == 0;
  }
  bool describe(MemoryDescription &description, const Matrix &matrix,
                ElementType type) {
    const int64_t sizes[] = {matrix.rows, matrix.columns},
                  strides[] = {matrix.rowStride, matrix.columnStride};
    return call<DescribeMemory>("dnnl_memory_desc_init_by_strides",
                                &description, 2, sizes, getDataType(type),
                                strides);
  }
  bool allocate(Handle &memory, const MemoryDescription &description) {
    return call<CreateMemory>("dnnl_memory_create", &memory, &description,
                              engine, nullptr);
  }
  /// C is added to, not overwritten, when the kernel accumulates.
  bool makeAttributes() {
    Handle postOps = nullptr;
    return !gemm.accumulate ||
           (call<CreateHandle>("dnnl_primitive_attr_create", &attributes) &&
            call<CreateHandle>("dnnl_post_ops_create", &postOps) &&
            call<AppendSum>("dnnl_post_ops_append_sum", postOps, 1.0f) &&
            call<SetPostOps>("dnnl_primitive_attr_set_post_ops", attributes,
                             postOps));
  }

  const Library &library;
  const GemmEquivalent &gemm;
  Handle engine = nullptr, stream = nullptr, attributes = nullptr;
  std::array<Handle, 3> memories{};
};

void addMatmul(const Library &library, const GemmEquivalent &gemm,
               const Baseline &described, BaselineSearch &search) {
  Baseline baseline = described;
  baseline.function = "matmul";
  baseline.call = Matmul(library, gemm).make();
  if (baseline.call)
    search.found.push_back(baseline);
}

} // namespace

void runtime::addOneDnn(const std::string &path, const GemmEquivalent &gemm,
                        int64_t threads, BaselineSearch &search) {
  ScopedEnvironment environment;
  environment.set("OMP_NUM_THREADS", std::to_string(threads));
  if (!askCore(path, "DNNL_MAX_CPU_ISA", getCore))
    return addCrash(path, search);
  std::string reason;
  std::shared_ptr<Library> library = Library::load(path, reason);
  if (!library) {
    search.notes.push_back(reason);
    return;
  }
  Baseline baseline;
  baseline.name = "onednn";
  baseline.library = library->getPath();
  if (auto *version = library->get<const Version *()>("dnnl_version"))
    baseline.version = std::to_string(version()->major) + "." +
                       std::to_string(version()->minor) + "." +
                       std::to_string(version()->patch);
  baseline.core = getCore(*library);
  if (getHostArchitecture() == "x86_64")
    judgeWidth(baseline, getWidth(*library));
  // Its OpenMP runtime came with it, and may have counted the cpus already.
  if (auto *setThreads = library->get<void(int)>("omp_set_num_threads"))
    setThreads(int(threads));
  size_t before = search.found.size();
  using Pair = std::pair<ElementType, ElementType>;
  Pair types(gemm.type, gemm.result);
  if (types == Pair(ElementType::F32, ElementType::F32)) {
    addSgemm(*library, gemm, baseline, search);
  } else if (types == Pair(ElementType::I8, ElementType::I32)) {
    addGemmS8(*library, gemm, baseline, search);
    addMatmul(*library, gemm, baseline, search);
  } else if (gemm.result == ElementType::F32 && isFloat(gemm.type)) {
    addMatmul(*library, gemm, baseline, search);
  }
  if (search.found.size() == before)
    search.notes.push_back(library->getPath() + ": has no gemm for " +
                           describeTypes(gemm));
}
