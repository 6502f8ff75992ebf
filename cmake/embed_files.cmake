# embed_files(TARGET FUNCTION FILES...): a static library with
# `std::span<const EmbeddedFile> FUNCTION()` that holds the named files, so that an installed binary
# needs no data folder. Paths are kept relative to the current source folder.
function(embed_files target function)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
    set(inputs)
    foreach(file IN LISTS ARGN)
        list(APPEND inputs ${CMAKE_CURRENT_SOURCE_DIR}/${file})
    endforeach()
    list(JOIN ARGN "|" names)
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DFUNCTION=${function} "-DNAMES=${names}"
                -DROOT=${CMAKE_CURRENT_SOURCE_DIR} -P ${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake
        DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/write_embedded.cmake
        VERBATIM)
    add_library(${target} STATIC ${output})
    target_link_libraries(${target} PUBLIC slimbench_flags)
endfunction()
