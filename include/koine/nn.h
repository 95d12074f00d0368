#pragma once
#include <koine/nn/attention.h>
#include <koine/nn/conv.h>
#include <koine/nn/linear.h>
#include <koine/nn/losses.h>
#include <koine/nn/norm.h>
#include <koine/nn/recurrent.h>
#include <koine/nn/sequential.h>
#include <koine/nn/shape.h>

/// Layers. A model is a plain aggregate of layers: a tree whose leaves are parameters and state. `init` fills them.
/// A call is a pure function of the model and its input; what it needs besides, such as a key, and where new state
/// goes is a `Context`.
namespace koine::nn {}
