#include "report/report.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static const char *name_of(Arena *arena, const char *name, const char *value)
{
    return report_file_name(arena, name, &value, value ? 1 : 0, REPORT_HTML);
}

TEST(a_report_is_called_after_the_migration_and_its_parameters)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(name_of(arena, "shop", NULL), "shop-report.html");
    CHECK_TEXT(name_of(arena, "laiki-leads", "{\"4ee8-95\",\"b\"}"), "laiki-leads-4ee8-95-b-report.html");
    CHECK_TEXT(report_file_name(arena, "shop", NULL, 0, REPORT_JSON), "shop-report.json");
}

TEST(no_name_leads_out_of_the_folder_or_hides_the_file)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(name_of(arena, "../../etc/passwd", NULL), "etc-passwd-report.html");
    CHECK_TEXT(name_of(arena, ".hidden", "a b;c`d"), "hidden-a-b-c-d-report.html");
    CHECK_TEXT(name_of(arena, "東京", NULL), "report.html");
    CHECK_TEXT(name_of(arena, "-rf", NULL), "rf-report.html");
}

TEST(a_long_name_is_cut)
{
    AUTO(Arena) *arena = arena_new();
    char value[400];
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    CHECK(strlen(name_of(arena, "shop", value)) < 140);
}

static bool is_report(const char *content)
{
    char path[] = "/tmp/rehome-report-test.XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    fputs(content, file);
    fclose(file);
    const bool is = report_is_report(path);
    unlink(path);
    return is;
}

TEST(only_a_report_is_taken_for_one)
{
    CHECK(is_report("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><meta name=\"generator\" "
                    "content=\"rehome 0.1.0\"/>"));
    CHECK(is_report("{\n  \"generator\": \"rehome 0.1.0\","));
    CHECK(is_report(""));
    CHECK(!is_report("<!DOCTYPE html>\n<title>my page about rehome</title>"));
    CHECK(!is_report("{}"));
    CHECK(!report_is_report("/nowhere/at/all"));
}
