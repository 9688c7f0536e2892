//===- DatabaseTest.cpp - Trials are stored and found ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestTrials.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstring>

using namespace llvm;
using namespace tensorop::database;

namespace {
class DatabaseTest : public ::testing::Test {
protected:
  void SetUp() override {
    database = openOrFail(folder.file("t.sqlite"));
    ASSERT_TRUE(database);
  }
  void add(const Trial &trial) {
    EXPECT_EQ("", messageOf(database->add(trial)));
  }
  Folder folder;
  std::unique_ptr<TrialDatabase> database;
};

TEST_F(DatabaseTest, KeepsEveryField) {
  Trial stored = sampleTrial();
  stored.uid = "u";
  stored.diagnostic = std::string("not \xff UTF-8, \0 inside", 22);
  add(stored);
  database = openOrFail(folder.file("t.sqlite"));
  std::vector<Trial> trials = allOf(*database);
  ASSERT_EQ(1u, trials.size());
  const Trial &read = trials[0];
  EXPECT_EQ(stored.fingerprint, read.fingerprint);
  EXPECT_EQ(stored.extents, read.extents);
  EXPECT_EQ(stored.target, read.target);
  EXPECT_EQ(stored.machineHash, read.machineHash);
  EXPECT_EQ(stored.threads, read.threads);
  EXPECT_EQ(stored.unit, read.unit);
  EXPECT_EQ(stored.evaluator, read.evaluator);
  EXPECT_EQ(stored.versions, read.versions);
  EXPECT_EQ(stored.ops, read.ops);
  EXPECT_EQ(stored.planText, read.planText);
  EXPECT_EQ(stored.planHash, read.planHash);
  EXPECT_EQ(stored.outcome, read.outcome);
  EXPECT_EQ(std::string("not \xef\xbf\xbd UTF-8, \0 inside", 24),
            read.diagnostic);
  EXPECT_EQ(stored.samples, read.samples);
  EXPECT_EQ(stored.score, read.score);
  EXPECT_EQ(stored.run, read.run);
  EXPECT_EQ(stored.provenance, read.provenance);
  EXPECT_EQ(stored.when, read.when);
  EXPECT_EQ("u", read.uid);
}

TEST_F(DatabaseTest, MakesTimeAndUid) {
  Trial trial = sampleTrial();
  trial.when.clear();
  add(trial);
  add(trial);
  std::vector<Trial> trials = allOf(*database);
  ASSERT_EQ(2u, trials.size());
  EXPECT_EQ(32u, trials[0].uid.size());
  EXPECT_NE(trials[0].uid, trials[1].uid);
  EXPECT_EQ(20u, trials[0].when.size());
  EXPECT_EQ("20", trials[0].when.substr(0, 2));
}

TEST_F(DatabaseTest, RefusesWhatIsNoTrial) {
  auto refuses = [&](const char *why, auto change) {
    Trial trial = sampleTrial();
    change(trial);
    std::string message = messageOf(database->add(trial));
    EXPECT_TRUE(contains(message, "the trial cannot be stored: ")) << message;
    EXPECT_TRUE(contains(message, why)) << message;
  };
  refuses("its outcome 'good' is none of measured, illegal, refused",
          [](Trial &t) { t.outcome = "good"; });
  refuses("its unit 'hours' is neither seconds nor cycles",
          [](Trial &t) { t.unit = "hours"; });
  refuses("it has no fingerprint or no target",
          [](Trial &t) { t.fingerprint = ""; });
  refuses("its extents 4x-1 are not all known",
          [](Trial &t) { t.extents = {4, -1}; });
  refuses("its number of threads is 0", [](Trial &t) { t.threads = 0; });
  refuses("it has no plan or no hash of the plan",
          [](Trial &t) { t.planText = ""; });
  refuses("it is measured, but has no samples or no positive score",
          [](Trial &t) { t.samples.clear(); });
  refuses("it is measured, but has no samples or no positive score",
          [](Trial &t) { t.score = std::nan(""); });
  refuses("a sample is no positive number",
          [](Trial &t) { t.samples.push_back(0); });
  refuses("its provenance is no JSON object",
          [](Trial &t) { t.provenance = "[1]"; });
  refuses("its provenance is no JSON object",
          [](Trial &t) { t.provenance = "{"; });
  EXPECT_TRUE(allOf(*database).empty());
  Trial twice = sampleTrial();
  twice.uid = "u";
  add(twice);
  EXPECT_EQ("the trial cannot be stored: the database has one of uid 'u'",
            messageOf(database->add(twice)));
}

TEST_F(DatabaseTest, FindsTheLatestTrialOfAPlan) {
  add(sampleTrial(3));
  add(failedTrial("crashed", "plan b"));
  add(sampleTrial(4));
  TrialKey key = sampleTrial();
  std::optional<Trial> found = get(database->find(key, hashOf("plan a")));
  ASSERT_TRUE(found);
  EXPECT_EQ(4, found->score);
  EXPECT_EQ("crashed",
            get(database->find(key, hashOf("plan b"))).value().outcome);
  EXPECT_FALSE(get(database->find(key, hashOf("plan c"))));
  EXPECT_FALSE(get(database->find(key, hashOf("plan a"), "TensorOp 9")));
  EXPECT_TRUE(
      get(database->find(key, hashOf("plan a"), "TensorOp 0.1.0, LLVM 22.1")));
  key.threads = 2;
  EXPECT_FALSE(get(database->find(key, hashOf("plan a"))));
}

TEST_F(DatabaseTest, BestIsTheLowestScoreOfExactlyThisKey) {
  TrialKey key = sampleTrial();
  EXPECT_FALSE(get(database->best(key)));
  add(sampleTrial(3, "plan a"));
  add(sampleTrial(2, "plan b"));
  add(sampleTrial(4, "plan c"));
  auto other = [&](auto change) {
    Trial trial = sampleTrial(1, "plan elsewhere");
    change(trial);
    add(trial);
  };
  other([](Trial &t) { t.extents = {64, 128, 255}; });
  other([](Trial &t) { t.machineHash = "m2"; });
  other([](Trial &t) { t.target = "other"; });
  other([](Trial &t) { t.threads = 2; });
  other([](Trial &t) { t.unit = "cycles"; });
  other([](Trial &t) { t.fingerprint = "g"; });
  add(failedTrial("illegal", "plan d"));
  EXPECT_EQ("plan b", get(database->best(key)).value().planText);
  // Measured again: the later figure counts.
  add(sampleTrial(5, "plan b"));
  EXPECT_EQ("plan a", get(database->best(key)).value().planText);
  // Nobody serves what was wrong once; a void measurement says nothing.
  add(failedTrial("void", "plan a"));
  EXPECT_EQ("plan a", get(database->best(key)).value().planText);
  add(failedTrial("wrong", "plan a"));
  EXPECT_EQ("plan c", get(database->best(key)).value().planText);
  key.unit = "cycles";
  EXPECT_EQ("plan elsewhere", get(database->best(key)).value().planText);
}

TEST_F(DatabaseTest, NearestShape) {
  TrialKey key = sampleTrial();
  key.extents = {100, 100, 100};
  EXPECT_FALSE(get(database->nearest(key)));
  auto shape = [&](std::vector<int64_t> extents, double score,
                   const char *machine = "m1") {
    Trial trial = sampleTrial(score, "plan of a shape");
    trial.planHash += std::to_string(score);
    trial.extents = std::move(extents);
    trial.machineHash = machine;
    add(trial);
  };
  shape({100, 100, 100}, 1);
  shape({200, 100, 100}, 5);
  shape({100, 50, 100}, 6);
  shape({100, 50, 100}, 4);
  shape({100, 200, 100}, 1, "m2");
  shape({100, 100, 100}, 1, "m2");
  shape({800, 100, 50}, 1);
  shape({100, 100}, 1);
  std::vector<Neighbour> all = get(database->nearest(key, 10));
  std::vector<std::pair<std::vector<int64_t>, std::string>> order;
  for (const Neighbour &one : all)
    order.push_back({one.trial.extents, one.trial.machineHash});
  EXPECT_EQ((decltype(order){{{100, 100, 100}, "m2"},
                             {{100, 50, 100}, "m1"},
                             {{200, 100, 100}, "m1"},
                             {{100, 200, 100}, "m2"},
                             {{800, 100, 50}, "m1"}}),
            order);
  EXPECT_EQ(0, all[0].distance);
  EXPECT_EQ(1, all[1].distance);
  EXPECT_EQ(4, all[1].trial.score);
  EXPECT_EQ(4, all[4].distance);
  EXPECT_EQ(2u, get(database->nearest(key, 2)).size());
  EXPECT_EQ("m2", get(database->nearest(key)).value().trial.machineHash);
}

TEST_F(DatabaseTest, ListsAndCounts) {
  add(sampleTrial(1, "plan a"));
  Trial other = failedTrial("crashed", "plan b");
  other.run = "r2";
  add(other);
  other.outcome = "timeout";
  other.fingerprint = "g";
  add(other);
  EXPECT_EQ(3u, allOf(*database).size());
  EXPECT_EQ(2u, allOf(*database, {"r2", "", ""}).size());
  EXPECT_EQ(1u, allOf(*database, {"r2", "g", ""}).size());
  EXPECT_EQ(1u, allOf(*database, {"", "", "crashed"}).size());
  using Counts = std::map<std::string, int64_t>;
  EXPECT_EQ((Counts{{"crashed", 1}, {"measured", 1}, {"timeout", 1}}),
            get(database->countOutcomes()));
  EXPECT_EQ((Counts{{"crashed", 1}, {"timeout", 1}}),
            get(database->countOutcomes({"r2", "", ""})));
  // A visitor's error ends it.
  int visited = 0;
  EXPECT_EQ("enough", messageOf(database->forEach({}, [&](const Trial &) {
              ++visited;
              return createStringError(inconvertibleErrorCode(), "enough");
            })));
  EXPECT_EQ(1, visited);
}

TEST_F(DatabaseTest, ExportAndImport) {
  add(sampleTrial(0.1, "strategy.plan @a {\n}\n"));
  add(failedTrial("illegal", "plan b"));
  std::string text;
  raw_string_ostream os(text);
  ASSERT_EQ("", messageOf(database->exportJSONLines(os)));
  EXPECT_EQ(2, llvm::StringRef(text).count('\n'));
  std::unique_ptr<TrialDatabase> copy = openOrFail(folder.file("copy.sqlite"));
  ImportCounts counts = get(copy->importJSONLines(text, "x.jsonl"));
  EXPECT_EQ(2, counts.added);
  EXPECT_EQ(0, counts.duplicates);
  std::string again;
  raw_string_ostream osAgain(again);
  ASSERT_EQ("", messageOf(copy->exportJSONLines(osAgain)));
  EXPECT_EQ(text, again);
  // Twice, with a new one: only that comes in. The uid may be left out.
  Trial trial = sampleTrial(2);
  trial.uid = "new";
  counts = get(
      copy->importJSONLines(text + "\n\r\n" + toJSONLine(trial), "x.jsonl"));
  EXPECT_EQ(1, counts.added);
  EXPECT_EQ(2, counts.duplicates);
}

TEST_F(DatabaseTest, ImportRefusesBadLines) {
  std::string good = toJSONLine(sampleTrial());
  auto refuses = [&](const std::string &line, const char *why) {
    std::string message =
        messageOf(database->importJSONLines(good + "\n" + line + "\n", "x"));
    EXPECT_EQ(0u, message.find("x:2: ")) << message;
    EXPECT_TRUE(contains(message, why)) << message;
    EXPECT_TRUE(contains(message, "; nothing was imported")) << message;
    EXPECT_TRUE(allOf(*database).empty());
  };
  auto changed = [&](const char *from, const char *to) {
    std::string line = good;
    size_t at = line.find(from);
    EXPECT_NE(std::string::npos, at) << from;
    return line.replace(at, strlen(from), to);
  };
  refuses("{", "Expected");
  refuses("7", "a trial is a JSON object");
  refuses("{}", "the line has no field 'schema'");
  refuses(changed("\"schema\":1", "\"schema\":2"),
          "the line has schema 2, this program knows 1");
  refuses(changed("\"threads\":1", "\"threads\":\"one\""), "threads");
  refuses(changed("\"target\":\"machine\",", ""), "target");
  refuses(changed("\"measured\"", "\"fine\""), "its outcome 'fine' is none of");
  refuses(changed("{\"algorithm\":\"random\",\"seed\":7}", "3"),
          "its provenance is no JSON object");
  // Cut off in the middle, as a full disk leaves it.
  refuses(good.substr(0, good.size() / 2), "");
}
} // namespace
