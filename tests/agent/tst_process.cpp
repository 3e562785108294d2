// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/files.h"
#include "agent/os/process.h"

#include <QTest>

#include <csignal>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace zandb::agent;

/// Which processes are there.
class TestProcess : public QObject
{
    Q_OBJECT

    static std::string stateOf(pid_t pid)
    {
        const std::string stat = readFile("/proc/" + std::to_string(pid) + "/stat", 8192).value_or("");
        return stat.empty() ? "" : stat.substr(stat.rfind(')') + 2, 1);
    }

private Q_SLOTS:
    void itselfRuns()
    {
        const ProcessIdentity here{getpid(), startTimeOf(getpid()), bootId()};
        QVERIFY(here.startTime > 0);
        QVERIFY(isRunning(here));
        ProcessIdentity other = here;
        other.startTime += 1; // its id was given to another one
        QVERIFY(!isRunning(other));
    }

    /// The first thread of a process may end before the others: as long as one lives, the process holds its files and locks.
    void aFirstThreadThatEndedIsNoEnd()
    {
        const pid_t child = fork();
        if (child == 0) {
            std::thread([] { ::pause(); }).detach();
            ::syscall(SYS_exit, 0); // this thread alone, without unwinding
        }
        QVERIFY(child > 0);
        const ProcessIdentity identity{child, startTimeOf(child), bootId()};
        QTRY_COMPARE(stateOf(child), std::string("Z"));
        QVERIFY(isRunning(identity));
        QCOMPARE(startTimeOf(child), identity.startTime);
        QCOMPARE(::kill(child, SIGKILL), 0);
        QTRY_VERIFY(!isRunning(identity)); // nobody has waited for it yet
        QCOMPARE(::waitpid(child, nullptr, 0), child);
        QVERIFY(!isRunning(identity));
    }
};

QTEST_GUILESS_MAIN(TestProcess)
#include "tst_process.moc"
