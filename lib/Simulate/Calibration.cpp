//===- Calibration.cpp - What a miss costs --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Calibration.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace tensorop {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

static bool readPenalties(const json::Value &value, json::Path path,
                          Calibration &calibration) {
  const json::Object *object = value.getAsObject();
  if (!object) {
    path.report("expected object");
    return false;
  }
  for (const auto &[name, cycles] : *object) {
    auto number = cycles.getAsNumber();
    if (!number || !(*number >= 0) || *number > 1e6) {
      path.field(name).report("expected cycles between 0 and 1e6");
      return false;
    }
    calibration.penalties.emplace_back(name.str(), *number);
  }
  llvm::sort(calibration.penalties);
  return true;
}

static bool fromJSON(const json::Value &value, Calibration &calibration,
                     json::Path path) {
  json::ObjectMapper map(value, path);
  int64_t schema = 0;
  if (!map || !map.map("schema", schema))
    return false;
  if (schema != 1) {
    path.field("schema").report("this release reads calibrations of schema 1");
    return false;
  }
  for (const auto &entry : *value.getAsObject())
    if (!is_contained({"schema", "cpu", "source", "penalties"},
                      StringRef(entry.first))) {
      path.field(entry.first).report("unknown field");
      return false;
    }
  const json::Value *penalties = value.getAsObject()->get("penalties");
  if (!penalties) {
    path.field("penalties").report("missing value");
    return false;
  }
  return map.map("cpu", calibration.cpu) &&
         map.map("source", calibration.source) &&
         readPenalties(*penalties, path.field("penalties"), calibration);
}

Expected<Calibration> parseCalibration(StringRef text) {
  auto value = json::parse(text);
  if (!value)
    return value.takeError();
  Calibration calibration;
  json::Path::Root root("calibration");
  if (!fromJSON(*value, calibration, root))
    return root.getError();
  return calibration;
}

std::string printCalibration(const Calibration &calibration) {
  json::Object penalties;
  for (const auto &[level, cycles] : calibration.penalties)
    penalties[level] = cycles;
  std::string text;
  raw_string_ostream(text) << formatv(
      "{0:2}\n",
      json::Value(json::Object{{"schema", 1},
                               {"cpu", calibration.cpu},
                               {"source", calibration.source},
                               {"penalties", std::move(penalties)}}));
  return text;
}

Expected<Calibration> readCalibration(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return fail("cannot read calibration file '%s': %s", path.str().c_str(),
                file.getError().message().c_str());
  auto calibration = parseCalibration((*file)->getBuffer());
  if (!calibration)
    return fail("%s: %s", path.str().c_str(),
                toString(calibration.takeError()).c_str());
  return calibration;
}

Expected<Calibration> findCalibration(StringRef cpu) {
  SmallString<256> folder(sys::path::parent_path(hardwareDataDirectory()));
  sys::path::append(folder, "simulation");
  std::vector<std::string> names;
  std::error_code error;
  for (sys::fs::directory_iterator it(folder, error), end; it != end && !error;
       it.increment(error))
    if (sys::path::extension(it->path()) == ".json")
      names.push_back(sys::path::stem(it->path()).str());
  llvm::sort(names);
  if (!is_contained(names, cpu))
    return fail("no calibration for the cpu '%s', there is one for %s",
                cpu.str().c_str(), join(names, ", ").c_str());
  sys::path::append(folder, cpu + ".json");
  return readCalibration(folder);
}

//===----------------------------------------------------------------------===//
// Fit
//===----------------------------------------------------------------------===//

/// Solves `matrix` x = `right` by elimination with pivots; false when singular.
static bool solve(std::vector<std::vector<double>> matrix,
                  std::vector<double> right, std::vector<double> &result) {
  size_t n = right.size();
  for (size_t column = 0; column < n; ++column) {
    size_t pivot = column;
    for (size_t row = column + 1; row < n; ++row)
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column]))
        pivot = row;
    if (std::abs(matrix[pivot][column]) < 1e-12)
      return false;
    std::swap(matrix[pivot], matrix[column]);
    std::swap(right[pivot], right[column]);
    for (size_t row = column + 1; row < n; ++row) {
      double factor = matrix[row][column] / matrix[column][column];
      for (size_t i = column; i < n; ++i)
        matrix[row][i] -= factor * matrix[column][i];
      right[row] -= factor * right[column];
    }
  }
  result.assign(n, 0);
  for (size_t row = n; row-- > 0;) {
    double value = right[row];
    for (size_t i = row + 1; i < n; ++i)
      value -= matrix[row][i] * result[i];
    result[row] = value / matrix[row][row];
  }
  return true;
}

namespace {
/// Rows are samples: misses and missing cycles, relative to the measurement.
struct LeastSquares {
  std::vector<std::vector<double>> rows;
  std::vector<double> right;

  double residual(ArrayRef<double> x) const {
    double sum = 0;
    for (size_t row = 0; row < rows.size(); ++row) {
      double error = -right[row];
      for (size_t i = 0; i < x.size(); ++i)
        error += rows[row][i] * x[i];
      sum += error * error;
    }
    return sum;
  }

  /// The unconstrained optimum with all x that are not in `active` at 0.
  bool solveFor(ArrayRef<unsigned> active, std::vector<double> &x) const {
    size_t n = active.size();
    std::vector<std::vector<double>> normal(n, std::vector<double>(n));
    std::vector<double> vector(n), solution;
    std::vector<double> scale(n);
    for (size_t i = 0; i < n; ++i) {
      for (const auto &row : rows)
        scale[i] = std::max(scale[i], std::abs(row[active[i]]));
      if (scale[i] == 0)
        return false;
    }
    for (size_t row = 0; row < rows.size(); ++row)
      for (size_t i = 0; i < n; ++i) {
        double value = rows[row][active[i]] / scale[i];
        vector[i] += value * right[row];
        for (size_t j = 0; j < n; ++j)
          normal[i][j] += value * rows[row][active[j]] / scale[j];
      }
    if (n && !solve(normal, vector, solution))
      return false;
    std::fill(x.begin(), x.end(), 0);
    for (size_t i = 0; i < n; ++i)
      x[active[i]] = solution[i] / scale[i];
    return true;
  }
};
} // namespace

Expected<std::vector<double>> fitPenalties(ArrayRef<CalibrationSample> samples,
                                           unsigned levels) {
  if (samples.size() < levels || levels > 8)
    return fail("%zu measurements do not fix the penalties of %u levels of "
                "caches",
                samples.size(), levels);
  LeastSquares problem;
  problem.rows.reserve(samples.size());
  problem.right.reserve(samples.size());
  for (const CalibrationSample &sample : samples) {
    double weight = 1 / sample.measuredCycles;
    std::vector<double> row;
    row.reserve(sample.misses.size());
    for (double misses : sample.misses)
      row.push_back(misses * weight);
    problem.rows.push_back(std::move(row));
    problem.right.push_back((sample.measuredCycles - sample.coreCycles) *
                            weight);
  }
  std::vector<double> best(levels, 0.0), x(levels, 0.0);
  double least = problem.residual(best);
  for (unsigned set = 1; set < 1u << levels; ++set) {
    SmallVector<unsigned> active;
    for (unsigned level = 0; level < levels; ++level)
      if (set >> level & 1)
        active.push_back(level);
    if (!problem.solveFor(active, x) ||
        any_of(x, [](double value) { return value < 0; }))
      continue;
    double residual = problem.residual(x);
    if (residual < least) {
      least = residual;
      best = x;
    }
  }
  return best;
}

} // namespace tensorop
