// Hand-written loops that reach what this processor can do, for ci/check-peaks to hold `slimbench
// peaks` against: FP32, INT8 and, where the processor computes in it, FP16 multiply-adds, and
// reading memory. The widest instructions that CPUID admits are used, by as many threads as there
// are processors. Prints JSON: multiply-adds and bytes per second.
#include <cpuid.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <thread>
#include <vector>

namespace {

using Memory = std::vector<std::int32_t>;

// Loops are assembly, for compilers keep so many sums in memory. Each names its registers itself.
#define VECTOR_REGISTERS                                                                     \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#define MORE_REGISTERS                                                                        \
    "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31"
#define SUMS_8_TO_31 "8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31"

// clang-format off
// As many chains as hide the latency of two units; from zero, since odd numbers can be slow.
#define CHAINS(registers, zero, instruction) \
    ".irp sum," registers "\n"               \
    zero "\n"                                \
    ".endr\n"                                \
    "1:\n"                                   \
    ".irp sum," registers "\n"               \
    instruction "\n"                         \
    ".endr\n"                                \
    "dec %0\n"                               \
    "jnz 1b\n"
#define ZERO_512 "vpxord %%zmm\\sum, %%zmm\\sum, %%zmm\\sum"
#define ZERO_256 "vpxor %%ymm\\sum, %%ymm\\sum, %%ymm\\sum"

// Without an instruction for bytes, they are widened to pairs of 16 bits where they are loaded, as
// a convolution has to: two vectors of weights (even bytes in 0 and 1, odd ones in 2 and 3) meet a
// pixel, whose two sums are `first` and `second`. Register 4 masks its even bytes.
#define WEIGHTS(reg, suffix, bytes)                   \
    "vmovdqu" suffix " (%1), %%" reg "2\n"            \
    "vmovdqu" suffix " " bytes "(%1), %%" reg "3\n"   \
    "vpsllw $8, %%" reg "2, %%" reg "0\n"             \
    "vpsraw $8, %%" reg "0, %%" reg "0\n"             \
    "vpsllw $8, %%" reg "3, %%" reg "1\n"             \
    "vpsraw $8, %%" reg "1, %%" reg "1\n"             \
    "vpsraw $8, %%" reg "2, %%" reg "2\n"             \
    "vpsraw $8, %%" reg "3, %%" reg "3\n"
#define ADD_PRODUCT(reg, activation, weight, sum)                      \
    "vpmaddwd %%" reg weight ", %%" reg activation ", %%" reg "7\n"    \
    "vpaddd %%" reg "7, %%" reg sum ", %%" reg sum "\n"
#define PIXEL(reg, mask, first, second)          \
    "vpbroadcastd 256(%1), %%" reg "5\n"         \
    "vpsrlw $8, %%" reg "5, %%" reg "6\n"        \
    mask " %%" reg "4, %%" reg "5, %%" reg "5\n" \
    ADD_PRODUCT(reg, "5", "0", first)            \
    ADD_PRODUCT(reg, "6", "2", first)            \
    ADD_PRODUCT(reg, "5", "1", second)           \
    ADD_PRODUCT(reg, "6", "3", second)

// Reading memory from front to back, 8 vectors in flight.
#define READ(reg, bytes)                                           \
    "1:\n"                                                         \
    "mov %[begin], %%rax\n"                                        \
    "2:\n"                                                         \
    ".irp n,0,1,2,3,4,5,6,7\n"                                     \
    "vpaddd \\n*" bytes "(%%rax), %%" reg "\\n, %%" reg "\\n\n"    \
    ".endr\n"                                                      \
    "add $8*" bytes ", %%rax\n"                                    \
    "cmp %[end], %%rax\n"                                          \
    "jb 2b\n"                                                      \
    "dec %[passes]\n"                                              \
    "jnz 1b\n"
// clang-format on

__attribute__((target("avx512f"))) void fma_512(std::uint64_t passes, const Memory&) {
    asm volatile(
        "vzeroall\n" CHAINS(SUMS_8_TO_31, ZERO_512, "vfmadd231ps %%zmm0, %%zmm1, %%zmm\\sum")
        : "+r"(passes)
        :
        : "cc", VECTOR_REGISTERS, MORE_REGISTERS);
}

__attribute__((target("avx2,fma"))) void fma_256(std::uint64_t passes, const Memory&) {
    asm volatile("vzeroall\n" CHAINS("4,5,6,7,8,9,10,11,12,13,14,15", ZERO_256,
                                     "vfmadd231ps %%ymm0, %%ymm1, %%ymm\\sum")
                 : "+r"(passes)
                 :
                 : "cc", VECTOR_REGISTERS);
}

__attribute__((target("avx512f"))) void halves_512(std::uint64_t passes, const Memory&) {
    asm volatile(
        "vzeroall\n" CHAINS(SUMS_8_TO_31, ZERO_512, "vfmadd231ph %%zmm0, %%zmm1, %%zmm\\sum")
        : "+r"(passes)
        :
        : "cc", VECTOR_REGISTERS, MORE_REGISTERS);
}

__attribute__((target("avx512f"))) void vnni_512(std::uint64_t passes, const Memory&) {
    asm volatile("vzeroall\n" CHAINS(SUMS_8_TO_31, ZERO_512, "vpdpbusd %%zmm0, %%zmm1, %%zmm\\sum")
                 : "+r"(passes)
                 :
                 : "cc", VECTOR_REGISTERS, MORE_REGISTERS);
}

// Registers of 16 rows of 64 bytes, all of them (LDTILECFG). Of bytes as a convolution has them: on
// zeros processors clock up to 15 % higher.
struct alignas(64) TileShapes {
    std::uint8_t palette = 1, start_row = 0, reserved[14] = {};
    std::uint16_t row_bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

void tiles(std::uint64_t passes, const Memory& memory) {
    const TileShapes shapes;
    asm volatile(
        "ldtilecfg %1\n"
        "tileloadd (%2,%3,1), %%tmm4\n"
        "tileloadd 1024(%2,%3,1), %%tmm5\n"
        "tileloadd 2048(%2,%3,1), %%tmm6\n"
        "tileloadd 3072(%2,%3,1), %%tmm7\n"
        "1:\n"
        "tdpbusd %%tmm6, %%tmm4, %%tmm0\n"
        "tdpbusd %%tmm7, %%tmm4, %%tmm1\n"
        "tdpbusd %%tmm6, %%tmm5, %%tmm2\n"
        "tdpbusd %%tmm7, %%tmm5, %%tmm3\n"
        "dec %0\n"
        "jnz 1b\n"
        "tilerelease\n"
        : "+r"(passes)
        : "m"(shapes), "r"(memory.data()), "r"(std::size_t{64})
        : "cc", "memory");
}

// Whether Linux lets this process use them.
bool may_use_tiles() {
    constexpr unsigned int features = 7, tile_and_int8 = 3u << 24;
    constexpr long request_permission = 0x1023, tile_data = 18;  // asm/prctl.h
    unsigned int a = 0, b = 0, c = 0, d = 0;
    return __get_cpuid_count(features, 0, &a, &b, &c, &d) != 0 &&
           (d & tile_and_int8) == tile_and_int8 &&
           syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}

__attribute__((target("avx512f,avx512bw"))) void madd_512(std::uint64_t passes,
                                                          const Memory& memory) {
    asm volatile(
        "vpternlogd $255, %%zmm4, %%zmm4, %%zmm4\n"
        "vpsrlw $8, %%zmm4, %%zmm4\n"
        "1:\n" WEIGHTS("zmm", "32", "64") PIXEL("zmm", "vpandd", "8", "9")
            PIXEL("zmm", "vpandd", "10", "11") PIXEL("zmm", "vpandd", "12", "13")
                PIXEL("zmm", "vpandd", "14", "15") PIXEL("zmm", "vpandd", "16", "17")
                    PIXEL("zmm", "vpandd", "18", "19") PIXEL("zmm", "vpandd", "20", "21")
                        PIXEL("zmm", "vpandd", "22", "23") PIXEL("zmm", "vpandd", "24", "25")
                            PIXEL("zmm", "vpandd", "26", "27") PIXEL("zmm", "vpandd", "28", "29")
                                PIXEL("zmm", "vpandd", "30", "31") "dec %0\njnz 1b\n"
        : "+r"(passes)
        : "r"(memory.data())
        : "cc", "memory", VECTOR_REGISTERS, MORE_REGISTERS);
}

__attribute__((target("avx2"))) void madd_256(std::uint64_t passes, const Memory& memory) {
    asm volatile(
        "vpcmpeqd %%ymm4, %%ymm4, %%ymm4\n"
        "vpsrlw $8, %%ymm4, %%ymm4\n"
        "1:\n" WEIGHTS("ymm", "", "32") PIXEL("ymm", "vpand", "8", "9")
            PIXEL("ymm", "vpand", "10", "11") PIXEL("ymm", "vpand", "12", "13")
                PIXEL("ymm", "vpand", "14", "15") "dec %0\njnz 1b\n"
        : "+r"(passes)
        : "r"(memory.data())
        : "cc", "memory", VECTOR_REGISTERS);
}

__attribute__((target("avx512f"))) void read_512(std::uint64_t passes, const Memory& memory) {
    asm volatile(READ("zmm", "64")
                 : [passes] "+r"(passes)
                 : [begin] "r"(memory.data()), [end] "r"(memory.data() + memory.size())
                 : "cc", "memory", "rax", VECTOR_REGISTERS);
}

__attribute__((target("avx2"))) void read_256(std::uint64_t passes, const Memory& memory) {
    asm volatile(READ("ymm", "32")
                 : [passes] "+r"(passes)
                 : [begin] "r"(memory.data()), [end] "r"(memory.data() + memory.size())
                 : "cc", "memory", "rax", VECTOR_REGISTERS);
}

// What one thread does in a pass, in multiply-adds or bytes.
struct Loop {
    void (*run)(std::uint64_t passes, const Memory& memory);
    double work_per_pass;
};

void pin(std::thread& thread, std::size_t processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    pthread_setaffinity_np(thread.native_handle(), sizeof set, &set);
}

// Seconds from when all threads are ready until the last has finished; each has a memory of its
// own.
double timed(const Loop& loop, std::uint64_t passes, const std::vector<Memory>& memories) {
    using Clock = std::chrono::steady_clock;
    std::atomic<std::size_t> ready{0};
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (const Memory& memory : memories) {
        threads.emplace_back([&] {
            ++ready;
            while (!go) std::this_thread::yield();
            loop.run(passes, memory);
        });
        pin(threads.back(), threads.size() - 1);
    }
    while (ready < memories.size()) std::this_thread::yield();
    const auto started = Clock::now();
    go = true;
    for (std::thread& thread : threads) thread.join();
    return std::chrono::duration<double>(Clock::now() - started).count();
}

double best_rate(const Loop& loop, const std::vector<Memory>& memories) {
    constexpr double least_seconds = 4e-3;
    constexpr int runs = 40;
    std::uint64_t passes = 1;
    while (timed(loop, passes, memories) < least_seconds) passes *= 2;
    double best = timed(loop, passes, memories);
    for (int run = 1; run < runs; ++run) best = std::min(best, timed(loop, passes, memories));
    return loop.work_per_pass * static_cast<double>(passes * memories.size()) / best;
}

}  // namespace

int main() {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        std::fputs("ceiling: this processor has no AVX2\n", stderr);
        return 2;
    }
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    const bool vnni = avx512 && __builtin_cpu_supports("avx512vnni");
    const bool halves = avx512 && __builtin_cpu_supports("avx512fp16");

    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    // As far beyond the last cache as the probe walks.
    const auto last_cache = static_cast<std::size_t>(std::max(0l, sysconf(_SC_LEVEL3_CACHE_SIZE)));
    const std::size_t all_bytes = std::max(std::size_t{256} << 20, 4 * last_cache);
    const std::size_t words = all_bytes / threads / 4096 * 4096 / sizeof(std::int32_t);
    const std::vector<Memory> large(threads, Memory(words, 3));
    Memory mixed(1024);
    for (std::size_t i = 0; i < mixed.size(); ++i)
        mixed[i] = static_cast<std::int32_t>((i + 1) * 0x9E3779B1u);
    const std::vector<Memory> small(threads, mixed);

    const Loop fp32 = avx512 ? Loop{fma_512, 24 * 16} : Loop{fma_256, 12 * 8};
    const Loop int8 = vnni && may_use_tiles() ? Loop{tiles, 4 * 16 * 16 * 64}
                      : vnni                  ? Loop{vnni_512, 24 * 64}
                      : avx512                ? Loop{madd_512, 24 * 64}
                                              : Loop{madd_256, 8 * 32};
    const Loop read{avx512 ? read_512 : read_256, static_cast<double>(words * 4)};
    std::printf("{\"fp32\": %.6g, \"int8\": %.6g, \"memory\": %.6g", best_rate(fp32, small),
                best_rate(int8, small), best_rate(read, large));
    if (halves) std::printf(", \"fp16\": %.6g", best_rate({halves_512, 24 * 32}, small));
    std::puts("}");
    return 0;
}
