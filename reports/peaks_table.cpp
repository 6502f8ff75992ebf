#include "reports/peaks_table.h"

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

std::string gigabytes_per_second(double bytes_per_second) {
    return format_number(1e-9 * bytes_per_second);
}

std::string rates(const Peaks& peaks) {
    Table table({{"multiply-adds", Align::left}, {"GOP/s"}, {"inner loop", Align::left}});
    for (const Peaks::Rate& rate : peaks.rates)
        table.add_row(
            {rate.compute == rate.precision ? rate.precision : rate.precision + " (storage)",
             format_number(2e-9 * rate.macs_per_second), rate.idiom});
    return table.plain();
}

std::string bandwidths(const Peaks& peaks) {
    Table table({{"memory", Align::left}, {"holds"}, {"read GB/s"}, {"copy GB/s"}});
    for (const Peaks::Bandwidth& level : peaks.bandwidths)
        table.add_row({level.level,
                       level.bytes ? format_bytes(static_cast<double>(level.bytes)) : "",
                       gigabytes_per_second(level.read), gigabytes_per_second(level.copy)});
    return table.plain();
}

std::string launches(const Peaks& peaks) {
    Table table({{"launches", Align::left}, {"time"}});
    table.add_row({"one, alone", format_time(peaks.launch)});
    table.add_row({"one of many enqueued at once", format_time(peaks.launch_in_chain)});
    table.add_row({"one, by the host's clock", format_time(peaks.launch_by_host)});
    table.add_row({"step of the device's timer", format_time(peaks.timer_step)});
    return table.plain();
}

}  // namespace

std::string peaks_table(const Peaks& peaks) {
    return fmt::format("{}\n{}\n{}", rates(peaks), bandwidths(peaks), launches(peaks));
}

}  // namespace slimbench
