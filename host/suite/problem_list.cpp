// Reads lists of convolutions.
#include "host/suite/problem_list.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <tuple>

#include <fmt/format.h>

#include "host/problem/strict_json.h"

namespace slimbench {
namespace {

constexpr std::string_view blank = " \t\r";

// A list that names itself in turns, or a product with `--mb`, grows without end.
constexpr std::size_t most_problems = 100'000;
constexpr std::size_t most_files = 1'000;

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(blank);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// The first word of a text and what follows it; blanks within quotes do not end a word.
std::string_view take_word(std::string_view& rest) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || blank.find(rest[end]) == blank.npos); ++end)
        if (rest[end] == '"') quoted = !quoted;
    const std::string_view word = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    return word;
}

// A comment starts where a word does: '#' may stand within names.
std::string_view without_comment(std::string_view line) {
    for (std::size_t at = line.find('#'); at != line.npos; at = line.find('#', at + 1))
        if (at == 0 || blank.find(line[at - 1]) != blank.npos) return line.substr(0, at);
    return line;
}

struct Line {
    std::size_t number;  // of its first part
    std::string text;
};

// Lines without comments and blank ones. A backslash at the end joins a line with the next: lists
// of an option's values without a gap, as benchdnn does, the words of other lines with one.
std::vector<Line> lines_of(std::string_view content) {
    std::vector<Line> lines;
    bool joins = false;
    for (std::size_t number = 1, at = 0; at < content.size(); ++number) {
        const std::size_t end = std::min(content.find('\n', at), content.size());
        std::string_view text = trimmed(without_comment(content.substr(at, end - at)));
        const bool goes_on = text.ends_with('\\');
        if (goes_on) text = trimmed(text.substr(0, text.size() - 1));
        if (!joins) lines.push_back({number, ""});
        std::string& line = lines.back().text;
        if (joins && !line.starts_with("--")) line += ' ';
        line += text;
        joins = goes_on;
        at = end + 1;
    }
    std::erase_if(lines, [](const Line& line) { return line.text.empty(); });
    return lines;
}

class ListReader {
public:
    void add(WrittenProblem written, const std::string& place) {
        for (const std::string& text : written.ignored)
            note(text.substr(0, text.find(' ')), text, place);
        if (list_.problems.size() == most_problems)
            throw std::invalid_argument(
                fmt::format("this is more than {} problems; split the list", most_problems));
        list_.problems.push_back({std::move(written), place});
    }

    void add_file(const std::string& path) {
        const std::size_t before = list_.problems.size();
        batches_ = {};
        read_file(path);
        if (list_.problems.size() == before)
            throw std::runtime_error(fmt::format(
                "{}: no problem in it; expected lines such as mb1ic64ih56oc64kh3ph1", path));
    }

    ProblemList finish() {
        for (const Ignored& ignored : ignored_)
            list_.notices.push_back(fmt::format(
                "{}: ignored {}{}", ignored.place, ignored.text,
                ignored.more > 0
                    ? fmt::format(", and {} {} more times", ignored.option, ignored.more)
                    : ""));
        return std::move(list_);
    }

private:
    struct Ignored {
        std::string option, text, place;
        int more = 0;  // times that it came again
    };

    void read_file(const std::string& path) {
        const std::string content = read_text_file(path);
        open_.push_back(path);
        for (const Line& line : lines_of(content)) {
            const std::string place = fmt::format("{}:{}", path, line.number);
            try {
                read_line(line.text, place);
            } catch (const std::invalid_argument& error) {
                throw std::runtime_error(fmt::format("{}: {}", place, error.what()));
            }
        }
        open_.pop_back();
    }

    void read_line(std::string_view rest, const std::string& place) {
        if (is_miopen_line(rest)) return add(parse_miopen_line(rest), place);
        while (!rest.empty()) {
            const std::string_view word = take_word(rest);
            if (word.starts_with('-'))
                read_option(word, place);
            else
                add_batches(parse_benchdnn_text(word), place);
        }
    }

    void add_batches(WrittenProblem written, const std::string& place) {
        if (batches_.empty()) return add(std::move(written), place);
        const std::int64_t own = written.problem.in.batch;
        for (const std::int64_t batch : batches_) {
            written.problem.in.batch = batch == 0 ? own : batch;
            written.problem.check();
            add(written, place);
        }
    }

    void read_option(std::string_view word, const std::string& place) {
        const std::size_t equals = std::min(word.find('='), word.size());
        const std::string_view name = word.substr(0, equals);
        const std::string value(word.substr(std::min(equals + 1, word.size())));
        if (name == "--batch") return include(value);
        if (name == "--reset") return batches_.clear();
        if (name == "--mb") return void(batches_ = parse_batches(value));
        if (name == "--deconv")
            throw std::invalid_argument(
                "--deconv: expected problems of --conv; only convolutions are supported");
        if (name != "--conv") note(std::string(name), std::string(word), place);
    }

    // benchdnn looks beside the file that names another.
    void include(const std::string& name) {
        const std::filesystem::path beside =
            std::filesystem::path(open_.back()).parent_path() / name;
        std::error_code ignored;  // what cannot be looked at is no file either
        const std::string path = std::filesystem::exists(beside, ignored) ? beside.string() : name;
        for (const std::string& open : open_)
            if (std::filesystem::equivalent(open, path, ignored))
                throw std::invalid_argument(
                    fmt::format("--batch={}: that file is being read already", name));
        if (name.empty() || !std::filesystem::is_regular_file(path, ignored))
            throw std::invalid_argument(fmt::format("--batch={}: no such file", name));
        if (++files_ > most_files)
            throw std::invalid_argument(
                fmt::format("--batch={}: more than {} files name each other", name, most_files));
        read_file(path);
    }

    static std::vector<std::int64_t> parse_batches(std::string_view text) {
        std::vector<std::int64_t> batches;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(',', at), text.size());
            std::int64_t batch = 0;
            const auto [stop, error] = std::from_chars(text.data() + at, text.data() + end, batch);
            if (error != std::errc{} || stop != text.data() + end || batch < 0 || batch > 65536)
                throw std::invalid_argument(
                    fmt::format("--mb={}: expected batch sizes up to 65536, comma-separated, or 0 "
                                "for each problem's own",
                                text));
            batches.push_back(batch);
            at = end + 1;
        }
        return batches;
    }

    void note(const std::string& option, const std::string& text, const std::string& place) {
        const auto known = std::ranges::find(ignored_, option, &Ignored::option);
        if (known != ignored_.end()) return void(++known->more);
        ignored_.push_back({option, text, place});
    }

    ProblemList list_;
    std::vector<Ignored> ignored_;
    std::vector<std::int64_t> batches_;  // --mb; 0 is the problem's own
    std::vector<std::string> open_;      // files being read
    std::size_t files_ = 0;              // that others named
};

}  // namespace

ProblemList read_problems(const std::vector<std::string>& texts,
                          const std::vector<std::string>& files) {
    ListReader reader;
    for (const std::string& text : texts) reader.add(parse_written_problem(text), text);
    for (const std::string& file : files) reader.add_file(file);
    return reader.finish();
}

void merge_repeated(ProblemList& list) {
    using Key = std::tuple<std::string, std::string, std::optional<Precision>>;
    std::map<Key, std::size_t> indices;         // of `kept`
    std::map<std::string, std::string> owners;  // name to canonical text
    std::vector<ListedProblem> kept;
    for (ListedProblem& listed : list.problems) {
        WrittenProblem& written = listed.written;
        const std::string text = written.problem.text();
        const auto [same, is_new] =
            indices.emplace(Key(text, written.name, written.precision), kept.size());
        if (!is_new) {
            ListedProblem& first = kept[same->second];
            first.written.repeats += written.repeats;
            list.notices.push_back(fmt::format("{}: the same problem as {}; measured once",
                                               listed.place, first.place));
            continue;
        }
        if (!written.name.empty() && owners.emplace(written.name, text).first->second != text)
            written.name.append(":").append(text);
        kept.push_back(std::move(listed));
    }
    list.problems = std::move(kept);
}

}  // namespace slimbench
