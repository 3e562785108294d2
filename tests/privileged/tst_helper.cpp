// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/manifest.h"
#include "agent/os/child.h"
#include "agent/privileged/client.h"
#include "tests/privileged/privilegedhost.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr const char *publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb0RfyaYFUqxVjXi9QbqX4T0eltIbHJsOmGcv+xRLpF";
constexpr const char *otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHb0RfyaYFUqxVjXi9QbqX4T0eltIbHJsOmGcv+xRLpF";

std::string textOf(const fs::path &file)
{
    return readFile(file, 1 << 20).value_or("?");
}

} // namespace

/// The helper and the agent as two users, a server as a third.
class TestHelper : public QObject
{
    Q_OBJECT

    PrivilegedHost m_host;
    std::unique_ptr<TestServer> m_server;
    wire::KeyLine m_admin;

    /// What the helper answers this user.
    Result<Json> ask(const HelperRequest &request, uid_t uid, std::initializer_list<int> descriptors = {})
    {
        const AsUser as(uid);
        return askHelper(m_host.config(), request, descriptors, 30s);
    }
    Result<Json> ask(const HelperRequest &request) { return ask(request, m_host.agentUid()); }

    /// A request that is under way.
    std::unique_ptr<HelperCall> start(const HelperRequest &request, std::initializer_list<int> descriptors = {})
    {
        const AsUser as(m_host.agentUid());
        auto call = HelperCall::start(m_host.config(), request, descriptors);
        return call ? std::move(*call) : nullptr;
    }

    /// What it answers to these very bytes, as the agent's user.
    std::string codeFor(const std::string &bytes)
    {
        FileDescriptor fd;
        {
            const AsUser as(m_host.agentUid());
            fd.reset(connectToSocket(m_host.socketPath().native()));
        }
        for (std::size_t sent = 0; sent < bytes.size();) {
            const ssize_t n = ::send(fd.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (n <= 0)
                break;
            sent += static_cast<std::size_t>(n);
        }
        std::string answer;
        char buffer[4096];
        for (pollfd end{fd.get(), POLLIN, 0}; ::poll(&end, 1, 15'000) > 0;) {
            const ssize_t n = ::recv(fd.get(), buffer, sizeof buffer, 0);
            if (n <= 0)
                break;
            answer.append(buffer, static_cast<std::size_t>(n));
        }
        const auto json = parseJson(answer);
        return json && json->contains("error") ? json->at("error").at("code").get<std::string>() : "no answer: " + answer;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &why : {PrivilegedHost::unavailable(), TestServer::unavailable(Flavour::MariaDb)}) {
            if (!why.empty())
                QSKIP(why.c_str());
        }
        m_host.prepare(Flavour::MariaDb, {}, true);
        std::string error;
        ServerOptions options;
        options.base = m_host.path("base");
        options.user = "mysql";
        m_server = TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        // what a server of Debian's has for mysql, and what the agent's account needs
        QVERIFY2(m_server->exec({"CREATE USER games@localhost IDENTIFIED VIA unix_socket",
                                 "GRANT PROCESS, BINLOG MONITOR, REPLICA MONITOR, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, EVENT, TRIGGER, "
                                 "CONNECTION ADMIN ON *.* TO games@localhost",
                                 "CREATE OR REPLACE USER mysql@localhost IDENTIFIED VIA unix_socket",
                                 "GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR, REPLICA MONITOR ON *.* TO mysql@localhost",
                                 "CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200))",
                                 "INSERT INTO shop.orders (a) SELECT REPEAT(MD5(seq), 4) FROM shop.seq_1_to_20000",
                                 "CREATE TABLE shop.old (i INT) ENGINE=MyISAM"}),
                 m_server->lastError().c_str());
        struct stat info{};
        QCOMPARE(::stat(m_server->dataDirectory().c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777u, 0700u);
        m_host.startHelper();
        // the first key is an administrator's own work, by root
        const auto added = KeysFile(m_host.config()).add({"ann", "admin", publicKey, {}});
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        m_admin = *added;
        m_host.startAgent();
    }

    void onlyTheAgentIsObeyed()
    {
        const HelperRequest check{"check", {{"instance", m_server->name()}}};
        const auto good = ask(check);
        QVERIFY2(good, good ? "" : describe(good.error()).c_str());
        QCOMPARE(good->value("owner", ""), std::string("mysql"));
        struct stat info{};
        QCOMPARE(::stat(m_host.socketPath().c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777u, 0600u);
        QCOMPARE(info.st_uid, m_host.agentUid());
        // kept out by the socket's mode, and by the helper when somebody widens it
        const uid_t stranger = ::getpwnam(PrivilegedHost::strangerName)->pw_uid;
        auto answer = ask(check, stranger);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.unreachable"));
        QCOMPARE(::chmod(m_host.socketPath().c_str(), 0666), 0);
        for (const uid_t uid : {stranger, ::getpwnam("mysql")->pw_uid}) {
            answer = ask(check, uid);
            QVERIFY(!answer);
            QCOMPARE(answer.error().code, std::string("helper.refused"));
        }
        QCOMPARE(::chmod(m_host.socketPath().c_str(), 0600), 0);
    }

    void badRequestsAreRefused()
    {
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"my1\"}\n"), std::string("instance.unknown"));
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"/etc\"}\n"), std::string("protocol.bad_params"));
        QCOMPARE(codeFor("{\"verb\":\"rm\",\"instance\":\"my1\"}\n"), std::string("protocol.unknown_method"));
        QCOMPARE(codeFor("{\"verb\":\n"), std::string("protocol.malformed"));
        QCOMPARE(codeFor(std::string(200, '[') + "\n"), std::string("protocol.malformed"));
        QCOMPARE(codeFor(std::string(1 << 20, 'x')), std::string("protocol.too_large"));
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"my1\"}\n{\"verb\":\"check\"}\n"), std::string("protocol.malformed"));
        // a backup wants three descriptors, and pipes at that
        const HelperRequest backup{"physical-backup", {{"instance", m_server->name()}, {"slave_info", false}, {"throttle_bytes", 0}}};
        QCOMPARE(ask(backup).error().code, std::string("protocol.bad_params"));
        const FileDescriptor file(::open((m_host.path("etc") / "authorized_keys").c_str(), O_RDONLY | O_CLOEXEC));
        const auto answer = ask(backup, m_host.agentUid(), {file.get(), file.get(), file.get()});
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.refused"));
    }

    void agentAloneMayNot()
    {
        const AsUser as(m_host.agentUid());
        QVERIFY(as.isDone());
        QVERIFY(!std::ifstream(m_server->dataDirectory() / "aria_log_control"));
        QVERIFY(!std::ofstream(m_host.path("etc") / "authorized_keys", std::ios::app));
    }

    void keysThroughTheHelper()
    {
        const fs::path file = m_host.path("etc") / "authorized_keys";
        const std::string before = textOf(file);
        const auto client = m_host.enter(m_admin);
        QVERIFY(client);
        const auto added = client->call("keys.add", {{"user", "bob"}, {"role", "viewer"}, {"publicKey", otherKey}});
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        struct stat info{};
        QCOMPARE(::stat(file.c_str(), &info), 0);
        QCOMPARE(info.st_uid, uid_t{0});
        QCOMPARE(info.st_mode & 07777u, 0644u);
        QVERIFY(textOf(file).starts_with(before));
        QVERIFY(textOf(file).find("--user bob --role viewer") != std::string::npos);
        QVERIFY(m_host.enter(added->get<wire::KeyLine>()));
        const auto revoked = client->call("keys.revoke", {{"user", "bob"}});
        QVERIFY2(revoked, revoked ? "" : describe(revoked.error()).c_str());
        QCOMPARE(revoked->value("removed", 0), 1);
        QCOMPARE(textOf(file), before);
        // who could write the file beside root could give himself any role
        QCOMPARE(::chmod(file.c_str(), 0666), 0);
        QCOMPARE(client->errorOf("keys.add", {{"user", "eve"}, {"role", "admin"}, {"publicKey", otherKey}}), std::string("helper.refused"));
        QCOMPARE(::chmod(file.c_str(), 0644), 0);
        QCOMPARE(textOf(file), before);
    }

    void backupAndRestore()
    {
        const auto client = m_host.enter(m_admin);
        QVERIFY(client);
        const Json o = m_host.order("backup", m_host.backupArgs(*m_server));
        const auto submitted = client->call("orders.submit", o);
        QVERIFY2(submitted, submitted ? "" : describe(submitted.error()).c_str());
        const auto status = m_host.ended(*client, o);
        QVERIFY2(status.outcome == "succeeded", m_host.story(status).constData());
        const auto backup = status.data.get<wire::BackupResult>();
        QCOMPARE(backup.method, std::string("mariadb-backup"));
        QVERIFY(!backup.position.file.empty());
        const auto manifest = readManifest(backup.path);
        QVERIFY(manifest);
        QVERIFY(std::ranges::any_of(manifest->tables, [](const BackedUpTable &t) { return t.schema == "shop" && t.table == "old"; }));
        struct stat info{};
        QCOMPARE(::stat((fs::path(backup.path) / manifest->payload).c_str(), &info), 0);
        QCOMPARE(info.st_uid, m_host.agentUid());

        wire::RestoreArgs args;
        args.backupId = backup.backupId;
        args.repository = "local";
        args.instance = m_server->name();
        args.host = "db1";
        args.target = (m_host.path("state") / "restores" / "one").string();
        {
            const AsUser as(m_host.agentUid());
            fs::create_directories(m_host.path("state") / "restores");
        }
        const Json restore = m_host.order("restore", args);
        QVERIFY(client->call("orders.submit", restore));
        const auto restored = m_host.ended(*client, restore);
        QVERIFY2(restored.outcome == "succeeded", m_host.story(restored).constData());
        QCOMPARE(restored.data.get<wire::RestoreResult>().level, 2);
    }

    void cancelEndsTheTool()
    {
        QVERIFY(m_server->exec("INSERT INTO shop.orders (a) SELECT REPEAT(MD5(seq), 6) FROM shop.seq_1_to_150000"));
        const int good = m_host.goodBackups();
        const auto client = m_host.enter(m_admin);
        auto args = m_host.backupArgs(*m_server);
        args.throttleBytesPerSecond = 1 << 20; // so that there is time
        const Json o = m_host.order("backup", args);
        QVERIFY(client->call("orders.submit", o));
        QTRY_VERIFY_WITH_TIMEOUT(toolsOfServer() == 1, 30'000);
        Json cancel = o.at("key");
        cancel["fence"] = o.at("fence");
        QVERIFY(client->call("orders.cancel", cancel));
        const auto status = m_host.ended(*client, o);
        QVERIFY2(status.outcome == "cancelled", m_host.story(status).constData());
        QTRY_COMPARE_WITH_TIMEOUT(toolsOfServer(), 0, 30'000);
        QCOMPARE(m_host.goodBackups(), good);
        QCOMPARE(remains(), QStringList());
    }

    void helperKilled()
    {
        const int good = m_host.goodBackups();
        const auto client = m_host.enter(m_admin);
        auto args = m_host.backupArgs(*m_server);
        args.throttleBytesPerSecond = 1 << 20;
        const Json o = m_host.order("backup", args);
        QVERIFY(client->call("orders.submit", o));
        QTRY_VERIFY_WITH_TIMEOUT(toolsOfServer() == 1, 30'000);
        m_host.killHelper();
        const auto status = m_host.ended(*client, o);
        QVERIFY2(status.outcome == "failed", m_host.story(status).constData());
        QCOMPARE(status.error->code, std::string("helper.unreachable"));
        QVERIFY(status.error->isTransient());
        QTRY_COMPARE_WITH_TIMEOUT(toolsOfServer(), 0, 30'000);
        QCOMPARE(m_host.goodBackups(), good);

        // and without one: named, with its remedy
        const Json again = m_host.order("backup", m_host.backupArgs(*m_server));
        QVERIFY(client->call("orders.submit", again));
        const auto missing = m_host.ended(*client, again);
        QCOMPARE(missing.outcome, std::string("failed"));
        QCOMPARE(missing.error->code, std::string("helper.unreachable"));
        const auto preflight = client->call("fleet.preflight", {{"instance", m_server->name()}});
        QVERIFY(preflight);
        std::string remedy = "?", names;
        for (const Json &check : preflight->at("checks")) {
            names += check.at("name").get<std::string>() + " ";
            if (check.at("name") == "helper.answers" && check.at("ok") == false)
                remedy = check.at("remedy");
        }
        QVERIFY2(remedy.find("zandb-helper.socket") != std::string::npos, (remedy + " " + names).c_str());
        m_host.startHelper();
        const auto whole = client->call("fleet.preflight", {{"instance", m_server->name()}});
        QVERIFY(whole);
        for (const Json &check : whole->at("checks")) {
            const std::string name = check.at("name");
            if (name.starts_with("helper.") || name == "file.data_readable" || name == "mariadb.connection_admin")
                QVERIFY2(check.at("ok") == true, check.dump().c_str());
        }
    }

    void configurationOfOthersIsRefused()
    {
        const fs::path file = m_host.config().file;
        QCOMPARE(::chmod(file.c_str(), 0664), 0);
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"my1\"}\n"), std::string("helper.refused"));
        QCOMPARE(::chmod(file.c_str(), 0644), 0);
        QCOMPARE(::chown(file.c_str(), m_host.agentUid(), 0), 0);
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"my1\"}\n"), std::string("helper.refused"));
        QCOMPARE(::chown(file.c_str(), 0, 0), 0);
        QCOMPARE(codeFor("{\"verb\":\"check\",\"instance\":\"my1\"}\n"), std::string("instance.unknown"));
    }

    void foreignDataDirectoryIsRefused()
    {
        // an instance whose files are root's: the helper acts for servers, not for root
        const fs::path directory = m_host.path("base") / "my65001";
        fs::create_directories(directory / "data");
        std::ofstream(directory / "my.cnf") << "[mysqld]\n";
        const auto answer = ask({"check", {{"instance", "my65001"}}});
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.refused"));
        fs::remove_all(directory);
    }

    /// It says where the data lies, and root acts on that.
    void optionFileOfOthersIsRefused()
    {
        const fs::path directory = m_host.path("base") / "my65001";
        const fs::path file = directory / "my.cnf";
        const passwd mysql = *::getpwnam("mysql");
        fs::create_directories(directory / "data");
        QCOMPARE(::chown((directory / "data").c_str(), mysql.pw_uid, mysql.pw_gid), 0);
        std::ofstream(file) << "[mysqld]\n";
        const auto code = [&] {
            const auto answer = ask({"check", {{"instance", "my65001"}}});
            return answer ? std::string("good") : answer.error().code;
        };
        const auto with = [&](const fs::path &path, uid_t owner, mode_t mode) {
            struct stat before{};
            if (::stat(path.c_str(), &before) != 0 || ::chown(path.c_str(), owner, mysql.pw_gid) != 0 || ::chmod(path.c_str(), mode) != 0)
                return std::string("not set");
            const std::string answer = code();
            if (::chown(path.c_str(), before.st_uid, before.st_gid) != 0 || ::chmod(path.c_str(), before.st_mode & 07777) != 0)
                return std::string("not set back");
            return answer;
        };
        const std::string refused = "helper.refused";
        QCOMPARE(code(), std::string("good"));
        QCOMPARE(with(file, 0, 0640), std::string("good"));
        QCOMPARE(with(file, mysql.pw_uid, 0600), std::string("good")); // acts as this user anyway
        QCOMPARE(with(file, m_host.agentUid(), 0600), refused);
        QCOMPARE(with(file, 0, 0664), refused);
        QCOMPARE(with(file, mysql.pw_uid, 0660), refused);
        QCOMPARE(with(file, 0, 0646), refused);
        QCOMPARE(with(directory, m_host.agentUid(), 0755), refused);
        QCOMPARE(with(directory, 0, 0777), refused);
        QCOMPARE(with(directory, mysql.pw_uid, 0775), refused);
        QCOMPARE(with(m_host.path("base"), m_host.agentUid(), 0755), refused);
        // a link in a directory of others leads where they like
        fs::create_directories(m_host.path("state") / "elsewhere");
        QCOMPARE(::chown((m_host.path("state") / "elsewhere").c_str(), m_host.agentUid(), 0), 0);
        fs::rename(file, m_host.path("etc") / "other.cnf");
        fs::create_symlink(m_host.path("etc") / "other.cnf", m_host.path("state") / "elsewhere" / "my.cnf");
        fs::create_symlink(m_host.path("etc") / "other.cnf", file);
        QCOMPARE(code(), std::string("good"));
        fs::remove(file);
        fs::create_symlink(m_host.path("state") / "elsewhere" / "my.cnf", file);
        QCOMPARE(code(), refused);
        fs::remove_all(directory);
    }

    /// What a helper that was killed left in /tmp goes with the next one; what may be another's stays.
    void remainsOfAKilledHelperAreRemoved()
    {
        const passwd mysql = *::getpwnam("mysql");
        const fs::path stale = "/tmp/zandb-helper-" + Uuid::v7().toString() + "-stale";
        const fs::path fresh = "/tmp/zandb-helper-" + Uuid::v7().toString() + "-fresh";
        const fs::path others = "/tmp/zandb-helper-" + Uuid::v7().toString() + "-others";
        for (const fs::path &path : {stale, fresh, others}) {
            fs::create_directories(path / "target");
            std::ofstream(path / "target" / "file") << "x";
            if (path != others) {
                for (const fs::path &at : {path, path / "target", path / "target" / "file"})
                    QCOMPARE(::chown(at.c_str(), mysql.pw_uid, mysql.pw_gid), 0);
            }
            if (path != fresh)
                fs::last_write_time(path, fs::file_time_type::clock::now() - 10min);
        }
        auto out = makePipe().value();
        auto err = makePipe().value();
        auto pace = makePipe().value();
        const auto call = start({"physical-backup", {{"instance", m_server->name()}, {"slave_info", false}, {"throttle_bytes", 0}}},
                                {out.write.get(), err.write.get(), pace.read.get()});
        QVERIFY(call);
        call->cancel();
        const auto *answer = call->wait(30s);
        QVERIFY(answer);
        QVERIFY2(*answer, *answer ? "" : describe(answer->error()).c_str());
        QVERIFY(!fs::exists(stale));
        QVERIFY(fs::exists(fresh / "target" / "file"));
        QVERIFY(fs::exists(others / "target" / "file"));
        fs::remove_all(fresh);
        fs::remove_all(others);
    }

    /// What check-config does is nothing that the journal should call a bad request.
    void whoOnlyLooksIsNotLogged()
    {
        const auto logged = [&](const char *request) {
            int ends[2] = {-1, -1};
            {
                const AsUser as(m_host.agentUid());
                if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
                    return QByteArray("no socket");
            }
            const FileDescriptor theirs(ends[0]);
            FileDescriptor ours(ends[1]);
            (void)::send(ours.get(), request, std::strlen(request), MSG_NOSIGNAL);
            ours.reset();
            QProcess helper;
            helper.setChildProcessModifier([fd = theirs.get()] { ::dup2(fd, 0); });
            helper.start(QString::fromStdString((m_host.path("bin") / "zandb-helper").string()),
                         {u"answer"_s, u"--config"_s, QString::fromStdString(m_host.config().file.string())});
            helper.waitForFinished(30'000);
            return QByteArray::number(helper.exitCode()) + ' ' + helper.readAllStandardError();
        };
        QCOMPARE(logged(""), QByteArray("0 "));
        const QByteArray half = logged("{");
        QVERIFY2(half.startsWith("1 ") && half.contains("protocol.malformed"), half.constData());
    }

    void servicesNeedSystemd()
    {
        if (fs::is_directory("/run/systemd/system"))
            QSKIP("systemd runs here; the refusal is for hosts without it");
        const auto answer = ask({"service", {{"instance", m_server->name()}, {"action", "restart"}}});
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.refused"));
        QVERIFY(answer.error().fields.at("detail").find("systemd") != std::string::npos);
    }

    void layoutAndCopyBack()
    {
        const auto made = ask({"layout", {{"instance", "my65002"}}});
        QVERIFY2(made, made ? "" : describe(made.error()).c_str());
        const fs::path top = m_host.path("base") / "my65002";
        const gid_t group = ::getpwnam(PrivilegedHost::agentName)->pw_gid;
        const uid_t server = ::getpwnam("mysql")->pw_uid;
        struct Wanted
        {
            const char *name;
            uid_t uid;
            gid_t gid;
            mode_t mode;
        };
        for (const Wanted &wanted : {Wanted{".", 0, 0, 0755}, Wanted{"data", server, group, 02750}, Wanted{"log", server, group, 02770},
                                     Wanted{"run", server, group, 02755}}) {
            struct stat info{};
            QCOMPARE(::stat((top / wanted.name).c_str(), &info), 0);
            QCOMPARE(info.st_mode & 07777u, wanted.mode);
            QCOMPARE(info.st_uid, wanted.uid);
            QCOMPARE(info.st_gid, wanted.gid);
        }
        QCOMPARE(ask({"layout", {{"instance", "other"}}}).error().code, std::string("helper.refused"));

        std::ofstream(top / "my.cnf") << "[mysqld]\n";
        QVERIFY(fs::exists(m_host.path("state") / "restores" / "one" / "data" / "shop" / "orders.ibd"));
        QVERIFY(!ask({"copy-back", {{"instance", "my65002"}, {"restore", "none"}}}));
        QVERIFY(fs::is_empty(top / "data"));
        QCOMPARE(ask({"copy-back", {{"instance", m_server->name()}, {"restore", "one"}}}).error().code, std::string("helper.refused"));
        // a caller that goes away ends it, and nothing half copied stays
        const auto call = start({"copy-back", {{"instance", "my65002"}, {"restore", "one"}}});
        QVERIFY(call);
        call->cancel();
        const Result<Json> *cancelled = call->wait(30s);
        QVERIFY(cancelled && !*cancelled);
        QCOMPARE(cancelled->error().code, std::string("cancelled"));
        QVERIFY(fs::is_empty(top / "data"));
        const auto copied = ask({"copy-back", {{"instance", "my65002"}, {"restore", "one"}}});
        QVERIFY2(copied, copied ? "" : describe(copied.error()).c_str());
        struct stat info{};
        QCOMPARE(::stat((top / "data" / "shop").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777u, 02750u);
        QCOMPARE(info.st_uid, server);
        QCOMPARE(::stat((top / "data" / "shop" / "orders.ibd").c_str(), &info), 0);
        QCOMPARE(info.st_uid, server);
        QCOMPARE(info.st_gid, group);
        QCOMPARE(info.st_mode & 0007u, 0u);
        QCOMPARE(::stat((top / "data").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777u, 02750u);
        // never over anything
        QCOMPARE(ask({"copy-back", {{"instance", "my65002"}, {"restore", "one"}}}).error().code, std::string("helper.refused"));
    }

private:
    /// mariadb-backup processes at our server.
    int toolsOfServer() const
    {
        int count = 0;
        std::error_code ec;
        for (fs::directory_iterator it("/proc", ec), end; !ec && it != end; it.increment(ec)) {
            const auto line = readFile(it->path() / "cmdline", 1 << 16);
            if (line && line->find("mariadb-backup") != line->npos && line->find(m_server->dataDirectory().string()) != line->npos)
                ++count;
        }
        return count;
    }
    /// Half backups.
    QStringList remains() const
    {
        QStringList names;
        for (const auto &entry : fs::recursive_directory_iterator(m_host.path("repository"))) {
            if (entry.is_directory() && entry.path().filename().string().starts_with('.') && !fs::is_empty(entry.path()))
                names << QString::fromStdString(entry.path().string());
        }
        return names;
    }
};

QTEST_GUILESS_MAIN(TestHelper)
#include "tst_helper.moc"
