// SPDX-License-Identifier: GPL-3.0-or-later
// What stands between AgentPool and an agent: addresses, host keys, identities, login noise, other versions.
#include "tests/remote/poolfixture.h"


using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace zandb;
using remote::AgentPool;
using remote::LinkState;
using remote::LinkTimes;

namespace {

/// An environment variable for the length of a test.
struct Variable
{
    Variable(const char *variable, const QByteArray &value) : name(variable), before(qgetenv(variable)) { qputenv(name, value); }
    ~Variable() { before.isEmpty() ? qunsetenv(name) : qputenv(name, before); }
    const char *name;
    QByteArray before;
};

} // namespace

class TestHostAccess : public PoolFixture
{
    Q_OBJECT

private Q_SLOTS:
    void noisyLogin();
    void noAgent_data();
    void noAgent();
    void otherVersion_data();
    void otherVersion();
    void hostKeys();
    void pinnedKeyAmongSeveral_data();
    void pinnedKeyAmongSeveral();
    void fetchingAHostKey();
    void wrongKey();
    void identities();
    void sshAgent();
    void sshAgentThatHangs();
    void sshAgentOfManyHosts();
    void unreachable();
    void permanentErrorsAreNotRetriedTightly();
    void permanentErrorEndsAllThatWait();
    void waitsForAHostThatComesUp();
};

void TestHostAccess::noisyLogin()
{
    Sshd sshd(*m_keys, u"printf 'Welcome to db1\\nYou have mail.\\n'; head -c 60000 /dev/zero | tr '\\\\0' m; exec %1"_s.arg(testAgent()),
              {u"host"_s});
    QVERIFY2(sshd.start(), sshd.log());
    const auto address = host(sshd.port());
    AgentPool pool(settings());
    pool.setHosts({address});
    const auto result = pool.callAndWait(address.id, "echo", {{"a", 1}});
    QVERIFY2(result, result ? "" : describe(result.error()).c_str());
    QCOMPARE(dumpJson(*result), std::string("{\"a\":1}"));
}

static QString missing()
{
    return u"agent.missing"_s;
}

void TestHostAccess::noAgent_data()
{
    QTest::addColumn<QString>("command");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("noise");
    QTest::newRow("false") << u"/bin/false"_s << missing() << QString();
    QTest::newRow("cat") << u"cat"_s << u"ssh.login_shell"_s << QString();
    QTest::newRow("a login shell that sleeps") << u"echo Welcome to db1; sleep 600"_s << u"ssh.login_shell"_s << u"Welcome to db1"_s;
    QTest::newRow("not installed") << u"/nowhere/zandb-attach"_s << missing() << u"/nowhere/zandb-attach"_s;
    QTest::newRow("a message") << u"echo this account is not available"_s << missing() << u"this account is not available"_s;
    QTest::newRow("huge noise") << u"yes nothing but noise"_s << missing() << u"nothing but noise"_s;
    QTest::newRow("gigabytes of noise on standard error") << u"yes stderr >&2"_s << u"agent.flood"_s << QString();
}

void TestHostAccess::noAgent()
{
    QFETCH(QString, command);
    QFETCH(QString, code);
    QFETCH(QString, noise);
    Sshd sshd(*m_keys, command, {u"host"_s});
    QVERIFY2(sshd.start(), sshd.log());
    LinkTimes times = quick();
    times.preamble = 4s; // `cat` says nothing
    const Error error = errorOf(host(sshd.port()), u"user"_s, code == missing() ? 30s : 6s, times); // others are tried again
    QCOMPARE(QString::fromStdString(error.code), code);
    QCOMPARE(error.fields.at("host"), std::string("db1"));
    if (!noise.isEmpty())
        QVERIFY2(error.fields.at("noise").find(noise.toStdString()) != std::string::npos, error.fields.at("noise").c_str());
}

void TestHostAccess::otherVersion_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("works");
    QTest::newRow("next") << 2 << true;
    QTest::newRow("far ahead") << 7 << false;
    QTest::newRow("none") << 0 << false;
}

void TestHostAccess::otherVersion()
{
    QFETCH(int, version);
    QFETCH(bool, works);
    Sshd sshd(*m_keys, u"%1 --version %2"_s.arg(testAgent()).arg(version), {u"host"_s});
    QVERIFY2(sshd.start(), sshd.log());
    const Error error = errorOf(host(sshd.port()));
    QCOMPARE(error.code, works ? std::string("no error") : std::string("agent.version"));
    if (!works) {
        QCOMPARE(error.fields.at("mine"), std::string("1"));
        QCOMPARE(error.fields.at("theirs"), std::to_string(version));
    }
}

void TestHostAccess::hostKeys()
{
    const Error unknown = errorOf(host(m_sshd->port(), QString()));
    QVERIFY2(unknown.is(errors::sshHostKeyUnknown), describe(unknown).c_str());
    QCOMPARE(unknown.fields.at("key"), m_keys->publicKey(u"host"_s));
    QVERIFY(unknown.fields.at("fingerprint").starts_with("SHA256:"));

    const Error changed = errorOf(host(m_sshd->port(), u"host2"_s));
    QVERIFY2(changed.is(errors::sshHostKeyChanged), describe(changed).c_str());
    QCOMPARE(changed.fields.at("fingerprint"), unknown.fields.at("fingerprint"));
    QVERIFY(changed.fields.at("pinned").starts_with("SHA256:"));
    QVERIFY(changed.fields.at("pinned") != changed.fields.at("fingerprint"));

    // pinned with a type the server no longer has
    const Error otherType = errorOf(host(m_sshd->port(), u"hostecdsa"_s));
    QVERIFY2(otherType.is(errors::sshHostKeyChanged), describe(otherType).c_str());
    QCOMPARE(otherType.fields.at("fingerprint"), unknown.fields.at("fingerprint"));
}

void TestHostAccess::pinnedKeyAmongSeveral_data()
{
    QTest::addColumn<QString>("pinned");
    for (const char *name : {"host", "hostecdsa", "hostrsa"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestHostAccess::pinnedKeyAmongSeveral()
{
    QFETCH(QString, pinned);
    Sshd sshd(*m_keys, testAgent(), {u"host"_s, u"hostecdsa"_s, u"hostrsa"_s});
    QVERIFY2(sshd.start(), sshd.log());
    auto address = host(sshd.port(), pinned);
    address.hostKey += " a comment";
    QCOMPARE(errorOf(address).code, std::string("no error"));
}

void TestHostAccess::fetchingAHostKey()
{
    const auto key = remote::fetchHostKey("127.0.0.1", m_sshd->port());
    QVERIFY2(key, key ? "" : describe(key.error()).c_str());
    QCOMPARE(key->key, m_keys->publicKey(u"host"_s));
    QVERIFY(key->fingerprint.starts_with("SHA256:"));
    const auto closed = remote::fetchHostKey("127.0.0.1", freePort());
    QVERIFY(!closed && closed.error().is(errors::sshUnreachable));
    SilentServer silent;
    const auto nothing = remote::fetchHostKey("127.0.0.1", silent.port(), 1s);
    QVERIFY(!nothing && nothing.error().is(errors::sshUnreachable));
}

void TestHostAccess::wrongKey()
{
    const Error error = errorOf(host(m_sshd->port()), u"stranger"_s);
    QVERIFY2(error.is(errors::sshAuthentication), describe(error).c_str());
    QCOMPARE(error.fields.at("user"), currentUser());
    QCOMPARE(error.fields.at("identity"), m_keys->path(u"stranger"_s).toStdString());
}

void TestHostAccess::identities()
{
    const auto address = host(m_sshd->port());
    const auto attempt = [&](const QString &key, const char *passphrase) -> std::string {
        SshSettings with = settings(key);
        if (passphrase) {
            const QString path = m_keys->path(u"passphrase"_s);
            QFile::remove(path);
            QFile file(path);
            if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner))
                return "cannot write";
            file.write(passphrase);
            with.passphraseFile = path.toStdString();
        }
        AgentPool pool(with, quick());
        pool.setHosts({address});
        const auto result = pool.callAndWait(address.id, "echo", {}, 30s);
        return result ? "good" : result.error().code;
    };
    QCOMPARE(attempt(u"locked"_s, "open sesame"), std::string("good"));
    QCOMPARE(attempt(u"locked"_s, "wrong"), std::string("ssh.passphrase"));
    QCOMPARE(attempt(u"locked"_s, nullptr), std::string("ssh.passphrase"));
    QCOMPARE(attempt(u"user"_s, "not needed"), std::string("good"));
    QCOMPARE(attempt(u"absent"_s, nullptr), std::string("ssh.identity"));
    QCOMPARE(attempt(u"user.pub"_s, nullptr), std::string("ssh.identity"));
}

void TestHostAccess::sshAgent()
{
    const QString socket = m_keys->path(u"agent.sock"_s);
    QProcess agent;
    agent.start(u"ssh-agent"_s, {u"-D"_s, u"-a"_s, socket});
    if (!agent.waitForStarted())
        QSKIP("ssh-agent is not installed (package openssh-client)");
    QTRY_VERIFY(QFile::exists(socket));
    const Variable variable("SSH_AUTH_SOCK", socket.toLocal8Bit());
    const auto address = host(m_sshd->port());
    const auto attempt = [&] {
        AgentPool pool(SshSettings{}, quick());
        pool.setHosts({address});
        const auto result = pool.callAndWait(address.id, "echo", {}, 30s);
        return result ? std::string("good") : result.error().code;
    };
    QCOMPARE(attempt(), std::string("ssh.auth")); // no key in it
    QCOMPARE(QProcess::execute(u"ssh-add"_s, {u"-q"_s, m_keys->path(u"stranger"_s)}), 0);
    QCOMPARE(attempt(), std::string("ssh.auth"));
    QCOMPARE(QProcess::execute(u"ssh-add"_s, {u"-q"_s, m_keys->path(u"user"_s)}), 0);
    QCOMPARE(attempt(), std::string("good"));
    agent.kill();
    agent.waitForFinished();
    QCOMPARE(attempt(), std::string("ssh.identity"));
    const Variable none("SSH_AUTH_SOCK", "");
    QCOMPARE(attempt(), std::string("ssh.identity"));
}

void TestHostAccess::sshAgentThatHangs()
{
    const QByteArray socket = m_keys->path(u"hang.sock"_s).toLocal8Bit();
    // accepts into its backlog and never answers
    QProcess hung;
    hung.start(u"python3"_s, {u"-c"_s, u"import socket,sys,time\ns=socket.socket(socket.AF_UNIX)\ns.bind(sys.argv[1])\ns.listen(5)\ntime.sleep(600)"_s,
                              QString::fromLocal8Bit(socket)});
    if (!hung.waitForStarted())
        QSKIP("python3 is not installed");
    QTRY_VERIFY(QFile::exists(QString::fromLocal8Bit(socket)));
    QTest::qWait(100);
    const Variable variable("SSH_AUTH_SOCK", socket);
    const auto address = host(m_sshd->port());
    LinkTimes times = quick();
    times.login = 1s;
    {
        AgentPool pool(SshSettings{}, times);
        pool.setHosts({address});
        const auto result = pool.callAndWait(address.id, "echo", {}, 30s);
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::sshIdentity), describe(result.error()).c_str());
        // and while it hangs again the pool can be ended
        times.login = 3600s;
        AgentPool second(SshSettings{}, times);
        second.setHosts({address});
        second.call(address.id, "echo", {}, [](Result<Json>) {});
        QTest::qWait(500);
    }
    hung.kill();
    hung.waitForFinished();
}

/// A slow ssh-agent, as with a token: the first login never ends, and each other one ends only once all of them have begun.  So
/// they wait neither for the first nor for each other.
void TestHostAccess::sshAgentOfManyHosts()
{
    const QString socket = m_keys->path(u"agent2.sock"_s);
    const QString slow = m_keys->path(u"slow.sock"_s);
    QProcess agent;
    agent.start(u"ssh-agent"_s, {u"-D"_s, u"-a"_s, socket});
    if (!agent.waitForStarted())
        QSKIP("ssh-agent is not installed (package openssh-client)");
    QTRY_VERIFY(QFile::exists(socket));
    {
        const Variable variable("SSH_AUTH_SOCK", socket.toLocal8Bit());
        QCOMPARE(QProcess::execute(u"ssh-add"_s, {u"-q"_s, m_keys->path(u"user"_s)}), 0);
    }
    QProcess proxy;
    proxy.start(u"python3"_s, {u"-c"_s, uR"(import socket, sys, threading
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(64)
def pump(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.shutdown(socket.SHUT_WR)
begun = threading.Barrier(10)
def serve(client):
    begun.wait()
    agent = socket.socket(socket.AF_UNIX)
    agent.connect(sys.argv[2])
    threading.Thread(target=pump, args=(client, agent), daemon=True).start()
    pump(agent, client)
kept = listener.accept()
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
)"_s, slow, socket});
    if (!proxy.waitForStarted())
        QSKIP("python3 is not installed");
    QTRY_VERIFY(QFile::exists(slow));
    QTest::qWait(100);
    const Variable variable("SSH_AUTH_SOCK", slow.toLocal8Bit());
    LinkTimes times = quick();
    times.login = 3600s;
    AgentPool pool(SshSettings{}, times);
    std::vector<remote::HostAddress> hosts;
    for (int i = 0; i < 11; ++i)
        hosts.push_back(host(m_sshd->port()));
    pool.setHosts(hosts);
    std::atomic<int> good{0};
    for (const auto &address : hosts)
        pool.call(address.id, "echo", {}, [&](const Result<Json> &result) { good += result ? 1 : 0; }, 100s);
    QTRY_COMPARE_WITH_TIMEOUT(good.load(), 10, 30'000);
    proxy.kill();
    proxy.waitForFinished();
    agent.kill();
    agent.waitForFinished();
}

void TestHostAccess::unreachable()
{
    const Error closed = errorOf(host(freePort()), u"user"_s, 700ms);
    QVERIFY2(closed.is(errors::sshUnreachable), describe(closed).c_str());
    QVERIFY(closed.isTransient());
    QVERIFY2(closed.fields.at("detail").find("refused") != std::string::npos, closed.fields.at("detail").c_str());

    SilentServer silent; // the kernel accepts, nobody answers
    const Error early = errorOf(host(silent.port()), u"user"_s, 500ms);
    QVERIFY2(early.is(errors::sshUnreachable), describe(early).c_str());
    QVERIFY2(early.fields.at("detail").find("greeting") != std::string::npos, early.fields.at("detail").c_str());
    LinkTimes impatient = quick();
    impatient.connect = 1s;
    const Error late = errorOf(host(silent.port()), u"user"_s, 4s, impatient);
    QVERIFY2(late.is(errors::sshUnreachable), describe(late).c_str());
    QVERIFY2(late.fields.at("detail").find("no SSH greeting") != std::string::npos, late.fields.at("detail").c_str());

    auto nameless = host(22);
    nameless.address = "no-such-host.invalid";
    const Error unknown = errorOf(nameless, u"user"_s, 1s);
    QVERIFY2(unknown.is(errors::sshUnreachable), describe(unknown).c_str());
}

void TestHostAccess::permanentErrorsAreNotRetriedTightly()
{
    Sshd sshd(*m_keys, testAgent(), {u"host"_s});
    QVERIFY2(sshd.start(), sshd.log());
    const auto address = host(sshd.port());
    LinkTimes times = quick();
    times.backoffMin = 3600s;
    times.backoffMax = 3600s;
    AgentPool pool(settings(u"stranger"_s), times);
    pool.setHosts({address});
    for (int i = 0; i < 50; ++i) {
        const auto result = pool.callAndWait(address.id, "echo", {}, 300s);
        QVERIFY(!result && result.error().is(errors::sshAuthentication)); // the later ones without another login
    }
    QVERIFY2(sshd.log().count("Failed publickey for") == 1, sshd.log());
}

void TestHostAccess::permanentErrorEndsAllThatWait()
{
    const auto address = host(m_sshd->port());
    LinkTimes times = quick();
    times.backoffMin = times.backoffMax = 60s;
    AgentPool pool(settings(u"stranger"_s), times);
    pool.setHosts({address});
    std::atomic<int> refused{0};
    for (int i = 0; i < 20; ++i)
        pool.call(address.id, "echo", {}, [&](const Result<Json> &result) { refused += !result && result.error().is(errors::sshAuthentication); }, 100s);
    QTRY_COMPARE_WITH_TIMEOUT(refused.load(), 20, 20'000);
}

void TestHostAccess::waitsForAHostThatComesUp()
{
    const int port = freePort();
    const auto address = host(port);
    AgentPool pool(settings(), quick());
    pool.setHosts({address});
    std::promise<Result<Json>> answer;
    pool.call(address.id, "echo", {{"late", true}}, [&](Result<Json> result) { answer.set_value(std::move(result)); }, 60s);
    QTRY_COMPARE(pool.state(address.id), LinkState::Waiting);
    QTest::qWait(500);
    Sshd sshd(*m_keys, testAgent(), {u"host"_s}, port);
    QVERIFY2(sshd.start(), sshd.log());
    auto future = answer.get_future();
    QCOMPARE(future.wait_for(60s), std::future_status::ready);
    QVERIFY(future.get());
}

QTEST_GUILESS_MAIN(TestHostAccess)
#include "tst_hostaccess.moc"
