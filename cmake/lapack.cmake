# OpenBLAS for linear algebra, which scripts/build puts into build/openblas-venv: a link beside what is built, where the
# library is looked for first (src/ops/family/lapack.cpp). Without it that of the system is opened.
file(GLOB koine_openblas ${PROJECT_BINARY_DIR}/openblas-venv/lib/python*/site-packages/scipy_openblas32/lib/libscipy_openblas.so)
if(koine_openblas)
  list(GET koine_openblas 0 koine_openblas)
  message(STATUS "OpenBLAS: ${koine_openblas}")
  foreach(place . bench python/koine)
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/${place})
    file(CREATE_LINK ${koine_openblas} ${PROJECT_BINARY_DIR}/${place}/liblapacke.so.3 SYMBOLIC)
  endforeach()
else()
  message(STATUS "Without OpenBLAS in build/openblas-venv: linear algebra is the system's, which is slower")
endif()
