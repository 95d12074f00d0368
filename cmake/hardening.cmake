# What makes an exploit of a memory error harder, and keeps the build's paths out of what is built.

if(NOT KOINE_SANITIZE)
  # Not beside AddressSanitizer: GCC 12 then misaligns the registers that it keeps on the stack.
  add_compile_options(-fstack-protector-strong)
endif()
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(NOT KOINE_SANITIZE)
  # Undefined first: Ubuntu's compiler defines it by itself.
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
# Every symbol is bound before main, and what that wrote is read-only from then on.
add_link_options(LINKER:-z,relro,-z,now,-z,noexecstack)

# Libraries of the build are found relative to the binary.
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)

# The RUNPATH of a target that is installed: the same before and after. Where CMake changes one in the installed file it
# reserves room by colons at its end, and an empty entry of a RUNPATH is the current folder.
function(koine_runpath target)
  set(runpath ${ARGN})
  if(koine_onednn_installed)
    get_target_property(onednn ${koine_onednn} LOCATION)
    cmake_path(GET onednn PARENT_PATH folder)
    get_target_property(place ${target} LIBRARY_OUTPUT_DIRECTORY)
    if(NOT place)
      set(place ${PROJECT_BINARY_DIR})
    endif()
    cmake_path(RELATIVE_PATH folder BASE_DIRECTORY ${place})
    list(APPEND runpath $ORIGIN/${folder})
  endif()
  set_target_properties(${target} PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "${runpath}")
endfunction()
