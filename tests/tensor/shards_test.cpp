// Parts of a batch computed side by side give what the whole gives, gradients too, and leave threads as they
// were.
#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <QTest>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/tensor/shards.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

// LibTorch's number of threads while it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(at::get_num_threads()) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before_); }

 private:
  int before_;
};

}  // namespace

class ShardsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void partsTogetherAreTheWhole() {
    const Threads four(4);
    const auto batch = at::arange(48, at::kFloat).view({16, 3});
    std::mutex mutex;
    std::set<std::int64_t> places;
    std::set<std::thread::id> threads;
    const auto doubled = byShards(batch, [&](const at::Tensor& rows, std::int64_t first) {
      const std::scoped_lock lock(mutex);
      places.insert(first);
      threads.insert(std::this_thread::get_id());
      return 2 * rows + first;
    });
    QVERIFY((places == std::set<std::int64_t>{0, 4, 8, 12}));
    QCOMPARE(threads.size(), std::size_t(4));
    const auto firsts = at::arange(4, at::kFloat).mul(4).repeat_interleave(4).unsqueeze(1);
    QVERIFY(doubled.equal(2 * batch + firsts));
  }

  void smallBatchesStayWhole() {
    const Threads two(2);
    QCOMPARE(shardsOf(at::zeros({8, 3})), 2);
    QCOMPARE(shardsOf(at::zeros({9, 3})), 1);  // unequal parts would be other shapes
    QCOMPARE(shardsOf(at::zeros({6, 3})), 1);
    const Threads one(1);
    QCOMPARE(shardsOf(at::zeros({8, 3})), 1);
  }

  void gradientsFlowAndTheGradModeIsTheCallers() {
    const Threads two(2);
    const auto x = at::rand({8, 3}, at::detail::createCPUGenerator(1), at::kFloat).requires_grad_(true);
    const auto square = [](const at::Tensor& rows, std::int64_t) { return rows.square(); };
    byShards(x, square).sum().backward();
    QVERIFY(at::allclose(x.grad(), 2 * x));
    torch::NoGradGuard noGrad;
    QVERIFY(!byShards(x, square).requires_grad());
  }

  void threadsAreSharedOutAndGivenBack() {
    const Threads four(4);
    std::vector<int> counts(2);
    inShards(2, [&](int shard) { counts[std::size_t(shard)] = at::get_num_threads(); });
    QVERIFY((counts == std::vector<int>{2, 2}));
    QCOMPARE(at::get_num_threads(), 4);
    int later = 0;
    std::thread([&] { later = at::get_num_threads(); }).join();
    QCOMPARE(later, 4);
  }

  void partsMayBeCutAgain() {
    const Threads four(4);
    std::atomic<int> calls = 0;
    inShards(2, [&](int) { inShards(2, [&](int) { ++calls; }); });
    QCOMPARE(calls.load(), 4);
    int later = 0;
    std::thread([&] { later = at::get_num_threads(); }).join();
    QCOMPARE(later, 4);
  }

  // Sums of gradients have the same last bit whatever the helpers and their caller did before.
  void gradientsDoNotDependOnHistory() {
    const Threads two(2);
    const auto random = [](std::uint64_t seed, at::IntArrayRef shape) {
      return at::randn(shape, at::detail::createCPUGenerator(seed), at::kFloat);
    };
    const auto x = random(1, {8, 33});
    const auto gradient = [&] {
      const auto weight = random(2, {33, 33}).requires_grad_(true);
      auto y = x;
      for (int i = 0; i < 4; ++i) {
        y = byShards(y, [&](const at::Tensor& rows, std::int64_t) {
          return at::tanh(at::matmul(rows, weight) + at::matmul(rows.square(), weight));
        });
        y = y + at::matmul(y, weight);
      }
      y.sum().backward();
      return weight.grad().clone();
    };
    const auto first = gradient();
    auto history = random(3, {4}).requires_grad_(true);
    for (int i = 0; i < 1000; ++i) history = history * 1.0;
    QVERIFY(gradient().equal(first));
    inShards(2, [&](int shard) {
      auto uneven = random(4, {4}).requires_grad_(true);
      for (int i = 0; i < 500 * (shard + 1); ++i) uneven = uneven * 1.0;
    });
    QVERIFY(gradient().equal(first));
    at::Tensor elsewhere;
    std::thread([&] { elsewhere = gradient(); }).join();
    QVERIFY(elsewhere.equal(first));
  }

  void aFailureArrivesAfterAllAreDone() {
    std::atomic<int> done = 0;
    try {
      inShards(3, [&](int shard) {
        if (shard == 0) throw Error(ErrorKind::kInvalidInput, "the first shard failed");
        ++done;
      });
      QFAIL("nothing was thrown");
    } catch (const Error& e) {
      QCOMPARE(std::string(e.message()), std::string("the first shard failed"));
    }
    QCOMPARE(done.load(), 2);
    inShards(2, [&](int) { ++done; });  // and the helpers live on
    QCOMPARE(done.load(), 4);
  }
};

QTEST_GUILESS_MAIN(ShardsTest)
#include "shards_test.moc"
