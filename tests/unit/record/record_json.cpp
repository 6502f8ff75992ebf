// Records as JSON: nothing lost, nothing invented, and exactly what the schema says.
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/record/full_record.h"

namespace slimbench {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

std::string message_of_reading(const Json& json) {
    try {
        from_json(json);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "";
}

ResultRecord skipped_record() {
    ResultRecord record;
    record.identity.network = "vgg16";
    record.identity.precision = "int8";
    record.identity.height = record.identity.width = 224;
    record.status = Status::skipped;
    record.reason = "needs 9.1 GB, 4.0 GB available";
    return record;
}

void expect_schema_accepts(const Json& record, bool accepted) {
    const std::string path = testing::TempDir() + "record_" + std::to_string(getpid()) + ".json";
    std::ofstream(path) << record.dump();
    const std::string command =
        "python3 -W ignore -c 'import json, sys, jsonschema\n"
        "try: jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))\n"
        "except jsonschema.ValidationError as error: "
        "sys.exit(str(error.message)[:500])' " SLIMBENCH_SOURCE_DIR
        "/host/record/record.schema.json " +
        path + (accepted ? "" : " 2>/dev/null");
    if (std::system("python3 -W ignore -c 'import jsonschema'") != 0)
        FAIL() << "this test needs python3-jsonschema: apt-get install python3-jsonschema";
    EXPECT_EQ(std::system(command.c_str()) == 0, accepted) << command << "\n" << record.dump(1);
    std::filesystem::remove(path);
}

TEST(RecordJson, every_field_survives_writing_and_reading) {
    const Json written = to_json(full_record());
    EXPECT_EQ(to_json(from_json(written)), written);
}

// A field that keeps its default would survive by accident: the full record must differ from an
// empty one everywhere.
TEST(RecordJson, full_record_sets_every_key_to_something) {
    const Json full = to_json(full_record()).flatten();
    const ResultRecord defaults;
    const Json empty = to_json(defaults).flatten();
    const std::set<std::string> same{"/record_version", "/reason"};  // a measured row has no reason
    for (const auto& [key, value] : empty.items()) {
        if (same.contains(key) || !full.contains(key)) continue;
        EXPECT_NE(full.at(key), value) << key;
    }
}

TEST(RecordJson, times_keep_their_nanoseconds) {
    ResultRecord record = full_record();
    record.measurement->device = {1e-9, 0.123456789, 3600.000000001};
    const Json json = to_json(record);
    EXPECT_EQ(json["measurement"]["device_ns"], Json({1, 123456789, 3600000000001}));
    EXPECT_EQ(from_json(json).measurement->device, record.measurement->device);
}

TEST(RecordJson, missing_values_are_absent) {
    const Json json = to_json(skipped_record());
    EXPECT_FALSE(json.contains("measurement"));
    EXPECT_FALSE(json.contains("device"));
    EXPECT_FALSE(json["start_up"].contains("build_ns"));
    const ResultRecord read = from_json(json);
    EXPECT_FALSE(read.measurement);
    EXPECT_FALSE(read.start_up.build);
}

TEST(RecordJson, an_unbounded_error_is_null_and_reads_as_infinity) {
    ResultRecord record = full_record();
    record.verdict.worst = std::numeric_limits<double>::quiet_NaN();
    const Json json = to_json(record);
    EXPECT_TRUE(json["verdict"]["worst"].is_null());
    EXPECT_TRUE(std::isinf(from_json(json).verdict.worst));
}

TEST(RecordJson, a_time_that_is_not_finite_is_refused) {
    ResultRecord record = full_record();
    record.upload = {std::numeric_limits<double>::infinity()};
    EXPECT_THROW(to_json(record), std::runtime_error);
}

TEST(RecordJson, only_measured_rows_carry_a_summary) {
    ResultRecord record = full_record();
    EXPECT_EQ(to_json(record)["summary"]["device"]["median_ns"], 12'500'000);
    record.status = Status::incorrect;
    EXPECT_FALSE(to_json(record).contains("summary"));
}

TEST(RecordJson, images_per_second_belong_to_whole_networks) {
    ResultRecord record = full_record();
    EXPECT_FALSE(to_json(record)["summary"].contains("images_per_second"));
    record.identity.kind = RowKind::forward;
    EXPECT_DOUBLE_EQ(to_json(record)["summary"]["images_per_second"], 160);
}

TEST(RecordJson, unknown_keys_are_ignored) {
    Json json = to_json(full_record());
    json["from_the_future"] = {1, 2};
    json["identity"]["too"] = "this";
    EXPECT_EQ(to_json(from_json(json)), to_json(full_record()));
}

TEST(RecordJson, a_wrong_type_is_named_with_its_place) {
    Json json = to_json(full_record());
    json["steps"][0]["macs"] = "many";
    EXPECT_THAT(message_of_reading(json),
                HasSubstr("steps[0].macs: expected an integer, got string"));
}

TEST(RecordJson, a_device_that_is_no_object_is_refused) {
    Json json = to_json(full_record());
    json["device"] = "Sample CPU";
    EXPECT_THAT(message_of_reading(json), HasSubstr("device: expected an object, got string"));
}

TEST(RecordJson, a_missing_key_is_named_with_its_place) {
    Json json = to_json(full_record());
    json["identity"].erase("network");
    EXPECT_THAT(message_of_reading(json), HasSubstr("identity.network is missing"));
}

TEST(RecordJson, an_unknown_status_lists_the_allowed_ones) {
    Json json = to_json(full_record());
    json["status"] = "fine";
    EXPECT_THAT(message_of_reading(json), HasSubstr("\"fine\" is none of measured, incorrect"));
}

TEST(RecordJson, a_number_out_of_range_is_refused) {
    Json json = to_json(full_record());
    json["identity"]["seed"] = -1;
    EXPECT_THAT(message_of_reading(json), HasSubstr("identity.seed: -1 is out of range"));
}

TEST(RecordJson, a_count_that_sums_would_overflow_is_refused) {
    Json json = to_json(full_record());
    json["steps"][0]["verdict"]["checked"] = std::numeric_limits<std::int64_t>::max();
    EXPECT_THAT(message_of_reading(json),
                HasSubstr("checked: 9223372036854775807 is out of range"));
}

TEST(RecordJson, a_time_too_long_to_keep_its_nanoseconds_is_refused) {
    Json json = to_json(full_record());
    json["measurement"]["device_ns"][0] = std::int64_t{1} << 52;
    EXPECT_THAT(message_of_reading(json),
                HasSubstr("device_ns[0]: 4503599627370496 is out of range"));
}

TEST(RecordJson, another_version_is_refused) {
    Json json = to_json(full_record());
    json["record_version"] = record_version + 1;
    EXPECT_THAT(message_of_reading(json), HasSubstr("record_version is 2, this program reads 1"));
}

TEST(RecordJson, schema_accepts_a_record_with_every_field) {
    expect_schema_accepts(to_json(full_record()), true);
}

TEST(RecordJson, schema_accepts_a_skipped_record) {
    expect_schema_accepts(to_json(skipped_record()), true);
}

TEST(RecordJson, schema_refuses_a_speed_on_a_row_that_was_not_measured) {
    Json json = to_json(full_record());
    json["status"] = "incorrect";
    json["reason"] = "worst error 3.5 bounds";
    expect_schema_accepts(json, false);
}

TEST(RecordJson, schema_refuses_a_key_it_does_not_know) {
    Json json = to_json(full_record());
    json["speed"] = 1;
    expect_schema_accepts(json, false);
}

TEST(RowIdentity, names_network_pruning_precision_batch_size_and_row) {
    RowIdentity forward = full_record().identity;
    forward.batch = 1;
    forward.kind = RowKind::forward;
    forward.implementation = "slimbench";
    forward.seed = 1;
    EXPECT_EQ(forward.id(), "resnet18/all@0.5/precision:fp32/batch:1/size:224x192/forward");
}

TEST(RowIdentity, tells_layers_caches_implementations_and_seeds_apart) {
    EXPECT_EQ(full_record().identity.id(),
              "resnet18/all@0.5/precision:fp32/batch:2/size:224x192/layer:conv1/cold/"
              "implementation:onednn/seed:7");
}

TEST(Compute, fp16_is_stored_and_not_computed_in) {
    EXPECT_EQ(compute_name(Precision::fp32), "fp32");
    EXPECT_EQ(compute_name(Precision::fp16), "fp32");
    EXPECT_EQ(compute_name(Precision::tf32), "tf32");
    EXPECT_EQ(compute_name(Precision::int8), "int32");
}

TEST(Status, every_name_parses_back) {
    for (const Status status :
         {Status::measured, Status::incorrect, Status::untrusted, Status::unsupported,
          Status::skipped, Status::failed, Status::crashed, Status::timed_out})
        EXPECT_EQ(parse_status(name(status)), status);
    EXPECT_FALSE(parse_status("fine"));
}

}  // namespace
}  // namespace slimbench
