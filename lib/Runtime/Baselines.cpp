//===- Baselines.cpp - Libraries to compare with --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Baselines.h"
#include "BaselineCore.h"
#include "Library.h"
#include "OneDnn.h"
#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

//===----------------------------------------------------------------------===//
// CBLAS calls
//===----------------------------------------------------------------------===//

constexpr int rowMajor = 101, noTranspose = 111, transpose = 112;

template <typename T>
using CblasGemm = void(int, int, int, int, int, int, T, const T *, int,
                       const T *, int, T, T *, int);
template <typename T>
using CblasGemv = void(int, int, int, int, T, const T *, int, const T *, int, T,
                       T *, int);

/// Leading dimensions are at least 1, also for empty matrices.
int asInt(int64_t size) { return static_cast<int>(std::max<int64_t>(size, 1)); }

template <typename T>
auto bindGemm(CblasGemm<T> *function, const GemmEquivalent &gemm) {
  return [=](const void *a, const void *b, void *c) {
    function(rowMajor, gemm.transA ? transpose : noTranspose,
             gemm.transB ? transpose : noTranspose, int(gemm.m), int(gemm.n),
             int(gemm.k), T(1), static_cast<const T *>(a),
             asInt(gemm.transA ? gemm.m : gemm.k), static_cast<const T *>(b),
             asInt(gemm.transB ? gemm.k : gemm.n), T(gemm.accumulate ? 1 : 0),
             static_cast<T *>(c), asInt(gemm.n));
  };
}

/// y = op(M) x, where the vector is the operand with one row or column. Both
/// kinds of vector are dense, since the other size is 1.
template <typename T>
auto bindGemv(CblasGemv<T> *function, const GemmEquivalent &gemm) {
  return [=](const void *a, const void *b, void *c) {
    bool rowVector = gemm.m == 1;
    // Stored shape of the matrix, and whether y = M x or y = M^T x.
    bool stored = rowVector ? gemm.transB : gemm.transA;
    int64_t rows =
        rowVector ? (stored ? gemm.n : gemm.k) : (stored ? gemm.k : gemm.m);
    int64_t columns =
        rowVector ? (stored ? gemm.k : gemm.n) : (stored ? gemm.m : gemm.k);
    bool transposed = rowVector ? !stored : stored;
    function(rowMajor, transposed ? transpose : noTranspose, int(rows),
             int(columns), T(1), static_cast<const T *>(rowVector ? b : a),
             asInt(columns), static_cast<const T *>(rowVector ? a : b), 1,
             T(gemm.accumulate ? 1 : 0), static_cast<T *>(c), 1);
  };
}

/// Adds gemm, and gemv where it applies, of a library with CBLAS names.
template <typename T>
void addCblas(const Library &library, const std::string &prefix,
              const std::string &letter, const GemmEquivalent &gemm,
              const Baseline &described, BaselineSearch &search) {
  auto *gemmFunction =
      library.get<CblasGemm<T>>(prefix + "cblas_" + letter + "gemm");
  if (!gemmFunction) {
    search.notes.push_back(library.getPath() + ": has no " + prefix + "cblas_" +
                           letter + "gemm");
    return;
  }
  Baseline baseline = described;
  baseline.function = "gemm";
  baseline.call = bindGemm<T>(gemmFunction, gemm);
  search.found.push_back(baseline);
  auto *gemvFunction =
      library.get<CblasGemv<T>>(prefix + "cblas_" + letter + "gemv");
  bool vector = (gemm.m == 1 || gemm.n == 1) && gemm.k > 0;
  if (!gemvFunction || !vector)
    return;
  baseline.function = "gemv";
  baseline.call = bindGemv<T>(gemvFunction, gemm);
  search.found.push_back(baseline);
}

void addCblas(const Library &library, const std::string &prefix,
              const GemmEquivalent &gemm, const Baseline &described,
              BaselineSearch &search) {
  if (gemm.type == ElementType::F32 && gemm.result == gemm.type)
    addCblas<float>(library, prefix, "s", gemm, described, search);
  else if (gemm.type == ElementType::F64 && gemm.result == gemm.type)
    addCblas<double>(library, prefix, "d", gemm, described, search);
  else
    search.notes.push_back(library.getPath() + ": has no gemm for " +
                           describeTypes(gemm));
}

//===----------------------------------------------------------------------===//
// OpenBLAS
//===----------------------------------------------------------------------===//

/// "" for a distribution's library, "scipy_" for PyPI's.
const char *findOpenBlasPrefix(const Library &library) {
  for (const char *prefix : {"", "scipy_"})
    if (library.get<char *()>(std::string(prefix) + "openblas_get_corename"))
      return prefix;
  return nullptr;
}

std::string getOpenBlasCore(const Library &library) {
  const char *prefix = findOpenBlasPrefix(library);
  if (!prefix)
    return "";
  return library.get<char *()>(std::string(prefix) + "openblas_get_corename")();
}

void addOpenBlas(const std::string &path, const GemmEquivalent &gemm,
                 int64_t threads, BaselineSearch &search) {
  ScopedEnvironment environment;
  environment.set("OPENBLAS_NUM_THREADS", std::to_string(threads));
  Baseline baseline;
  baseline.name = "openblas";
  const char *wide =
      getMachineWidth() == Width::Avx512 ? "SkylakeX" : "Haswell";
  std::optional<std::string> note = chooseCore(
      {path, "OPENBLAS_CORETYPE", getOpenBlasCore, {wide}, wide}, environment);
  if (!note)
    return addCrash(path, search);
  baseline.note = *note;
  std::string reason;
  std::shared_ptr<Library> library = Library::load(path, reason);
  if (!library) {
    search.notes.push_back(reason);
    return;
  }
  const char *prefix = findOpenBlasPrefix(*library);
  if (!prefix) {
    search.notes.push_back(library->getPath() + ": is no OpenBLAS with "
                                                "openblas_get_corename");
    return;
  }
  baseline.library = library->getPath();
  baseline.core = getOpenBlasCore(*library);
  auto *config =
      library->get<char *()>(std::string(prefix) + "openblas_get_config");
  // "OpenBLAS 0.3.21 NO_LAPACKE ..."
  std::istringstream words(config ? config() : "");
  std::string word;
  words >> word >> baseline.version;
  if (auto *setThreads = library->get<void(int)>(std::string(prefix) +
                                                 "openblas_set_num_threads"))
    setThreads(int(threads));
  judgeWidth(baseline, getCoreWidth(baseline.core));
  addCblas(*library, prefix, gemm, baseline, search);
}

//===----------------------------------------------------------------------===//
// BLIS
//===----------------------------------------------------------------------===//

using BlisArchitecture = int();
using BlisArchitectureName = char *(int);

std::string getBlisCore(const Library &library) {
  // Before, a core that the environment names is refused.
  if (auto *initialize = library.get<void()>("bli_init"))
    initialize();
  auto *query = library.get<BlisArchitecture>("bli_arch_query_id");
  auto *name = library.get<BlisArchitectureName>("bli_arch_string");
  return query && name ? name(query()) : "";
}

void addBlis(const std::string &path, const GemmEquivalent &gemm,
             int64_t threads, BaselineSearch &search) {
  ScopedEnvironment environment;
  environment.set("BLIS_NUM_THREADS", std::to_string(threads));
  environment.set("OMP_NUM_THREADS", std::to_string(threads));
  Baseline baseline;
  baseline.name = "blis";
  // Cores have numbers that differ between versions, so that each is tried.
  CoreQuestion question = {path, "BLIS_ARCH_TYPE", getBlisCore, {}, "haswell"};
  if (getMachineWidth() == Width::Avx512)
    question.wanted = "skx";
  constexpr int ids = 40;
  for (int id = 0; id < ids; ++id)
    question.values.push_back(std::to_string(id));
  std::optional<std::string> note = chooseCore(question, environment);
  if (!note)
    return addCrash(path, search);
  baseline.note = *note;
  std::string reason;
  std::shared_ptr<Library> library = Library::load(path, reason);
  if (!library) {
    search.notes.push_back(reason);
    return;
  }
  baseline.library = library->getPath();
  baseline.core = getBlisCore(*library);
  if (auto *version = library->get<char *()>("bli_info_get_version_str"))
    baseline.version = version();
  if (auto *setThreads =
          library->get<void(int64_t)>("bli_thread_set_num_threads"))
    setThreads(int(threads));
  judgeWidth(baseline, getCoreWidth(baseline.core));
  addCblas(*library, "", gemm, baseline, search);
}

//===----------------------------------------------------------------------===//
// The list
//===----------------------------------------------------------------------===//

struct Kind {
  const char *name;
  const char *variable;
  std::vector<std::string> patterns, systemNames;
  void (*add)(const std::string &, const GemmEquivalent &, int64_t threads,
              BaselineSearch &);
};

const std::vector<Kind> &getKinds() {
  static const std::vector<Kind> kinds = {
      {"openblas",
       "TENSOROP_OPENBLAS",
       {"scipy_openblas32/lib/libscipy_openblas.so",
        "lib/python*/site-packages/scipy_openblas32/lib/libscipy_openblas.so",
        "libscipy_openblas.so", "libopenblas.so", "lib/libopenblas.so"},
       {"libopenblas.so.0", "libopenblas.so"},
       addOpenBlas},
      {"blis",
       "TENSOROP_BLIS",
       {"libblis.so", "lib/libblis.so"},
       {"libblis.so.4", "libblis.so"},
       addBlis},
      {"onednn",
       "TENSOROP_ONEDNN",
       {"libdnnl.so", "lib/libdnnl.so"},
       {"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"},
       addOneDnn},
  };
  return kinds;
}

} // namespace

std::vector<std::string> runtime::getBaselineNames() {
  std::vector<std::string> names;
  for (const Kind &kind : getKinds())
    names.push_back(kind.name);
  return names;
}

Result<std::vector<std::string>>
runtime::parseBaselines(const std::string &list) {
  std::vector<std::string> known = getBaselineNames(), names;
  if (list == "none")
    return names;
  std::istringstream parts(list);
  std::string name;
  while (std::getline(parts, name, ',')) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string all;
      for (const std::string &other : known)
        all += (all.empty() ? "" : ", ") + other;
      return Status::failure("there is no baseline '" + name + "'; known are " +
                             all);
    }
    if (std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  }
  return names;
}

BaselineSearch runtime::findBaselines(const std::string &name,
                                      const GemmEquivalent &gemm,
                                      int64_t threads) {
  BaselineSearch search;
  constexpr int64_t most = 0x7fffffff;
  if (std::max({gemm.m, gemm.n, gemm.k}) > most) {
    search.notes.push_back("sizes above 2^31 - 1 do not fit its interface");
    return search;
  }
  for (const Kind &kind : getKinds()) {
    if (name != kind.name)
      continue;
    std::set<std::string> seen;
    for (const std::string &path :
         findLibraries(kind.variable, kind.patterns, kind.systemNames)) {
      BaselineSearch one;
      kind.add(path, gemm, threads, one);
      // Several names may lead to one file.
      if (!one.found.empty() && !seen.insert(one.found[0].library).second)
        continue;
      for (Baseline &baseline : one.found)
        search.found.push_back(std::move(baseline));
      for (std::string &note : one.notes) {
        // A name of another version that the system lacks is no news.
        bool absent = path.find('/') == std::string::npos &&
                      note.find("cannot open shared object") != note.npos;
        if (!absent && seen.insert(note).second)
          search.notes.push_back(std::move(note));
      }
    }
  }
  return search;
}
