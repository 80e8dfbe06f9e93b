#include "app/cli/simulation.h"

#include "app/cli/stored_picture.h"
#include "core/scenes/oracle/oracle.h"

namespace plumbline {
namespace {

constexpr std::size_t kCalibrationPairs = 300;

Json profileJson(const scenes::AnnotatorProfile& p) {
  return {{"seed", p.seed},
          {"kind", std::string(scenes::name(p.kind))},
          {"temperature", p.temperature},
          {"ties", p.ties},
          {"pace", p.pace},
          {"carefulness", p.carefulness}};
}

}  // namespace

const ConfigSchema<SimulatedConfig>& simulatedConfigSchema() {
  static const ConfigSchema<SimulatedConfig> kSchema =
      ConfigSchema<SimulatedConfig>()
          .text("name", &SimulatedConfig::name, "Name of the annotator")
          .integer("seed", &SimulatedConfig::seed, 0, 9007199254740991.0, "", "Draws the annotator's taste")
          .choice("kind", &SimulatedConfig::kind, {"normal", "careless", "biased", "adversarial"},
                  "Character")
          .real("agreement", &SimulatedConfig::agreement, 0.5, 1, "",
                "Share of decided pairs that agree with the noiseless order")
          .real("ties", &SimulatedConfig::ties, 0, 10, "", "Davidson's tie weight")
          .real("pace", &SimulatedConfig::pace, 0.01, 100, "", "Factor on the seconds of an answer")
          .real("carefulness", &SimulatedConfig::carefulness, 0.1, 10, "", "Of painting; more is finer");
  return kSchema;
}

Simulation::Simulation(Project& project, ProgressSink& progress, std::stop_token stop)
    : project_(project), progress_(progress), stop_(std::move(stop)) {}

const scenes::Verdict& Simulation::verdict(const std::string& image) {
  const auto found = verdicts_.find(image);
  if (found != verdicts_.end()) return found->second;
  const auto row = project_.images().find(image);
  const auto prompt = row && row->prompt ? project_.prompts().find(*row->prompt) : std::nullopt;
  if (!prompt)
    throw Error(ErrorKind::kInvalidInput,
                "a simulated annotator needs the prompt of picture " + image.substr(0, 12));
  return verdicts_[image] =
             scenes::measure(loadStoredPicture(project_, image), scenes::parsePrompt(prompt->text));
}

double Simulation::temperatureFor(const scenes::AnnotatorProfile& profile, double agreement) {
  std::map<std::int64_t, std::vector<std::string>> byPrompt;
  ImageFilter filter;
  filter.state = ImageState::kOk;
  filter.order = ImageOrder::kByNoise;
  for (const ImageRow& image : project_.images().list(filter)) {
    if (image.prompt) byPrompt[*image.prompt].push_back(image.hash);
  }
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [prompt, images] : byPrompt) {
    for (std::size_t i = 0; i + 1 < images.size(); i += 2) pairs.emplace_back(images[i], images[i + 1]);
  }
  scenes::SceneRng rng(profile.seed, 0);
  for (std::size_t i = pairs.size(); i > 1; --i)
    std::swap(pairs[i - 1], pairs[std::size_t(rng.below(int(i)))]);
  std::vector<std::pair<double, double>> differences;
  for (const auto& [a, b] : pairs) {
    if (differences.size() >= kCalibrationPairs) break;
    throwIfStopped(stop_);
    progress_.progress("looking", std::int64_t(differences.size()),
                       std::int64_t(std::min(pairs.size(), kCalibrationPairs)));
    const scenes::Verdict &first = verdict(a), &second = verdict(b);
    differences.emplace_back(
        scenes::utility(first) - scenes::utility(second),
        scenes::utility(first, profile.weights) - scenes::utility(second, profile.weights));
  }
  return scenes::calibratedTemperature(differences, agreement);
}

void Simulation::addAnnotator(const SimulatedConfig& config) {
  scenes::AnnotatorProfile profile =
      scenes::drawAnnotator(std::uint64_t(config.seed), scenes::annotatorKind(config.kind));
  profile.ties = config.ties;
  profile.pace *= config.pace;
  profile.carefulness *= config.carefulness;
  Annotator row;
  row.name =
      config.name.empty() ? "simulated " + config.kind + " " + std::to_string(config.seed) : config.name;
  row.kind = "simulated";
  const std::int64_t id = project_.annotators().ensure(row);
  const Json known = project_.annotators().find(id)->settings;
  if (known.value("agreement", -1.0) == config.agreement && known.contains("temperature")) {
    profile.temperature = known.at("temperature").get<double>();
  } else {
    try {
      profile.temperature = temperatureFor(profile, config.agreement);
      Json settings = profileJson(profile);
      settings["agreement"] = config.agreement;
      project_.annotators().setSettings(id, settings);
    } catch (const Error& error) {
      // Where all pictures are alike there is no order to agree with; the next time there may be one.
      if (error.kind() != ErrorKind::kInvalidInput) throw;
      progress_.warning(error.message());
    }
  }
  people_.push_back({id, project_.annotators().startSession(id), scenes::SimulatedAnnotator(profile)});
}

void Simulation::answerOne(const Person& person, const QueryRow& query) {
  std::vector<scenes::Verdict> shown;
  for (const std::string& image : query.images) shown.push_back(verdict(image));
  const scenes::SimulatedAnswer answer = person.annotator.answer(query.type, shown, std::uint64_t(query.id));
  AnswerDraft draft;
  draft.query = query.id;
  draft.annotator = person.id;
  draft.session = person.session;
  draft.value = answer.value;
  draft.milliseconds = std::int64_t(answer.seconds * 1000);
  draft.source = "simulated";
  project_.answers().record(draft);
  byType_[query.type] += 1;
  seconds_ += answer.seconds;
  const std::string choice = answer.value.value("choice", "");
  if (query.type != "pair" || (choice != "a" && choice != "b")) return;
  const double difference = scenes::utility(shown[0]) - scenes::utility(shown[1]);
  if (difference == 0) return;
  decided_ += 1;
  agreed_ += (difference > 0) == (choice == "a");
}

Json Simulation::answer(std::int64_t count, const std::vector<std::string>& types) {
  if (people_.empty()) addAnnotator({});
  std::int64_t given = 0;
  std::size_t idle = 0;  // annotators in a row for whom nothing was left
  for (std::size_t turn = 0; given < count && idle < people_.size(); ++turn) {
    throwIfStopped(stop_);
    const Person& person = people_[turn % people_.size()];
    const std::vector<QueryRow> next = project_.queries().next(person.id, 1, 0, types);
    if (next.empty()) {
      ++idle;
      continue;
    }
    idle = 0;
    answerOne(person, next.front());
    progress_.progress("answering", ++given, count);
  }
  for (const Person& person : people_) project_.annotators().endSession(person.session);
  Json result{{"answers", given}, {"by_type", byType_}, {"seconds", seconds_}, {"agreement_pairs", decided_}};
  result["agreement"] = decided_ ? Json(double(agreed_) / double(decided_)) : Json();
  return result;
}

}  // namespace plumbline
