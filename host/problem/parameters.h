// Values of a network's parameters: synthetic, seeded, scaled so that activations stay sane.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/problem/network.h"

namespace slimbench {

struct ChannelAffine {
    std::vector<float> scale, shift;
};

struct Parameters {
    std::map<std::string, std::vector<float>> weights;  // OIHW, by Conv::weights
    std::map<std::string, std::vector<float>> biases;   // by Conv::weights
    std::map<std::string, ChannelAffine> norms;         // folded batch normalisations, by name
};

// He-scaled weights (K. He et al., 2015, "Delving deep into rectifiers"; gain 1 instead of sqrt 2
// where no ReLU follows), normalisations near one, near a half where a residual branch ends. Apart
// from that the values of a parameter depend on its name, its shape and the seed alone.
Parameters synthesize(const Network& network, std::uint64_t seed);

// A smooth seeded image in [-2, 2] (NHWC, dense): low frequencies plus noise, as photographs have.
std::vector<float> synthesize_image(const TensorShape& shape, std::uint64_t seed);

}  // namespace slimbench
