// What every alignment method must do, whichever it is: a finite loss, gradients in what its phase trains and
// nowhere else, the same run from the same seed, a config that survives the round trip, a resumed run that
// ends like an uninterrupted one, a stop within one step.
#include <QTemporaryDir>
#include <QtTest>

#include "core/align/trainer.h"
#include "tests/align/toy_model.h"

using namespace plumbline;
using alignment_method::AlignmentMethod;
using alignment_method::Method;
using alignment_method::Phase;

namespace {

// Small numbers for whatever of the shared parameters a method has.
Json smallConfig(const AlignmentMethod& variant) {
  Json config = Json::object();
  const auto set = [&](const std::string& name, const Json& value) {
    if (variant.descriptor.parameters.find(name)) config[name] = value;
  };
  set("steps", 6);
  set("batch", 4);
  set("checkpoint_every", 2);
  set("strip_pictures", 2);
  set("strip_every", 3);
  set("draw_steps", 6);
  set("mask_dilation", 0);
  set("mask_smallest", 1);
  set("seed", 5);
  return variant.descriptor.parameters.complete(config);
}

// Data of every kind, so that any method finds what it needs.
struct World {
  toy::ToyModel model;
  AlignData data;
  QTemporaryDir folder;
  SilentSink sink;

  World() {
    const DrawSettings six{6, 5, "ddim", 0};
    data.prompts = toy::items(12);
    data.reward = std::make_shared<toy::LeakyReward>(model, data.prompts, six);
    for (const DrawItem& item : data.prompts) {
      const SourcedPicture source{item, six, Picture(2, 1)};
      data.labelled.push_back({source, item.seed % 2 == 0});
      data.scored.push_back({source, double(item.seed % 5)});
      data.regularisation.push_back(source);
      data.groups.push_back({item.prompt, {source, source}, {1.0, 0.0}});
    }
  }
  AlignRun run(const Json& config) const {
    AlignRun r;
    r.folder = folder.path().toStdString();
    r.config = config;
    r.stripSettings = {6, 5, "ddim", 0};
    return r;
  }
};

std::map<std::string, at::Tensor> weights(const toy::ToyModel& model, const std::string& adapter) {
  std::map<std::string, at::Tensor> copy;
  for (const auto& [name, p] : model.parameters(adapter)) copy[name] = p.detach().clone();
  return copy;
}

bool equal(const std::map<std::string, at::Tensor>& a, const std::map<std::string, at::Tensor>& b) {
  for (const auto& [name, tensor] : a) {
    if (!torch::equal(tensor, b.at(name))) return false;
  }
  return a.size() == b.size();
}

class PauseAfterFirstStep : public SilentSink {
 public:
  explicit PauseAfterFirstStep(AlignControl& control) : control_(control) {}
  void progress(const std::string& phase, std::int64_t done, std::int64_t) override {
    if (phase == "training" && done == 1) control_.pause = true;
  }

 private:
  AlignControl& control_;
};

class AlignmentMethodTest : public QObject {
  Q_OBJECT

 private:
  alignment_method::Registry registry_{"alignment_method"};

  void eachVariant() {
    QTest::addColumn<QString>("id");
    for (const auto& variant : registry_.all()) {
      QTest::newRow(variant->descriptor.id.c_str()) << QString::fromStdString(variant->descriptor.id);
    }
  }
  const AlignmentMethod& variant() {
    QFETCH(QString, id);
    return registry_.get(id.toStdString());
  }

 private Q_SLOTS:
  void initTestCase() {
    at::set_num_threads(1);
    alignment_method::registerAll(registry_);
    QVERIFY(!registry_.all().empty());
  }

  void describesItself_data() { eachVariant(); }
  void describesItself() {
    const Descriptor& d = variant().descriptor;
    QVERIFY(!d.title.empty() && d.help.size() > 40 && !d.paper.empty());
    QVERIFY(d.extra.at("needs").is_array());
    for (const Parameter& p : d.parameters.parameters()) QVERIFY2(!p.help.empty(), p.name.c_str());
    for (const char* shared : {"steps", "batch", "learning_rate", "checkpoint_every", "seed"}) {
      QVERIFY2(d.parameters.find(shared), shared);
    }
  }

  void configRoundTrip_data() { eachVariant(); }
  void configRoundTrip() {
    const ParameterSchema& schema = variant().descriptor.parameters;
    const Json config = smallConfig(variant());
    QVERIFY(schema.complete(config) == config);
    QVERIFY(schema.complete(Json::parse(config.dump())) == config);
    const ParameterSchema again = ParameterSchema::fromJson(schema.toJson());
    QVERIFY(again.complete(Json::object()) == schema.complete(Json::object()));
    QVERIFY_THROWS_EXCEPTION(Error, schema.complete({{"no_such_parameter", 1}}));
  }

  void missingDataIsNamed_data() { eachVariant(); }
  void missingDataIsNamed() {
    World world;
    AlignData nothing;
    const auto method = variant().create(smallConfig(variant()));
    QVERIFY(!method->plan().needs.empty());
    QVERIFY_THROWS_EXCEPTION(Error,
                             AlignTrainer(*method, world.model, nothing, world.run({}), world.sink, {}));
  }

  void lossIsFiniteAndMovesOnlyWhatIsTrained_data() { eachVariant(); }
  void lossIsFiniteAndMovesOnlyWhatIsTrained() {
    World world;
    const auto method = variant().create(smallConfig(variant()));
    const alignment_method::Plan plan = method->plan();
    for (const auto& a : plan.adapters) world.model.addAdapter(a.adapter, 1);
    world.model.addAdapter({"bystander"}, 2);
    alignment_method::Context context{world.model, world.data, 5, world.sink, {}, {}};
    for (const auto& n : plan.nets) context.nets[n.name] = n.make(3);
    QVERIFY(method->beginRound(context, 0) == alignment_method::RoundStart::kGo);
    for (const Phase& phase : plan.phases) {
      QVERIFY(method->itemCount(context, phase.name) > 0);
      const auto value = method->loss(context, {0, phase.name, 0, 0, {0, 1, 2}});
      QVERIFY(std::isfinite(value.loss.item<double>()));
      value.loss.backward();
      for (const std::string& name : phase.trains) {
        bool any = false;
        if (!context.nets.count(name)) {
          for (const auto& [key, p] : world.model.parameters(name)) any = any || p.grad().defined();
          QVERIFY2(any, name.c_str());
        }
      }
      for (const auto& [key, p] : world.model.parameters("bystander")) QVERIFY(!p.grad().defined());
    }
  }

  void sameSeedSameRun_data() { eachVariant(); }
  void sameSeedSameRun() {
    const Json config = smallConfig(variant());
    std::vector<std::map<std::string, at::Tensor>> results;
    for (int i = 0; i < 3; ++i) {
      World world;
      Json mine = config;
      if (i == 2) mine["seed"] = 6;
      const auto method = variant().create(mine);
      const AlignOutcome outcome =
          AlignTrainer(*method, world.model, world.data, world.run(mine), world.sink, {}).run();
      results.push_back(weights(world.model, outcome.adapter));
    }
    QVERIFY(equal(results[0], results[1]));
    QVERIFY(!equal(results[0], results[2]));
  }

  void resumeEqualsUninterrupted_data() { eachVariant(); }
  void resumeEqualsUninterrupted() {
    const Json config = smallConfig(variant());
    World whole, first, second;
    const auto a = variant().create(config), b = variant().create(config), c = variant().create(config);
    const std::string adapter =
        AlignTrainer(*a, whole.model, whole.data, whole.run(config), whole.sink, {}).run().adapter;
    AlignControl control;
    AlignRun paused = first.run(config);
    paused.control = &control;
    PauseAfterFirstStep sink(control);  // which is no multiple of checkpoint_every
    const AlignOutcome stopped = AlignTrainer(*b, first.model, first.data, paused, sink, {}).run();
    QCOMPARE(stopped.end, AlignEnd::kPaused);
    QCOMPARE(stopped.steps, std::int64_t(1));
    AlignRun resumed = first.run(config);
    resumed.resume = true;
    QCOMPARE(AlignTrainer(*c, second.model, second.data, resumed, second.sink, {}).run().end,
             AlignEnd::kFinished);
    QVERIFY(equal(weights(whole.model, adapter), weights(second.model, adapter)));
  }

  // Nothing is lost before the first step, so there is nothing to write: the run begins anew later.
  void aPauseBeforeTheFirstStepIsACancellation_data() { eachVariant(); }
  void aPauseBeforeTheFirstStepIsACancellation() {
    World world;
    const Json config = smallConfig(variant());
    const auto method = variant().create(config);
    AlignControl control;
    control.pause = true;
    AlignRun run = world.run(config);
    run.control = &control;
    try {
      QVERIFY(AlignTrainer(*method, world.model, world.data, run, world.sink, {}).run().steps <= 1);
    } catch (const Error& error) {
      QCOMPARE(error.kind(), ErrorKind::kCancelled);
    }
  }

  void stopsWithinOneStep_data() { eachVariant(); }
  void stopsWithinOneStep() {
    World world;
    const Json config = smallConfig(variant());
    const auto method = variant().create(config);
    std::stop_source stop;
    AlignRun run = world.run(config);
    int evaluationsAtStop = -1, yields = 0;
    run.yield = [&] {
      if (++yields == 60) {
        stop.request_stop();
        evaluationsAtStop = world.model.evaluations;
      }
    };
    QVERIFY_THROWS_EXCEPTION(
        Error, AlignTrainer(*method, world.model, world.data, run, world.sink, stop.get_token()).run());
    QVERIFY(evaluationsAtStop >= 0);
    QVERIFY(world.model.evaluations - evaluationsAtStop <= 1);
  }
};

}  // namespace

QTEST_GUILESS_MAIN(AlignmentMethodTest)
#include "alignment_method_test.moc"
