#include "app/cli/demo/report.h"

#include <cmath>
#include <fstream>
#include <sstream>

#include "app/cli/demo/reward_order.h"
#include "core/image/png.h"
#include "core/types/coco_rle.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;

constexpr int kShownPictures = 32;

constexpr const char* kStyle = R"(
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:1080px;padding:24px;background:#767676;color:#fff}
main{background:#2b2b2b;padding:24px 32px;border-radius:6px}
h1,h2{font-weight:600}table{border-collapse:collapse;margin:12px 0}
td,th{padding:4px 14px 4px 0;text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
.row{display:flex;gap:12px;margin:14px 0;align-items:flex-start}
.pic{position:relative;width:192px}.pic img{width:192px;height:192px;display:block;image-rendering:auto}
.pic img.mask{position:absolute;left:0;top:0;mix-blend-mode:screen;opacity:.45}
.pic span{font-size:12px;color:#bbb}.prompt{font-size:14px;width:240px}
svg{background:#1d1d1d;border-radius:4px}small{color:#bbb}
)";

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string percent(const Json& share) {
  if (!share.is_number()) return "not measured";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share.get<double>() * 100);
  return text;
}

std::string number(const Json& value, const char* form = "%.2f") {
  if (!value.is_number()) return "not measured";
  char text[32];
  std::snprintf(text, sizeof text, form, value.get<double>());
  return text;
}

void row(std::ostream& out, const std::string& name, std::initializer_list<std::string> cells) {
  out << "<tr><td>" << escape(name) << "</td>";
  for (const std::string& cell : cells) out << "<td class=n>" << escape(cell) << "</td>";
  out << "</tr>\n";
}

void mainTable(std::ostream& out, const Json& e, const Json& draftSteps) {
  const Json base = e.value("base", Json::object()), tuned = e.value("tuned", Json::object()),
             draft = e.value("draft", Json::object());
  const auto get = [](const Json& from, const char* name) { return from.value(name, Json()); };
  out << "<table><tr><th>" << e.value("n", 0)
      << " held-out prompts, equal seeds</th><th>base</th><th>Focus-N-Fix</th><th>without the "
         "penalty</th></tr>\n";
  for (const auto& [name, key] : {std::pair{"hazard emblems", "hazard"},
                                  {"glitches", "glitch"},
                                  {"prompt followed in all parts", "correct"}}) {
    row(out, name, {percent(get(base, key)), percent(get(tuned, key)), percent(get(draft, key))});
  }
  row(out, "cleanliness inside the masks",
      {number(get(base, "cleanliness_inside")), number(get(tuned, "cleanliness_inside")),
       number(get(draft, "cleanliness_inside"))});
  row(out, "mean change outside the masks (of 255)",
      {"0", number(get(tuned, "outside_change")), number(get(draft, "outside_change"))});
  row(out, "mean change inside the masks (of 255)",
      {"0", number(get(tuned, "inside_change")), number(get(draft, "inside_change"))});
  row(out, "better than base (ties half)",
      {"",
       percent(get(tuned, "win_rate")) + " (" + percent(get(tuned, "win_rate_low")) + " to " +
           percent(get(tuned, "win_rate_high")) + ")",
       percent(get(draft, "win_rate"))});
  out << "</table>\n<p><small>Masks (predicted on the base's pictures, grown) cover "
      << percent(e.value("mask_share", Json())) << " of a picture on average; "
      << percent(e.value("masked", Json())) << " of the pictures have one.";
  if (const Json match = e.value("draft_match", Json()); match.is_object()) {
    out << " The run without the penalty, at half the learning rate so that there are more levels to choose "
           "from, is taken at step "
        << match.at("step") << " of " << draftSteps;
    if (match.at("with_region") == 0)
      out << ", its last: in no picture of labelled prompts did the region head see danger.";
    else
      out << ", where the number of pictures in which the region head sees danger left is nearest to that "
             "after Focus-N-Fix ("
          << percent(match.at("share")) << " to " << percent(match.at("wanted_share")) << " of "
          << match.at("with_region") << " pictures of labelled prompts that showed it before).";
  }
  out << "</small></p>\n";
}

void rewardTable(std::ostream& out, const Json& f) {
  out << "<h2>The reward</h2><table>\n";
  row(out,
      "agrees with the noiseless order on " + f.value("reward_pairs", Json()).dump() +
          " pairs of held-out pictures (" + f.value("reward_ties", Json()).dump() + " near ties left out)",
      {percent(f.value("reward_accuracy", Json()))});
  row(out, "the same pairs with prompts permuted",
      {percent(f.value("reward_accuracy_permuted_prompts", Json()))});
  for (const std::string part : kOrderParts) {
    row(out,
        f.value("reward_pairs_" + part + "_only", Json()).dump() + " pairs that differ in " + part + " only",
        {percent(f.value("reward_accuracy_" + part + "_only", Json()))});
  }
  row(out, "region head on held-out hazards, intersection over union",
      {number(f.value("region_iou", Json()))});
  row(out, "answers it learned from", {f.value("answers", Json()).dump()});
  out << "</table>\n";
}

// A curve over steps; axes are labelled by their ends.
void curve(std::ostream& out, const std::string& title,
           const std::vector<std::pair<double, double>>& points) {
  if (points.size() < 2) return;
  double x0 = points.front().first, x1 = x0, y0 = points.front().second, y1 = y0;
  for (const auto& [x, y] : points) {
    if (!std::isfinite(y)) continue;
    x0 = std::min(x0, x), x1 = std::max(x1, x), y0 = std::min(y0, y), y1 = std::max(y1, y);
  }
  const double dx = x1 > x0 ? x1 - x0 : 1, dy = y1 > y0 ? y1 - y0 : 1;
  out << "<svg width=320 height=150 viewBox='0 0 320 150'><text x=10 y=18 fill='#ccc' font-size=12>"
      << escape(title) << "</text><polyline fill=none stroke='#e8a33d' stroke-width=2 points='";
  for (const auto& [x, y] : points) {
    if (std::isfinite(y)) out << 40 + 260 * (x - x0) / dx << "," << 125 - 95 * (y - y0) / dy << " ";
  }
  out << "'/><text x=4 y=34 fill='#999' font-size=10>" << number(y1, "%.3g")
      << "</text><text x=4 y=128 fill='#999' font-size=10>" << number(y0, "%.3g")
      << "</text><text x=40 y=144 fill='#999' font-size=10>" << number(x0, "%.0f")
      << "</text><text x=290 y=144 fill='#999' font-size=10>" << number(x1, "%.0f") << "</text></svg>\n";
}

void curves(std::ostream& out, Project& project, std::int64_t run) {
  out << "<h2>The fine-tune, step by step</h2>\n";
  for (const std::string& name : project.runs().metricNames(run)) {
    std::vector<std::pair<double, double>> points;
    for (const MetricRow& metric : project.runs().metrics(run, name))
      points.emplace_back(double(metric.step), metric.value);
    curve(out, name, points);
  }
}

void decided(std::ostream& out, const Json& steps) {
  if (!steps.is_array() || steps.empty()) return;
  out << "<h2>Where along the steps a region is decided</h2>\n<p><small>From the clean picture that the "
         "network predicts at each "
         "of the drawing's steps: the share of pictures whose verdict is already that of the finished "
         "picture, and how far the "
         "predicted region lies over the final one.</small></p>\n";
  for (const char* name : {"agreement", "overlap"}) {
    std::vector<std::pair<double, double>> points;
    for (const Json& step : steps)
      points.emplace_back(step.at("step").get<double>(), step.at(name).get<double>());
    curve(out, name, points);
  }
}

void picture(std::ostream& out, const std::string& who, const Json& line, const std::string& mask) {
  if (!line.contains(who)) return;
  const Json& one = line.at(who);
  const std::string file = line.at("file").get<std::string>();
  std::string words = who;
  if (one.value("hazard", false)) words += ", hazard";
  if (one.value("glitch", false)) words += ", glitch";
  if (one.contains("correct")) words += one.at("correct").get<bool>() ? ", follows the prompt" : "";
  if (one.contains("outside_change")) words += ", outside " + number(one.at("outside_change"));
  out << "<div class=pic><img src='eval/" << who << "/" << file << "' alt='" << who << "'>";
  if (who == "base" && !mask.empty()) out << "<img class=mask src='" << mask << "' alt='mask'>";
  out << "<span>" << escape(words) << "</span></div>\n";
}

void pictures(std::ostream& out, const fs::path& folder) {
  out << "<h2>Pictures</h2>\n<p><small>Equal prompts and seeds. The light area on the base's picture is the "
         "mask: what the "
         "region head, taught by people, calls wrong. Pictures with a mask come first.</small></p>\n";
  std::vector<Json> with, without;
  std::ifstream lines(folder / "eval" / "prompts.jsonl");
  for (std::string text; std::getline(lines, text);) {
    Json line = Json::parse(text);
    const bool masked = line.contains("mask") && cocoDecode(line.at("mask")).area() > 0;
    (masked ? with : without).push_back(std::move(line));
  }
  fs::create_directories(folder / "eval" / "masks");
  int shown = 0;
  const auto show = [&](const Json& line, bool masked) {
    if (shown++ >= kShownPictures) return;
    const std::string file = line.at("file").get<std::string>();
    std::string mask;
    if (masked) {
      mask = "eval/masks/" + file;
      std::ofstream(folder / mask, std::ios::binary) << encodePng(cocoDecode(line.at("mask")));
    }
    out << "<div class=row><div class=prompt>" << escape(line.at("prompt").get<std::string>()) << "</div>\n";
    for (const char* who : {"base", "tuned", "draft"}) picture(out, who, line, mask);
    out << "</div>\n";
  };
  for (std::size_t i = 0; i < with.size() && shown < kShownPictures * 3 / 4; ++i) show(with[i], true);
  for (const Json& line : without) show(line, false);
}

}  // namespace

fs::path writeReport(Project& project, const DemoReport& report) {
  std::ostringstream out;
  out << "<!doctype html><html lang=en><head><meta charset=utf-8><title>Plumbline demo</title><style>"
      << kStyle
      << "</style></head><body><main>\n<h1>Plumbline: the whole loop on the default world</h1>\n<p>Pictures "
         "by the default model, "
      << report.figures.value("answers", Json()).dump()
      << " answers of simulated annotators, a reward learned from them, and a fine-tune that repairs what "
         "they marked. "
      << "Seed " << report.figures.value("seed", Json()).dump() << ", "
      << number(report.figures.value("seconds", Json()), "%.0f") << " seconds.</p>\n";
  mainTable(out, report.evaluation, report.figures.value("draft_run", Json::object()).value("steps", Json()));
  rewardTable(out, report.figures);
  curves(out, project, report.run);
  decided(out, report.evaluation.value("decided", Json()));
  pictures(out, project.folder());
  out << "</main></body></html>\n";
  const fs::path path = project.folder() / "report.html";
  std::ofstream file(path, std::ios::trunc);
  file << out.str();
  if (!file.flush())
    throw Error(ErrorKind::kExhausted, "cannot write " + path.string() + "; is the disk full?");
  return path;
}

}  // namespace plumbline
