# cmake -DOUT=source -DNAMESPACE=... -DNAME=constant -P hash_files.cmake -- files...: a source that defines the constant
# as the hash of what the files say.
set(all "")
set(files OFF)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(files)
    file(SHA256 "${CMAKE_ARGV${i}}" hash)
    string(APPEND all "${hash}")
  elseif(CMAKE_ARGV${i} STREQUAL "--")
    set(files ON)
  endif()
endforeach()
string(SHA256 hash "${all}")
file(CONFIGURE OUTPUT "${OUT}" CONTENT "namespace @NAMESPACE@ {
extern const char* const @NAME@;
const char* const @NAME@ = \"@hash@\";
}
" @ONLY)
