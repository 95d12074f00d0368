#include "train/optimizer.h"

#include <algorithm>
#include <cmath>

namespace koine::train {

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

optim::Schedule schedule_of(const TrainConfig& config, double lr, int64_t batches) {
  const int64_t updates = updates_per_epoch(config, batches), all = updates * config.epochs;
  const auto steps = [&](double epochs) {
    return static_cast<int64_t>(std::llround(epochs * static_cast<double>(updates)));
  };
  const double warmup = warmup_of(config);
  // What is left of the run after the warm-up.
  const int64_t rest = std::max<int64_t>(all - steps(warmup), 1);
  return std::visit(
      Overloaded{
          [&](const ConstantSchedule&) { return optim::Schedule(lr).after_warmup(steps(warmup)); },
          [&](const CosineSchedule& s) { return optim::cosine(lr, rest, s.to * lr).after_warmup(steps(warmup)); },
          [&](const LinearSchedule& s) { return optim::linear(lr, s.to * lr, rest).after_warmup(steps(warmup)); },
          [&](const StepSchedule& s) {
            return optim::step_decay(lr, std::max<int64_t>(steps(s.every), 1), s.factor).after_warmup(steps(warmup));
          },
          [&](const OneCycleSchedule& s) { return optim::one_cycle(lr, all, s.rise, s.start, s.end); },
          [&](const PlateauSchedule&) { return optim::Schedule(lr).after_warmup(steps(warmup)); },
      },
      config.schedule);
}

Optimizer of(const optim::AdamOptions& options) { return optim::Adam{options}; }
Optimizer of(const optim::AdamWOptions& options) { return optim::AdamW{options}; }
Optimizer of(const optim::SgdOptions& options) { return optim::Sgd{options}; }
Optimizer of(const optim::AdamaxOptions& options) { return optim::Adamax{options}; }
Optimizer of(const optim::RmspropOptions& options) { return optim::Rmsprop{options}; }
Optimizer of(const optim::AdagradOptions& options) { return optim::Adagrad{options}; }
Optimizer of(const optim::AdadeltaOptions& options) { return optim::Adadelta{options}; }
Optimizer of(const optim::LionOptions& options) { return optim::Lion{options}; }
Optimizer of(const optim::LbfgsOptions& options) { return optim::Lbfgs{options}; }

double rate_of(const TrainConfig& config) {
  return std::visit([](const auto& options) { return options.lr.at(0); }, config.optimizer);
}

}  // namespace

double warmup_of(const TrainConfig& config) {
  return std::visit(
      [](const auto& schedule) {
        if constexpr (requires { schedule.warmup; })
          return schedule.warmup;
        else
          return 0.0;
      },
      config.schedule);
}

int64_t updates_per_epoch(const TrainConfig& config, int64_t batches) {
  return (batches + config.accumulate - 1) / config.accumulate;
}

Optimizer make_optimizer(const TrainConfig& config, int64_t batches, double factor) {
  Optimizer optimizer = std::visit([](const auto& options) { return of(options); }, config.optimizer);
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.options.groups; })
          for (const WeightGroup& group : config.groups)
            one.options.groups.push_back({.leaves = group.leaves,
                                          .lr = group.lr ? *group.lr / rate_of(config) : 1,
                                          .weight_decay = group.weight_decay});
      },
      optimizer);
  set_rate(optimizer, config, batches, factor);
  return optimizer;
}

void set_rate(Optimizer& optimizer, const TrainConfig& config, int64_t batches, double factor) {
  const double lr = rate_of(config);
  std::visit([&](auto& one) { one.options.lr = schedule_of(config, lr, batches).scaled(factor); }, optimizer);
}

}  // namespace koine::train
