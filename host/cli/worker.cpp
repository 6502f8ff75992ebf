// `slimbench worker`: the process behind a run; speaks the protocol of docs/architecture.md.
#include <memory>
#include <string>

#include "host/cli/commands.h"
#include "host/run/opencl_vendors.h"
#include "host/run/peer_names.h"
#include "host/run/worker.h"

namespace slimbench {

void add_worker(CLI::App& app, Action& action) {
    auto* command =
        app.add_subcommand("worker", "Serve measurements over standard input and output");
    command->group("");  // not for people
    auto device = std::make_shared<std::string>(), peer = std::make_shared<std::string>();
    command->add_option("--device", *device, "Device pattern");
    command->add_option("--peer", *peer, "Peer library")->check(CLI::IsMember(peer_names));
    command->callback([=, &action] {
        action = [=] {
            return serve([=] {
                arrange_opencl_vendors();
                return is_onednn(*peer) ? onednn_service(*peer) : device_service(*device, *peer);
            });
        };
    });
}

}  // namespace slimbench
