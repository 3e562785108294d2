// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/store/storeserver.h"

namespace zandb::test {

/// What the tests of connecting and of sessions share: a server that listens, with the schema `s`, its table `t`, and the
/// account dba, which has a password, all rights on the schema and none beyond.
class SessionTest : public QObject
{
protected:
    void prepare()
    {
        ServerOptions options;
        options.networking = true;
        const std::vector<std::string> schema{"CREATE DATABASE s",
                                              "CREATE TABLE s.t (id INT PRIMARY KEY, b LONGBLOB, c LONGTEXT) DEFAULT CHARSET=utf8mb4",
                                              "CREATE USER dba@'127.0.0.1' IDENTIFIED BY 'pa''ss\\\\w\xc3\xb6rd'",
                                              "GRANT ALL ON s.* TO dba@'127.0.0.1'"};
        SERVER_OF_FLAVOUR(m_server, m_servers, options, schema);
        QVERIFY2(m_server->exec("DELETE FROM s.t"), m_server->lastError().c_str());
        m_root = rootSettings(*m_server, "s");
    }
    /// Over TCP as dba.
    StoreSettings tcp(const std::string &password = "pa'ss\\w\xc3\xb6rd")
    {
        StoreSettings settings = m_root;
        settings.socket.clear();
        settings.host = "127.0.0.1";
        settings.port = m_server->port();
        settings.user = "dba";
        settings.password = password;
        return settings;
    }

    FlavourServers m_servers;
    TestServer *m_server = nullptr;
    StoreSettings m_root;
};

} // namespace zandb::test
