//===- Generators.cpp - Inputs made from a seed ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Generators.h"
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// splitmix64: one multiplication chain per number, no state but a counter.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15u + 1) {}

  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
  }

  /// In [0, 1).
  double uniform() { return std::ldexp(double(next() >> 11), -53); }

  /// Mean 0, deviation 1, at most 3.47 from 0. A sum of four uniform numbers:
  /// unlike logarithm and cosine it is the same with every C library.
  double normal() {
    uint64_t bits = next();
    int64_t sum = int64_t(bits & 0xffff) + int64_t(bits >> 16 & 0xffff) +
                  int64_t(bits >> 32 & 0xffff) + int64_t(bits >> 48);
    constexpr double sqrt3 = 1.7320508075688772;
    return (double(sum) / 65536 - 2) * sqrt3;
  }

  /// In [low, high].
  int64_t integer(int64_t low, int64_t high) {
    uint64_t count = uint64_t(high) - uint64_t(low) + 1;
    return count == 0 ? int64_t(next()) : low + int64_t(next() % count);
  }

private:
  uint64_t state;
};

/// A generator's text, taken apart.
struct Spec {
  std::string name;
  std::vector<double> arguments;
};

struct Kind {
  const char *name;
  /// Numbers of arguments that are allowed.
  size_t least, most;
  /// How it is written with arguments; empty when it takes none.
  const char *arguments;
};

constexpr Kind kinds[] = {
    {"normal", 0, 2, "(mean,deviation)"},
    {"uniform", 2, 2, "(low,high)"},
    {"integers", 0, 2, "(low,high)"},
    {"large", 0, 0, ""},
    {"small", 0, 0, ""},
    {"special", 0, 0, ""},
    {"constant", 1, 1, "(value)"},
    {"iota", 0, 0, ""},
};

Status failure(const std::string &generator, const std::string &reason) {
  return Status::failure("generator '" + generator + "': " + reason);
}

/// Range of an integer type as 64-bit numbers.
std::pair<int64_t, int64_t> getRange(ElementType type) {
  if (type == ElementType::I1)
    return {0, 1};
  int bits = int(getByteSize(type) * 8);
  int64_t high = int64_t((uint64_t(1) << (bits - 1)) - 1);
  return {-high - 1, high};
}

Result<Spec> parse(const std::string &generator, ElementType type) {
  Spec spec;
  size_t open = generator.find('(');
  spec.name = generator.substr(0, open);
  if (open != std::string::npos) {
    if (generator.back() != ')')
      return failure(generator, "')' is missing at the end");
    std::istringstream list(
        generator.substr(open + 1, generator.size() - open - 2));
    std::string part;
    while (std::getline(list, part, ',')) {
      char *end = nullptr;
      double value = std::strtod(part.c_str(), &end);
      if (end == part.c_str() ||
          std::string(end).find_first_not_of(' ') != std::string::npos)
        return failure(generator, "'" + part + "' is not a number");
      spec.arguments.push_back(value);
    }
  }
  if (spec.name.empty())
    spec.name = isFloat(type) ? "normal" : "integers";

  std::string names;
  const Kind *found = nullptr;
  for (const Kind &kind : kinds) {
    names += (names.empty() ? "" : ", ") + std::string(kind.name);
    if (spec.name == kind.name)
      found = &kind;
  }
  size_t count = spec.arguments.size();
  if (!found)
    return failure(generator, "unknown; known are " + names);
  if (count < found->least || count > found->most ||
      (count == 1 && found->most == 2))
    return failure(
        generator,
        "takes " +
            std::string(found->least == found->most
                            ? std::to_string(found->most)
                            : "0 or 2") +
            " arguments, but has " + std::to_string(count) + "; write '" +
            spec.name +
            (found->least == 0 && found->most > 0 ? "' or '" + spec.name : "") +
            found->arguments + "'");
  if (spec.name == "integers" || spec.name == "uniform") {
    if (count == 2 && !(spec.arguments[0] <= spec.arguments[1]))
      return failure(generator, "the low end is above the high end");
  }
  if (!isFloat(type)) {
    auto [low, high] = getRange(type);
    for (double value : spec.arguments)
      if (!(value >= double(low) && value <= double(high)) ||
          value != std::trunc(value))
        return failure(generator, "its arguments must be whole numbers from " +
                                      std::to_string(low) + " to " +
                                      std::to_string(high) + " for " +
                                      std::string(getName(type)));
  }
  return spec;
}

/// Puts values at the ends of the type's range among others.
void addSpecialFloats(Random &random, Buffer &buffer) {
  ElementType type = buffer.getType();
  int64_t count = buffer.getNumElements();
  auto put = [&](double value) {
    storeDouble(type, buffer.data(), random.integer(0, count - 1), value);
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> tame = {0.0, -0.0};
  // Products of bf16 may take subnormal numbers as zeros (vdpbf16ps), which
  // makes NaN of an infinity times one.
  if (type != ElementType::BF16) {
    double least = getUlp(type, 0), normal = least / getUnitRoundoff(type) / 2;
    for (double value : {least, normal - least, normal})
      tame.insert(tame.end(), {value, -value});
  }
  int64_t first = random.integer(0, int64_t(tame.size()) - 1);
  for (int64_t i = 0; i < count / 16; ++i)
    put(tame[size_t(first + i) % tame.size()]);
  // Each of these may spoil a row of a result: few, so that most stay finite.
  const double wild[] = {std::numeric_limits<double>::quiet_NaN(), infinity,
                         -infinity, getLargest(type), -getLargest(type)};
  int64_t kinds = std::size(wild), rows = 4 * kinds;
  for (int64_t extent : buffer.getShape())
    if (extent > 1)
      rows = std::min(rows, extent);
  first = random.integer(0, kinds - 1);
  for (int64_t i = 0; i < std::max<int64_t>(1, rows / 4); ++i)
    put(wild[(first + i) % kinds]);
}

void fillFloats(const Spec &spec, Random &random, Buffer &buffer) {
  ElementType type = buffer.getType();
  double largest = getLargest(type);
  double smallest = getUlp(type, 0) / getUnitRoundoff(type);
  // A quarter of the exponents leaves room for products of three and sums.
  int highExponent = std::ilogb(largest) / 4;
  int lowExponent = std::ilogb(smallest) / 4;
  auto argument = [&](size_t i, double otherwise) {
    return i < spec.arguments.size() ? spec.arguments[i] : otherwise;
  };
  auto scaled = [&](int low, int high) {
    return std::ldexp(random.normal(), int(random.integer(low, high)));
  };
  std::function<double(int64_t)> next;
  if (spec.name == "uniform")
    next = [&](int64_t) {
      return spec.arguments[0] +
             (spec.arguments[1] - spec.arguments[0]) * random.uniform();
    };
  else if (spec.name == "integers")
    next = [&](int64_t) {
      return double(
          random.integer(int64_t(argument(0, -8)), int64_t(argument(1, 8))));
    };
  else if (spec.name == "large")
    next = [&](int64_t) { return scaled(0, highExponent); };
  else if (spec.name == "small")
    next = [&](int64_t) { return scaled(lowExponent, 0); };
  else if (spec.name == "constant")
    next = [&](int64_t) { return spec.arguments[0]; };
  else if (spec.name == "iota")
    next = [](int64_t i) { return double(i); };
  else
    next = [&](int64_t) {
      return argument(0, 0) + argument(1, 1) * random.normal();
    };
  int64_t count = buffer.getNumElements();
  for (int64_t i = 0; i < count; ++i)
    storeDouble(type, buffer.data(), i, next(i));
  if (spec.name == "special" && count > 0)
    addSpecialFloats(random, buffer);
}

void fillIntegers(const Spec &spec, Random &random, Buffer &buffer) {
  ElementType type = buffer.getType();
  auto [low, high] = getRange(type);
  int64_t from = std::max<int64_t>(low, -8), to = std::min<int64_t>(high, 8);
  if (spec.name == "large" || spec.name == "special") {
    from = low;
    to = high;
  } else if (spec.arguments.size() == 2 && spec.name != "normal") {
    from = int64_t(spec.arguments[0]);
    to = int64_t(spec.arguments[1]);
  } else if (spec.name == "small") {
    from = 0;
    to = 1;
  }
  for (int64_t i = 0; i < buffer.getNumElements(); ++i) {
    int64_t value;
    if (spec.name == "constant")
      value = int64_t(spec.arguments[0]);
    else if (spec.name == "iota")
      value = i;
    else
      value = random.integer(from, to);
    storeInt(type, buffer.data(), i, value);
  }
  int64_t count = buffer.getNumElements();
  for (int64_t i = 0; spec.name == "special" && i < (count + 15) / 16; ++i)
    storeInt(type, buffer.data(), random.integer(0, count - 1),
             i % 3 == 0   ? low
             : i % 3 == 1 ? high
                          : 0);
}

} // namespace

Status runtime::checkGenerator(const std::string &generator, ElementType type) {
  return parse(generator, type).status();
}

std::vector<std::string> runtime::splitGenerators(const std::string &list) {
  std::vector<std::string> parts(1);
  int depth = 0;
  for (char c : list) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

Status runtime::generate(const std::string &generator, uint64_t seed,
                         Buffer &buffer) {
  Result<Spec> spec = parse(generator, buffer.getType());
  if (!spec.ok())
    return spec.status();
  Random random(seed);
  if (isFloat(buffer.getType()))
    fillFloats(*spec, random, buffer);
  else
    fillIntegers(*spec, random, buffer);
  return Status();
}

std::vector<std::string> runtime::getGeneratorNames() {
  return {"normal", "integers", "large", "small", "special"};
}
