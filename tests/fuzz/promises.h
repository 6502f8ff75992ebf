// What every reader promises about any text, and how a broken promise is told.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <typeinfo>

#include "host/problem/network.h"

namespace slimbench::fuzz {

// Of no type that the program throws or catches.
class BrokenPromise : public std::exception {
public:
    explicit BrokenPromise(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

private:
    std::string what_;
};

inline void require(bool holds, std::string_view promise) {
    if (!holds) throw BrokenPromise(std::string(promise));
}

// What `read` returns, or nothing where it refuses by throwing exactly `Refusal` with a message
// that names the place.
template <class Refusal, class Read>
auto read_or_refuse(std::string_view place, Read read) -> std::optional<decltype(read())> {
    try {
        return read();
    } catch (const Refusal& refusal) {
        if (typeid(refusal) != typeid(Refusal)) throw;
        if (std::string_view(refusal.what()).find(place) == std::string_view::npos)
            throw BrokenPromise("a refusal that does not name '" + std::string(place) +
                                "': " + refusal.what());
        return std::nullopt;
    }
}

// What holds for every network that a reader accepts: it is counted, travels to a worker without
// loss, and is planned in every precision.
void check_accepted(const Network& network);

}  // namespace slimbench::fuzz
