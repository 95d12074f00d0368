#pragma once
/// All of Koine.
#include <koine/checkpoint.h>
#include <koine/data.h>
#include <koine/gradients.h>
#include <koine/io.h>
#include <koine/lbfgs.h>
#include <koine/linalg.h>
#include <koine/metrics.h>
#include <koine/nn.h>
#include <koine/ops.h>
#include <koine/optim.h>
#include <koine/runtime.h>
#include <koine/schedule.h>
#include <koine/train.h>
#include <koine/transform.h>
