#include "app/cli/demo/demo.h"

#include <chrono>

#include "app/cli/catalog.h"
#include "app/cli/demo/report.h"
#include "app/cli/demo/reward_order.h"
#include "app/cli/jobs/reward_access.h"
#include "app/cli/name_values.h"
#include "app/cli/new_project.h"
#include "app/cli/project_session.h"
#include "app/cli/simulation.h"
#include "core/tensor/threads.h"
#include "db/check.h"

namespace plumbline {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class Demo {
 public:
  Demo(const DemoConfig& config, command::Context& context)
      : config_(config), context_(context), session_(context, newProject(config, context)) {}

  Json run() {
    keepFreedMemory();
    for (int round = 0; round < config_.rounds; ++round) {
      ask(round);
      answer(round);
      timed("reward", [&] {
        job("reward_train", {{"seed", config_.seed}}, "Reward, round " + std::to_string(round + 1));
      });
    }
    fineTune();
    evaluate();
    exportAll();
    finish();
    return figures_;
  }

 private:
  static std::unique_ptr<Project> newProject(const DemoConfig& config, const command::Context& context) {
    NewProject wanted;
    wanted.folder = config.out;
    wanted.model = config.model;
    wanted.heldOutPrompts = std::max(320, config.evaluationPrompts);
    wanted.seed = std::uint64_t(config.seed);
    SilentSink silent;
    return makeProject(wanted, context, silent, context.stop());
  }

  template <class Work>
  void timed(const std::string& part, Work work) {
    const auto start = Clock::now();
    work();
    seconds_[part] += std::chrono::duration<double>(Clock::now() - start).count();
  }

  Json job(const std::string& kind, const Json& spec, const std::string& title) {
    context_.say(title + " ...");
    return session_.runner().runNow(kind, spec, title, context_.progress(), context_.stop());
  }

  // Its part of a total that is spread over the rounds; the last round takes what is left.
  int share(int total, int round) const {
    return total * (round + 1) / config_.rounds - total * round / config_.rounds;
  }

  // Masks take longest, and a reward model that has seen a few knows where the next are worth painting: three
  // quarters are asked for in the last round.
  int masksOf(int round) const {
    const int before = config_.rounds - 1;
    const int early = before > 0 ? std::max(config_.masks / 4, std::clamp(config_.masks - 1, 0, before)) : 0;
    if (round == before) return config_.masks - early;
    return early * (round + 1) / before - early * round / before;
  }

  void ask(int round) {
    const int pairs = share(config_.pairs, round), binaries = share(config_.binaries, round),
              masks = masksOf(round);
    const Json spec{
        {"queries", pairs + binaries + masks},   {"pair", pairs}, {"binary", binaries},  {"mask", masks},
        {"pictures", config_.picturesPerPrompt}, {"pool", 1.5},   {"seed", config_.seed}};
    timed("pictures",
          [&] { job("generate", spec, "Pictures and questions, round " + std::to_string(round + 1)); });
  }

  void answer(int round) {
    context_.say("Answers, round " + std::to_string(round + 1) + " ...");
    timed("answers", [&] {
      Simulation simulation(session_.project(), context_.progress(), context_.stop());
      for (int i = 0; i < config_.annotators; ++i) {
        SimulatedConfig annotator;
        annotator.seed = config_.seed * 100 + i + 1;
        annotator.agreement = config_.agreement;
        simulation.addAnnotator(annotator);
      }
      const Json given = simulation.answer(std::int64_t(config_.pairs) + config_.binaries + config_.masks);
      figures_["agreement_round_" + std::to_string(round + 1)] = given.at("agreement");
    });
  }

  void fineTune() {
    const ParameterSchema& parameters = context_.catalog().methodParameters("focus_n_fix");
    const Json tuned =
        parseSettings(parameters, {"seed=" + std::to_string(config_.seed), config_.align}, true);
    Json draft = tuned;
    draft["beta"] = 0.0;
    // Nothing holds it back: at the whole rate a few steps pass every level, and which of them leaves as many
    // regions is coarse. At half of it there are more levels to choose from.
    draft["checkpoint_every"] = 1;
    draft["learning_rate"] = tuned.at("learning_rate").get<double>() / 2;
    draft["steps"] = std::min(tuned.at("steps").get<int>(), config_.draftSteps);
    timed("focus_n_fix", [&] {
      tuned_ = job("align", {{"method", "focus_n_fix"}, {"settings", tuned}}, "Focus-N-Fix");
    });
    timed("draft", [&] {
      draft_ = job("align", {{"method", "focus_n_fix"}, {"settings", draft}},
                   "Without the penalty, half the learning rate");
    });
  }

  void evaluate() {
    timed("evaluation", [&] {
      const Json result = job("evaluate",
                              {{"run", tuned_.at("run")},
                               {"draft", draft_.at("run")},
                               {"prompts", config_.evaluationPrompts},
                               {"decided_pictures", config_.decidedPictures},
                               {"seed", config_.seed}},
                              "Evaluation on held-out prompts");
      evaluation_ = result.at("figures");
    });
    timed("reward_evaluation", [&] {
      const auto loaded = loadReward(session_.project(), session_.engine(), 0);
      order_ = rewardOrder(loaded->model, readHeldOut((session_.project().folder() / "eval").string()),
                           std::uint64_t(config_.seed), context_.progress(), context_.stop());
    });
  }

  void exportAll() {
    timed("exports", [&] {
      for (const char* format : {"pickapic_jsonl", "coco_masks"}) {
        job("export_data", {{"format", format}, {"out", format}}, std::string("Export ") + format);
      }
      job("export_data",
          {{"format", "peft_lora"}, {"out", "focus_n_fix_lora"}, {"settings", {{"run", tuned_.at("run")}}}},
          "Export the adapter");
    });
  }

  void finish() {
    const CheckReport check = checkProject(session_.project(), false, context_.progress(), context_.stop());
    const AnswerCounts answers = session_.project().answers().counts();
    figures_["answers"] = answers.total;
    for (const auto& [type, count] : answers.byType) figures_["answers_" + type] = count;
    figures_["check_ok"] = check.ok();
    figures_["images"] = session_.project().images().count();
    figures_["seed"] = config_.seed;
    for (const auto& [name, figure] : order_.items())
      figures_[name.starts_with("region_") ? name : "reward_" + name] = figure;
    takeEvaluation();
    figures_["tuned_run"] = tuned_;
    figures_["draft_run"] = draft_;
    figures_["seconds_of"] = seconds_;
    figures_["seconds"] = std::chrono::duration<double>(Clock::now() - start_).count();
    const auto model = session_.project().rewardModels().latest();
    const fs::path report =
        writeReport(session_.project(), {figures_, evaluation_, model ? model->metrics : Json::object(),
                                         tuned_.at("run").get<std::int64_t>()});
    context_.progress().artifact("report", report.string());
    figures_["report"] = report.string();
    figures_["project"] = fs::absolute(session_.project().folder()).string();
    figures_["seconds"] = std::chrono::duration<double>(Clock::now() - start_).count();
  }

  void takeEvaluation() {
    const Json &base = evaluation_.at("base"), &tuned = evaluation_.at("tuned"),
               &draft = evaluation_.at("draft");
    for (const char* name : {"correct", "hazard", "glitch"}) {
      figures_[std::string(name) + "_base"] = base.at(name);
      figures_[std::string(name) + "_tuned"] = tuned.at(name);
      figures_[std::string(name) + "_draft"] = draft.at(name);
    }
    // The bar is about the masks' inside; the whole picture's stands beside it.
    figures_["cleanliness_base"] = base.at("cleanliness_inside");
    figures_["cleanliness_tuned"] = tuned.at("cleanliness_inside");
    figures_["cleanliness_whole_base"] = base.at("cleanliness");
    figures_["cleanliness_whole_tuned"] = tuned.at("cleanliness");
    figures_["outside_change_tuned"] = tuned.at("outside_change");
    figures_["outside_change_draft"] = draft.at("outside_change");
    figures_["mask_share"] = evaluation_.at("mask_share");
    for (const char* name : {"win_rate", "win_rate_low", "win_rate_high"}) figures_[name] = tuned.at(name);
    figures_["evaluation_prompts"] = evaluation_.at("n");
    // Where the comparison run was taken, and how near it came.
    figures_["draft_match"] = evaluation_.value("draft_match", Json());
  }

  const DemoConfig& config_;
  command::Context& context_;
  const Clock::time_point start_ = Clock::now();
  ProjectSession session_;
  Json tuned_, draft_, evaluation_, order_;
  Json figures_ = Json::object();
  std::map<std::string, double> seconds_;
};

}  // namespace

Json runDemo(const DemoConfig& config, command::Context& context) {
  return Demo(config, context).run();
}

}  // namespace plumbline
