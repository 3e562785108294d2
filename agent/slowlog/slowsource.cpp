// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowsource.h"

#include <charconv>

namespace zandb::agent {

SlowSourceAnswer askSlowSource(const Config &config, const LocalInstance &instance)
{
    SlowSourceAnswer said;
    wire::SlowSource &source = said.source;
    source.instance = instance.name;
    source.state = "no_source";
    const auto down = [&](const Error &error) {
        source.reason = error.is(errors::instanceAccess) || error.is(errors::notPermitted) ? "instance_access" : "instance_down";
        return said;
    };
    const auto client = connectTo(config, instance, Account::Watch);
    if (!client)
        return down(client.error());
    said.isMariaDb = (*client)->isMariaDb();
    const auto answer = (*client)->query("SELECT @@GLOBAL.slow_query_log AS enabled, @@GLOBAL.slow_query_log_file AS file, @@GLOBAL.log_output AS output, "
                                         "@@GLOBAL.long_query_time AS seconds, @@GLOBAL.datadir AS directory");
    if (!answer)
        return down(answer.error());
    const auto text = [&](const char *column) { return answer->value(0, column).value_or(""); };
    const std::string output = text("output"), seconds = text("seconds");
    std::filesystem::path path = text("file");
    if (!path.empty() && path.is_relative())
        path = std::filesystem::path(text("directory")) / path;
    source.path = path.lexically_normal().string();
    (void)std::from_chars(seconds.data(), seconds.data() + seconds.size(), source.longQuerySeconds);
    const bool isOn = text("enabled") == "1";
    const bool isFile = output.find("FILE") != std::string::npos;
    if (isOn && isFile && !path.empty()) {
        source.state = "following";
        return said;
    }
    source.reason = !isOn ? "off" : output.find("NONE") != std::string::npos ? "log_output_none" : !isFile ? "log_output_table" : "no_path";
    if (!isFile)
        source.setGlobal.emplace_back(output.find("TABLE") != std::string::npos ? "SET GLOBAL log_output = 'FILE,TABLE'" : "SET GLOBAL log_output = 'FILE'");
    if (source.longQuerySeconds > 2 && !isOn)
        source.setGlobal.emplace_back("SET GLOBAL long_query_time = 1");
    if (!isOn)
        source.setGlobal.emplace_back("SET GLOBAL slow_query_log = ON");
    source.myCnf.emplace_back("slow_query_log = ON");
    source.myCnf.emplace_back(output.find("TABLE") != std::string::npos ? "log_output = FILE,TABLE" : "log_output = FILE");
    if (source.longQuerySeconds > 2 && !isOn)
        source.myCnf.emplace_back("long_query_time = 1");
    return said;
}

} // namespace zandb::agent
