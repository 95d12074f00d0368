# oneDNN 3, which the CPU device uses for convolutions. Looked for where CMAKE_PREFIX_PATH and dnnl_DIR say, in the
# system, and where scripts/build puts it. Without it those ops run on slower kernels.
set(KOINE_ONEDNN AUTO CACHE STRING "Use oneDNN 3: AUTO (if it is found), ON (it must be found), OFF")
set_property(CACHE KOINE_ONEDNN PROPERTY STRINGS AUTO ON OFF)

set(koine_onednn)                                 # what the CPU device links
set(koine_onednn_sources "/backend/cpu/onednn/")  # the sources to leave out
set(koine_onednn_installed OFF)                   # whether an installed Koine brings it along
if(NOT KOINE_ONEDNN STREQUAL "OFF")
  # The files of oneDNN 3.2 ask for the behaviour of a CMake that CMake 4 no longer has.
  set(CMAKE_POLICY_VERSION_MINIMUM 3.10)
  find_package(dnnl 3 CONFIG QUIET PATHS ${PROJECT_BINARY_DIR}/onednn-venv ${PROJECT_SOURCE_DIR}/build/onednn-venv)
  unset(CMAKE_POLICY_VERSION_MINIMUM)
endif()
# One that runs on TBB or on a thread pool of ours cannot be told to use one thread, as this device does.
if(dnnl_FOUND AND NOT KOINE_ONEDNN STREQUAL "OFF" AND NOT DNNL_CPU_THREADING_RUNTIME MATCHES "TBB|THREADPOOL")
  message(STATUS "oneDNN ${dnnl_VERSION}: ${dnnl_DIR}")
  set(koine_onednn DNNL::dnnl)
  set(koine_onednn_sources "/backend/cpu/no_onednn.cpp$")
  # One that does not belong to the system may not be there for a program that uses the installed package.
  if(NOT dnnl_DIR MATCHES "^/usr/")
    set(koine_onednn_installed ON)
  endif()
elseif(KOINE_ONEDNN STREQUAL "ON")
  message(FATAL_ERROR "oneDNN 3 is not found; -Ddnnl_DIR=PREFIX/lib/cmake/dnnl names its place, -DKOINE_ONEDNN=OFF "
                      "builds without it")
else()
  message(STATUS "Without oneDNN: convolutions will be slow")
endif()
