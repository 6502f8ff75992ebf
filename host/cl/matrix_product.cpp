#include "host/cl/matrix_product.h"

#include <stdexcept>

#include <clblast.h>
#include <fmt/format.h>

#include "host/problem/half.h"

namespace slimbench {

namespace {

// Codes down to here are OpenCL's.
constexpr int last_opencl_code = -1000;

template <class Element>  // float, or the bits of a binary16
clblast::StatusCode gemm(const MatrixProduct& p, Element one, cl_command_queue queue) {
    return clblast::Gemm<Element>(
        clblast::Layout::kRowMajor, clblast::Transpose::kNo, clblast::Transpose::kNo, p.rows,
        p.columns, p.depth, one, p.a.buffer(), p.a.first, p.a.pitch, p.b.buffer(), p.b.first,
        p.b.pitch, Element{0}, p.c.buffer(), p.c.first, p.c.pitch, &queue, nullptr, p.workspace());
}

}  // namespace

void MatrixProduct::enqueue(cl::CommandQueue& queue) const {
    const clblast::StatusCode status = element == DataType::f16
                                           ? gemm(*this, Half(1.0f).bits(), queue())
                                           : gemm(*this, 1.0f, queue());
    if (status == clblast::StatusCode::kSuccess) return;
    const int code = static_cast<int>(status);
    if (code > last_opencl_code) throw cl::Error(code, "clblast::Gemm");
    throw std::runtime_error(fmt::format("clblast::Gemm of {} x {} x {}: status {} (clblast.h)",
                                         rows, columns, depth, code));
}

std::string clblast_version() {
    return fmt::format("{}.{}.{}", CLBLAST_VERSION_MAJOR, CLBLAST_VERSION_MINOR,
                       CLBLAST_VERSION_PATCH);
}

}  // namespace slimbench
