// SPDX-License-Identifier: GPL-3.0-or-later
// Which host is asked to prove a backup, and in which of its repositories it looks.
#include "app/backups/proof.h"
#include "app/platform/errors.h"

#include <QTest>

using namespace zandb;
using namespace zandb::backups;

class TestProof : public QObject
{
    Q_OBJECT

    Fleet m_fleet;
    Backup m_backup;

    Host &add(const std::string &name, const std::string &address, int port, std::vector<std::string> repositories,
              std::vector<wire::RemoteRepository> remote = {})
    {
        Host host;
        host.id = Uuid::v7();
        host.name = name;
        host.address = address;
        host.sshPort = port;
        m_fleet.hosts.push_back(host);
        HostState &state = m_fleet.hostStates[host.id];
        state.hostId = host.id;
        state.facts = wire::HostFacts{};
        state.facts->hostName = name;
        state.facts->repositories = std::move(repositories);
        state.facts->remoteRepositories = std::move(remote);
        return m_fleet.hosts.back();
    }
    Uuid idOf(const std::string &name) const { return m_fleet.hostByName(name)->id; }
    void taken(const std::string &host, const std::string &repository)
    {
        m_backup.id = Uuid::v7();
        m_backup.hostId = idOf(host);
        m_backup.hostName = host;
        m_backup.repository = repository;
        m_backup.detail.instance = "my3306";
    }

private Q_SLOTS:
    void init()
    {
        m_fleet = {};
        add("db1", "192.0.2.1", 22, {"local", "vault"}, {{"vault", "backup1.example.org", 22, "safe"}});
        add("db2", "192.0.2.2", 22, {"local", "safe"});
    }

    void whereItWasTaken()
    {
        taken("db1", "local");
        const auto place = placeOf(m_backup, m_fleet);
        QVERIFY(place);
        QCOMPARE(place->hostId, idOf("db1"));
        QCOMPARE(place->repository, std::string("local"));
        m_fleet.hostStates.clear(); // never asked
        QCOMPARE(placeOf(m_backup, m_fleet)->hostId, idOf("db1"));
    }

    void onTheHostThatHoldsIt_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("label");
        QTest::addColumn<bool>("found");
        QTest::newRow("address") << "b" << "backup1.example.org" << "b" << true;
        QTest::newRow("name") << "Backup1.example.org" << "10.0.0.5" << "b" << true;
        QTest::newRow("short name") << "backup1" << "10.0.0.5" << "b" << true;
        QTest::newRow("the agent's label") << "b" << "10.0.0.5" << "backup1" << true;
        QTest::newRow("of another domain") << "b" << "backup1.example.com" << "b" << false;
        QTest::newRow("a beginning only") << "back" << "10.0.0.5" << "backup1.ex" << false;
        QTest::newRow("nothing like it") << "b" << "10.0.0.5" << "b" << false;
    }
    void onTheHostThatHoldsIt()
    {
        QFETCH(QString, name);
        QFETCH(QString, address);
        QFETCH(QString, label);
        QFETCH(bool, found);
        const Uuid holder = add(name.toStdString(), address.toStdString(), 22, {"safe"}).id;
        m_fleet.hostStates[holder].facts->hostName = label.toStdString();
        taken("db1", "vault");
        const auto place = placeOf(m_backup, m_fleet);
        const auto run = makeProof(m_backup, {}, "tester", m_fleet);
        QCOMPARE(place.has_value(), found);
        QCOMPARE(run.has_value(), found);
        if (!found) {
            QVERIFY(place.error().is(errors::repositoryHostUnknown));
            QCOMPARE(place.error().fields.at("remote"), std::string("backup1.example.org"));
            QCOMPARE(place.error().fields.at("name"), std::string("safe"));
            return;
        }
        QCOMPARE(place->hostId, holder);
        QCOMPARE(run->run.hostId, holder);
        QCOMPARE(run->steps.front().hostId, holder);
        const auto args = decode<wire::RestoreArgs>(run->run.args);
        QVERIFY(args);
        QCOMPARE(args->repository, std::string("safe")); // its name there
        QCOMPARE(args->host, std::string("db1"));
    }

    /// The right name without such a repository, or only with a way to another one, holds nothing.
    void aHostThatCannotReadIt()
    {
        taken("db1", "vault");
        add("backup1", "10.0.0.5", 22, {"other"});
        QVERIFY(!placeOf(m_backup, m_fleet));
        m_fleet.hosts.pop_back();
        add("backup1", "10.0.0.5", 22, {"safe"}, {{"safe", "elsewhere", 22, "safe"}});
        QVERIFY(!placeOf(m_backup, m_fleet));
    }

    void ofSeveralTheConfiguredPortThenTheFirst()
    {
        taken("db1", "vault");
        const Uuid first = add("a1", "backup1.example.org", 2201, {"safe"}).id;
        add("a2", "backup1.example.org", 2202, {"safe"});
        QCOMPARE(placeOf(m_backup, m_fleet)->hostId, first);
        const Uuid right = add("a3", "backup1.example.org", 22, {"safe"}).id;
        add("a4", "backup1.example.org", 22, {"safe"});
        QCOMPARE(placeOf(m_backup, m_fleet)->hostId, right);
    }

    void restoreNamesTheHostThatHasIt()
    {
        const Uuid holder = add("backup1", "10.0.0.5", 22, {"safe"}).id;
        taken("db1", "vault");
        QCOMPARE(*repositoryOn(holder, m_backup, m_fleet), std::string("safe"));
        const auto refused = makeProof(m_backup, RestoreRequest{m_backup.id, idOf("db1"), "/srv/x"}, "tester", m_fleet);
        QVERIFY(!refused && refused.error().is(errors::backupElsewhere));
        QCOMPARE(refused.error().fields.at("host"), std::string("backup1"));
        QCOMPARE(refused.error().fields.at("where"), std::string("db1"));
        // a repository of the backup's name may be the same one: its agent will tell
        add("db9", "10.0.0.9", 22, {"vault"});
        QCOMPARE(*repositoryOn(idOf("db9"), m_backup, m_fleet), std::string("vault"));
        const auto run = makeProof(m_backup, RestoreRequest{m_backup.id, holder, "/srv/x"}, "tester", m_fleet);
        QVERIFY(run);
        QCOMPARE(run->run.hostId, holder);
    }

    void theHostIsGone()
    {
        taken("db1", "local");
        m_fleet.hosts.erase(m_fleet.hosts.begin());
        const auto place = placeOf(m_backup, m_fleet);
        QVERIFY(!place && place.error().is(errors::backupPlaceUnknown));
        QCOMPARE(place.error().fields.at("host"), std::string("db1"));
        QVERIFY(repositoryOn(idOf("db2"), m_backup, m_fleet)); // "local" too: only its agent can tell
    }
};

QTEST_GUILESS_MAIN(TestProof)
#include "tst_proof.moc"
