//===- Profile.cpp - What a program did under emulation -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Simulate/Profile.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace tensorop {

template <typename... Ts> static Error fail(const char *format, Ts... values) {
  return createStringError(inconvertibleErrorCode(), format, values...);
}

namespace {
/// One line's words, each read once.
class Words {
public:
  explicit Words(StringRef line) { SplitString(line, words); }
  StringRef text() { return at < words.size() ? words[at++] : StringRef(); }
  bool empty() const { return at == words.size(); }
  template <typename T> bool number(T &value, unsigned radix = 10) {
    return !text().getAsInteger(radix, value);
  }

private:
  SmallVector<StringRef, 8> words;
  size_t at = 0;
};

struct ProfileReader {
  Profile profile;
  bool ended = false;

  bool block(Words &words) {
    TranslatedBlock block;
    int64_t count;
    std::string bytes;
    if (!words.number(block.address, 16) || !words.number(block.vtype) ||
        !words.number(count) || !tryGetFromHex(words.text(), bytes) ||
        bytes.empty())
      return false;
    block.bytes.assign(bytes.begin(), bytes.end());
    profile.blocks[std::move(block)] += count;
    return true;
  }

  bool memory(Words &words) {
    uint64_t address;
    if (!words.number(address, 16))
      return false;
    // Accesses, then the misses of each level.
    std::vector<int64_t> counts(1 + profile.levels.size());
    for (int64_t &count : counts)
      if (!words.number(count))
        return false;
    profile.memory[address] = std::move(counts);
    return true;
  }

  bool line(StringRef key, Words &words) {
    if (key == "target") {
      profile.target = words.text().str();
      return !profile.target.empty();
    }
    if (key == "vcpus")
      return words.number(profile.threads);
    if (key == "level") {
      LevelCount &level = profile.levels.emplace_back();
      return words.number(level.accesses) && words.number(level.misses);
    }
    if (key == "block")
      return block(words);
    if (key == "memory")
      return memory(words);
    return ended = key == "end";
  }
};
} // namespace

Expected<Profile> parseProfile(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  if (lines.empty() || lines[0] != "tensorop-profile 1")
    return fail("profile: the first line is '%s', must be 'tensorop-profile 1'",
                lines.empty() ? "" : lines[0].str().c_str());
  ProfileReader reader;
  for (size_t at = 1; at < lines.size(); ++at) {
    Words words(lines[at]);
    if (reader.ended || !reader.line(words.text(), words) || !words.empty())
      return fail("profile: line %u is malformed: '%s'", unsigned(at + 1),
                  lines[at].take_front(60).str().c_str());
  }
  if (!reader.ended)
    return fail("profile: it ends after %zu lines without its last line, 'end'",
                lines.size());
  return std::move(reader.profile);
}

Expected<Profile> difference(const Profile &more, const Profile &fewer) {
  if (more.target != fewer.target || more.levels.size() != fewer.levels.size())
    return fail("profiles of %s with %zu levels of caches and of %s with %zu "
                "have no difference",
                more.target.c_str(), more.levels.size(), fewer.target.c_str(),
                fewer.levels.size());
  Profile result = more;
  result.threads = std::max(more.threads, fewer.threads);
  for (size_t i = 0; i < result.levels.size(); ++i) {
    result.levels[i].accesses -= fewer.levels[i].accesses;
    result.levels[i].misses -= fewer.levels[i].misses;
  }
  for (const auto &[block, count] : fewer.blocks) {
    auto entry = result.blocks.emplace(block, 0).first;
    entry->second -= count;
    if (entry->second == 0)
      result.blocks.erase(entry);
  }
  for (const auto &[address, counts] : fewer.memory) {
    auto entry =
        result.memory.emplace(address, std::vector<int64_t>(counts.size()))
            .first;
    for (size_t i = 0; i < counts.size(); ++i)
      entry->second[i] -= counts[i];
  }
  return result;
}

} // namespace tensorop
