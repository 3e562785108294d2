// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/config/optionfiles.h"
#include "agent/fleet/instances.h"
#include "agent/protocol/config.h"

namespace zandb::agent {

/// One server's configuration at its three places: memory, option files with the command line, and mysqld-auto.cnf.  Holds a connection of the
/// account `maint`.  For one thread; calls block.
class ServerConfig
{
public:
    /// Errors: those of connectTo() and of the queries.
    static Result<ServerConfig> open(const Config &config, const LocalInstance &instance);

    SqlClient &client() { return *m_client; }
    bool isMariaDb() const { return m_program.mariaDb; }
    const ServerProgram &program() const { return m_program; }
    const OptionFiles &options() const { return m_options; }
    /// The files as they would be read with this content instead.
    OptionFiles optionsWith(const OptionFiles::Contents &instead) const;
    /// Reads the files once more.
    void readFiles() { m_options = optionsWith({}); }

    /// As SHOW GLOBAL VARIABLES tells it.  Errors: config.unknown_variable, those of the query.
    Result<std::string> memory(const std::string &name);
    /// Of mysqld-auto.cnf; none on MariaDB.
    Result<std::optional<std::string>> persisted(const std::string &name);
    /// Whether a session has its own value.
    bool hasSessionValue(const std::string &name);
    /// Everything, for people.  Values of passwords are hidden.
    Result<wire::ConfigState> state(const std::vector<std::string> &names);

private:
    ServerConfig(LocalInstance instance, std::unique_ptr<SqlClient> client);
    Result<std::map<std::string, std::string>> variables();
    /// Ranges, defaults, and whether they are dynamic.
    void readNature(std::map<std::string, wire::ConfigVariable> &variables);
    void readCommandLine();

    LocalInstance m_instance;
    std::unique_ptr<SqlClient> m_client;
    ServerProgram m_program;
    std::vector<std::string> m_commandLine;
    OptionFiles m_options;
};

/// `name` as an identifier for SET: `validate_password`.`length`.  Only for names that isVariableName() accepts.
std::string quotedVariable(const std::string &name);
/// Lower-case letters, digits, `_` and at most one dot.
bool isVariableName(std::string_view name);

} // namespace zandb::agent
