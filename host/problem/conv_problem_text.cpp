// Reads benchdnn's problem syntax, e.g. "g32mb1ic32ih112oc32oh112kh3ph1".
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <stdexcept>

#include <fmt/core.h>

#include "host/problem/written_problem.h"

namespace slimbench {
namespace {

constexpr std::string_view allowed_keys = "g mb ic ih iw oc oh ow kh kw sh sw ph pw dh dw n";
constexpr std::array known_keys{"g",  "mb", "ic", "ih", "iw", "oc", "oh", "ow",
                                "kh", "kw", "sh", "sw", "ph", "pw", "dh", "dw"};
// Depth of a volume, and the only value that leaves an image: benchdnn prints these itself when
// asked for its canonical form.
struct VolumeKey {
    std::string_view key;
    std::optional<std::int64_t> flat;  // nothing: any value, a single slice takes no step
};
constexpr std::array<VolumeKey, 6> volume_keys{
    {{"id", 1}, {"od", 1}, {"kd", 1}, {"sd", {}}, {"pd", 0}, {"dd", {}}}};

bool is_letter(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class FieldScanner {
public:
    explicit FieldScanner(std::string_view text) : text_(text) { scan(); }

    std::optional<std::int64_t> field(const std::string& key) const {
        const auto found = fields_.find(key);
        return found == fields_.end() ? std::nullopt : std::optional(found->second);
    }
    std::int64_t required(const std::string& key) const {
        if (const auto value = field(key)) return *value;
        fail(text_.size(), fmt::format("expected '{}' somewhere: it is missing", key));
    }
    const std::string& name() const { return name_; }
    std::int64_t repeats() const { return repeats_; }

    [[noreturn]] void fail(std::size_t position, std::string_view why) const {
        throw std::invalid_argument(
            fmt::format("problem '{}', position {}: {}", text_, position, why));
    }
    [[noreturn]] void fail(std::string_view why) const {
        throw std::invalid_argument(fmt::format("problem '{}': {}", text_, why));
    }

private:
    void scan() {
        if (text_.empty()) fail(0, "expected a problem such as mb1ic64ih56oc64kh3ph1, it is empty");
        while (at_ < text_.size()) {
            if (text_[at_] == '_') {
                ++at_;
            } else if (text_[at_] == 'n') {
                scan_name();
            } else if (text_[at_] == '*') {
                scan_repeats();
                if (at_ < text_.size()) fail(at_, "expected the end after *N");
            } else {
                scan_field();
            }
        }
    }

    // benchdnn's own files write the repeats inside of the quotes: n"res2a*3".
    void scan_name() {
        const std::size_t key = at_++;
        const bool quoted = at_ < text_.size() && text_[at_] == '"';
        if (quoted) ++at_;
        const std::size_t start = at_, end = quoted ? text_.find('"', start) : text_.size();
        if (end == text_.npos) fail(key, "expected a closing quote after the name");
        name_ = text_.substr(start, end - start);
        if (name_.find('"') != name_.npos) fail(key, "expected quotes around the whole name");
        const std::size_t star = name_.rfind('*');
        if (star != name_.npos && std::ranges::all_of(name_.substr(star + 1), is_digit)) {
            name_.resize(star);
            at_ = start + star;
            scan_repeats();
        }
        at_ = end + (quoted ? 1 : 0);
        if (at_ == text_.size()) return;
        if (text_[at_] != '*') fail(at_, "expected the end or *N: a name stands last");
        scan_repeats();
    }

    void scan_repeats() {
        const std::size_t star = at_++;
        repeats_ = scan_number("*");
        if (repeats_ < 1) fail(star, "expected at least one repeat");
    }

    void scan_field() {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
        const std::string key(text_.substr(start, at_ - start));
        const auto volume = std::ranges::find(volume_keys, key, &VolumeKey::key);
        if (volume != volume_keys.end()) return scan_depth(*volume);
        if (std::ranges::find(known_keys, key) == known_keys.end())
            fail(start, fmt::format("expected one of {}, found '{}'", allowed_keys,
                                    key.empty() ? std::string(1, text_[start]) : key));
        const std::int64_t value = scan_number(key);
        const auto [known, is_new] = fields_.emplace(key, value);
        if (!is_new && known->second != value)
            fail(start, fmt::format("'{}' is given twice: {} and {}", key, known->second, value));
    }

    void scan_depth(const VolumeKey& depth) {
        const std::size_t start = at_ - depth.key.size();
        const std::int64_t value = scan_number(std::string(depth.key));
        if (depth.flat && value != *depth.flat)
            fail(start, fmt::format("'{0}' belongs to volumes; only images are supported, that is "
                                    "{0}{1} or none",
                                    depth.key, *depth.flat));
    }

    std::int64_t scan_number(const std::string& key) {
        const std::size_t start = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(text_.data() + start, text_.data() + at_, value);
        if (error != std::errc{} || value > 1'000'000'000)
            fail(start, fmt::format("expected a number up to 10^9 after '{}'", key));
        return value;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::map<std::string, std::int64_t> fields_;
    std::string name_;
    std::int64_t repeats_ = 1;
};

// What is said about one axis, width already mirrored from the height.
struct AxisFields {
    std::string_view out_key = {};
    std::int64_t in = 1, kernel = 1, stride = 1, dilation = 1;
    std::optional<std::int64_t> out = {}, before = {};
};

struct AxisPadding {
    std::int64_t before, after;
};

// A given output fixes the padding behind the input: symmetric where that yields it, else exactly
// what is missing. Without given padding benchdnn centres the windows.
AxisPadding resolve_padding(const AxisFields& axis, const FieldScanner& scanner) {
    const std::int64_t extent = (axis.kernel - 1) * axis.dilation + 1;
    if (!axis.out || axis.stride < 1) {
        const std::int64_t before = axis.before.value_or(0);
        return {before, before};
    }
    const std::int64_t needed = (*axis.out - 1) * axis.stride + extent - axis.in;
    const std::int64_t before = axis.before.value_or(std::max<std::int64_t>(0, needed / 2));
    const std::int64_t slack = axis.in + 2 * before - extent;
    const std::int64_t symmetric_out = slack < 0 ? 0 : slack / axis.stride + 1;
    if (symmetric_out == *axis.out) return {before, before};
    const std::int64_t after = needed - before;
    if (after <= -axis.stride)
        scanner.fail(fmt::format(
            "{}{} does not follow from input {}, kernel {}, stride {}, padding {}: that gives {}{}",
            axis.out_key, *axis.out, axis.in, axis.kernel, axis.stride, before, axis.out_key,
            symmetric_out));
    return {before, std::max<std::int64_t>(0, after)};
}

AxisFields height_fields(const FieldScanner& scanner) {
    AxisFields axis{.out_key = "oh"};
    if (!scanner.field("ih")) {  // a one-dimensional problem names widths only
        scanner.required("iw");
        for (const char* key : {"oh", "kh", "sh", "ph", "dh"})
            if (scanner.field(key))
                scanner.fail(fmt::format("'{}' is given but 'ih' is missing", key));
        axis.before = 0;
        return axis;
    }
    axis.in = *scanner.field("ih");
    axis.out = scanner.field("oh");
    axis.kernel = scanner.required("kh");
    axis.stride = scanner.field("sh").value_or(1);
    axis.before = scanner.field("ph");
    axis.dilation = scanner.field("dh").value_or(0) + 1;
    return axis;
}

// For benchdnn a width is described on its own or follows the height whole. Texts that it refuses,
// because they give some of a width's extents, take the others from the height here.
AxisFields width_fields(const FieldScanner& scanner, const AxisFields& height) {
    const bool on_its_own = scanner.field("iw") && scanner.field("kw");
    const auto mirrored = [&](const char* key, std::int64_t from_height) {
        return scanner.field(key).value_or(from_height);
    };
    AxisFields axis{.out_key = "ow"};
    axis.in = mirrored("iw", height.in);
    axis.kernel = scanner.field("ih") ? mirrored("kw", height.kernel) : scanner.required("kw");
    axis.stride = mirrored("sw", on_its_own ? 1 : height.stride);
    axis.dilation = mirrored("dw", on_its_own ? 0 : height.dilation - 1) + 1;
    axis.before = scanner.field("pw");
    if (!axis.before && !on_its_own) axis.before = height.before;
    axis.out = scanner.field("ow");
    // Another input width has another output width, so there the height's says nothing.
    if (!axis.out && !on_its_own && axis.in == height.in) axis.out = height.out;
    return axis;
}

}  // namespace

WrittenProblem parse_benchdnn_text(std::string_view text) {
    const FieldScanner scanner(text);
    const AxisFields height = height_fields(scanner);
    const AxisFields width = width_fields(scanner, height);
    const AxisPadding vertical = resolve_padding(height, scanner);
    const AxisPadding horizontal = resolve_padding(width, scanner);

    ConvProblem problem{
        .in = {.batch = scanner.field("mb").value_or(2),
               .channels = scanner.required("ic"),
               .height = height.in,
               .width = width.in},
        .filters = scanner.required("oc"),
        .kernel = {height.kernel, width.kernel},
        .stride = {height.stride, width.stride},
        .pad = {.top = vertical.before,
                .left = horizontal.before,
                .bottom = vertical.after,
                .right = horizontal.after},
        .dilation = {height.dilation, width.dilation},
        .groups = scanner.field("g").value_or(1),
    };
    try {
        problem.check();
    } catch (const std::invalid_argument& error) {
        scanner.fail(error.what());
    }
    return {.problem = problem, .name = scanner.name(), .repeats = scanner.repeats()};
}

ConvProblem parse_conv_problem(std::string_view text, std::string* name) {
    const WrittenProblem written = parse_benchdnn_text(text);
    if (name) *name = written.name;
    return written.problem;
}

}  // namespace slimbench
