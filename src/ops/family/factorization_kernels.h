#pragma once
#include "ops/family/op.h"

/// The kernels of linear algebra. A matrix that has no result (it is singular, or an iteration does not converge) gives
/// NaN and leaves the others of its batch alone; where it is the only one and `check_errors` is set, ValueError says
/// so.
namespace koine::ops {

void cholesky_reference(const KernelInput& k, bool upper, bool check_errors);
void inv_reference(const KernelInput& k, bool check_errors);
void det_reference(const KernelInput& k);
void slogdet_reference(const KernelInput& k);
/// det(a) / a, which every matrix has.
void adjugate_reference(const KernelInput& k);
void lu_reference(const KernelInput& k);
void pivots_to_permutation_reference(const KernelInput& k);
void solve_reference(const KernelInput& k, bool check_errors);
void solve_triangular_reference(const KernelInput& k, bool lower, bool unit_diagonal);
void lstsq_reference(const KernelInput& k, double rcond);
void solve_sylvester_reference(const KernelInput& k);
void qr_reference(const KernelInput& k, bool full);

/// Values alone of an op with one result: a quicker algorithm, whose last digits are others.
void eigh_reference(const KernelInput& k);
void eig_reference(const KernelInput& k);
void svd_reference(const KernelInput& k, bool full);
void schur_reference(const KernelInput& k);

void expm_reference(const KernelInput& k);
void sqrtm_reference(const KernelInput& k);
void logm_reference(const KernelInput& k);

}  // namespace koine::ops
