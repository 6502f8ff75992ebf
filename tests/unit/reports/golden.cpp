// Report texts as a whole, against the files in tests/golden. SLIMBENCH_UPDATE_GOLDEN=1 writes them
// anew; read the difference before committing it.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/unit/reports/sample_records.h"

namespace slimbench {
namespace {

void expect_golden(const std::string& text, const std::string& name) {
    const std::string path = SLIMBENCH_SOURCE_DIR "/tests/golden/" + name;
    if (std::getenv("SLIMBENCH_UPDATE_GOLDEN")) {
        std::ofstream(path) << text;
        return;
    }
    std::ostringstream golden;
    golden << std::ifstream(path).rdbuf();
    EXPECT_EQ(text, golden.str()) << "differs from " << path
                                  << "; SLIMBENCH_UPDATE_GOLDEN=1 ctest -R Golden writes it anew";
}

TEST(Golden, markdown_of_a_journal_with_one_of_everything) {
    expect_golden(report_markdown(sample_records()), "report.md");
}

TEST(Golden, details_of_a_journal_with_one_of_everything) {
    expect_golden(report_details(sample_records()), "details.md");
}

TEST(Golden, summary_of_a_journal_with_one_of_everything) {
    expect_golden(report_summary(sample_records()), "summary.txt");
}

TEST(Golden, table_of_layers_of_a_classifier) {
    expect_golden(report_layers(classifier_records()), "layers.txt");
}

TEST(Golden, csv_of_a_classifier) {
    expect_golden(report_csv(classifier_records()), "report.csv");
}

TEST(Golden, google_benchmark_json_of_rows_measured_and_lost) {
    expect_golden(report_gbench(lost_records()), "report.json");
}

}  // namespace
}  // namespace slimbench
