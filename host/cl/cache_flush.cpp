#include "host/cl/cache_flush.h"

#include <algorithm>

namespace slimbench {

namespace {

std::size_t ballast_bytes(const cl::Device& device) {
    constexpr cl_ulong least = cl_ulong{64} << 20, most = cl_ulong{512} << 20;
    const cl_ulong cache = device.getInfo<CL_DEVICE_GLOBAL_MEM_CACHE_SIZE>();
    const cl_ulong largest = device.getInfo<CL_DEVICE_MAX_MEM_ALLOC_SIZE>();
    return std::min(largest, std::clamp(2 * cache, least, most)) / sizeof(cl_uint) *
           sizeof(cl_uint);
}

}  // namespace

CacheFlush::CacheFlush(Device& device)
    : device_(device),
      bytes_(ballast_bytes(device.handle())),
      ballast_(device.context(), CL_MEM_READ_WRITE, bytes_) {}

void CacheFlush::operator()() {
    device_.queue().enqueueFillBuffer(ballast_, ++value_, 0, bytes_);
    device_.queue().finish();
}

}  // namespace slimbench
