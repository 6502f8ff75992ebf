# Flags that every target of ours is compiled with.
add_library(slimbench_flags INTERFACE)
target_include_directories(slimbench_flags INTERFACE
    ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
target_compile_options(slimbench_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
    # Results must not depend on where the compiler fuses multiply and add: fma is written where it
    # is meant.
    -ffp-contract=off)
