# SPDX-License-Identifier: GPL-3.0-or-later
# Settings every target shares: language, warnings, sanitizers, where binaries go, and the libraries we stand on.

option(ZANDB_CONSOLE "Build the desktop console (needs Qt Widgets and Charts)" ON)
option(ZANDB_TESTS "Build the tests" ON)
option(ZANDB_PCH "Precompile the headers that most files include (halves the time of a build)" ON)
option(ZANDB_FUZZ "Build the fuzz targets as libFuzzer programs (needs clang)" OFF)
set(ZANDB_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1 -fno-omit-frame-pointer")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
# Hardening as distributions do it.  -U first: some compilers define _FORTIFY_SOURCE themselves, and another value is then a
# warning, so an error.
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
    string(APPEND CMAKE_C_FLAGS_RELEASE " -fcf-protection")
endif()
set(CMAKE_CXX_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE} -D_GLIBCXX_ASSERTIONS")
set(CMAKE_EXE_LINKER_FLAGS_RELEASE "-pie -Wl,-z,relro,-z,now")

find_program(ZANDB_CCACHE ccache)
if(ZANDB_CCACHE)
    # Paths below the checkout are hashed relative to it, so that one cache serves every clone and work tree.
    # It looks into precompiled headers only when told that macros and times in them do not matter.
    set(CMAKE_C_COMPILER_LAUNCHER env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros "${ZANDB_CCACHE}")
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core)
if(ZANDB_CONSOLE)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Gui Widgets Charts Svg LinguistTools)
    find_package(Qt6Keychain REQUIRED)
    find_package(QScintilla REQUIRED)
endif()
if(ZANDB_TESTS)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Test Network)
endif()
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(LIBMARIADB REQUIRED IMPORTED_TARGET libmariadb)
pkg_check_modules(LIBSSH REQUIRED IMPORTED_TARGET libssh)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.85)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)

# What every target of ours is compiled with.  zandb_library / zandb_program apply it.
add_library(zandb_flags INTERFACE)
target_compile_options(zandb_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
target_include_directories(zandb_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_definitions(zandb_flags INTERFACE ZANDB_VERSION="${PROJECT_VERSION}" QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII QT_NO_KEYWORDS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # false positives inside std::string once it is inlined (GCC bugs 105651 and 105329)
    target_compile_options(zandb_flags INTERFACE -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow)
endif()
if(ZANDB_SANITIZE)
    target_compile_options(zandb_flags INTERFACE -fsanitize=${ZANDB_SANITIZE} -fno-sanitize-recover=undefined)
    target_link_options(zandb_flags INTERFACE -fsanitize=${ZANDB_SANITIZE})
    # The check of virtual tables asks through a pipe whether an object can be read: where no descriptors are left, which
    # a test brings about, it takes every object for a wrong one.
    target_compile_options(zandb_flags INTERFACE -fno-sanitize=vptr)
    # GCC 12 reports false positives inside libstdc++ when sanitizers inline more than usual
    target_compile_options(zandb_flags INTERFACE -Wno-maybe-uninitialized)
endif()
if(ZANDB_FUZZ)
    # libFuzzer sees which branches of ours an input reaches, and ends at the first wrong access or overflow
    target_compile_options(zandb_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
    target_link_options(zandb_flags INTERFACE -fsanitize=address,undefined)
endif()

if(ZANDB_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(zandb_flags INTERFACE -fpch-preprocess) # so that ccache can keep what uses them
endif()

# Headers of others that most files include, by layer: nobody else's change makes them stale.  A file still includes what it
# uses: -DZANDB_PCH=OFF builds without.
set(ZANDB_PCH_STD <algorithm> <array> <atomic> <chrono> <condition_variable> <cstdint> <deque> <filesystem> <fstream>
    <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view> <thread> <utility>
    <variant> <vector> <nlohmann/json.hpp> <tl/expected.hpp>)
set(ZANDB_PCH_QT ${ZANDB_PCH_STD} <QtCore/QAbstractItemModel> <QtCore/QCoreApplication> <QtCore/QDateTime> <QtCore/QHash>
    <QtCore/QMap> <QtCore/QObject> <QtCore/QString> <QtCore/QStringList> <QtCore/QTimer> <QtCore/QVariant>)
set(ZANDB_PCH_GUI ${ZANDB_PCH_QT} <QtWidgets/QtWidgets>)

# zandb_precompile(TARGET STD|QT|GUI [SHARED_WITH target] [HEADERS header...]): with the precompiled headers of another
# target, where that one is compiled with the same options.
function(zandb_precompile name layer)
    cmake_parse_arguments(A "" "SHARED_WITH" "HEADERS" ${ARGN})
    if(NOT ZANDB_PCH)
        return()
    elseif(A_SHARED_WITH)
        target_precompile_headers(${name} REUSE_FROM ${A_SHARED_WITH})
    else()
        target_precompile_headers(${name} PRIVATE ${ZANDB_PCH_${layer}} ${A_HEADERS})
    endif()
endfunction()

# zandb_library(NAME DIRS dir... [LINK lib...] [NOT regex...]): a static library of all .cpp files directly in the
# given folders of the current directory.  The folders are the feature nouns, so a new file needs no edit here.
function(zandb_library name)
    cmake_parse_arguments(A "MOC" "" "DIRS;LINK;NOT" ${ARGN})
    set(sources)
    foreach(dir IN LISTS A_DIRS)
        file(GLOB found CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.h")
        list(APPEND sources ${found})
    endforeach()
    foreach(regex IN LISTS A_NOT)
        list(FILTER sources EXCLUDE REGEX "${regex}")
    endforeach()
    if(NOT sources MATCHES "\\.cpp")
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE zandb_flags ${A_LINK})
        return()
    endif()
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC zandb_flags ${A_LINK})
    if(A_MOC)
        set_target_properties(${name} PROPERTIES AUTOMOC ON)
        # CMake 3.25 does not run moc again in a build folder that exists when only the list of headers has grown.
        set(list_file "${CMAKE_CURRENT_BINARY_DIR}/${name}.sources")
        list(JOIN sources "\n" listed)
        set(listed_before "")
        if(EXISTS "${list_file}")
            file(READ "${list_file}" listed_before)
        endif()
        if(NOT listed STREQUAL listed_before)
            file(REMOVE "${CMAKE_CURRENT_BINARY_DIR}/${name}_autogen/timestamp")
            file(WRITE "${list_file}" "${listed}")
        endif()
    endif()
endfunction()

# zandb_program(NAME source... LINK lib...)
function(zandb_program name)
    cmake_parse_arguments(A "" "" "LINK" ${ARGN})
    add_executable(${name} ${A_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE zandb_flags ${A_LINK})
endfunction()

# zandb_test(tst_x [SOURCES ...] LINK lib... [LABELS l...] [TIMEOUT s]): a Qt Test program from tst_x.cpp, run by ctest.
# Labels: unit (default), integration (starts real servers), gui, fault, full (only with tests/run --full).
function(zandb_test name)
    cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LINK;LABELS;DEPENDS" ${ARGN})
    # One file has one class with slots, so moc is called for that file; AUTOMOC would make two more targets and a file of each test.
    set(moc "${CMAKE_CURRENT_BINARY_DIR}/${name}.moc")
    add_custom_command(OUTPUT "${moc}" COMMAND Qt6::moc -o "${moc}" "${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp"
        DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp" VERBATIM)
    add_executable(${name} ${name}.cpp "${moc}" ${A_SOURCES})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    target_link_libraries(${name} PRIVATE zandb_flags Qt6::Test ${A_LINK})
    target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
    if(NOT ZANDB_PCH)
        target_compile_options(${name} PRIVATE -include "${CMAKE_SOURCE_DIR}/tests/support/patience.h")
    elseif(A_LINK MATCHES "zandb_(widgets|console|windowfixture)")
        zandb_precompile(${name} GUI SHARED_WITH zandb_testheadersgui)
    else()
        zandb_precompile(${name} QT SHARED_WITH zandb_testheaders)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    if(NOT A_LABELS)
        set(A_LABELS unit)
    endif()
    if(NOT A_TIMEOUT)
        set(A_TIMEOUT 120)
    endif()
    # Qt's own watchdog ends any program after five minutes: TIMEOUT is the bound.  What may take long begins first.
    set_tests_properties(${name} PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT} COST ${A_TIMEOUT}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;TZ=UTC;QTEST_FUNCTION_TIMEOUT=86400000" SKIP_RETURN_CODE 77)
    if(A_DEPENDS)
        add_dependencies(${name} ${A_DEPENDS})
    endif()
endfunction()
