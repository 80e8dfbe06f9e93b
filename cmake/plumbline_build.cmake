# How every target of Plumbline is built, and the one mechanism by which variants register (DESIGN section 2).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(PLUMBLINE_CCACHE ccache)
if(PLUMBLINE_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros ${PLUMBLINE_CCACHE})
endif()

add_library(plumbline_flags INTERFACE)
# -Wrestrict: GCC 12 reports it falsely for std::string concatenation (GCC bug 105651).
target_compile_options(plumbline_flags INTERFACE -Wall -Wextra -Wno-restrict -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers -Werror)
target_compile_definitions(plumbline_flags INTERFACE QT_NO_KEYWORDS)
target_include_directories(plumbline_flags INTERFACE ${CMAKE_SOURCE_DIR})
if(PLUMBLINE_HEADLESS)
  target_compile_definitions(plumbline_flags INTERFACE PLUMBLINE_HEADLESS)
endif()
if(PLUMBLINE_SANITIZE)
  target_compile_options(plumbline_flags INTERFACE -fsanitize=address,undefined -fno-omit-frame-pointer)
  target_link_options(plumbline_flags INTERFACE -fsanitize=address,undefined)
endif()

# plumbline_library(<name> SOURCES ... [LINK ...] [TORCH])
# A static library of one folder. TORCH links LibTorch and shares its precompiled header.
function(plumbline_library name)
  cmake_parse_arguments(ARG "TORCH" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC plumbline_flags ${ARG_LINK})
  if(ARG_TORCH)
    plumbline_use_torch(${name})
  endif()
endfunction()

# Links LibTorch and reuses the one precompiled torch/torch.h: the header alone costs half a minute to parse.
function(plumbline_use_torch name)
  target_link_libraries(${name} PUBLIC plumbline_torch)
  if(PLUMBLINE_PCH)
    target_precompile_headers(${name} REUSE_FROM plumbline_torch_pch)
    target_compile_options(${name} PRIVATE -fPIC)  # a program would get -fPIE, with which GCC refuses the header
  endif()
endfunction()

# plumbline_variants(<target> <family> <id> <id> ...)
# Adds <id>.cpp of the calling folder to <target> and generates the file that calls every
# `register_<id>(Registry&)` in namespace plumbline::<family>. The family's header is <family>.h
# beside or above the variants and declares `using Registry = ...` and `void registerAll(Registry&)`.
# Ids after the word WITH_PROJECTS are left out of a headless build.
# Explicit calls, because static initializers get dropped from static libraries.
function(plumbline_variants target family header)
  set(declarations "")
  set(calls "")
  foreach(id ${ARGN})
    if(id STREQUAL WITH_PROJECTS)
      if(PLUMBLINE_HEADLESS)
        break()
      endif()
      continue()
    endif()
    target_sources(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/${id}.cpp)
    string(APPEND declarations "void register_${id}(Registry&);\n")
    string(APPEND calls "  register_${id}(registry);\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/register_${family}.cpp)
  file(GENERATE OUTPUT ${generated} CONTENT
"// Generated from the list of ids in the folder's CMakeLists.txt.
#include \"${header}\"
namespace plumbline::${family} {
${declarations}void registerAll(Registry& registry) {
${calls}}
}  // namespace plumbline::${family}
")
  target_sources(${target} PRIVATE ${generated})
endfunction()

# plumbline_test(<name> [LINK ...] [LABELS ...] [TIMEOUT s] [TORCH] [SOURCES extra...]): <name>.cpp is a Qt Test program.
function(plumbline_test name)
  cmake_parse_arguments(ARG "TORCH" "TIMEOUT" "LINK;LABELS;SOURCES" ${ARGN})
  add_executable(${name} ${name}.cpp ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON)
  target_link_libraries(${name} PRIVATE plumbline_flags Qt6::Test ${ARG_LINK})
  if(ARG_TORCH)
    plumbline_use_torch(${name})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;PLUMBLINE_SOURCE_DIR=${CMAKE_SOURCE_DIR};PLUMBLINE_BINARY_DIR=${CMAKE_BINARY_DIR}")
endfunction()
