// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/grouprepository.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

/// Hosts, groups and what agents say of them, in a real store: each flavour that can be had.
class TestFleetRepository : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void hostsAndGroups();
    void settingsAreInheritedDownTheTree();
    void labelsOfHostsAndInstances();
    void samples();
    void roundsThatBringNothingNew();
    void samplesOfHostileAgents();
    void manyLargeSamples();

private:
    std::int64_t binlogBytes()
    {
        const auto files = m_session->query("SHOW BINARY LOGS");
        std::int64_t bytes = 0;
        for (const auto &row : files ? *files : std::vector<store::Row>{})
            bytes += row.integer(1);
        return bytes;
    }
    std::int64_t m_bytes = 0;
    std::vector<std::string> m_topics;
};

void TestFleetRepository::hostsAndGroups()
{
    const auto group = fleet::ensureGroup(*m_session, "production/shop");
    VERIFY_OK(group);
    QVERIFY(*group);
    QCOMPARE(fleet::ensureGroup(*m_session, "/production//shop/").value(), *group);
    QCOMPARE(fleet::ensureGroup(*m_session, "").value(), std::optional<Uuid>());
    QVERIFY(fleet::ensureGroup(*m_session, "production").value() != *group);

    Host host = addHost("db1");
    QCOMPARE(changed(), std::vector<std::string>{"fleet"});
    Host twin = host;
    twin.id = Uuid::v7();
    COMPARE_CODE(fleet::addHost(*m_session, twin), errors::alreadyExists);

    host.groupId = *group;
    host.hostKey = "ssh-ed25519 AAAA";
    VERIFY_OK(fleet::updateHost(*m_session, host));
    COMPARE_CODE(fleet::updateHost(*m_session, host), errors::storeConflict); // its revision is old now
    twin.name = "db2";
    COMPARE_CODE(fleet::updateHost(*m_session, twin), errors::notFound);

    auto loaded = fleet::loadFleet(*m_session);
    VERIFY_OK(loaded);
    QCOMPARE(loaded->groups.size(), 2u);
    QCOMPARE(loaded->hosts.size(), 1u);
    QCOMPARE(loaded->hosts[0].hostKey, host.hostKey);
    QCOMPARE(loaded->hosts[0].groupId, *group);
    QCOMPARE(loaded->hosts[0].revision, 2);
    QVERIFY(std::chrono::abs(loaded->readAt - systemNow()) < 5s);

    VERIFY_OK(fleet::removeHost(*m_session, host.id));
    COMPARE_CODE(fleet::removeHost(*m_session, host.id), errors::notFound);
}

void TestFleetRepository::settingsAreInheritedDownTheTree()
{
    const Uuid shop = *fleet::ensureGroup(*m_session, "production/shop").value(), production = *fleet::ensureGroup(*m_session, "production").value();
    const auto days = [&](const std::optional<Uuid> &group) {
        const auto fleet = fleet::loadFleet(*m_session);
        return fleet ? groupSetting(*fleet, group, backupAgeDays).value.get<int>() : -1;
    };
    const auto set = [&](const Uuid &group, const std::optional<Json> &value) {
        return fleet::setGroupSetting(*m_session, group, backupAgeDays, value, "ann");
    };
    QCOMPARE(days(shop), 2);
    changed();
    VERIFY_OK(set(production, 5));
    QCOMPARE(changed(), std::vector<std::string>{"fleet"});
    QCOMPARE(std::tuple(days(shop), days(production), days({})), std::tuple(5, 5, 2));
    VERIFY_OK(set(shop, 1));
    VERIFY_OK(set({}, 7)); // the whole fleet, and with it hosts of no group
    QCOMPARE(std::tuple(days(shop), days(production), days({})), std::tuple(1, 5, 7));
    VERIFY_OK(set(production, {}));
    QCOMPARE(std::tuple(days(shop), days(production), days({})), std::tuple(1, 7, 7));
    QCOMPARE(m_session->query("SELECT editor FROM group_setting").value().front().text(0), std::string("ann"));

    COMPARE_CODE(set(Uuid::v7(), 3), errors::notFound);
    for (const Json &wrong : {Json(0), Json(-1), Json(3651), Json(2.5), Json("3"), Json(18446744073709551615u)})
        COMPARE_CODE(set(shop, std::optional<Json>(std::in_place, wrong)), errors::internal);
    // what stands in the store all the same is as if it were not said
    VERIFY_OK(m_session->execute("UPDATE group_setting SET setting='\"soon\"' WHERE group_id=?", {store::value(shop)}));
    QCOMPARE(days(shop), 7);

    // a group takes along what it says
    const auto fleet = fleet::loadFleet(*m_session).value();
    VERIFY_OK(fleet::removeGroup(*m_session, *std::ranges::find(fleet.groups, shop, &Group::id)));
    QCOMPARE(m_session->query("SELECT COUNT(*) FROM group_setting").value().front().integer(0), 1);
}

void TestFleetRepository::labelsOfHostsAndInstances()
{
    const Host db1 = addHost("db1");
    fleet::HostSample sample{db1.id, "ok", wire::HostFacts{}, std::vector<wire::InstanceState>(1), {}, 5};
    sample.instances->front().name = "my3306";
    sample.instances->front().state = "up";
    VERIFY_OK(fleet::storeSamples(*m_session, {sample}));
    const Uuid instance = fleet::loadFleet(*m_session).value().instances.front().instance.id;
    const auto labels = [&] { return fleet::loadFleet(*m_session).value().instanceLabels(instance); };
    changed();
    VERIFY_OK(fleet::changeLabels(*m_session, db1.id, {"pci", "tier=1"}, {}, "ann"));
    QCOMPARE(changed(), std::vector<std::string>{"fleet"});
    VERIFY_OK(fleet::changeLabels(*m_session, instance, {"own", "pci"}, {}, "ann"));
    QCOMPARE(labels(), (std::vector<std::string>{"own", "pci", "tier=1"})); // its host's too, each once
    VERIFY_OK(fleet::changeLabels(*m_session, db1.id, {"pci"}, {"tier=1", "none"}, "ann")); // again, and what is not there
    QCOMPARE(labels(), (std::vector<std::string>{"own", "pci"}));
    COMPARE_CODE(fleet::changeLabels(*m_session, db1.id, {"two words"}, {}, "ann"), errors::usage);
    COMPARE_CODE(fleet::changeLabels(*m_session, Uuid::v7(), {"pci"}, {}, "ann"), errors::notFound);
    std::vector<std::string> many;
    for (int i = 0; i < 60; ++i)
        many.push_back("l" + std::to_string(i));
    COMPARE_CODE(fleet::changeLabels(*m_session, db1.id, many, {}, "ann"), errors::usage);
    QCOMPARE(labels().size(), 2u); // none of them
    VERIFY_OK(fleet::removeHost(*m_session, db1.id));
    QCOMPARE(m_session->query("SELECT COUNT(*) FROM label").value().front().integer(0), 0);
}

void TestFleetRepository::samples()
{
    const Host db1 = addHost("db1"), db2 = addHost("db2");
    fleet::HostSample one{db1.id, "ok", wire::HostFacts{}, std::vector<wire::InstanceState>(2), {}, 5};
    one.facts->cores = 8;
    (*one.instances)[0].name = "my3306";
    (*one.instances)[0].port = 3306;
    (*one.instances)[0].state = "up";
    (*one.instances)[1].name = "my3307";
    (*one.instances)[1].state = "down";
    fleet::HostSample two{db2.id, "unreachable", {}, {}, makeError(errors::sshUnreachable, {{"host", "db2"}}), 1};
    const fleet::HostSample stranger{Uuid::v7(), "ok", wire::HostFacts{}, {}, {}, 1};
    (void)changed();
    VERIFY_OK(fleet::storeSamples(*m_session, {one, two, stranger}));
    QCOMPARE(changed(), (std::vector<std::string>{"fleet", "fleet_state"}));

    auto loaded = fleet::loadFleet(*m_session).value();
    QCOMPARE(loaded.hostStates.size(), 2u);
    QCOMPARE(loaded.hostStates[db1.id].state, std::string("ok"));
    QCOMPARE(loaded.hostStates[db1.id].facts->cores, 8);
    QVERIFY(loaded.hostStates[db1.id].seenAt);
    QVERIFY(!loaded.hostStates[db2.id].seenAt);
    QVERIFY(loaded.hostStates[db2.id].checkedAt);
    QCOMPARE(loaded.hostStates[db2.id].error->code, std::string("ssh.unreachable"));
    QCOMPARE(loaded.instances.size(), 2u);
    const Uuid id = loaded.instanceByPath("db1/my3306")->instance.id;
    QCOMPARE(loaded.instance(id)->state, std::string("up"));

    // gone, and back with its old identity
    one.instances->pop_back();
    (*one.instances)[0].port = 4406;
    VERIFY_OK(fleet::storeSamples(*m_session, {one}));
    loaded = fleet::loadFleet(*m_session).value();
    QCOMPARE(loaded.instanceByPath("db1/my3307")->state, std::string("gone"));
    QCOMPARE(loaded.instanceByPath("db1/my3306")->instance.id, id);
    QCOMPARE(loaded.instanceByPath("db1/my3306")->instance.port, 4406);

    // no answer keeps what was known, with its age
    const auto seen = loaded.hostStates[db1.id].seenAt;
    fleet::HostSample silent{db1.id, "unreachable", {}, {}, makeError(errors::sshLost), 5};
    VERIFY_OK(fleet::storeSamples(*m_session, {silent}));
    loaded = fleet::loadFleet(*m_session).value();
    QCOMPARE(loaded.hostStates[db1.id].state, std::string("unreachable"));
    QCOMPARE(loaded.hostStates[db1.id].seenAt, seen);
    QCOMPARE(loaded.hostStates[db1.id].facts->cores, 8);
    QCOMPARE(loaded.instanceByPath("db1/my3306")->state, std::string("up"));

    // an older fence writes nothing, neither of the host nor of its instances
    one.fence = 4;
    (*one.instances)[0].state = "down";
    VERIFY_OK(fleet::storeSamples(*m_session, {one}));
    loaded = fleet::loadFleet(*m_session).value();
    QCOMPARE(loaded.hostStates[db1.id].state, std::string("unreachable"));
    QCOMPARE(loaded.instanceByPath("db1/my3306")->state, std::string("up"));

    VERIFY_OK(fleet::removeHost(*m_session, db1.id));
    QVERIFY(fleet::loadFleet(*m_session).value().instances.empty());
}

/// Hosts answer every ten seconds and say the same: what they say is not written again, and no list is read anew for it.
void TestFleetRepository::roundsThatBringNothingNew()
{
    std::vector<fleet::HostSample> samples;
    for (int i = 0; i < 30; ++i) {
        fleet::HostSample sample{addHost("db" + std::to_string(i)).id, "ok", wire::HostFacts{}, std::vector<wire::InstanceState>(10), {}, 1};
        sample.facts->os = "Debian GNU/Linux 12 (bookworm)";
        sample.facts->disks = {{"/", "/dev/sda1", 1'000'000'000'000, 400'000'000'000}};
        for (std::size_t k = 0; k < sample.instances->size(); ++k) {
            wire::InstanceState &instance = (*sample.instances)[k];
            instance.name = "my" + std::to_string(3306 + k);
            instance.state = "up";
            instance.version = "10.11.19-MariaDB-0+deb12u1-log";
            instance.dataDirectory = "/data/" + instance.name + "/data";
            instance.replication.resize(1);
        }
        samples.push_back(std::move(sample));
    }
    std::int64_t seconds = 0;
    const auto round = [&](bool news) {
        seconds += 10;
        for (fleet::HostSample &sample : samples) {
            sample.facts->uptimeSeconds = seconds;
            sample.facts->sampledAt = TimePoint{std::chrono::seconds{seconds}};
            sample.facts->memoryAvailableBytes = 8'000'000'000 + seconds * 100;
            sample.facts->kernel = news ? "6.1." + std::to_string(seconds) : sample.facts->kernel;
            for (wire::InstanceState &instance : *sample.instances) {
                instance.uptimeSeconds = seconds;
                instance.sampledAt = sample.facts->sampledAt;
                instance.replication[0].gtid = "0-1-" + std::to_string(seconds);
                instance.serverId += news ? 1 : 0;
            }
        }
        const std::int64_t before = binlogBytes();
        (void)changed();
        const auto stored = fleet::storeSamples(*m_session, samples);
        QVERIFY2(stored, stored ? "" : describe(stored.error()).c_str());
        m_bytes = binlogBytes() - before;
        m_topics = changed();
    };
    round(true);
    const auto first = fleet::loadFleet(*m_session).value();
    round(true); // as every round was once
    const std::int64_t whole = m_bytes;
    QCOMPARE(m_topics, (std::vector<std::string>{"fleet", "fleet_state"}));
    round(false);
    QCOMPARE(m_topics, std::vector<std::string>{"fleet_state"});
    qInfo("binlog bytes of a round of 30 hosts and 300 instances: %lld with news, %lld without", static_cast<long long>(whole), static_cast<long long>(m_bytes));
    QVERIFY(m_bytes > 0 && whole > 10 * m_bytes);

    // and yet each was heard of now; whoever has read the fleet reads on from there
    auto fleet = first;
    VERIFY_OK(fleet::refreshStates(*m_session, fleet));
    const auto whole2 = fleet::loadFleet(*m_session).value();
    for (const Host &host : fleet.hosts) {
        QVERIFY(*fleet.hostStates[host.id].seenAt > *first.hostStates.at(host.id).seenAt);
        QCOMPARE(fleet.hostStates[host.id].seenAt, whole2.hostStates.at(host.id).seenAt);
        QCOMPARE(fleet.hostStates[host.id].facts->kernel, whole2.hostStates.at(host.id).facts->kernel);
    }
    for (std::size_t i = 0; i < fleet.instances.size(); ++i) {
        QVERIFY(*fleet.instances[i].seenAt > *first.instances[i].seenAt);
        QCOMPARE(fleet.instances[i].detail->serverId, whole2.instances[i].detail->serverId);
    }

    // one that is gone was last seen when its host last told of it
    samples.resize(1);
    samples[0].instances->pop_back();
    VERIFY_OK(fleet::storeSamples(*m_session, samples));
    const auto gone = fleet::loadFleet(*m_session).value();
    const auto *instance = gone.instanceByPath("db0/my3315");
    QCOMPARE(instance->state, std::string("gone"));
    QCOMPARE(instance->seenAt, whole2.instanceByPath("db0/my3315")->seenAt);

    // figures are written again when they have moved, and at the latest after five minutes
    samples[0].facts->disks[0].freeBytes /= 2;
    (void)changed();
    VERIFY_OK(fleet::storeSamples(*m_session, samples));
    QCOMPARE(changed(), std::vector<std::string>{"fleet_state"});
    QCOMPARE(fleet::loadFleet(*m_session).value().hostStates.at(samples[0].hostId).facts->disks[0].freeBytes, 200'000'000'000);
    samples[0].facts->uptimeSeconds += 10;
    VERIFY_OK(m_session->execute("UPDATE host_state SET seen_us = seen_us - 301000000, checked_us = checked_us - 301000000"));
    VERIFY_OK(fleet::storeSamples(*m_session, samples));
    QCOMPARE(fleet::loadFleet(*m_session).value().hostStates.at(samples[0].hostId).facts->uptimeSeconds, samples[0].facts->uptimeSeconds);
}

void TestFleetRepository::samplesOfHostileAgents()
{
    const Host host = addHost("db1");
    fleet::HostSample sample{host.id, std::string(300, 'x'), wire::HostFacts{}, std::vector<wire::InstanceState>(), {}, 1};
    sample.facts->os = "a'b\\\"; DROP TABLE host; -- \xff\xfe" + std::string("\0z", 2) + std::string(2'000'000, 'm');
    const std::vector<std::string> names{"", "../../etc", std::string(65, 'n'), std::string("a\0b", 3), "\xff\xfe", "it's \\ fine \xf0\x9f\x90\xac",
                                         "it's \\ fine \xf0\x9f\x90\xac"};
    for (const std::string &name : names) {
        wire::InstanceState instance;
        instance.name = name;
        instance.state = "'; DELETE FROM host; -- and far too long for its column";
        sample.instances->push_back(instance);
    }
    VERIFY_OK(fleet::storeSamples(*m_session, {sample}));
    const auto loaded = fleet::loadFleet(*m_session);
    VERIFY_OK(loaded);
    QCOMPARE(loaded->hosts.size(), 1u);
    QCOMPARE(loaded->instances.size(), 1u);
    QCOMPARE(loaded->instances[0].instance.name, names.back());
    QCOMPARE(loaded->instances[0].state, std::string("unknown"));
    QCOMPARE(loaded->hostStates.at(host.id).state, std::string("unknown"));

    // rows that somebody wrote by hand
    VERIFY_OK(m_session->execute("UPDATE host_state SET facts='[1,{]', error='\"x\"', state='haxx'"));
    VERIFY_OK(m_session->execute("UPDATE instance_state SET detail='{\"port\":\"seven\"}'"));
    const auto odd = fleet::loadFleet(*m_session);
    VERIFY_OK(odd);
    QVERIFY(!odd->hostStates.at(host.id).facts);
    QVERIFY(!odd->instances[0].detail);
}

/// Together they are far more than the server takes in one packet.
void TestFleetRepository::manyLargeSamples()
{
    std::vector<fleet::HostSample> samples;
    for (int i = 0; i < 40; ++i) {
        fleet::HostSample sample{addHost("db" + std::to_string(i)).id, "ok", wire::HostFacts{}, {}, {}, 1};
        sample.facts->os = std::string(1'000'000, '\'');
        samples.push_back(sample);
    }
    VERIFY_OK(fleet::storeSamples(*m_session, samples));
    QCOMPARE(m_session->query("SELECT COUNT(*) FROM host_state WHERE LENGTH(facts) > 1000000").value().front().integer(0), 40);
}

QTEST_GUILESS_MAIN(TestFleetRepository)
#include "tst_fleetrepository.moc"
