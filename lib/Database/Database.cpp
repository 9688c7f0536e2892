//===- Database.cpp - What was measured, one row a trial ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Database/Database.h"
#include "Schema.h"
#include "Sqlite.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <ctime>
#include <sqlite3.h>
#include <tuple>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::database;

/// How long a writer waits for the others.
static constexpr int busyMilliseconds = 30000;

ArrayRef<StringRef> database::outcomes() {
  static const StringRef names[] = {"measured", "illegal", "refused", "wrong",
                                    "crashed",  "timeout", "memory",  "void"};
  return names;
}

static std::string now() {
  std::time_t seconds = std::time(nullptr);
  std::tm utc;
  gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

static constexpr StringLiteral columns =
    "uid, fingerprint, extents, target, machine_hash, threads, unit, "
    "evaluator, versions, ops, plan, plan_hash, outcome, diagnostic, samples, "
    "score, run, provenance, created";

static std::string select(const Twine &rest) {
  return ("SELECT " + columns + " FROM trials t " + rest).str();
}

/// "1024x1024x64"; of a scalar "".
static std::string extentsText(ArrayRef<int64_t> extents) {
  return join(map_range(extents, [](int64_t e) { return std::to_string(e); }),
              "x");
}

static std::optional<std::vector<int64_t>> parseExtents(StringRef text) {
  std::vector<int64_t> extents;
  for (StringRef rest = text; !rest.empty();) {
    auto [first, others] = rest.split('x');
    int64_t extent;
    if (first.getAsInteger(10, extent))
      return std::nullopt;
    extents.push_back(extent);
    rest = others;
  }
  return extents;
}

template <typename T> static std::string arrayText(ArrayRef<T> values) {
  std::string text;
  raw_string_ostream(text) << json::Value(json::Array(values));
  return text;
}

template <typename T>
static std::optional<std::vector<T>> parseArray(StringRef text) {
  Expected<std::vector<T>> values = json::parse<std::vector<T>>(text);
  if (values)
    return std::move(*values);
  consumeError(values.takeError());
  return std::nullopt;
}

/// The row of a statement of select().
static Expected<Trial> readRow(const Statement &row, StringRef file) {
  Trial trial;
  trial.uid = row.textAt(0);
  trial.fingerprint = row.textAt(1);
  std::optional<std::vector<int64_t>> extents = parseExtents(row.textAt(2));
  trial.target = row.textAt(3);
  trial.machineHash = row.textAt(4);
  trial.threads = row.integerAt(5);
  trial.unit = row.textAt(6);
  trial.evaluator = row.textAt(7);
  trial.versions = row.textAt(8);
  auto ops = parseArray<std::string>(row.textAt(9));
  trial.planText = row.textAt(10);
  trial.planHash = row.textAt(11);
  trial.outcome = row.textAt(12);
  trial.diagnostic = row.textAt(13);
  auto samples = parseArray<double>(row.textAt(14));
  trial.score = row.realAt(15);
  trial.run = row.textAt(16);
  trial.provenance = row.textAt(17);
  trial.when = row.textAt(18);
  if (!extents || !ops || !samples)
    return createStringError(inconvertibleErrorCode(),
                             "cannot read database " + file + ": trial " +
                                 trial.uid + " is no trial: its " +
                                 (!extents ? "extents"
                                  : !ops   ? "ops"
                                           : "samples") +
                                 " cannot be read");
  trial.extents = std::move(*extents);
  trial.ops = std::move(*ops);
  trial.samples = std::move(*samples);
  return trial;
}

/// Nothing at the end.
static Expected<std::optional<Trial>> nextRow(Statement &query,
                                              StringRef file) {
  Expected<bool> row = query.step();
  if (!row)
    return row.takeError();
  if (!*row)
    return std::nullopt;
  Expected<Trial> trial = readRow(query, file);
  if (!trial)
    return trial.takeError();
  return std::move(*trial);
}

/// Why `trial` cannot be stored, or "".
static std::string whyInvalid(const Trial &trial) {
  if (!is_contained(outcomes(), StringRef(trial.outcome)))
    return "its outcome '" + trial.outcome + "' is none of " +
           join(outcomes(), ", ");
  if (trial.unit != "seconds" && trial.unit != "cycles")
    return "its unit '" + trial.unit + "' is neither seconds nor cycles";
  if (trial.fingerprint.empty() || trial.target.empty())
    return "it has no fingerprint or no target";
  if (any_of(trial.extents, [](int64_t extent) { return extent < 0; }))
    return "its extents " + extentsText(trial.extents) + " are not all known";
  if (trial.threads < 1)
    return "its number of threads is " + std::to_string(trial.threads);
  if (trial.planText.empty() || trial.planHash.empty())
    return "it has no plan or no hash of the plan";
  auto isPositive = [](double value) {
    return std::isfinite(value) && value > 0;
  };
  if (trial.outcome == "measured" &&
      (trial.samples.empty() || !isPositive(trial.score)))
    return "it is measured, but has no samples or no positive score";
  if (!all_of(trial.samples, isPositive))
    return "a sample is no positive number";
  Expected<json::Value> provenance = json::parse(trial.provenance);
  if (provenance && provenance->getAsObject())
    return "";
  consumeError(provenance.takeError());
  return "its provenance is no JSON object";
}

/// Adds one trial; false: its uid is there already.
static Expected<bool> insert(sqlite3 *connection, StringRef file,
                             const Trial &trial) {
  std::string why = whyInvalid(trial);
  if (!why.empty())
    return createStringError(inconvertibleErrorCode(),
                             "the trial cannot be stored: " + why);
  Statement row(connection, file,
                "INSERT INTO trials (" + columns.str() +
                    ") VALUES (CASE ?1 WHEN '' THEN lower(hex(randomblob(16))) "
                    "ELSE ?1 END, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                    "?, ?, ?) ON CONFLICT (uid) DO NOTHING");
  // What compilers and machines say need not be UTF-8.
  auto text = [&](StringRef value) { row.text(json::fixUTF8(value)); };
  text(trial.uid);
  text(trial.fingerprint);
  text(extentsText(trial.extents));
  text(trial.target);
  text(trial.machineHash);
  row.integer(trial.threads);
  text(trial.unit);
  text(trial.evaluator);
  text(trial.versions);
  text(arrayText(ArrayRef(trial.ops)));
  text(trial.planText);
  text(trial.planHash);
  text(trial.outcome);
  text(trial.diagnostic);
  text(arrayText(ArrayRef(trial.samples)));
  if (trial.outcome == "measured")
    row.real(trial.score);
  else
    row.null();
  text(trial.run);
  text(trial.provenance);
  text(trial.when.empty() ? now() : trial.when);
  Expected<bool> done = row.step("cannot write");
  if (!done)
    return done.takeError();
  return sqlite3_changes(connection) == 1;
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

/// `path` as a URI that SQLite reads without files of its own beside it: the
/// only way into a folder that cannot be written.
static std::string unchangingUri(StringRef path) {
  std::string uri = "file:";
  for (char c : path)
    if (isAlnum(c) || StringRef("/._-").contains(c))
      uri += c;
    else
      uri += "%" + toHex(StringRef(&c, 1));
  return uri + "?immutable=1";
}

Expected<std::unique_ptr<TrialDatabase>> TrialDatabase::open(StringRef path,
                                                             Access access) {
  bool write = access == Access::ReadWrite;
  if (path.empty())
    return createStringError(inconvertibleErrorCode(),
                             "a database needs a path");
  std::string file = path.str();
  if (!write && !sys::fs::exists(path))
    return createStringError(inconvertibleErrorCode(),
                             "cannot open database " + path +
                                 ": there is no such file");
  sqlite3 *connection = nullptr;
  int flags = write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                    : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
  // A reader shares a log with writers in files beside the database. In a
  // folder where it cannot make them, and with no writer that has, the file is
  // all there is.
  StringRef folder = sys::path::parent_path(path);
  bool alone = !write && !sys::fs::exists(file + "-wal") &&
               sys::fs::access(folder.empty() ? "." : folder,
                               sys::fs::AccessMode::Write);
  int code = sqlite3_open_v2(alone ? unchangingUri(path).c_str() : file.c_str(),
                             &connection, flags, nullptr);
  std::unique_ptr<TrialDatabase> database(new TrialDatabase(file, connection));
  if (code != SQLITE_OK)
    return sqliteError(connection, file, "cannot open");
  sqlite3_extended_result_codes(connection, 1);
  sqlite3_busy_timeout(connection, busyMilliseconds);
  if (Error error = prepareSchema(connection, file, write))
    return error;
  // Readers do not wait for writers then; a commit is in the file system's
  // hands, which outlives the process.
  if (write)
    if (Error error = execute(connection, file,
                              "PRAGMA journal_mode = WAL; "
                              "PRAGMA synchronous = NORMAL",
                              "cannot open"))
      return error;
  return database;
}

TrialDatabase::~TrialDatabase() { sqlite3_close(connection); }

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

Error TrialDatabase::add(const Trial &trial) {
  // A statement by itself is a transaction.
  Expected<bool> added = insert(connection, file, trial);
  if (!added)
    return added.takeError();
  if (!*added)
    return createStringError(inconvertibleErrorCode(),
                             "the trial cannot be stored: the database has one "
                             "of uid '%s'",
                             trial.uid.c_str());
  return Error::success();
}

Expected<std::optional<Trial>> TrialDatabase::find(const TrialKey &key,
                                                   StringRef planHash,
                                                   StringRef versions) const {
  Statement query(
      connection, file,
      select("WHERE fingerprint = ? AND extents = ? AND target = ? AND "
             "machine_hash = ? AND threads = ? AND unit = ? AND plan_hash = ? "
             "AND ?8 IN ('', versions) ORDER BY id DESC LIMIT 1"));
  query.text(key.fingerprint)
      .text(extentsText(key.extents))
      .text(key.target)
      .text(key.machineHash)
      .integer(key.threads)
      .text(key.unit)
      .text(planHash)
      .text(versions);
  return nextRow(query, file);
}

/// What holds for a trial t that counts: measured, and its plan was not tried
/// again with an outcome that takes its place.
static constexpr StringLiteral counts =
    "t.outcome = 'measured' AND NOT EXISTS (SELECT 1 FROM trials u WHERE "
    "u.fingerprint = t.fingerprint AND u.target = t.target AND u.threads = "
    "t.threads AND u.unit = t.unit AND u.extents = t.extents AND "
    "u.machine_hash = t.machine_hash AND u.plan_hash = t.plan_hash AND u.id > "
    "t.id AND u.outcome IN ('measured', 'wrong', 'crashed'))";

Expected<std::vector<Trial>> TrialDatabase::ranking(const TrialKey &key,
                                                    size_t limit) const {
  Statement query(
      connection, file,
      select("WHERE fingerprint = ? AND extents = ? AND target = ? AND "
             "machine_hash = ? AND threads = ? AND unit = ? AND " +
             counts + " ORDER BY score, id LIMIT ?"));
  query.text(key.fingerprint)
      .text(extentsText(key.extents))
      .text(key.target)
      .text(key.machineHash)
      .integer(key.threads)
      .text(key.unit)
      .integer(int64_t(limit));
  std::vector<Trial> trials;
  while (true) {
    Expected<std::optional<Trial>> trial = nextRow(query, file);
    if (!trial)
      return trial.takeError();
    if (!*trial)
      return trials;
    trials.push_back(std::move(**trial));
  }
}

Expected<std::optional<Trial>> TrialDatabase::best(const TrialKey &key) const {
  Expected<std::vector<Trial>> trials = ranking(key, 1);
  if (!trials)
    return trials.takeError();
  if (trials->empty())
    return std::nullopt;
  return std::move(trials->front());
}

/// Nothing where the numbers of dimensions differ.
static std::optional<double> distanceOf(ArrayRef<int64_t> extents,
                                        ArrayRef<int64_t> wanted) {
  if (extents.size() != wanted.size())
    return std::nullopt;
  double sum = 0;
  for (auto [have, want] : zip_equal(extents, wanted))
    sum += std::abs(std::log2(double(std::max<int64_t>(have, 1)) /
                              double(std::max<int64_t>(want, 1))));
  return sum;
}

Expected<std::vector<Neighbour>> TrialDatabase::nearest(const TrialKey &key,
                                                        size_t limit) const {
  struct Place {
    double distance;
    bool isElsewhere;
    std::vector<int64_t> extents;
    std::string machineHash;
  };
  std::vector<Place> places;
  Statement query(connection, file,
                  "SELECT DISTINCT extents, machine_hash FROM trials t WHERE "
                  "fingerprint = ? AND target = ? AND threads = ? AND unit = ? "
                  "AND " +
                      counts.str());
  query.text(key.fingerprint)
      .text(key.target)
      .integer(key.threads)
      .text(key.unit);
  while (true) {
    Expected<bool> row = query.step();
    if (!row)
      return row.takeError();
    if (!*row)
      break;
    std::optional<std::vector<int64_t>> extents = parseExtents(query.textAt(0));
    std::string machineHash = query.textAt(1);
    bool isElsewhere = machineHash != key.machineHash;
    std::optional<double> distance;
    if (extents)
      distance = distanceOf(*extents, key.extents);
    if (distance && (isElsewhere || *extents != key.extents))
      places.push_back({*distance, isElsewhere, *extents, machineHash});
  }
  sort(places, [](const Place &a, const Place &b) {
    return std::tie(a.distance, a.isElsewhere, a.extents, a.machineHash) <
           std::tie(b.distance, b.isElsewhere, b.extents, b.machineHash);
  });
  std::vector<Neighbour> result;
  for (const Place &place : places) {
    if (result.size() == limit)
      break;
    TrialKey there = key;
    there.extents = place.extents;
    there.machineHash = place.machineHash;
    Expected<std::optional<Trial>> trial = best(there);
    if (!trial)
      return trial.takeError();
    if (*trial)
      result.push_back({std::move(**trial), place.distance});
  }
  return result;
}

Expected<std::optional<Neighbour>>
TrialDatabase::nearest(const TrialKey &key) const {
  Expected<std::vector<Neighbour>> found = nearest(key, 1);
  if (!found)
    return found.takeError();
  if (found->empty())
    return std::nullopt;
  return std::move(found->front());
}

static constexpr StringLiteral filtered =
    "WHERE ?1 IN ('', run) AND ?2 IN ('', fingerprint) AND ?3 IN ('', outcome)";

static void bind(Statement &query, const TrialFilter &filter) {
  query.text(filter.run).text(filter.fingerprint).text(filter.outcome);
}

Error TrialDatabase::forEach(
    const TrialFilter &filter,
    function_ref<Error(const Trial &trial)> visit) const {
  Statement query(connection, file, select(filtered + " ORDER BY id"));
  bind(query, filter);
  while (true) {
    Expected<std::optional<Trial>> trial = nextRow(query, file);
    if (!trial)
      return trial.takeError();
    if (!*trial)
      return Error::success();
    if (Error error = visit(**trial))
      return error;
  }
}

Expected<std::map<std::string, int64_t>>
TrialDatabase::countOutcomes(const TrialFilter &filter) const {
  Statement query(connection, file,
                  ("SELECT outcome, count(*) FROM trials t " + filtered +
                   " GROUP BY outcome")
                      .str());
  bind(query, filter);
  std::map<std::string, int64_t> counts;
  while (true) {
    Expected<bool> row = query.step();
    if (!row)
      return row.takeError();
    if (!*row)
      return counts;
    counts[query.textAt(0)] = query.integerAt(1);
  }
}

Error TrialDatabase::exportJSONLines(raw_ostream &os) const {
  int64_t count = 0;
  Error error = forEach({}, [&](const Trial &trial) {
    os << toJSONLine(trial) << '\n';
    ++count;
    return Error::success();
  });
  if (!error)
    return error;
  return createStringError(inconvertibleErrorCode(),
                           toString(std::move(error)) + "; the " +
                               Twine(count) + " trials before were written");
}

Expected<ImportCounts> TrialDatabase::importJSONLines(StringRef text,
                                                      StringRef name) {
  Transaction transaction(connection, file);
  if (Error error = transaction.begin())
    return error;
  ImportCounts counts;
  int64_t number = 0;
  for (StringRef rest = text; !rest.empty();) {
    auto [line, others] = rest.split('\n');
    rest = others;
    ++number;
    if (line.trim().empty())
      continue;
    auto refuse = [&](Error error) {
      return createStringError(inconvertibleErrorCode(),
                               name + ":" + Twine(number) + ": " +
                                   toString(std::move(error)) +
                                   "; nothing was imported");
    };
    Expected<Trial> trial = trialFromJSON(line);
    if (!trial)
      return refuse(trial.takeError());
    Expected<bool> added = insert(connection, file, *trial);
    if (!added)
      return refuse(added.takeError());
    ++(*added ? counts.added : counts.duplicates);
  }
  if (Error error = transaction.commit())
    return error;
  return counts;
}
