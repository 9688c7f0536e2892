//===- MathFunctionsTest.cpp - Errors of the elementary functions ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every f32 with a bit pattern that is a multiple of a stride, and what lies
// around the places where the functions change, against libm's f64. With
// TENSOROP_MATH_STRIDE=1 in the environment that is every f32 there is.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace mlir;

namespace {

/// Numbers in one call of the compiled function.
constexpr int64_t kBlock = 4096;
using Function = void (*)(const float *, float *);

/// Whether each number is computed as a scalar or in vectors of eight.
enum class Form { Scalar, Vector };

/// `op`: of the dialect math, or one plus it.
std::string payload(StringRef op, Form form) {
  std::string n = std::to_string(kBlock);
  std::string memref = "memref<" + n + "xf32>";
  std::string head = "func.func @kernel(%x: " + memref + ", %y: " + memref +
                     ") attributes {tensorop.approx = 2 : i64} {\n"
                     "  %c0 = arith.constant 0 : index\n"
                     "  %n = arith.constant " +
                     n + " : index\n";
  std::string load, store, step, type, one;
  if (form == Form::Scalar) {
    step = "1", type = "f32";
    one = "1.0";
    load = "memref.load %x[%i] : " + memref;
    store = "memref.store %r, %y[%i] : " + memref;
  } else {
    step = "8", type = "vector<8xf32>";
    one = "dense<1.0>";
    load = "vector.load %x[%i] : " + memref + ", " + type;
    store = "vector.store %r, %y[%i] : " + memref + ", " + type;
  }
  std::string plusOne;
  if (op.consume_front("1 + "))
    plusOne = "\n    %1 = arith.constant " + one + " : " + type +
              "\n    %r = arith.addf %f, %1 : " + type;
  std::string compute = (plusOne.empty() ? "%r = " : "%f = ") + op.str() +
                        " %v : " + type + plusOne;
  return head + "  %s = arith.constant " + step +
         " : index\n"
         "  scf.for %i = %c0 to %n step %s {\n"
         "    %v = " +
         load + "\n    " + compute + "\n    " + store + "\n  }\n  return\n}\n";
}

/// One compiled function; a failure to make it is a failure of the test.
class Compiled {
public:
  Compiled(StringRef op, Form form) { make(op, form); }
  Function function = nullptr;

private:
  void make(StringRef op, Form form) {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registerAllToLLVMIRTranslations(registry);
    MLIRContext context(registry, MLIRContext::Threading::DISABLED);
    context.loadAllAvailableDialects();
    auto module = parseSourceString<ModuleOp>(payload(op, form), &context);
    ASSERT_TRUE(module);
    PassManager pm(&context);
    pm.addNestedPass<func::FuncOp>(tensorop::createTensorOpApproximateMath());
    tensorop::buildLowerToCPUPipeline(pm);
    ASSERT_TRUE(succeeded(pm.run(*module)));
    auto llvmContext = std::make_unique<llvm::LLVMContext>();
    auto llvmModule = translateModuleToLLVMIR(*module, *llvmContext);
    ASSERT_TRUE(llvmModule);
    // Nothing is left to libm.
    for (llvm::Function &function : *llvmModule)
      EXPECT_TRUE(!function.isDeclaration() || function.isIntrinsic())
          << function.getName().str();
    auto made = llvm::orc::LLJITBuilder().create();
    ASSERT_TRUE(bool(made));
    jit = std::move(*made);
    ASSERT_FALSE(bool(jit->addIRModule(llvm::orc::ThreadSafeModule(
        std::move(llvmModule), std::move(llvmContext)))));
    auto symbol = jit->lookup("kernel");
    ASSERT_TRUE(bool(symbol));
    function = symbol->toPtr<Function>();
  }

  std::unique_ptr<llvm::orc::LLJIT> jit;
};

/// The distance of neighbouring f32 at `x`, for |x| below the largest f32.
double ulpAt(double x) {
  int exponent;
  std::frexp(x, &exponent);
  return std::ldexp(1, std::max(exponent, -125) - 24);
}

struct Worst {
  double ulp = 0;
  float at = 0;
};

/// What is compared with: `function`, or one plus it, whose errors count in the
/// larger of the units of both.
struct Exact {
  double (*function)(double);
  bool plusOne = false;
  double value(double x) const {
    return plusOne ? function(x) + 1 : function(x);
  }
  double ulp(double x) const {
    double unit = ulpAt(function(x));
    return plusOne ? std::max(unit, ulpAt(value(x))) : unit;
  }
};

/// Compares a block; what is not a finite number must be exactly right.
void compare(const float *x, const float *y, Exact exact, Worst &worst) {
  for (int64_t i = 0; i < kBlock; ++i) {
    double expected = exact.value(x[i]);
    float rounded = float(expected);
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(y[i])) << "at " << x[i] << ": " << y[i];
      continue;
    }
    if (std::isinf(rounded)) {
      // Half an ulp below infinity either neighbour is right.
      bool isNear = std::fabs(expected) < 0x1.ffffffp127 &&
                    y[i] == std::copysign(0x1.fffffep127f, rounded);
      EXPECT_TRUE(y[i] == rounded || isNear) << "at " << x[i] << ": " << y[i];
      continue;
    }
    ASSERT_FALSE(std::isnan(y[i])) << "at " << x[i];
    if (expected == 0)
      EXPECT_TRUE(y[i] == 0 && std::signbit(y[i]) == std::signbit(expected))
          << "at " << x[i] << ": " << y[i];
    double error = std::fabs(y[i] - expected) / exact.ulp(x[i]);
    if (error > worst.ulp)
      worst = {error, x[i]};
  }
}

uint64_t getStride() {
  const char *text = std::getenv("TENSOROP_MATH_STRIDE");
  return text ? std::strtoull(text, nullptr, 10) : 1009;
}

struct Case {
  const char *op;
  Exact exact;
  /// What docs/numerics.md promises.
  double ulp;
  Form form;
};

class MathFunctions : public testing::TestWithParam<Case> {};

TEST_P(MathFunctions, KeepTheirBound) {
  const Case &one = GetParam();
  Compiled compiled(one.op, one.form);
  ASSERT_TRUE(compiled.function);
  uint64_t stride = getStride();
  ASSERT_GT(stride, 0u);
  std::vector<float> x, y(kBlock);
  Worst worst;
  auto run = [&] {
    compiled.function(x.data(), y.data());
    compare(x.data(), y.data(), one.exact, worst);
    x.clear();
  };
  auto add = [&](uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof(value));
    x.push_back(value);
    if (int64_t(x.size()) == kBlock)
      run();
  };
  for (uint64_t bits = 0; bits < uint64_t(1) << 32; bits += stride)
    add(uint32_t(bits));
  // Zeros, infinities, NaN, subnormals, and where ranges meet.
  for (float place :
       {0.0f, 1.17549435e-38f, INFINITY, NAN, 1.0f, 0.55f, 0.927734375f, 4.0f,
        9.02f, 10.0f, 88.7228394f, -87.3365479f, -103.972084f, 0.6666667f})
    for (int away = -300; away <= 300; ++away) {
      uint32_t bits;
      std::memcpy(&bits, &place, sizeof(bits));
      add(bits + away);
      add((bits + away) ^ 0x80000000u);
    }
  while (!x.empty())
    add(0);
  RecordProperty("ulp", std::to_string(worst.ulp));
  std::printf("%s: %.3f ulp at %a, stride %llu\n", one.op, worst.ulp, worst.at,
              (unsigned long long)stride);
  EXPECT_LE(worst.ulp, one.ulp) << "at " << worst.at;
  // An error of less than half an ulp means that nothing was compared.
  EXPECT_GT(worst.ulp, 0.4);
}

INSTANTIATE_TEST_SUITE_P(
    All, MathFunctions,
    testing::Values(Case{"math.exp", {std::exp}, 0.87, Form::Vector},
                    Case{"math.log", {std::log}, 0.87, Form::Vector},
                    Case{"math.erf", {std::erf}, 1.2, Form::Vector},
                    Case{"math.tanh", {std::tanh}, 1.85, Form::Vector},
                    Case{"1 + math.erf", {std::erf, true}, 1.5, Form::Vector},
                    Case{"1 + math.tanh", {std::tanh, true}, 1.6, Form::Vector},
                    Case{"math.exp", {std::exp}, 0.87, Form::Scalar},
                    Case{"math.tanh", {std::tanh}, 1.85, Form::Scalar}),
    [](const testing::TestParamInfo<Case> &info) {
      StringRef op = info.param.op;
      return (op.consume_front("1 + ") ? "onePlus_" : "") +
             op.drop_front(StringRef("math.").size()).str() +
             (info.param.form == Form::Vector ? "Vector" : "Scalar");
    });

} // namespace
