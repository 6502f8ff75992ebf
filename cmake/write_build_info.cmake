# Writes build_info.h with the commit of the source tree; rewritten only when it changes.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(failed)
    set(commit "unknown")
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[// Written by cmake/write_build_info.cmake.
#pragma once

#define SLIMBENCH_VERSION "@VERSION@"
#define SLIMBENCH_COMMIT "@commit@"
#define SLIMBENCH_COMPILER "@COMPILER@"
#define SLIMBENCH_BUILD_TYPE "@BUILD_TYPE@"
]] @ONLY)
