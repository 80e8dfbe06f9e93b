# plumbline_migrations(<target> <name> <name> ...)
# Embeds migrations/<name>.sql of the calling folder, in order, as one generated source of <target>. Beside a file may
# lie <name>.sqlite.sql (later also <name>.postgresql.sql) with what only that database understands; it runs after the
# portable file in the same transaction. Names are NNNN_what: the number is the version that the file leads to.
function(plumbline_migrations target)
  set(rows "")
  foreach(name ${ARGN})
    if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_[a-z0-9_]+$")
      message(FATAL_ERROR "A migration is named NNNN_what, not ${name}")
    endif()
    math(EXPR number "${CMAKE_MATCH_1}")
    set(sql "")
    foreach(file ${CMAKE_CURRENT_SOURCE_DIR}/migrations/${name}.sql ${CMAKE_CURRENT_SOURCE_DIR}/migrations/${name}.sqlite.sql)
      if(EXISTS ${file})
        file(READ ${file} part)
        string(APPEND sql "${part}\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
      endif()
    endforeach()
    string(APPEND rows "    {${number}, \"${name}\", R\"plumbline(${sql})plumbline\"},\n")
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded_migrations.cpp)
  file(GENERATE OUTPUT ${generated} CONTENT
"// Generated from the list of migrations in the folder's CMakeLists.txt.
#include \"db/migrations/migrations.h\"
namespace plumbline {
const std::vector<Migration>& embeddedMigrations() {
  static const std::vector<Migration> kMigrations = {
${rows}  };
  return kMigrations;
}
}  // namespace plumbline
")
  target_sources(${target} PRIVATE ${generated})
endfunction()
