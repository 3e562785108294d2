// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/servefixture.h"

#include <QElapsedTimer>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using wire::FrameKind;
namespace fs = std::filesystem;

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr long maxPss = 300'000; ///< kB; what was freed is kept apart for a while there
#else
constexpr long maxPss = 90'000;
#endif

struct PipeEnds
{
    PipeEnds()
    {
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) == 0) {
            read.reset(ends[0]);
            write.reset(ends[1]);
        }
    }
    FileDescriptor read;
    FileDescriptor write;
};

/// A message with this many descriptors of `fd`.
bool sendDescriptors(int socket, std::string_view bytes, int fd, std::size_t count)
{
    std::vector<int> fds(count, fd);
    std::vector<char> control(CMSG_SPACE(count * sizeof(int)));
    iovec data{const_cast<char *>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(header), fds.data(), count * sizeof(int));
    return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

} // namespace

/// What clients may cost the agent, and what becomes of the one that costs more.
class TestServeLimits : public QObject, private ServeFixture
{
    Q_OBJECT

    std::string attachFrame(const std::string &user, const std::string &role) const
    {
        return wire::encodeFrame(FrameKind::Attach, 0, Json{{"user", user}, {"role", role}, {"key", m_print}});
    }
    long pss() const
    {
        const std::string rollup = readFile("/proc/" + std::to_string(m_serve.processId()) + "/smaps_rollup", 10'000).value();
        return std::atol(rollup.c_str() + rollup.find("Pss:") + 4);
    }
    std::size_t descriptorCount() const
    {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/" + std::to_string(m_serve.processId()) + "/fd"), {}));
    }
    /// Ticks of the processor that serve has used.
    long ticks() const
    {
        const std::string stat = readFile("/proc/" + std::to_string(m_serve.processId()) + "/stat", 4096).value();
        std::istringstream words(stat.substr(stat.rfind(')') + 2));
        std::string word;
        long user = 0, system = 0;
        for (int field = 3; field < 14; ++field)
            words >> word;
        words >> user >> system;
        return user + system;
    }
    bool isServedAtOnce(Client &client)
    {
        return client.call("fleet.facts").has_value(); // whom nobody lets go on waits for ever
    }
    static std::string codeOf(const std::optional<wire::Frame> &frame)
    {
        return frame ? parseJson(frame->body).value().value("code", std::string("?")) : std::string("nothing");
    }
    QStringList attachArguments() const
    {
        return {QStringLiteral("--socket"), QString::fromStdString(m_socket.string()), QStringLiteral("--user"), QStringLiteral("ann"),
                QStringLiteral("--role"),   QStringLiteral("viewer"), QStringLiteral("--key"), QString::fromStdString(m_print)};
    }

private Q_SLOTS:
    void init() { startFresh(); }
    void cleanup() { end(); }

    /// One too many is told so, also behind zandb-attach, and may come when another has gone.
    void oneClientTooMany()
    {
        std::vector<std::unique_ptr<Client>> clients;
        addKey("ann", "viewer");
        for (int i = 0; i < 64; ++i) {
            clients.push_back(std::make_unique<Client>(m_socket));
            QCOMPARE(clients.back()->enter("ann", "viewer", m_print), std::string());
        }
        Client more(m_socket);
        QCOMPARE(more.enter("ann", "viewer", m_print), std::string("agent.busy"));
        QVERIFY(more.isClosed());
        QProcess attach;
        attach.start(besides("../bin/zandb-attach"), attachArguments());
        QVERIFY(attach.waitForFinished(30'000));
        QVERIFY(attach.readAllStandardOutput().contains("agent.busy"));
        QVERIFY(isServedAtOnce(*clients.front()));
        clients.pop_back();
        QTRY_COMPARE(Client(m_socket).enter("ann", "viewer", m_print), std::string());
    }

    void tooManyDescriptors()
    {
        addKey("ann", "viewer");
        const auto other = enter("viewer");
        QTest::qWait(300); // until the fixture's own first look at the socket is forgotten
        const std::size_t before = descriptorCount();
        PipeEnds pipe;
        for (const std::size_t count : {3u, 200u}) {
            Client client(m_socket);
            QVERIFY(sendDescriptors(client.fd(), attachFrame("ann", "viewer"), pipe.write.get(), count));
            QVERIFY(client.isClosed());
        }
        QTRY_COMPARE(descriptorCount(), before);
        QVERIFY(isServedAtOnce(*other));
    }

    /// Out of descriptors: it waits without using the processor, and goes on when there are some again.
    void noDescriptorsLeft()
    {
        addKey("ann", "viewer");
        rlimit before{};
        const auto pid = static_cast<pid_t>(m_serve.processId());
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &before), 0);
        const rlimit few{descriptorCount() + 1, before.rlim_max};
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, &few, nullptr), 0);
        std::vector<std::unique_ptr<Client>> waiting;
        for (int i = 0; i < 8; ++i)
            waiting.push_back(std::make_unique<Client>(m_socket));
        const long begin = ticks();
        QTest::qWait(2000);
        QVERIFY2(ticks() - begin < ::sysconf(_SC_CLK_TCK) / 2, qPrintable(QString::number(ticks() - begin)));
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, &before, nullptr), 0);
        QCOMPARE(waiting.back()->enter("ann", "viewer", m_print), std::string());
        QVERIFY(isServedAtOnce(*waiting.back()));
    }
    /// Descriptors that found no room are not missed silently: the client would wait for ever for an answer on them.
    void noRoomForPassedDescriptors()
    {
        addKey("ann", "viewer");
        Client client(m_socket);
        QVERIFY(Client(m_socket).isConnected());
        QTest::qWait(200);
        const auto pid = static_cast<pid_t>(m_serve.processId());
        rlimit before{};
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &before), 0);
        const rlimit none{descriptorCount() - 1, before.rlim_max};
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, &none, nullptr), 0);
        PipeEnds pipe;
        QVERIFY(sendDescriptors(client.fd(), attachFrame("ann", "viewer"), pipe.write.get(), 2));
        QVERIFY(client.isClosed());
        QCOMPARE(::prlimit(pid, RLIMIT_NOFILE, &before, nullptr), 0);
        QVERIFY(enter("viewer"));
    }

    void viewersSendLittle()
    {
        const auto viewer = enter("viewer");
        const Json large{{"instance", std::string(100'000, 'x')}};
        QVERIFY(viewer->send(FrameKind::Request, 7, {{"method", "fleet.preflight"}, {"params", large}}));
        const auto frame = viewer->receive();
        QVERIFY(frame && frame->id == 0);
        QCOMPARE(codeOf(frame), std::string("protocol.too_large"));
        QVERIFY(viewer->isClosed());
        // nor does anybody before it is known who he is
        Client nobody(m_socket);
        QVERIFY(nobody.send(FrameKind::Attach, 0, {{"user", std::string(100'000, 'x')}}));
        QCOMPARE(codeOf(nobody.receive()), std::string("protocol.too_large"));
        const auto person = enter("operator");
        QCOMPARE(person->errorOf("fleet.preflight", large), std::string("instance.unknown"));
        QCOMPARE(person->errorOf("orders.submit", order({{"filler", std::string(100'000, 'x')}})), std::string());
    }

    /// Answers that nobody fetches: one connection holds hardly more than one of them, and all of one key together no
    /// more than a bound.
    void answersNobodyReads()
    {
        const auto person = enter("operator");
        std::vector<Json> orders;
        for (int i = 0; i < 4; ++i) {
            orders.push_back(order({{"bytes", 900'000}}));
            QCOMPARE(person->errorOf("orders.submit", orders.back()), std::string());
        }
        for (const Json &o : orders)
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(*person, o), std::string("finished"), 30'000);
        addKey("bob", "viewer", otherKey);
        std::string requests;
        for (std::uint32_t id = 1; id <= 40; ++id)
            requests += wire::encodeFrame(FrameKind::Request, id, Json{{"method", "results.pending"}});
        std::vector<std::unique_ptr<Client>> deaf;
        for (int i = 0; i < 20; ++i) {
            deaf.push_back(std::make_unique<Client>(m_socket));
            QCOMPARE(deaf.back()->enter("bob", "viewer", m_print), std::string());
            QVERIFY(deaf.back()->raw(requests));
        }
        QVERIFY(isServedAtOnce(*person));
        QVERIFY2(pss() < maxPss, qPrintable(QString::number(pss())));
        // one that reads gets all of its answers
        deaf.clear();
        Client reader(m_socket);
        QTRY_VERIFY(isServedAtOnce(*person));
        QCOMPARE(reader.enter("bob", "viewer", m_print), std::string());
        QVERIFY(reader.raw(requests));
        for (int i = 0; i < 40; ++i) {
            const auto frame = reader.receive();
            QVERIFY2(frame && frame->kind == FrameKind::Response, qPrintable(QString::number(i)));
        }
    }

    /// A disk that does not answer holds up what asks for disks, and nothing else.
    void deadDisk()
    {
        const auto client = enter("admin");
        std::ofstream(m_config.stateDirectory / "dead-disk") << "";
        QVERIFY(client->send(FrameKind::Request, 1000, {{"method", "fleet.facts"}}));
        QTest::qWait(300);
        QVERIFY(client->call("keys.list")); // the disk does not answer before the test is over
        QCOMPARE(client->errorOf("fleet.preflight", {{"instance", "my1"}}), std::string("instance.unknown"));
        QVERIFY(client->call("fleet.instances"));
        QVERIFY(client->call("results.pending"));
        // more than may wait for it are told so
        for (std::uint32_t id = 2000; id < 2000 + 70; ++id)
            QVERIFY(client->send(FrameKind::Request, id, {{"method", "fleet.facts"}}));
        QCOMPARE(codeOf(client->receive()), std::string("agent.busy"));
        // nor can it keep the agent from ending
        m_serve.terminate();
        QVERIFY(m_serve.waitForFinished(30'000));
        QCOMPARE(m_serve.exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_serve.exitCode(), 0);
        QVERIFY(!fs::exists(m_socket));
    }
    /// A server that says nothing holds up those who ask about servers.
    void hungServer()
    {
        const fs::path directory = m_root / "base" / "my3306";
        fs::create_directories(directory / "data");
        fs::create_directories(directory / "run");
        std::ofstream(directory / "my.cnf") << "[mysqld]\n";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = (directory / "run" / "mysqld.sock").string();
        QVERIFY(path.size() < sizeof address.sun_path);
        std::memcpy(address.sun_path, path.c_str(), path.size());
        const FileDescriptor silent(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QCOMPARE(::bind(silent.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address), 0);
        QCOMPARE(::listen(silent.get(), 8), 0);
        const auto asking = enter("admin"), client = enter("admin");
        QVERIFY(asking->send(FrameKind::Request, 1000, {{"method", "fleet.preflight"}, {"params", {{"instance", "my3306"}}}}));
        pollfd asked{silent.get(), POLLIN, 0};
        QCOMPARE(::poll(&asked, 1, 30'000), 1);
        QVERIFY(client->call("keys.list"));
        QVERIFY(client->call("fleet.facts"));
        // both were answered while the server's silence still lasted
        pollfd answered{asking->fd(), POLLIN, 0};
        QCOMPARE(::poll(&answered, 1, 0), 0);
    }

    /// It stops where the agent says Hello: nobody waits for it, and it does not stay.
    void clientStoppedAtHello()
    {
        const auto other = enter("viewer");
        QProcess attach;
        attach.start(besides("../bin/zandb-attach"), attachArguments());
        QVERIFY(attach.waitForStarted());
        QTRY_VERIFY(attach.bytesAvailable() > 16);
        QCOMPARE(::kill(static_cast<pid_t>(attach.processId()), SIGSTOP), 0);

        // another one whose stdout takes not a byte more
        PipeEnds in;
        PipeEnds out;
        ::fcntl(out.write.get(), F_SETFL, O_NONBLOCK);
        const std::string filler(65536, 'x');
        while (::write(out.write.get(), filler.data(), filler.size()) > 0) { }
        ::fcntl(out.write.get(), F_SETFL, 0);
        Client full(m_socket);
        const int streams[] = {in.read.get(), out.write.get()};
        QVERIFY(sendWithDescriptors(full.fd(), attachFrame("ann", "viewer"), streams) > 0);
        for (int i = 0; i < 5; ++i) {
            QTest::qWait(100);
            QVERIFY(isServedAtOnce(*other));
        }
        // it makes room for some bytes and wants writes to wait for the rest, so that more than that would block
        ::fcntl(out.write.get(), F_SETFL, 0);
        std::string some(8192, 0);
        QCOMPARE(::read(out.read.get(), some.data(), some.size()), ssize_t{8192});
        QVERIFY(writeAll(in.write.get(), wire::encodeFrame(FrameKind::Hello, 0, Json(wire::Hello{})), "pipe"));
        std::string pings;
        for (int i = 0; i < 4000; ++i)
            pings += wire::encodeFrame(FrameKind::Ping, 9, std::string_view("{}"));
        QVERIFY(writeAll(in.write.get(), pings, "pipe"));
        for (int i = 0; i < 5; ++i) {
            QTest::qWait(100);
            QVERIFY(isServedAtOnce(*other));
        }
        QVERIFY(full.isClosed(30'000));
        QByteArray said;
        QTRY_VERIFY_WITH_TIMEOUT((said += attach.readAllStandardOutput()).contains("no hello in time"), 30'000);
        QCOMPARE(::kill(static_cast<pid_t>(attach.processId()), SIGCONT), 0);
        QVERIFY(attach.waitForFinished(30'000));
    }
};

QTEST_GUILESS_MAIN(TestServeLimits)
#include "tst_servelimits.moc"
