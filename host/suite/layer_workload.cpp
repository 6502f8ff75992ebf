#include "host/suite/layer_workload.h"

namespace slimbench {

Workload layer_workload(const ConvProblem& problem, const std::string& name, Precision precision) {
    problem.check();
    Workload workload;
    workload.network_name = "layer";
    workload.precision = precision;
    workload.batch = problem.in.batch;
    workload.size = problem.in.size();
    workload.rows = {.forward = false, .layers_hot = true, .layers_cold = false};

    Network& network = workload.network;
    network.name = "layer";
    network.tensors = {{"image", problem.in}, {"scores", {}}};
    network.image = 0;
    network.scores = 1;
    Node node;
    node.name = name.empty() ? problem.text() : name;
    node.operation = Conv{.problem = problem, .weights = "weights", .norm = {}};
    node.inputs = {0};
    node.output = 1;
    node.block = "layer";
    network.nodes.push_back(std::move(node));
    infer_shapes(network);
    workload.macs_unpruned = count(network).macs;
    return workload;
}

}  // namespace slimbench
