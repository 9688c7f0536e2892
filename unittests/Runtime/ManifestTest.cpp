//===- ManifestTest.cpp - Bundles that are read, and those that are refused
//===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Runtime/Bundle.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TestBundle.h"

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// A sealed bundle whose object is never loaded.
class ManifestTest : public ::testing::Test {
protected:
  void SetUp() override {
    directory.write("kernel.so", "object");
    directory.write("kernel.h", "header");
    manifest = getGemmManifest(4, 8, 3, false);
    manifest.perturbed = CheckEntry{"mm__perturbed_packed", 192};
    manifest.factors = {ElementType::F32, ElementType::I8};
    manifest.planName = "p";
    manifest.planText = "strategy.plan @p \"quoted\"\n";
    manifest.diagnostics = {"remark: one", "broken utf-8: \xff"};
    ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
    text = directory.read("manifest.json");
  }

  Result<Manifest> read() { return readManifest(directory.getPath()); }

  /// Replaces `from` once in manifest.json and reads it.
  Result<Manifest> readReplaced(const std::string &from,
                                const std::string &to) {
    std::string changed = text;
    size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    directory.write("manifest.json", changed.replace(at, from.size(), to));
    return read();
  }

  TestDirectory directory;
  Manifest manifest;
  std::string text;
};

TEST_F(ManifestTest, RoundTrips) {
  Result<Manifest> result = read();
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(result->kernel, "mm");
  EXPECT_EQ(result->header, "kernel.h");
  EXPECT_EQ(result->relocatable, "");
  EXPECT_EQ(result->planText, manifest.planText);
  ASSERT_EQ(result->arguments.size(), 3u);
  EXPECT_EQ(result->arguments[1].shape, (std::vector<int64_t>{3, 8}));
  EXPECT_EQ(result->arguments[2].role, Role::Out);
  EXPECT_EQ(result->bound.kind, Bound::Kind::Contraction);
  EXPECT_EQ(result->bound.k, 3);
  ASSERT_TRUE(result->perturbed);
  EXPECT_EQ(result->perturbed->entry, "mm__perturbed_packed");
  EXPECT_EQ(result->perturbed->workspaceBytes, 192);
  EXPECT_EQ(result->factors, manifest.factors);
  ASSERT_TRUE(result->gemm);
  EXPECT_EQ(result->gemm->n, 8);
  EXPECT_EQ(result->workspaceBytes, 128);
  EXPECT_EQ(result->diagnostics.size(), 2u);
}

TEST_F(ManifestTest, IsTheSameByteForByte) {
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  EXPECT_EQ(directory.read("manifest.json"), text);
}

TEST_F(ManifestTest, SpacesDoNotMatter) {
  EXPECT_TRUE(readReplaced("\"schema\": 1", "\"schema\"  :  1").ok());
}

TEST_F(ManifestTest, RefusesMalformedFields) {
  auto refused = [&](const char *from, const char *to, const char *message) {
    SCOPED_TRACE(message);
    Result<Manifest> result = readReplaced(from, to);
    EXPECT_FAILURE(result, message);
    EXPECT_FAILURE(result, "manifest.json");
  };
  refused("\"schema\": 1", "\"schema\": 2",
          "field 'schema' must be 1, the version that this program reads, but "
          "is 2");
  refused("\"schema\": 1", "\"schema\": \"1\"",
          "field 'schema' must be a 64-bit integer, but is \"1\"");
  refused("\"kernel\": \"mm\"", "\"kernel\": 7",
          "field 'kernel' must be a string, but is 7");
  refused("\"kernel\": \"mm\"", "\"kernel\": \"m m\"",
          "field 'kernel' must be a C identifier, but is 'm m'");
  refused("\"kernel\": \"mm\",", "", "field 'kernel' is missing");
  refused("\"schema\": 1", "\"schema\": 1, \"extra\": 0",
          "field 'extra' is not known in schema 1");
  refused("-unknown-linux-gnu", "-linux",
          "field 'triple' must be <arch>-<vendor>-<system>, but is '");
  refused("\"trans_a\": false", "\"trans_a\": 0",
          "field 'equivalent.trans_a' must be true or false, but is 0");
  refused("\"features\": []", "\"features\": [1]",
          "field 'features[0]' must be a string, but is 1");
  refused("\"features\": []",
          "\"features\": [], \"vector_bits\": {\"min\": 0, \"max\": 8}",
          "field 'vector_bits.min' must be at least 1, but is 0");
  refused("\"features\": []",
          "\"features\": [], \"vector_bits\": {\"min\": 256, \"max\": 128}",
          "field 'vector_bits.max' must be at least vector_bits.min, 256, but "
          "is 128");
  refused("\"features\": []",
          "\"features\": [], \"vector_bits\": {\"min\": 256}",
          "field 'vector_bits.max' is missing");
  refused("\"role\": \"in\"", "\"role\": \"input\"",
          "field 'arguments[0].role' must be one of in, out, inout, but is "
          "\"input\"");
  refused("\"i8\"", "\"i9\"", "field 'factors[1]' must be one of f16");
  refused("\"type\": \"f32\"", "\"type\": \"f31\"",
          "field 'arguments[0].type' must be one of f16");
  refused("\"name\": \"b\"", "\"name\": \"a\"",
          "field 'arguments[1].name' must be unique, but is 'a' again");
  refused("\"alignment\": 4", "\"alignment\": 3",
          "field 'arguments[0].alignment' must be a power of two up to 64, but "
          "is 3");
  refused("\"shape\": [\n        4,", "\"shape\": [\n        -4,",
          "field 'arguments[0].shape[0]' must be at least 0, but is -4");
  refused("\"shape\": [\n        4,", "\"shape\": [\n 9000000000000000000,",
          "field 'arguments[0].shape' must give an array of at most");
  refused("\"shape\": [\n        4,", "\"shape\": [\n        4.5,",
          "field 'arguments[0].shape[0]' must be a 64-bit integer, but is 4.5");
  refused("\"bytes\": 128", "\"bytes\": -1",
          "field 'workspace.bytes' must be from 0 to");
  refused("\"k\": 3,", "\"k\": -3,",
          "field 'check.bound.k' must be at least 0");
  refused("\"kind\": \"contraction\"", "\"kind\": \"exact\"",
          "field 'check.bound.kind' must be one of contraction, measured");
  refused("\"magnitude\"", "\"own2\"",
          "field 'check.own2' is not known in schema 1");
  refused("\"mm__perturbed_packed\"", "\"9\"",
          "field 'check.perturbed.entry' must be a C identifier, but is '9'");
  refused(
      "\"m\": 4", "\"m\": 5",
      "field 'equivalent.a' must name an argument of shape 5x3, but is 4x3");
  refused("\"c\": 2", "\"c\": 3",
          "field 'equivalent.c' must be the position of one of 3 arguments, "
          "but is 3");
  refused("\"a\": 0", "\"a\": true",
          "field 'equivalent.a' must be a 64-bit integer, but is true");
  refused("\"extent\": 8", "\"extent\": 9",
          "field 'contraction.loops' must stay inside of argument 'b'");
  refused("\"extent\": 8", "\"extent\": -8",
          "field 'contraction.loops.extent' must be from 0 to");
  refused("\"op\": \"gemm\"", "\"op\": \"conv\"",
          "field 'equivalent.op' must be gemm, but is \"conv\"");
  refused("\"name\": \"kernel.so\"", "\"name\": \"../kernel.so\"",
          "field 'files.object.name' must be the name of a file in the bundle");
  refused("\"flops\": 192", "\"flops\": -192",
          "field 'flops' must be at least 0, but is -192");
}

TEST_F(ManifestTest, DescribesPackedArguments) {
  manifest.prepacked = {{1, "mm_prepack_b", "mm_prepack_b_packed", 448, 64}};
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  Result<Manifest> again = read();
  ASSERT_TRUE(again.ok()) << again.message();
  ASSERT_EQ(again->prepacked.size(), 1u);
  EXPECT_EQ(again->prepacked[0].argument, 1);
  EXPECT_EQ(again->prepacked[0].entry, "mm_prepack_b");
  EXPECT_EQ(again->prepacked[0].packedEntry, "mm_prepack_b_packed");
  EXPECT_EQ(again->prepacked[0].bytes, 448);
  auto refused = [&](const Prepacked &one, const char *message) {
    manifest.prepacked.resize(1);
    manifest.prepacked.push_back(one);
    EXPECT_FAILURE(validate(manifest), message);
  };
  refused({3, "p", "q", 64, 64}, "field 'prepacked[1].argument' must be the "
                                 "position of one of 3 arguments, but is 3");
  refused({1, "p", "q", 64, 64},
          "field 'prepacked[1].argument' must be unique, but is 1 again");
  refused({0, "p q", "q", 64, 64},
          "field 'prepacked[1].entry' must be a C identifier, but is 'p q'");
  refused({0, "p", "", 64, 64},
          "field 'prepacked[1].packed_entry' must be a C identifier");
  refused({0, "p", "q", 0, 64}, "field 'prepacked[1].bytes' must be from 1 to");
  refused({0, "p", "q", 64, 48}, "field 'prepacked[1].alignment' must be a "
                                 "power of two up to 64, but is 48");
  refused({2, "p", "q", 64, 64},
          "field 'prepacked[1].argument' must name an input, but is 'c'");
}

TEST_F(ManifestTest, RefusesAlteredContents) {
  EXPECT_FAILURE(readReplaced("\"flops\": 192", "\"flops\": 191"),
                 "the file was altered: field 'hash' is");
}

TEST_F(ManifestTest, RefusesTruncatedManifest) {
  directory.write("manifest.json", text.substr(0, text.size() / 2));
  EXPECT_FAILURE(read(), "truncated or altered");
  directory.write("manifest.json", "");
  EXPECT_FAILURE(read(), "not JSON from byte");
  directory.write("manifest.json", "[]");
  EXPECT_FAILURE(read(), "the file must be an object, but is []");
}

TEST_F(ManifestTest, RefusesOtherFiles) {
  directory.write("kernel.so", "obj");
  EXPECT_FAILURE(read(), "kernel.so: the file was truncated: it has 3 bytes, "
                         "the manifest says 6");
  directory.write("kernel.so", "abject");
  EXPECT_FAILURE(read(), "kernel.so: the file was altered: its hash is");
  directory.write("kernel.so", "object");
  directory.write("kernel.h", "header, longer");
  EXPECT_FAILURE(read(), "kernel.h: the file was altered: it has 14 bytes");
}

TEST_F(ManifestTest, RefusesMissingFiles) {
  EXPECT_FAILURE(readManifest(directory.getFile("none")),
                 "none/manifest.json: No such file");
  ::remove(directory.getFile("kernel.so").c_str());
  EXPECT_FAILURE(read(), "kernel.so: No such file");
}

TEST_F(ManifestTest, WriterRefusesWhatReaderWould) {
  manifest.arguments[0].alignment = 5;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'arguments[0].alignment'");
  manifest.arguments[0].alignment = 4;
  manifest.features = {"fast-7bytenop"};
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'features[0]' must be a known cpu feature");
  // Another machine's features are known here, too.
  manifest.triple = "riscv64-unknown-linux-gnu";
  manifest.features = {"v", "zvfh"};
  manifest.vectorBits = VectorBits{128, 1024};
  EXPECT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  EXPECT_EQ(read()->vectorBits->max, 1024);
  manifest.features = {"avx2"};
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'features[0]' must be a known cpu feature");
  manifest.features = {};
  manifest.own.reset();
  manifest.bound.kind = Bound::Kind::Measured;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'check.own' must be there");
  manifest.magnitude.reset();
  manifest.bound.kind = Bound::Kind::Contraction;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'check.magnitude' must be there");
  Manifest started = getGemmManifest(3, 4, 8, false);
  started.contraction->start = 0;
  EXPECT_FAILURE(writeManifest(started, directory.getPath()),
                 "field 'contraction.start' must be there only when "
                 "'accumulate' is true");
  EXPECT_FAILURE(writeManifest(getGemmManifest(1, 1, 1, false), "/nowhere"),
                 "cannot read /nowhere/kernel.so");
}

TEST_F(ManifestTest, HasVersionsByVectorLength) {
  manifest.versions = {{128, "", ""}};
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'versions' must be absent without vector_bits, but is "
                 "an array of 1");
  manifest.vectorBits = VectorBits{128, 1024};
  manifest.versions = {{128, "", ""}, {256, "p", "text"}, {1024, "q", ""}};
  ASSERT_TRUE(writeManifest(manifest, directory.getPath()).ok());
  Result<Manifest> result = read();
  ASSERT_TRUE(result.ok()) << result.message();
  ASSERT_EQ(result->versions.size(), 3u);
  EXPECT_EQ(result->versions[1].bits, 256);
  EXPECT_EQ(result->versions[1].planName, "p");
  EXPECT_EQ(result->versions[1].planText, "text");
  // The longest that fits.
  EXPECT_EQ(findVersion(*result, 128)->bits, 128);
  EXPECT_EQ(findVersion(*result, 512)->bits, 256);
  EXPECT_EQ(findVersion(*result, 4096)->bits, 1024);
  EXPECT_EQ(findVersion(Manifest(), 128), nullptr);

  manifest.versions[0].bits = 256;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'versions[0].vector_bits' must be vector_bits.min, "
                 "128, but is 256");
  manifest.versions[0].bits = 128;
  manifest.versions[2].bits = 256;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "field 'versions[2].vector_bits' must be more than the one "
                 "before, 256, and at most 1024, but is 256");
  manifest.versions[2].bits = 2048;
  EXPECT_FAILURE(writeManifest(manifest, directory.getPath()),
                 "at most 1024, but is 2048");
}

TEST(Machine, RefusesAnotherArchitectureAndSystem) {
  Manifest manifest = makeManifest("k");
  EXPECT_TRUE(checkMachine(manifest).ok());
  std::string host = manifest.triple;
  manifest.triple = "sparc64-unknown-linux-gnu";
  EXPECT_FAILURE(checkMachine(manifest),
                 "kernel 'k' is for another machine: its triple "
                 "'sparc64-unknown-linux-gnu' needs sparc64, this machine is ");
  manifest.triple = std::string(getHostArchitecture()) + "-apple-macosx";
  EXPECT_FAILURE(checkMachine(manifest), "is for another system");
}

TEST(Machine, RefusesMissingFeatures) {
  Manifest manifest = makeManifest("k");
  manifest.features = {"fancy"};
  EXPECT_FAILURE(checkMachine(manifest),
                 "needs the cpu feature 'fancy', which this runner does not "
                 "know");
#if defined(__x86_64__)
  // No processor has both AMD's and Intel's retired extensions.
  manifest.features = {"sse2", "fma4", "amx-fp16"};
  EXPECT_FAILURE(checkMachine(manifest), "does not offer");
  manifest.features = {"sse2"};
  EXPECT_TRUE(checkMachine(manifest).ok());
#endif
}

TEST(Machine, RefusesVectorsOfAnotherLength) {
  Manifest manifest = makeManifest("k");
  int64_t bits = getScalableVectorBits();
  std::string has = ") has " + std::to_string(bits);
  manifest.vectorBits = VectorBits{bits + 64, bits + 128};
  EXPECT_FAILURE(checkMachine(manifest),
                 "kernel 'k' is for vector registers of " +
                     std::to_string(bits + 64) + " to " +
                     std::to_string(bits + 128) + " bits; this machine (");
  EXPECT_FAILURE(checkMachine(manifest), has);
  manifest.vectorBits = VectorBits{bits + 64, bits + 64};
  EXPECT_FAILURE(checkMachine(manifest),
                 "registers of " + std::to_string(bits + 64) + " bits; this");
  manifest.vectorBits = VectorBits{bits, bits};
  EXPECT_TRUE(checkMachine(manifest).ok());
}

TEST(Machine, FeaturesAgreeWithTheKernels) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  EXPECT_EQ(hasCpuFeature("avx2"), bool(__builtin_cpu_supports("avx2")));
  EXPECT_EQ(hasCpuFeature("fma"), bool(__builtin_cpu_supports("fma")));
  EXPECT_EQ(hasCpuFeature("avx512f"), bool(__builtin_cpu_supports("avx512f")));
  EXPECT_EQ(hasCpuFeature("avx512vnni"),
            bool(__builtin_cpu_supports("avx512vnni")));
#endif
  for (const std::string &feature : getHostCpuFeatures())
    EXPECT_TRUE(isKnownCpuFeature(getHostArchitecture(), feature));
  EXPECT_FALSE(hasCpuFeature("fancy"));
  EXPECT_FALSE(getHostCpuName().empty());
}

TEST(BundleLoad, RefusesWhatIsNoObjectOrLacksAnEntry) {
  TestDirectory directory;
  directory.write("kernel.so", "not an object");
  ASSERT_TRUE(
      writeManifest(getGemmManifest(1, 1, 1, false), directory.getPath()).ok());
  EXPECT_FAILURE(Bundle::load(directory.getPath()),
                 "cannot load the object " + directory.getFile("kernel.so") +
                     ": ");

  TestDirectory lacking;
  makeGemmBundle(lacking, 1, 1, 1, false);
  Manifest manifest = getGemmManifest(1, 1, 1, false);
  manifest.own->entry = "absent";
  ASSERT_TRUE(writeManifest(manifest, lacking.getPath()).ok());
  EXPECT_FAILURE(Bundle::load(lacking.getPath()),
                 "has no entry 'absent', which the manifest names");
}

} // namespace
