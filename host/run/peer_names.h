// Libraries that a second worker may compute the convolutions with.
#pragma once

#include <array>
#include <string_view>

namespace slimbench {

// oneDNN is called as its users call it, the second time with its direct algorithms alone, so
// without Winograd's; CLBlast is those rows of the registry that go through it.
inline constexpr std::string_view onednn = "onednn", onednn_direct = "onednn-direct",
                                  clblast = "clblast";
inline constexpr std::array peer_names{onednn, onednn_direct, clblast};

constexpr bool is_onednn(std::string_view peer) {
    return peer == onednn || peer == onednn_direct;
}

}  // namespace slimbench
