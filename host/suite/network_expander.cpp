// Walks the layers of a network file once, in order, and writes nodes.
#include "host/suite/network_expander.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include <fmt/ranges.h>

#include "host/suite/layer_reader.h"
#include "host/suite/near_names.h"
#include "host/suite/substitution.h"

namespace slimbench {
namespace {

// A hundred times what any published network has.
constexpr std::size_t most_layers = 10'000;

// What surrounds a layer. Inner scopes are copies of outer ones with a few things replaced.
struct Scope {
    std::string path;            // prefix of names: "level0.layer2"
    std::string parameter_path;  // the same without scopes that share weights: "layer2"
    std::string block;
    std::optional<int> level;
    Bindings bindings;   // values of $names
    TensorId input = 0;  // what "input" means
};

std::string joined(const std::string& path, const std::string& name) {
    return path.empty() || name.empty() ? path + name : path + "." + name;
}

// "$index" alone is bound to a number.
std::string read_name(const JsonPlace& place) {
    return place.value().is_number_unsigned() ? place.value().dump() : place.string();
}

class Expander {
public:
    Expander(const JsonPlace& file, const NetworkOptions& options)
        : file_(file), options_(options) {}

    Network run() {
        file_.require_object({"name", "about", "input", "classes", "features", "width_multiplier",
                              "prunings", "templates", "layers"});
        file_.at("about").string();
        network_.name = file_.at("name").string();
        if (const auto features = file_.find("features")) network_.features = features->boolean();
        read_width();
        add_image();
        Scope scope;
        bind_classes(scope);
        network_.scores = expand_layers(file_.at("layers"), scope);
        check_everything_is_read();
        try {
            infer_shapes(network_);
        } catch (const std::invalid_argument& error) {
            file_.fail(error.what());
        }
        read_prunings();
        return std::move(network_);
    }

private:
    void read_width() {
        if (const auto rule = file_.find("width_multiplier")) width_rule_ = read_width_rule(*rule);
        if (options_.width == 1) return;
        if (!width_rule_)
            file_.fail(
                fmt::format("network '{}' has no 'width_multiplier' and comes in width 1 "
                            "only, not {}",
                            network_.name, options_.width));
        network_.name += fmt::format("_{}", options_.width);
    }

    void bind_classes(Scope& scope) const {
        const auto classes = file_.find("classes");
        if (!classes && options_.classes)
            file_.fail(fmt::format("network '{}' has no 'classes' that could become {}",
                                   network_.name, *options_.classes));
        if (classes)
            scope.bindings["classes"] = options_.classes.value_or(classes->integer(1, 1'000'000));
    }

    void add_image() {
        const JsonPlace input = file_.at("input");
        input.require_object({"channels", "height", "width"});
        constexpr std::int64_t most = 1'000'000;
        TensorShape shape{.batch = options_.batch,
                          .channels = input.at("channels").integer(1, most),
                          .height = input.at("height").integer(1, most),
                          .width = input.at("width").integer(1, most)};
        if (options_.size) {
            shape.height = options_.size->height;
            shape.width = options_.size->width;
        }
        network_.tensors.push_back({"image", shape});
        names_["image"] = network_.image = 0;
    }

    // Returns the last layer's output.
    TensorId expand_layers(const JsonPlace& layers, const Scope& scope) {
        if (layers.items().empty()) layers.fail("expected at least one layer");
        TensorId current = scope.input;
        for (const JsonPlace& item : layers.items()) current = expand_item(item, scope, current);
        return current;
    }

    TensorId expand_item(const JsonPlace& item, const Scope& scope, TensorId current) {
        if (item.has("op")) return expand_layer(item, scope, current);
        if (!item.has("use") && !item.has("layers"))
            item.fail("expected one of the keys 'op', 'use', 'layers'");
        if (item.has("use") && item.has("layers")) item.fail("expected either 'use' or 'layers'");
        item.require_object(
            {"name", "block", "level", "from", "share_weights", "for", "layers", "use", "with"});
        for (const Bindings& bindings : iterations(item, scope.bindings))
            current = expand_group(item, scope, bindings, current);
        return current;
    }

    // One set of bindings for each turn of "for", whose lists run side by side.
    std::vector<Bindings> iterations(const JsonPlace& item, const Bindings& outer) {
        const auto loop = item.find("for");
        if (!loop) return {outer};
        std::vector<Bindings> turns;
        bool first = true;
        for (const auto& [variable, place] : loop->members()) {
            const nlohmann::json values = substitute(place, outer, growth_);
            if (!values.is_array()) place.fail("expected a list");
            if (first) {
                growth_.add(place, values.size() * (1 + size_of(outer)));
                turns.assign(values.size(), outer);
            }
            if (values.size() != turns.size())
                place.fail(
                    fmt::format("expected {} values as in the other lists of this 'for', found {}",
                                turns.size(), values.size()));
            for (std::size_t i = 0; i < turns.size(); ++i) turns[i][variable] = values[i];
            first = false;
        }
        return turns;
    }

    // A group without its layers, whose names are bound when they are expanded.
    nlohmann::json group_header(const JsonPlace& item, const Bindings& bindings) {
        nlohmann::json header = nlohmann::json::object();
        for (const auto& [key, value] : item.value().items())
            if (key != "layers" && key != "for") header[key] = value;
        return substitute(JsonPlace(header, item.file(), item.path()), bindings, growth_);
    }

    TensorId expand_group(const JsonPlace& item, const Scope& outer, const Bindings& bindings,
                          TensorId current) {
        const nlohmann::json header = group_header(item, bindings);
        const JsonPlace group(header, item.file(), item.path());

        Scope scope = outer;
        growth_.add(item, size_of(bindings));
        scope.bindings = bindings;
        const std::string name = group.has("name") ? read_name(group.at("name")) : "";
        scope.path = joined(outer.path, name);
        const bool shares = group.has("share_weights") && group.at("share_weights").boolean();
        if (!shares) scope.parameter_path = joined(outer.parameter_path, name);
        if (const auto block = group.find("block")) scope.block = block->string();
        if (const auto level = group.find("level"))
            scope.level = static_cast<int>(level->integer(0, 100));
        scope.input = group.has("from") ? resolve(group.at("from"), outer) : current;

        const TensorId output = item.has("use") ? expand_template(group, scope)
                                                : expand_layers(item.at("layers"), scope);
        if (!name.empty()) declare(group, scope.path, output);
        return output;
    }

    TensorId expand_template(const JsonPlace& use, Scope scope) {
        const std::string name = use.at("use").string();
        const auto templates = file_.find("templates");
        if (!templates || !templates->has(name)) {
            std::vector<std::string> known;
            if (templates)
                for (const auto& [other, _] : templates->members()) known.push_back(other);
            use.at("use").fail(
                fmt::format("no template '{}', {}", name, suggest_names(name, known)));
        }
        if (++depth_ > 32) use.fail(fmt::format("template '{}' uses itself without end", name));
        const JsonPlace body = templates->at(name);
        body.require_object({"parameters", "layers"});
        scope.bindings = template_bindings(use, body);
        const TensorId output = expand_layers(body.at("layers"), scope);
        --depth_;
        return output;
    }

    // A template sees its own parameters and nothing of its surroundings.
    Bindings template_bindings(const JsonPlace& use, const JsonPlace& body) const {
        Bindings bindings;
        std::set<std::string> wanted;
        for (const JsonPlace& parameter : body.at("parameters").items())
            wanted.insert(parameter.string());
        if (const auto with = use.find("with"))
            for (const auto& [key, place] : with->members()) {
                if (!wanted.contains(key))
                    place.fail(fmt::format("the template has no parameter '{}', it has: {}", key,
                                           fmt::join(wanted, ", ")));
                bindings[key] = place.value();
            }
        for (const std::string& name : wanted)
            if (!bindings.contains(name))
                use.fail(fmt::format("'with' lacks the template's parameter '{}'", name));
        return bindings;
    }

    TensorId expand_layer(const JsonPlace& item, const Scope& scope, TensorId current) {
        if (network_.nodes.size() == most_layers)
            item.fail(fmt::format("this network has more than {} layers", most_layers));
        const nlohmann::json bound = substitute(item, scope.bindings, growth_);
        const JsonPlace layer(bound, item.file(), item.path());
        const std::string name = read_name(layer.at("name"));
        Node node{.name = joined(scope.path, name),
                  .operation = Add{},
                  .inputs = layer_inputs(layer, scope, current),
                  .output = network_.tensors.size(),
                  .block = layer.has("block") ? layer.at("block").string() : scope.block,
                  .level = scope.level};
        if (node.block.empty())
            layer.fail("this layer is in no block: give it or what surrounds it a 'block'");
        node.operation =
            read_layer(layer, {.input_channels = network_.tensors[node.inputs[0]].shape.channels,
                               .names = {joined(scope.parameter_path, name), node.name},
                               .width_rule = width_rule_,
                               .width = options_.width});
        resolve_size(layer, scope, node.operation);
        declare(layer, node.name, node.output);
        network_.tensors.push_back({node.name, {}});
        try {
            infer_shape(network_, node);
        } catch (const std::invalid_argument& error) {
            const TensorShape& image = network_.tensors[network_.image].shape;
            layer.fail(
                fmt::format("{} (the image is {}x{})", error.what(), image.height, image.width));
        }
        network_.nodes.push_back(std::move(node));
        return network_.nodes.back().output;
    }

    std::vector<TensorId> layer_inputs(const JsonPlace& layer, const Scope& scope,
                                       TensorId current) {
        if (layer.at("op").value() == "add" || layer.at("op").value() == "concat") {
            const auto operands = layer.at("of").items();
            if (operands.size() != 2) layer.at("of").fail("expected two names");
            return {resolve(operands[0], scope), resolve(operands[1], scope)};
        }
        return {layer.has("from") ? resolve(layer.at("from"), scope) : current};
    }

    void resolve_size(const JsonPlace& layer, const Scope& scope, Operation& operation) {
        auto* resize = std::get_if<Resize>(&operation);
        if (!resize || !layer.has("like")) return;
        resize->to = Resize::LikeTensor{network_.tensors[resolve(layer.at("like"), scope)].name};
    }

    // Names are looked up from the innermost scope outwards.
    TensorId resolve(const JsonPlace& reference, const Scope& scope) const {
        const std::string name = reference.string();
        if (name == "input") return scope.input;
        for (std::string path = scope.path;;) {
            if (const auto found = names_.find(joined(path, name)); found != names_.end())
                return found->second;
            if (path.empty()) break;
            const std::size_t dot = path.rfind('.');
            path = dot == path.npos ? "" : path.substr(0, dot);
        }
        std::vector<std::string> known;
        for (const auto& [other, _] : names_) known.push_back(other);
        reference.fail(
            fmt::format("no layer '{}' above this one, {}", name, suggest_names(name, known)));
    }

    void declare(const JsonPlace& item, const std::string& name, TensorId tensor) {
        if (name == "input" || name.ends_with(".input"))
            item.fail("the name 'input' means what a group reads");
        if (!names_.emplace(name, tensor).second)
            item.fail(fmt::format("the name '{}' is taken", name));
    }

    void check_everything_is_read() const {
        std::vector<bool> read(network_.tensors.size(), false);
        read[network_.scores] = true;
        for (const Node& node : network_.nodes)
            for (const TensorId input : node.inputs) read[input] = true;
        for (const Node& node : network_.nodes)
            if (!read[node.output])
                file_.fail(fmt::format("nobody reads the output of layer '{}'", node.name));
    }

    void read_prunings() {
        std::set<std::string> known;
        for (const Node& node : network_.nodes) known.insert(node.block);
        const auto prunings = file_.find("prunings");
        if (!prunings) return;
        for (const auto& [alias, blocks] : prunings->members()) {
            if (alias == "none") blocks.fail("'none' always means the unpruned network");
            for (const JsonPlace& block : blocks.items()) {
                if (!known.contains(block.string()))
                    block.fail(fmt::format("no layer is in a block '{}', blocks are: {}",
                                           block.string(), fmt::join(known, ", ")));
                network_.prunings[alias].push_back(block.string());
            }
        }
    }

    const JsonPlace& file_;
    const NetworkOptions& options_;
    Network network_;
    std::optional<WidthRule> width_rule_;
    std::map<std::string, TensorId> names_;  // layers and groups by full name
    Growth growth_;
    int depth_ = 0;
};

}  // namespace

Network expand_network(const nlohmann::json& document, const std::string& file,
                       const NetworkOptions& options) {
    const JsonPlace place(document, file);
    return Expander(place, options).run();
}

}  // namespace slimbench
