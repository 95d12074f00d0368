// Deep Q-learning (Mnih et al., 2015) on a cart with a pole, written here: it is pushed left or right, and the pole has
// to stay upright for 200 steps.
#include <koine/koine.h>

#include <array>
#include <cmath>
#include <deque>
#include <random>

using namespace koine;

// Barto, Sutton and Anderson, 1983: position, speed, angle, speed of the angle.
struct CartPole {
  std::array<float, 4> state{};
  int steps = 0;

  void reset(std::mt19937& random) {
    for (float& one : state) one = std::uniform_real_distribution<float>(-0.05f, 0.05f)(random);
    steps = 0;
  }
  // True while the pole stands and the cart is in sight.
  bool push(bool right) {
    auto& [x, v, angle, w] = state;
    const float force = right ? 10 : -10, c = std::cos(angle), s = std::sin(angle);
    const float push = (force + 0.05f * w * w * s) / 1.1f;
    const float turn = (9.8f * s - c * push) / (0.5f * (4 / 3.0f - 0.1f * c * c / 1.1f));
    const float run = push - 0.05f * turn * c / 1.1f;
    x += 0.02f * v, v += 0.02f * run, angle += 0.02f * w, w += 0.02f * turn;
    ++steps;
    return std::fabs(x) < 2.4f && std::fabs(angle) < 0.21f;
  }
};

struct Net {
  nn::Linear in{4, 64}, middle{64, 64}, out{64, 2};
  // What each push is worth: the steps that are still to come, later ones counting less.
  Array operator()(const Array& x) const { return out(relu(middle(relu(in(x))))); }
};

struct Memory {
  std::array<float, 4> before, after;
  bool right, stood;
};

int best_push(const Net& net, const std::array<float, 4>& state) {
  return argmax(net(from(std::vector<float>(state.begin(), state.end()), {1, 4})), {.axis = -1}).item<int>();
}

// How long the pole stands when the net decides alone.
double play(const Net& net, int games) {
  std::mt19937 random(7);
  int total = 0;
  for (int game = 0; game < games; ++game) {
    CartPole cart;
    cart.reset(random);
    while (cart.push(best_push(net, cart.state)) && cart.steps < 200) {
    }
    total += cart.steps;
  }
  return static_cast<double>(total) / games;
}

int main() {
  std::mt19937 random(1);
  Net net = nn::init(Net{}, Key{0}), target = net, best = net;
  optim::Adam adam{{.lr = 1e-3}};
  adam.init(net);
  auto learn = jit([](Net now, optim::Adam optimizer, const Array& x, const Array& push, const Array& wanted) {
    const auto loss = [&](const Net& n) {
      return nn::huber_loss(squeeze(take_along_axis(n(x), expand_dims(push, 1), {.axis = 1}), 1), wanted);
    };
    optimizer.step(now, grad(loss)(now));
    return std::pair(now, optimizer);
  });
  std::deque<Memory> memories;
  double stands = 0;
  int64_t step = 0;
  constexpr int64_t batch = 64;
  for (int game = 0; game < 250 && stands < 195; ++game) {
    CartPole cart;
    cart.reset(random);
    for (bool stood = true; stood && cart.steps < 200; ++step) {
      const Memory now{cart.state, {}, false, true};
      const double curious = std::max(0.05, 1 - static_cast<double>(step) / 2500);
      const bool guess = std::uniform_real_distribution<>(0, 1)(random) < curious;
      const bool right = guess ? random() % 2 : best_push(net, cart.state);
      stood = cart.push(right);
      memories.push_back({now.before, cart.state, right, stood});
      if (memories.size() > 10000) memories.pop_front();
      if (memories.size() < 500 || step % 2) continue;
      std::vector<float> before, after, stays;
      std::vector<int64_t> pushes;
      for (int64_t i = 0; i < batch; ++i) {
        const Memory& memory = memories[random() % memories.size()];
        before.insert(before.end(), memory.before.begin(), memory.before.end());
        after.insert(after.end(), memory.after.begin(), memory.after.end());
        pushes.push_back(memory.right);
        stays.push_back(memory.stood);
      }
      // What is to come is judged by weights of before, so that the aim stands still for a while. Which push is the
      // best the present ones say (van Hasselt et al., 2016).
      const Array next = from(after, {batch, 4});
      const Array chosen = expand_dims(argmax(net(next), {.axis = -1}), 1);
      const Array worth = squeeze(take_along_axis(target(next), chosen, {.axis = 1}), 1);
      const Array wanted = 1 + 0.99 * from(stays, {batch}) * worth;
      std::tie(net, adam) = learn(net, adam, from(before, {batch, 4}), from(pushes, {batch}), wanted);
      if (step % 200 == 0) target = net;
    }
    if (game % 10 != 9) continue;
    const double now = play(net, 5);
    if (now > stands) stands = now, best = net;
  }
  const double steps = play(best, 10);
  print("the pole stands for", steps, "of 200 steps");
  return steps > 100 ? 0 : 1;
}
