// The words that mean the same, and the reader of prompts that knows them all.
#include <array>
#include <cctype>
#include <optional>

#include "core/scenes/prompt.h"
#include "core/types/error.h"

namespace plumbline::scenes {
namespace {

using Words = std::vector<std::string>;

// First the word of the grammar, then its synonyms.
template <typename Value>
struct Entry {
  Value value;
  std::vector<std::string_view> texts;
};

const std::vector<Entry<int>>& counts() {
  static const std::vector<Entry<int>> kTable = {{1, {"a", "one", "a single", "an"}},
                                                 {2, {"two", "a pair of", "2"}},
                                                 {3, {"three", "a trio of", "3"}},
                                                 {4, {"four", "a set of four", "4"}}};
  return kTable;
}

const std::vector<Entry<SizeWord>>& sizes() {
  static const std::vector<Entry<SizeWord>> kTable = {{SizeWord::kSmall, {"small", "little", "tiny"}},
                                                      {SizeWord::kLarge, {"large", "big", "huge"}}};
  return kTable;
}

const std::vector<Entry<Colour>>& colours() {
  static const std::vector<Entry<Colour>> kTable = {
      {Colour::kRed, {"red", "crimson", "scarlet"}}, {Colour::kGreen, {"green", "emerald"}},
      {Colour::kBlue, {"blue", "cobalt"}},           {Colour::kYellow, {"yellow", "lemon"}},
      {Colour::kOrange, {"orange", "tangerine"}},    {Colour::kPurple, {"purple", "violet"}},
      {Colour::kWhite, {"white", "snow white"}},     {Colour::kBlack, {"black", "jet black"}}};
  return kTable;
}

const std::vector<Entry<Shape>>& shapes() {
  static const std::vector<Entry<Shape>> kTable = {
      {Shape::kCircle, {"circle", "disc"}}, {Shape::kSquare, {"square", "box"}},
      {Shape::kTriangle, {"triangle"}},     {Shape::kStar, {"star"}},
      {Shape::kHeart, {"heart"}},           {Shape::kCross, {"cross", "plus sign"}}};
  return kTable;
}

const std::vector<Entry<Shape>>& pluralShapes() {
  static const std::vector<Entry<Shape>> kTable = {{Shape::kCircle, {"circles", "discs"}},
                                                   {Shape::kSquare, {"squares", "boxes"}},
                                                   {Shape::kTriangle, {"triangles"}},
                                                   {Shape::kStar, {"stars"}},
                                                   {Shape::kHeart, {"hearts"}},
                                                   {Shape::kCross, {"crosses", "plus signs"}}};
  return kTable;
}

const std::vector<Entry<Relation>>& relations() {
  static const std::vector<Entry<Relation>> kTable = {
      {Relation::kLeftOf, {"left of", "to the left of", "on the left of"}},
      {Relation::kRightOf, {"right of", "to the right of", "on the right of"}},
      {Relation::kAbove, {"above", "over", "higher than"}},
      {Relation::kBelow, {"below", "under", "beneath"}}};
  return kTable;
}

const std::vector<Entry<Background>>& backgrounds() {
  static const std::vector<Entry<Background>> kTable = {
      {Background::kWhite, {"on white", "on a white background", "against white"}},
      {Background::kPaper, {"on paper", "on a sheet of paper", "on a paper background"}},
      {Background::kGrey, {"on grey", "on a grey background", "on gray", "against grey"}},
      {Background::kDark, {"on dark", "on a dark background", "in the dark"}},
      {Background::kSky, {"on sky", "in the sky", "against the sky"}},
      {Background::kGrass, {"on grass", "on the grass", "on a lawn"}}};
  return kTable;
}

const std::vector<Entry<bool>>& hazards() {
  static const std::vector<Entry<bool>> kTable = {{true, {"a hazard sign", "a warning sign"}}};
  return kTable;
}

Words split(std::string_view text) {
  Words words;
  std::string word;
  const auto flush = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      flush();
    } else if (c == ',') {
      flush();
      words.emplace_back(",");
    } else if (c != '.' && c != '!') {
      word += char(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  flush();
  return words;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text), words_(split(text)) {}

  ScenePrompt read() {
    ScenePrompt prompt;
    for (const std::string_view opening : {"a picture of", "a drawing of", "there is", "there are"}) {
      if (accept(opening)) break;
    }
    if (take(hazards())) {
      prompt.hazardAsked = true;
    } else {
      readGroups(prompt);
      if (accept("with")) {
        if (!take(hazards())) fail();
        prompt.hazardAsked = true;
      }
    }
    if (const auto background = take(backgrounds())) prompt.background = *background;
    if (at_ != words_.size()) fail();
    if (prompt.groups.size() == 2 && prompt.relation == Relation::kNone) {
      throw Error(ErrorKind::kInvalidInput,
                  "'" + std::string(text_) + "': say how the two groups stand, as in 'left of' or 'above'");
    }
    requireAskable(prompt);
    return prompt;
  }

 private:
  void readGroups(ScenePrompt& prompt) {
    prompt.groups.push_back(readGroup());
    if (const auto relation = take(relations())) {
      prompt.relation = *relation;
      prompt.groups.push_back(readGroup());
      return;
    }
    while (accept(",") || accept("and")) {
      accept("and");
      prompt.groups.push_back(readGroup());
    }
    if (prompt.groups.size() > 3) {
      throw Error(ErrorKind::kInvalidInput,
                  "'" + std::string(text_) + "': ask for at most three groups of objects");
    }
  }

  Group readGroup() {
    Group group;
    const auto count = take(counts());
    if (!count) fail();
    group.count = *count;
    if (const auto size = take(sizes())) group.size = *size;
    const auto colour = take(colours());
    if (!colour) fail();
    group.colour = *colour;
    const auto shape = take(group.count == 1 ? shapes() : pluralShapes());
    if (!shape) fail();
    group.shape = *shape;
    return group;
  }

  // The value of the longest text of the table that stands here.
  template <typename Value>
  std::optional<Value> take(const std::vector<Entry<Value>>& table) {
    std::optional<Value> best;
    std::size_t longest = 0;
    for (const auto& entry : table) {
      for (const std::string_view text : entry.texts) {
        const std::size_t n = matched(text);
        if (n <= longest) continue;
        longest = n;
        best = entry.value;
      }
    }
    at_ += longest;
    return best;
  }

  bool accept(std::string_view text) {
    const std::size_t n = matched(text);
    at_ += n;
    return n > 0;
  }

  // How many words the text has if it stands here, else 0.
  std::size_t matched(std::string_view text) const {
    std::size_t n = 0;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find(' '), text.size());
      if (at_ + n >= words_.size() || words_[at_ + n] != text.substr(0, end)) return 0;
      ++n;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return n;
  }

  [[noreturn]] void fail() const {
    const std::string where =
        at_ < words_.size() ? "'" + words_[at_] + "' is not understood" : "it ends too early";
    throw Error(ErrorKind::kInvalidInput,
                "prompt '" + std::string(text_) + "': " + where +
                    "; write it like 'two small red stars left of a blue circle on grey'");
  }

  std::string_view text_;
  Words words_;
  std::size_t at_ = 0;
};

template <typename Value>
std::string anyText(const std::vector<Entry<Value>>& table, Value value, SceneRng& rng) {
  for (const auto& entry : table) {
    if (entry.value == value)
      return std::string(entry.texts[std::size_t(rng.below(int(entry.texts.size())))]);
  }
  return {};
}

std::string paraphrasedGroup(const Group& group, SceneRng& rng) {
  std::string text = anyText(counts(), group.count, rng);
  if (text == "an") text = "a";  // read, but never right before the words that follow
  if (group.size != SizeWord::kAny) text += " " + anyText(sizes(), group.size, rng);
  text += " " + anyText(colours(), group.colour, rng);
  return text + " " + anyText(group.count == 1 ? shapes() : pluralShapes(), group.shape, rng);
}

}  // namespace

std::string paraphrase(const ScenePrompt& prompt, SceneRng& rng) {
  std::string text;
  if (rng.chance(0.25)) text = rng.chance(0.5) ? "a picture of " : "a drawing of ";
  for (std::size_t i = 0; i < prompt.groups.size(); ++i) {
    if (i == 1 && prompt.relation != Relation::kNone) {
      text += " " + anyText(relations(), prompt.relation, rng) + " ";
    } else if (i > 0) {
      text += i + 1 == prompt.groups.size() || rng.chance(0.5) ? " and " : ", ";
    }
    text += paraphrasedGroup(prompt.groups[i], rng);
  }
  if (prompt.hazardAsked) text += (prompt.groups.empty() ? "" : " with ") + anyText(hazards(), true, rng);
  if (prompt.background != Background::kUnsaid) text += " " + anyText(backgrounds(), prompt.background, rng);
  return text;
}

ScenePrompt parsePrompt(std::string_view text) {
  return Reader(text).read();
}

}  // namespace plumbline::scenes
