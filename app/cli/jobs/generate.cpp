// Fills the queue: draws pictures for prompts that may be labelled, and asks about the most telling of them.
// Done in small pieces, each piece's queries in one transaction, so that the first ones are there soon and a
// killed job goes on after the last whole piece.
#include <algorithm>
#include <map>
#include <numeric>

#include "app/cli/catalog.h"
#include "app/cli/jobs/picture_maker.h"
#include "app/cli/jobs/query_pool.h"
#include "core/tensor/noise.h"

namespace plumbline::job_kind {
namespace {

constexpr std::int64_t kPieceWithoutReward = 8;
constexpr std::int64_t kPieceWithReward = 32;
constexpr std::uint64_t kPicturesOfAPrompt = 4096;  // room for image indices of one prompt

struct Config : DrawingConfig {
  int queries = 32;
  double pair = -1, binary = -1, mask = -1;
  std::string acquisition = "bald";
  double randomShare = 0.2;
  double pool = 2;
  int pictures = 2;
  std::int64_t seed = 0;
  std::int64_t run = 0;
  std::int64_t rewardModel = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema = [] {
    ConfigSchema<Config> s;
    s.integer("queries", &Config::queries, 1, 100000, "queries", "New queries")
        .real("pair", &Config::pair, -1, 1e6, "", "Share of pair queries; -1: as the project's setting says")
        .real("binary", &Config::binary, -1, 1e6, "", "Share of binary queries; -1: likewise")
        .real("mask", &Config::mask, -1, 1e6, "", "Share of mask queries; -1: likewise")
        .text("acquisition", &Config::acquisition, "Chooses the queries once there is a reward model")
        .real("random_share", &Config::randomShare, 0, 1, "",
              "Share that is drawn at random, for unbiased evaluation")
        .real("pool", &Config::pool, 1, 100, "", "Candidates for each query once there is a reward model")
        .integer("pictures", &Config::pictures, 2, 64, "pictures", "Pictures of each prompt")
        .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed of the pictures and of the choice")
        .integer("run", &Config::run, 0, 9007199254740991.0, "", "Draw with this run's adapter; 0: the base")
        .integer("reward_model", &Config::rewardModel, 0, 9007199254740991.0, "",
                 "Row of the reward model; 0: the newest", true);
    bindDrawSettings(s);
    s.text("negative_prompt", &Config::negativePrompt, "What the pictures should not show", true);
    return s;
  }();
  return kSchema;
}

class Filling {
 public:
  Filling(Work& work, const Config& config)
      : work_(work), config_(config), maker_(work, config, config.run), mix_(mixOf(work, config)) {
    prompts_ = work.project.prompts().list("train");
    if (prompts_.empty())
      throw Error(ErrorKind::kInvalidInput, "the project has no prompts to label; import some first");
    NoiseStream stream(std::uint64_t(config.seed), 0, 0, NoisePurpose::kShuffle);
    std::vector<Prompt> shuffled;
    for (const std::int64_t i : stream.permutation(prompts_.size()))
      shuffled.push_back(prompts_[std::size_t(i)]);
    prompts_ = std::move(shuffled);
  }

  Outcome run() {
    std::int64_t done = alreadyAsked();
    const std::vector<std::string> plan = mix_.plan(config_.queries);
    const bool reward = config_.acquisition != "random" && work_.project.rewardModels().latest();
    const std::int64_t piece = reward ? kPieceWithReward : kPieceWithoutReward;
    while (done < config_.queries) {
      throwIfStopped(work_.stop);
      work_.sink.progress("queries", done, config_.queries);
      const std::int64_t end = std::min<std::int64_t>(done + piece, config_.queries);
      std::map<std::string, std::int64_t> counts;
      for (std::int64_t i = done; i < end; ++i) counts[plan[std::size_t(i)]] += 1;
      drawFor(counts, reward ? config_.pool : 1.0);
      const std::int64_t asked = std::int64_t(ask(counts, done).size());
      if (asked == 0)
        throw Error(ErrorKind::kExhausted, "every picture has been asked about; add prompts to the project");
      done += asked;
    }
    work_.sink.progress("queries", done, config_.queries);
    return {{{"queries", done}, {"images", work_.project.images().count()}, {"model", maker_.model()}}, {}};
  }

 private:
  static QueryMix mixOf(Work& work, const Config& config) {
    std::map<std::string, double> shares{
        {"pair", config.pair}, {"binary", config.binary}, {"mask", config.mask}};
    const bool given = config.pair >= 0 || config.binary >= 0 || config.mask >= 0;
    if (!given) {
      const Json known =
          work.project.settings().get("query_mix", {{"pair", 0.6}, {"binary", 0.25}, {"mask", 0.15}});
      shares = known.get<std::map<std::string, double>>();
    }
    for (auto& [type, share] : shares) share = std::max(share, 0.0);
    return QueryMix::fromShares(shares, work.catalog.queryTypes);
  }

  std::int64_t alreadyAsked() const {
    std::int64_t count = 0;
    for (const QueryRow& query : work_.project.queries().list())
      count += query.settings.value("job", std::int64_t(0)) == work_.row.id;
    return count;
  }

  // Draws until there are enough pictures not yet asked about, prompts with the fewest pictures first.
  void drawFor(const std::map<std::string, std::int64_t>& counts, double pool) {
    for (;;) {
      std::int64_t prompts = 0;
      for (const auto& [type, count] : counts) {
        const auto all = std::min(std::int64_t(std::ceil(double(count) * pool)),
                                  std::max(count, std::int64_t(kLargestPool)));
        const std::int64_t wanted = all - std::int64_t(countOptions(work_, type, maker_.model()));
        const int shown = work_.project.queryTypes().get(type).images;
        const std::int64_t gain =
            shown == 2 ? config_.pictures * (config_.pictures - 1) / 2 : config_.pictures;
        prompts = std::max(prompts, (wanted + gain - 1) / gain);
      }
      const std::int64_t missing = fillingBatches(prompts);
      if (missing <= 0) return;
      maker_.make(ordersFor(missing));
    }
  }

  // Pictures of each prompt that this job's seed has drawn.
  std::map<std::int64_t, std::uint64_t> drawn() const {
    std::map<std::int64_t, std::uint64_t> has;
    ImageFilter filter;
    filter.model = maker_.model();
    for (const ImageRow& image : work_.project.images().list(filter)) {
      if (image.prompt && image.seed == config_.seed) has[*image.prompt] += 1;
    }
    return has;
  }

  // How many prompts to draw so that there are `prompts` more, and all that are drawn fill whole
  // micro-batches: the next piece finds them there. Counted over everything drawn, so that a job that was
  // killed in the middle ends with the same pictures.
  std::int64_t fillingBatches(std::int64_t prompts) const {
    std::int64_t whole = 0;
    for (const auto& [prompt, count] : drawn()) whole += std::int64_t(count) / config_.pictures;
    const std::int64_t each = config_.pictures,
                       step = std::lcm(std::int64_t(maker_.microBatch()), each) / each;
    return (whole + std::max<std::int64_t>(prompts, 0) + step - 1) / step * step - whole;
  }

  std::vector<PictureOrder> ordersFor(std::int64_t prompts) {
    std::map<std::int64_t, std::uint64_t> has = drawn();
    const std::uint64_t each = std::uint64_t(config_.pictures);
    // Prompts by how many whole sets they have; one that a killed job left half done comes first in its turn.
    std::vector<const Prompt*> order;
    for (const Prompt& prompt : prompts_) order.push_back(&prompt);
    std::stable_sort(order.begin(), order.end(),
                     [&](const Prompt* a, const Prompt* b) { return has[a->id] / each < has[b->id] / each; });
    std::vector<PictureOrder> orders;
    for (std::size_t p = 0; p < order.size() && std::int64_t(p) < prompts; ++p) {
      const std::uint64_t first = has[order[p]->id] / each * each;
      for (std::uint64_t i = 0; i < each; ++i) {
        orders.push_back({order[p]->id, order[p]->text, std::uint64_t(config_.seed),
                          std::uint64_t(order[p]->id) * kPicturesOfAPrompt + first + i});
      }
    }
    return orders;
  }

  std::vector<std::int64_t> ask(const std::map<std::string, std::int64_t>& counts, std::int64_t done) {
    QueryBatch batch;
    batch.counts = counts;
    batch.selection.acquisition = config_.acquisition;
    batch.selection.randomShare = config_.randomShare;
    batch.selection.seed =
        std::uint64_t(config_.seed) * 1000003 + std::uint64_t(work_.row.id) * 1009 + std::uint64_t(done);
    batch.rewardModel = config_.rewardModel;
    batch.model = maker_.model();
    batch.settings = {{"job", work_.row.id}};
    return askNext(work_, batch);
  }

  Work& work_;
  Config config_;
  PictureMaker maker_;
  QueryMix mix_;
  std::vector<Prompt> prompts_;
};

Outcome run(Work& work) {
  return Filling(work, schema().fromJson(work.spec)).run();
}

}  // namespace

void register_generate(Registry& registry) {
  Kind kind;
  kind.descriptor = {"generate",
                     "Next queries",
                     "Draws pictures and puts the most telling questions about them into the queue.",
                     "survey 3",
                     1,
                     schema().schema()};
  kind.priority = JobPriority::kQueries;
  kind.run = run;
  addKind(registry, std::move(kind));
}

}  // namespace plumbline::job_kind
