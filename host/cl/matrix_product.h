// CLBlast's matrix product on an OpenCL queue. Nothing else calls CLBlast.
#pragma once

#include <cstddef>
#include <string>

#include "host/cl/opencl.h"
#include "host/problem/data_type.h"

namespace slimbench {

// Rows of a buffer; in elements.
struct Matrix {
    cl::Buffer buffer;
    std::size_t first = 0, pitch = 0;
};

// c[rows][columns] = a[rows][depth] x b[depth][columns].
struct MatrixProduct {
    DataType element = DataType::f32;  // or f16, which is then also what sums are kept in
    std::size_t rows = 0, columns = 0, depth = 0;
    Matrix a, b, c;
    cl::Buffer workspace;

    // Enqueues what CLBlast makes of it. The first call in a process compiles, and may take
    // half a minute. Throws cl::Error, or std::runtime_error naming CLBlast's own status.
    void enqueue(cl::CommandQueue& queue) const;
};

std::string clblast_version();  // "1.5.3"

}  // namespace slimbench
