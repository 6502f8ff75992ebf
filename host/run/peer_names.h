// Libraries that a second worker may compute the convolutions with.
#pragma once

#include <array>
#include <string_view>

namespace slimbench {

// oneDNN is called as its users call it; CLBlast is those rows of the registry that go through it.
inline constexpr std::string_view onednn = "onednn", clblast = "clblast";
inline constexpr std::array peer_names{onednn, clblast};

}  // namespace slimbench
