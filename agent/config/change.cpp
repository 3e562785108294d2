// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/change.h"

#include "agent/config/trial.h"
#include "agent/fleet/replication.h"
#include "agent/fleet/sqlparts.h"
#include "agent/privileged/client.h"
#include "agent/protocol/configerrors.h"
#include "agent/protocol/time.h"
#include "agent/rules/samevalue.h"
#include "agent/rules/sqlguard.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <thread>

#include <mysql.h>
#include <unistd.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t maxChanges = 100;
constexpr std::size_t maxValue = 2000;
/// Of all memory of the host for the buffer pool of one instance.
constexpr double memoryShare = 0.8;
/// How long a change that failed waits for a server that is down, before the agent's next start takes it back.
constexpr auto backAgain = 20s;
// numbers of the servers' errors
constexpr int wrongType = 1232;
constexpr int readOnly = 1238;

tl::unexpected<Error> badArgs(const std::string &detail)
{
    return fail(errors::orderArgs, {{"detail", detail}});
}

std::string detailOf(const Error &error)
{
    const auto it = error.fields.find("detail");
    return it == error.fields.end() ? error.code : it->second;
}

/// The warnings of the statement that has just ended: those that the server counts for it, since SHOW WARNINGS goes on showing older ones.
std::vector<std::string> warningsOf(SqlClient &client, unsigned count)
{
    std::vector<std::string> warnings;
    if (count == 0)
        return warnings;
    const auto rows = client.query("SHOW WARNINGS");
    if (!rows)
        return warnings;
    for (std::size_t i = 0; i < rows->rows.size() && warnings.size() < 20; ++i) {
        if (rows->value(i, "Level") != "Error")
            warnings.push_back(rows->value(i, "Code").value_or("") + ' ' + rows->value(i, "Message").value_or("").substr(0, 300));
    }
    return warnings;
}

/// What the server would carry out and others would feel, as codes (protocol/config.h).
std::vector<std::string> hazardsOf(SqlClient &client, const std::string &name, const std::optional<std::string> &value)
{
    const bool turnsOn = value && rules::sameValue(*value, "ON");
    if ((name == "read_only" || name == "super_read_only") && turnsOn) {
        const auto sources = replicationStates(client);
        return sources && sources->empty() ? std::vector<std::string>{"hazard.read_only"} : std::vector<std::string>();
    }
    if (name == "skip_networking" && turnsOn)
        return {"hazard.skip_networking"};
    if (name == "port" || name == "bind_address")
        return {"hazard.port"};
    if (name == "gtid_mode")
        return {"hazard.gtid_mode"};
    return {};
}

/// Whether a value looks like that of a switch.
bool isSwitch(std::string value)
{
    std::ranges::transform(value, value.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return value == "on" || value == "off" || value == "true" || value == "false" || value == "0" || value == "1";
}

} // namespace

std::string_view whyForbidden(std::string_view name)
{
    const auto isOneOf = [&](std::initializer_list<std::string_view> list) { return std::ranges::find(list, name) != list.end(); };
    if (isOneOf({"innodb_page_size", "innodb_data_file_path", "innodb_temp_data_file_path", "lower_case_table_names", "innodb_undo_tablespaces", "innodb_checksum_algorithm", "datadir", "server_uuid",
                 "gtid_purged", "gtid_executed", "gtid_slave_pos", "gtid_binlog_state"}))
        return "data";
    if (isOneOf({"binlog_expire_logs_seconds", "expire_logs_days", "binlog_expire_logs_auto_purge", "max_binlog_total_size", "slave_connections_needed_for_purge"}))
        return "no_catalogue";
    if (name.starts_with("init_") || name.starts_with("plugin") || name.starts_with("wsrep_") || name.starts_with("early_plugin") || isOneOf({"basedir", "user", "chroot", "socket", "core_file"}))
        return "program";
    if (name.starts_with("ssl") || name.starts_with("tls") || name.starts_with("admin_ssl") || name.starts_with("admin_tls") || name.starts_with("validate_password") || name.find("password") != name.npos
        || name.starts_with("authentication") || isOneOf({"secure_file_priv", "secure_auth", "skip_grant_tables", "local_infile", "sql_log_bin", "mandatory_roles", "require_secure_transport", "skip_name_resolve",
                                                          "default_authentication_plugin", "old_passwords", "automatic_sp_privileges", "partial_revokes", "sql_slave_skip_counter", "sql_replica_skip_counter"}))
        return "security";
    return rules::meaningOf(name).kind == rules::ValueKind::Path ? "path" : "";
}

bool mayOperatorChange(const std::string &name)
{
    const std::string sql = "SET GLOBAL " + name + " = 1";
    rules::GuardContext context;
    context.role = rules::GuardRole::Operator;
    return name.find('.') == name.npos && rules::judge(sql, context).allowed;
}

Result<void> ConfigAct::checkArgs() const
{
    if (m_args.changes.empty() || m_args.changes.size() > maxChanges)
        return badArgs("1 to 100 changes");
    std::set<std::pair<std::string, std::string>> seen;
    for (const wire::ConfigChange &change : m_args.changes) {
        const std::string name = rules::variableName(change.name);
        if (!isVariableName(name))
            return badArgs("no name of a variable: " + change.name.substr(0, 100));
        if (change.value && (change.value->size() > maxValue || change.value->find('\0') != std::string::npos))
            return badArgs("the value of " + name + " is too long, or has a byte 0");
        if (change.where != "memory" && change.where != "disk" && change.where != "both")
            return badArgs("where is memory, disk or both");
        for (const char *where : {"memory", "disk"}) {
            if ((change.where == where || change.where == "both") && !seen.insert({name, where}).second)
                return badArgs(name + " stands twice for " + where);
        }
    }
    return {};
}

Result<void> ConfigAct::checkAllowed(const std::string &name, const wire::ConfigChange &change)
{
    const auto refused = [&](std::string_view why) {
        return fail(errors::configForbidden, {{"instance", m_instance.name}, {"variable", name}, {"detail", std::string(why)}});
    };
    if (const auto why = whyForbidden(name); !why.empty())
        return refused(why);
    if (m_options.role != Role::Admin && !mayOperatorChange(name))
        return refused("an administrator's key is needed");
    if (name == "log_bin" && change.value && isSwitch(*change.value))
        return refused("its value is the base name of the binlog's files: a server takes log_bin=OFF for files called OFF and goes on writing them; skip_log_bin in the file turns the binlog off");
    long long number = 0;
    if (!change.value || !rules::wholeNumber(*change.value, number))
        return {};
    const auto outOfRange = [&](const std::string &why) {
        return fail(errors::configOutOfRange, {{"instance", m_instance.name}, {"variable", name}, {"value", *change.value}, {"detail", why}});
    };
    if (name == "innodb_buffer_pool_size") {
        const double memory = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
        if (static_cast<double>(number) > memory * memoryShare)
            return outOfRange("more than 80 % of the host's memory");
    }
    if (name == "max_connections" && change.where != "disk") {
        const auto used = m_server->client().query("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
        if (used && !used->rows.empty() && number < std::atoll(used->value(0, "Value").value_or("0").c_str()))
            return outOfRange("more sessions are there now");
    }
    return {};
}

Result<void> ConfigAct::probe(Step &step, wire::ConfigOutcome &outcome)
{
    SqlClient &client = m_server->client();
    // all assignments are checked before the first one is made, and the last one here never succeeds
    const std::string trap = outcome.name == "max_connections" ? "table_open_cache" : "max_connections";
    std::optional<Error> refused;
    for (const std::string &literal : literalsOf(client, step.change->value)) {
        const auto tried = client.query("SET GLOBAL " + quotedVariable(outcome.name) + " = " + literal + ", GLOBAL " + trap + " = 'no'");
        if (tried)
            return fail(errors::internal, {{"detail", "the probe of " + outcome.name + " was carried out"}});
        const auto number = serverErrno(tried.error());
        const std::string detail = detailOf(tried.error());
        if (number == wrongType && detail.find('\'' + trap + '\'') != detail.npos) {
            outcome.warnings = warningsOf(client, 1); // a failure leaves none of older statements
            return {};
        }
        if (number == readOnly) {
            step.memory = false;
            return {};
        }
        if (!refused)
            refused = tried.error();
        if (number != wrongType)
            break;
    }
    if (refused->is(errors::sqlFailed))
        return fail(makeError(errors::configOutOfRange,
                              {{"instance", m_instance.name}, {"variable", outcome.name}, {"value", step.change->value.value_or("DEFAULT")}, {"detail", detailOf(*refused)}}, *refused));
    return fail(*refused);
}

Result<void> ConfigAct::planDisk(Step &step, wire::ConfigOutcome &outcome)
{
    const auto persisted = m_server->persisted(outcome.name);
    if (!persisted)
        return fail(persisted.error());
    OptionFiles options = m_server->optionsWith(m_changed);
    const OptionSetting *setting = options.effective(outcome.name);
    if (persisted->has_value()) {
        step.persisted = true;
        outcome.persisted = true;
        outcome.oldDisk = **persisted;
        outcome.newDisk = step.change->value;
        if (step.change->value)
            return {}; // it wins over the files
    } else if (setting) {
        outcome.oldDisk = setting->meaning;
    }
    if (setting) {
        outcome.file = setting->file.string();
        outcome.line = setting->line;
    }
    if (step.change->value && setting && setting->meaning == *step.change->value) {
        outcome.newDisk = step.change->value; // it stands there already
        return {};
    }
    const auto edits = step.change->value ? options.set(outcome.name, *step.change->value) : options.remove(outcome.name);
    if (!edits)
        return fail(edits.error());
    for (const OptionEdit &edit : *edits) {
        m_changed[edit.file] = edit.after;
        outcome.file = edit.file.string();
        outcome.line = edit.line;
        m_result.edits.push_back({edit.file.string(), edit.line, diffOf(edit)});
    }
    outcome.newDisk = step.change->value;
    return {};
}

Result<ConfigAct::Step> ConfigAct::prepareOne(const wire::ConfigChange &change)
{
    Step step;
    step.change = &change;
    wire::ConfigOutcome outcome;
    outcome.name = rules::variableName(change.name);
    outcome.where = change.where;
    outcome.asked = change.value;
    auto memory = m_server->memory(outcome.name);
    if (!memory)
        return fail(memory.error());
    outcome.oldMemory = *memory;
    outcome.newMemory = *memory;
    if (auto allowed = checkAllowed(outcome.name, change); !allowed)
        return fail(allowed.error());
    step.memory = change.where != "disk";
    step.disk = change.where != "memory";
    const bool wantsMemory = step.memory;
    // asked for the disk too: what the server would refuse does not get there
    step.memory = true;
    if (auto probed = probe(step, outcome); !probed)
        return fail(probed.error());
    std::ranges::move(hazardsOf(m_server->client(), outcome.name, change.value), std::back_inserter(outcome.warnings));
    const bool dynamic = step.memory;
    step.memory = wantsMemory && dynamic;
    if (change.where == "memory" && !dynamic)
        return fail(errors::configNotDynamic, {{"instance", m_instance.name}, {"variable", outcome.name}});
    outcome.afterRestart = step.disk && !step.memory;
    if (step.disk) {
        if (auto planned = planDisk(step, outcome); !planned)
            return fail(planned.error());
    }
    if (step.memory) {
        outcome.newMemory = change.value.value_or("DEFAULT");
        outcome.sessionsKeepOld = m_server->hasSessionValue(outcome.name);
    }
    const auto changedSince = [&](const std::string &expected, const std::string &value) {
        return fail(errors::configChanged, {{"instance", m_instance.name}, {"variable", outcome.name}, {"expected", expected}, {"value", value}});
    };
    if (change.expectedMemory && !rules::sameValueOf(outcome.name, *change.expectedMemory, outcome.oldMemory))
        return changedSince(*change.expectedMemory, outcome.oldMemory);
    if (step.disk && change.expectedDisk && !rules::sameValueOf(outcome.name, *change.expectedDisk, outcome.oldDisk.value_or("")))
        return changedSince(*change.expectedDisk, outcome.oldDisk.value_or(""));
    step.outcome = m_result.changes.size();
    m_result.changes.push_back(std::move(outcome));
    return step;
}

Result<void> ConfigAct::prepare()
{
    auto server = ServerConfig::open(m_config, m_instance);
    if (!server)
        return fail(server.error());
    m_server.emplace(std::move(*server));
    m_result = {};
    m_result.instance = m_instance.name;
    m_changed.clear();
    m_steps.clear();
    for (const wire::ConfigChange &change : m_args.changes) {
        auto step = prepareOne(change);
        if (!step)
            return fail(step.error());
        m_steps.push_back(*step);
    }
    // the helper writes whole lines
    if (hasHelper(m_config) && ::geteuid() != 0) {
        for (auto &[file, content] : m_changed) {
            if (!content.empty() && content.back() != '\n')
                content += '\n';
        }
    }
    const auto sessions = m_server->client().query("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    if (sessions && !sessions->rows.empty())
        m_result.sessions = std::max<std::int64_t>(0, std::atoll(sessions->value(0, "Value").value_or("0").c_str()) - 1); // without ours
    m_result.trial = m_changed.empty() ? "not_needed" : m_args.trial ? "not_yet" : "not_wanted";
    return {};
}

Result<wire::ConfigResult> ConfigAct::preview()
{
    if (auto good = checkArgs(); !good)
        return fail(good.error());
    if (auto prepared = prepare(); !prepared)
        return fail(prepared.error());
    if (m_result.trial == "not_yet")
        trialOptions(m_server->optionsWith(m_changed), m_result.unproven);
    return m_result;
}

Result<void> ConfigAct::tryOut()
{
    if (m_result.trial != "not_yet")
        return {};
    m_options.log("starting a private server with the new files");
    const auto scratch = m_config.stateDirectory / "trial" / m_instance.name;
    auto tried = tryOptions(m_config, m_instance.name, m_server->optionsWith(m_changed), m_server->isMariaDb(), scratch, m_options.stop);
    if (!tried)
        return fail(tried.error());
    m_result.trial = "started";
    m_result.unproven = std::move(tried->unproven);
    return {};
}

ChangeRecord ConfigAct::record() const
{
    ChangeRecord record{m_options.runId, m_instance.name, m_options.by, toMicros(systemNow()), {}, {}, {}, m_result.changes};
    for (const auto &[file, content] : m_changed)
        record.files.push_back({file.string(), m_server->options().files().at(file), content});
    for (const Step &step : m_steps) {
        const wire::ConfigOutcome &outcome = m_result.changes[step.outcome];
        if (step.persisted)
            record.persisted.push_back({outcome.name, outcome.oldDisk, outcome.asked});
        if (step.memory)
            record.memory.push_back({outcome.name, outcome.oldMemory, outcome.asked});
    }
    return record;
}

Result<void> ConfigAct::applyMemory(const Step &step)
{
    wire::ConfigOutcome &outcome = m_result.changes[step.outcome];
    SqlClient &client = m_server->client();
    if (auto set = setVariable(client, "GLOBAL", outcome.name, step.change->value); !set)
        return set;
    outcome.warnings = warningsOf(client, mysql_warning_count(client.native()));
    return {};
}

Result<void> ConfigAct::readBack()
{
    for (const Step &step : m_steps) {
        wire::ConfigOutcome &outcome = m_result.changes[step.outcome];
        const auto memory = m_server->memory(outcome.name);
        if (!memory)
            return fail(memory.error());
        outcome.newMemory = *memory;
        outcome.clipped = step.memory && outcome.asked && !rules::sameValueOf(outcome.name, *outcome.asked, *memory);
    }
    m_server->readFiles();
    for (const auto &[file, content] : m_changed) {
        const auto now = m_server->options().files().find(file);
        if (now == m_server->options().files().end() || now->second != content)
            return fail(errors::helperFileChanged, {{"path", file.string()}});
    }
    return {};
}

Result<void> ConfigAct::apply(const ChangeRecord &record)
{
    m_options.at("memory");
    for (const Step &step : m_steps) {
        if (step.memory) {
            if (auto set = applyMemory(step); !set)
                return set;
        }
    }
    m_options.at("persist");
    for (const Step &step : m_steps) {
        if (step.persisted) {
            if (auto set = setVariable(m_server->client(), "PERSIST_ONLY", m_result.changes[step.outcome].name, step.change->value); !set)
                return set;
        }
    }
    m_options.at("disk");
    for (const ChangeRecord::File &file : record.files) {
        if (auto written = writeOptionFile(m_config, m_instance, file.path, file.before, file.after); !written)
            return written;
    }
    return readBack();
}

Error ConfigAct::takenBack(const ChangeRecord &record, Error cause)
{
    const auto until = std::chrono::steady_clock::now() + backAgain;
    std::vector<std::string> said;
    for (;;) {
        const auto back = m_records.takeBack(record, said);
        for (const std::string &line : said)
            m_options.log("taken back: " + line);
        said.clear();
        if (back && m_records.remove(record))
            return makeError(errors::configRolledBack, {{"instance", m_instance.name}, {"detail", detailOf(cause)}}, std::move(cause));
        if (std::chrono::steady_clock::now() >= until || (!back && !back.error().isTransient())) {
            const std::string why = back ? std::string("the record cannot be removed") : describe(back.error());
            m_options.log("not taken back yet: " + why);
            return makeError(errors::configNotRolledBack, {{"instance", m_instance.name}, {"detail", why}}, std::move(cause));
        }
        std::this_thread::sleep_for(200ms);
    }
}

Result<wire::ConfigResult> ConfigAct::run()
{
    if (auto good = checkArgs(); !good)
        return fail(good.error());
    const auto lock = m_records.lock(m_instance.name, 10s);
    if (!lock)
        return fail(lock.error());
    std::vector<std::string> recovered;
    for (const ChangeRecord &old : m_records.pending(m_instance.name)) {
        std::vector<std::string> said;
        if (auto back = m_records.takeBack(old, said); !back)
            return fail(makeError(errors::configNotRolledBack, {{"instance", m_instance.name}, {"detail", "run " + old.id}}, back.error()));
        recovered.insert(recovered.end(), said.begin(), said.end());
        if (auto noted = m_records.note(old, std::move(said)); !noted)
            return fail(noted.error());
        if (auto removed = m_records.remove(old); !removed)
            return fail(removed.error());
    }
    if (auto prepared = prepare(); !prepared)
        return fail(prepared.error());
    m_result.recovered = std::move(recovered);
    if (auto tried = tryOut(); !tried)
        return fail(tried.error());
    if (m_options.stop.stop_requested())
        return fail(errors::cancelled);
    const ChangeRecord change = record();
    m_options.at("record");
    if (auto written = m_records.write(change); !written)
        return fail(written.error());
    if (auto applied = apply(change); !applied)
        return fail(takenBack(change, applied.error()));
    m_options.at("done");
    if (auto removed = m_records.remove(change); !removed)
        return fail(takenBack(change, removed.error()));
    return m_result;
}

} // namespace zandb::agent
