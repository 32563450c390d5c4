# One CMake target for each module. Its DEPENDS line is the list of what it may include; the tidy
# test holds the include lines against the layers.

# GCC 12 warns without cause about std::string's operator+ (-Wrestrict, its bug 105651) and about
# moved std::variants (-Wmaybe-uninitialized) when it optimizes.
set(TWINSTORM_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    list(APPEND TWINSTORM_WARNINGS -Wno-restrict -Wno-maybe-uninitialized)
endif()

if(TWINSTORM_SANITIZE)
    add_compile_options(-fsanitize=${TWINSTORM_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${TWINSTORM_SANITIZE})
    if(NOT TWINSTORM_SANITIZE MATCHES thread)
        add_compile_options(-fno-sanitize-recover=all)
    elseif(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        add_compile_options(-Wno-tsan)  # Asio has a fence that GCC's sanitizer does not follow.
    endif()
endif()

# twinstorm_module(NAME SOURCES a.cpp b.cpp DEPENDS base net PRIVATE OpenSSL::Crypto PUBLIC Boost::json)
function(twinstorm_module NAME)
    cmake_parse_arguments(MODULE "" "" "SOURCES;DEPENDS;PRIVATE;PUBLIC" ${ARGN})
    list(TRANSFORM MODULE_DEPENDS PREPEND twinstorm_)
    if(NOT MODULE_SOURCES)
        add_library(twinstorm_${NAME} INTERFACE)
        target_include_directories(twinstorm_${NAME} INTERFACE ${CMAKE_SOURCE_DIR}/include)
        target_link_libraries(twinstorm_${NAME} INTERFACE ${MODULE_DEPENDS} ${MODULE_PUBLIC})
        return()
    endif()
    add_library(twinstorm_${NAME} STATIC ${MODULE_SOURCES})
    target_include_directories(twinstorm_${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/include
                               PRIVATE ${CMAKE_SOURCE_DIR}/sim)
    target_compile_options(twinstorm_${NAME} PRIVATE ${TWINSTORM_WARNINGS})
    target_link_libraries(twinstorm_${NAME} PUBLIC ${MODULE_DEPENDS} ${MODULE_PUBLIC}
                          PRIVATE ${MODULE_PRIVATE})
endfunction()

# twinstorm_test(NAME SOURCES foo_test.cpp MODULES base mqtt LIBRARIES Boost::json)
function(twinstorm_test NAME)
    cmake_parse_arguments(TEST "" "" "SOURCES;MODULES;LIBRARIES" ${ARGN})
    list(TRANSFORM TEST_MODULES PREPEND twinstorm_)
    add_executable(${NAME}_test ${TEST_SOURCES})
    target_include_directories(${NAME}_test PRIVATE ${CMAKE_SOURCE_DIR}/tests ${CMAKE_SOURCE_DIR}/sim)
    target_compile_options(${NAME}_test PRIVATE ${TWINSTORM_WARNINGS})
    target_link_libraries(${NAME}_test PRIVATE ${TEST_MODULES} ${TEST_LIBRARIES}
                          GTest::gmock GTest::gtest_main)
    target_compile_definitions(${NAME}_test PRIVATE TWINSTORM_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                               TWINSTORM_BINARY_DIR="${CMAKE_BINARY_DIR}")
    gtest_discover_tests(${NAME}_test TEST_PREFIX ${NAME}. DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 300)
endfunction()
