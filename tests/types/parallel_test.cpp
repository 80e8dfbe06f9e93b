#include <QtTest>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/types/parallel.h"

using plumbline::inParallel;

class ParallelTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everythingIsDoneOnce() {
    std::vector<std::atomic<int>> done(1000);
    std::vector<std::size_t> told;
    inParallel(
        done.size(), [&](std::size_t i) { ++done[i]; }, [&](std::size_t n) { told.push_back(n); });
    for (const auto& one : done) QCOMPARE(one.load(), 1);
    QVERIFY(std::is_sorted(told.begin(), told.end()));
    QCOMPARE(told.back(), done.size());
    inParallel(0, [](std::size_t) { QFAIL("there is nothing to do"); });
  }

  void theCallerIsToldOnItsOwnThread() {
    const auto here = std::this_thread::get_id();
    bool other = false, same = true;
    std::mutex mutex;
    inParallel(
        20,
        [&](std::size_t) {
          const std::lock_guard lock(mutex);
          other = other || std::this_thread::get_id() != here;
        },
        [&](std::size_t) { same = same && std::this_thread::get_id() == here; });
    QVERIFY(other && same);
  }

  // Both wait for each other, which one thread after the other never ends.
  void thingsAreDoneAtTheSameTime() {
    if (std::thread::hardware_concurrency() < 2) QSKIP("this machine has one core");
    std::atomic<int> begun = 0, met = 0;
    inParallel(2, [&](std::size_t) {
      ++begun;
      for (int i = 0; i < 5000 && begun < 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      met += begun == 2;
    });
    QCOMPARE(met.load(), 2);
  }

  void nothingIsBegunWhileTheCallerIsBusy() {
    std::atomic<int> begun = 0;
    bool quiet = true;
    inParallel(
        8, [&](std::size_t) { ++begun; },
        [&](std::size_t) {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          const int before = begun;
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          quiet = quiet && begun == before;
        });
    QVERIFY(quiet);
  }

  void aFailureStopsTheRest() {
    std::atomic<int> begun = 0;
    const auto work = [&](std::size_t i) {
      ++begun;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      if (i == 3) throw std::runtime_error("third");
    };
    QVERIFY_EXCEPTION_THROWN(inParallel(100000, work), std::runtime_error);
    QVERIFY(begun < 100000);
  }

  // How a caller cancels.
  void whatTheCallerThrowsStopsTheRest() {
    std::atomic<int> begun = 0;
    const auto work = [&](std::size_t) {
      ++begun;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    const auto cancel = [](std::size_t) { throw std::logic_error("enough"); };
    QVERIFY_EXCEPTION_THROWN(inParallel(100000, work, cancel), std::logic_error);
    QVERIFY(begun < 100000);
  }
};

QTEST_GUILESS_MAIN(ParallelTest)
#include "parallel_test.moc"
