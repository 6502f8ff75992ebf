// Khronos' C++ binding with the settings that all of host/cl shares.
#pragma once

#define CL_HPP_TARGET_OPENCL_VERSION 120
#define CL_HPP_MINIMUM_OPENCL_VERSION 120
#define CL_HPP_ENABLE_EXCEPTIONS
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#include <CL/opencl.hpp>
#pragma GCC diagnostic pop

#include <string>
#include <string_view>

namespace slimbench {

std::string_view error_name(cl_int code);  // "CL_OUT_OF_RESOURCES"

// True for the codes that mean the device's or the host's memory ran out.
bool is_out_of_memory(cl_int code);

}  // namespace slimbench
