// SPDX-License-Identifier: GPL-3.0-or-later
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

/// What the helper refuses to the very user it obeys.
class TestHelperRights : public QObject
{
    Q_OBJECT

    PrivilegedHost m_host;
    std::unique_ptr<TestServer> m_server;

    Result<Json> ask(const HelperRequest &request)
    {
        const AsUser as(m_host.agentUid());
        return askHelper(m_host.config(), request, {}, 30s);
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &why : {PrivilegedHost::unavailable(), TestServer::unavailable(Flavour::MariaDb)}) {
            if (!why.empty())
                QSKIP(why.c_str());
        }
        // an instance whose data directory is named through a link
        const std::string linked = (m_host.path("base") / "linked").string();
        m_host.prepare(Flavour::MariaDb,
                       "[[instance]]\nname = \"linked\"\nsocket = \"" + linked + "/s\"\nmy_cnf = \"" + linked + "/my.cnf\"\ndata_directory = \""
                           + linked + "/data\"\n",
                       true);
        std::string error;
        ServerOptions options;
        options.base = m_host.path("base");
        options.user = "mysql";
        m_server = TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        m_host.startHelper();
        const auto added = KeysFile(m_host.config()).add({"ann", "admin", publicKey, {}});
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        m_host.startAgent();
    }

    /// Workers and whatever they start have the agent's user too.
    void keysOnlyFromServeItself()
    {
        const fs::path file = m_host.path("etc") / "authorized_keys";
        const std::string before = textOf(file);
        for (const HelperRequest &request : {HelperRequest{"keys-add", {{"user", "eve"}, {"role", "admin"}, {"key", otherKey}}},
                                             HelperRequest{"keys-revoke", {{"user", "ann"}, {"key", ""}}}}) {
            const auto answer = ask(request);
            QVERIFY(!answer);
            QCOMPARE(answer.error().code, std::string("helper.refused"));
            QVERIFY2(answer.error().fields.at("detail").find("zandb-agent serve") != std::string::npos, describe(answer.error()).c_str());
        }
        QCOMPARE(textOf(file), before);
    }

    void provisioningMustBeAllowed()
    {
        const fs::path file = m_host.config().file;
        const std::string allowed = textOf(file);
        const std::string line = "provisioning = true\n";
        std::string without = allowed;
        QVERIFY(without.find(line) != std::string::npos);
        without.erase(without.find(line), line.size());
        std::ofstream(file, std::ios::trunc) << without;
        std::string details;
        for (const HelperRequest &request : {HelperRequest{"layout", {{"instance", "my65003"}}},
                                             HelperRequest{"service", {{"instance", m_server->name()}, {"action", "status"}}},
                                             HelperRequest{"copy-back", {{"instance", "my65003"}, {"restore", "one"}}}}) {
            const auto answer = ask(request);
            details += answer ? "done" : answer.error().code + " " + answer.error().fields.at("detail");
        }
        std::ofstream(file, std::ios::trunc) << allowed;
        QVERIFY(!fs::exists(m_host.path("base") / "my65003"));
        const QString refusal = u"helper.refused the configuration does not say provisioning = true in [helper]"_s;
        QCOMPARE(QString::fromStdString(details), refusal.repeated(3));
    }

    /// Directories that only look like those the helper makes stay as they are, and so does what lies below exchangeable parents.
    void stagesOfOthersAreLeftAlone()
    {
        const Uuid id = Uuid::v7();
        const fs::path stage = m_server->dataDirectory().parent_path() / ("zandb-clone-" + id.toString());
        const auto refusal = [&](const std::string &verb, const std::string &instance) {
            const auto answer = ask({verb, {{"instance", instance}, {"id", id.toString()}}});
            return answer ? std::string("done") : answer.error().code;
        };
        struct stat info{};
        for (const uid_t owner : {::getpwnam("mysql")->pw_uid, m_host.agentUid()}) {
            fs::create_directories(stage / "work" / "data");
            std::ofstream(stage / "work" / "data" / "kept") << "x";
            for (const fs::path &path : {stage, stage / "work", stage / "work" / "data"})
                QCOMPARE(::chown(path.c_str(), owner, owner), 0);
            QCOMPARE(refusal("clone-stage-take", m_server->name()), std::string("helper.refused"));
            QCOMPARE(refusal("clone-stage-remove", m_server->name()), std::string("helper.refused"));
            QVERIFY(fs::exists(stage / "work" / "data" / "kept"));
            QCOMPARE(::stat((stage / "work").c_str(), &info), 0);
            QCOMPARE(info.st_uid, owner);
            fs::remove_all(stage);
        }
        fs::create_directory_symlink(m_host.path("etc"), stage);
        QCOMPARE(refusal("clone-stage-remove", m_server->name()), std::string("helper.refused"));
        QVERIFY(fs::exists(m_host.path("etc") / "agent.toml"));
        fs::remove(stage);

        // a parent that others may change, and one that is a link
        const fs::path parent = m_server->dataDirectory().parent_path();
        QCOMPARE(::stat(parent.c_str(), &info), 0);
        QCOMPARE(::chmod(parent.c_str(), 0777), 0);
        QCOMPARE(refusal("clone-stage-make", m_server->name()), std::string("helper.refused"));
        QCOMPARE(::chmod(parent.c_str(), info.st_mode & 07777), 0);
        fs::create_directory_symlink(parent, m_host.path("base") / "linked");
        const auto linked = ask({"clone-stage-make", {{"instance", "linked"}, {"id", id.toString()}}});
        QVERIFY(!linked);
        QVERIFY2(linked.error().is(errors::helperRefused) && linked.error().fields.at("detail").find("is a link") != std::string::npos,
                 describe(linked.error()).c_str());
        fs::remove(m_host.path("base") / "linked");
        QVERIFY(!fs::exists(stage));

        // what it has made itself it also removes
        const auto made = ask({"clone-stage-make", {{"instance", m_server->name()}, {"id", id.toString()}}});
        QVERIFY2(made, made ? "" : describe(made.error()).c_str());
        QCOMPARE(made->value("path", std::string()), (stage / "work" / "data").string());
        QCOMPARE(::stat(stage.c_str(), &info), 0);
        QCOMPARE(info.st_uid, uid_t{0});
        QCOMPARE(refusal("clone-stage-remove", m_server->name()), std::string("done"));
        QVERIFY(!fs::exists(stage));
    }
};

QTEST_GUILESS_MAIN(TestHelperRights)
#include "tst_helperrights.moc"
