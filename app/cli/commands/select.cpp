#include "app/cli/catalog.h"
#include "app/cli/jobs/query_pool.h"
#include "app/cli/project_session.h"

namespace plumbline::command {
namespace {

struct Config {
  std::string acquisition = "bald";
  int count = 16;
  std::string mix;
  double randomShare = 0.2;
  std::int64_t seed = 0;
};

const ConfigSchema<Config>& schema() {
  static const ConfigSchema<Config> kSchema =
      ConfigSchema<Config>()
          .text("acquisition", &Config::acquisition, "Id of an acquisition; 'plumbline describe' lists them")
          .integer("count", &Config::count, 1, 100000, "queries", "Queries to ask next")
          .text("mix", &Config::mix, "Shares of the types, pair=..,binary=..,mask=..; default: the project's")
          .real("random_share", &Config::randomShare, 0, 1, "",
                "Share that is drawn at random, for unbiased evaluation")
          .integer("seed", &Config::seed, 0, 9007199254740991.0, "", "Seed of the choice");
  return kSchema;
}

QueryMix mixOf(Project& project, const Catalog& catalog, const std::string& text) {
  std::map<std::string, double> shares;
  if (text.empty()) {
    shares = project.settings().get("query_mix", {{"pair", 1.0}}).get<std::map<std::string, double>>();
  }
  for (const auto& [type, share] : parsePairs({text}, true)) {
    char* end = nullptr;
    shares[type] = std::strtod(share.c_str(), &end);
    if (*end || share.empty()) throw Error(ErrorKind::kInvalidInput, "'" + share + "' is not a share");
  }
  return QueryMix::fromShares(shares, catalog.queryTypes);
}

int run(Context& context, const Parsed& parsed) {
  context.catalog().acquisitions.get(parsed.text("acquisition"));
  ProjectSession session(context, parsed.text("dir"));
  session.engine().prepareThread();
  QueryBatch batch;
  for (const std::string& type :
       mixOf(session.project(), context.catalog(), parsed.text("mix")).plan(parsed.integer("count"))) {
    batch.counts[type] += 1;
  }
  batch.selection.acquisition = parsed.text("acquisition");
  batch.selection.randomShare = parsed.real("random_share");
  batch.selection.seed = std::uint64_t(parsed.integer("seed"));
  const std::atomic<bool> never{false};
  const Json spec = Json::object();
  job_kind::Work work{session.project(),
                      context.catalog(),
                      session.engine(),
                      {},
                      spec,
                      context.progress(),
                      context.stop(),
                      never,
                      never,
                      [] {},
                      [](std::int64_t) {}};
  const std::vector<std::int64_t> ids = askNext(work, batch);
  if (ids.empty()) {
    throw Error(ErrorKind::kExhausted,
                "every picture has been asked about; run 'plumbline generate DIR --queries N'");
  }
  Json queries = Json::array();
  for (const std::int64_t id : ids) {
    const auto row = session.project().queries().find(id);
    queries.push_back({{"query", id},
                       {"type", row->type},
                       {"prompt", row->promptText},
                       {"images", row->images},
                       {"acquisition", row->acquisition},
                       {"score", row->score ? Json(*row->score) : Json()},
                       {"model", row->modelVersion}});
    context.say(std::to_string(id) + "  " + row->type + "  " + row->acquisition + "  " + row->promptText);
  }
  context.result({{"queries", queries}});
  return 0;
}

}  // namespace

void register_select(Registry& registry) {
  registry.add(make({"select", "Choose the next queries",
                     "Ask next what the reward model is least sure of, from pictures that exist already.",
                     "survey 3", 1, schema().schema()},
                    {{"dir", "Project folder"}}, run));
}

}  // namespace plumbline::command
