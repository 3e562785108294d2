// SPDX-License-Identifier: GPL-3.0-or-later
// From the start of the window to filled pages over a store with 1,000 hosts, 10,000 instances and 1 million runs of 400 days, and the longest block of the
// GUI thread meanwhile.  To reach: twice a bare Qt window with a table of as many instances plus the queries; 50 ms.
#include "app/alerts/alertrepository.h"
#include "app/backups/coveragereading.h"
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "app/fleet/fleetrepository.h"
#include "app/workflow/runrepository.h"
#include "tests/console/seed.h"
#include "tests/support/testserver.h"
#include "tests/widgets/heartbeat.h"
#include "tests/widgets/sampledata.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QMainWindow>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

using namespace zandb;

namespace {

constexpr int hosts = 1000;
constexpr int instancesPerHost = 10;
constexpr int runs = 1'000'000;
constexpr int runsAtOnce = 50'000;

template<class T>
T must(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "bench_start: %s\n", describe(result.error()).c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>)
        return std::move(*result);
}

double milliseconds(const QElapsedTimer &timer) { return static_cast<double>(timer.nsecsElapsed()) / 1e6; }

/// The first host of the sample fleet and an instance that is up, over and over.
Fleet manyHosts()
{
    const Fleet sample = sample::fleet();
    const auto up = std::ranges::find(sample.instances, "up", &InstanceRecord::state);
    Fleet fleet;
    fleet.groups = sample.groups;
    for (int h = 0; h < hosts; ++h) {
        Host host = *sample.host(up->instance.hostId);
        host.id = Uuid::v7();
        host.name = "db" + std::to_string(h);
        fleet.hostStates[host.id] = sample.hostStates.at(up->instance.hostId);
        for (int i = 0; i < instancesPerHost; ++i) {
            InstanceRecord record = *up;
            record.instance.hostId = host.id;
            record.instance.name = record.detail->name = "my" + std::to_string(3306 + i);
            fleet.instances.push_back(std::move(record));
        }
        fleet.hosts.push_back(std::move(host));
    }
    return fleet;
}

/// One run each 35 s, back from now, over all instances; every fortieth has failed.  And a good backup of last night for each instance.
void addRuns(store::Session &session)
{
    must(session.execute("CREATE TABLE bench_instance (n INT PRIMARY KEY, id BINARY(16), host_id BINARY(16)) "
                         "SELECT ROW_NUMBER() OVER (ORDER BY id) n, id, host_id FROM instance"));
    const std::string from = " FROM (SELECT seq, UNIX_TIMESTAMP() * 1000000 - seq * 34560000 at_us FROM ";
    for (int first = 1; first < runs; first += runsAtOnce) {
        const std::string numbers = "seq_" + std::to_string(first) + "_to_" + std::to_string(first + runsAtOnce - 1);
        must(session.execute("INSERT INTO run (id, task_id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, executor, author, "
                             "definition_sha256, signer, signature, cancel_requested, retry_requested, attempts, created_us, started_us, ended_us, fence, revision) "
                             "SELECT UNHEX(MD5(CONCAT('run', seq))), (SELECT MIN(id) FROM task), 1, at_us, at_us, 'backup', host_id, id, '{\"method\":\"mariabackup\"}', '{}', "
                             "IF(seq % 40, 'succeeded', 'failed'), '', 'maria', '', '', '', 0, 0, 1, at_us, at_us, at_us + 20000000, 1, 1"
                             + from + numbers + ") times JOIN bench_instance ON n = 1 + seq % " + std::to_string(hosts * instancesPerHost)));
    }
    must(session.execute("INSERT INTO backup (id, instance_id, host_id, run_id, method, repository, host_name, path, bytes, stored_bytes, duration_us, sha256, position, detail, level, "
                         "started_us, ended_us) SELECT UNHEX(MD5(CONCAT('backup', n))), id, host_id, UNHEX(MD5(CONCAT('run', n))), 'mariabackup', 'local', 'db', 'db/my/x', 1000000000, "
                         "300000000, 20000000, REPEAT('a', 64), '{}', '{}', 1, UNIX_TIMESTAMP() * 1000000 - 36000000000, UNIX_TIMESTAMP() * 1000000 - 35980000000 FROM bench_instance"));
    must(session.execute("DROP TABLE bench_instance"));
    must(session.query("ANALYZE TABLE run, backup, instance"));
}

/// What a person would write in an afternoon: a window and a table with the names of all instances.
double bareWindow()
{
    QElapsedTimer timer;
    timer.start();
    QMainWindow window;
    QStandardItemModel model(hosts * instancesPerHost, 8);
    for (int row = 0; row < model.rowCount(); ++row) {
        for (int column = 0; column < model.columnCount(); ++column)
            model.setItem(row, column, new QStandardItem(QStringLiteral("db%1/my%2").arg(row / instancesPerHost).arg(column)));
    }
    QTableView view;
    view.setModel(&model);
    window.setCentralWidget(&view);
    window.resize(1440, 900);
    window.show();
    QApplication::processEvents();
    window.grab();
    return milliseconds(timer);
}

/// What the first pages ask for, one after the other on one connection.
double queries(const StoreSettings &settings)
{
    QElapsedTimer timer;
    timer.start();
    store::Session session(settings);
    const Fleet fleet = must(fleet::loadFleet(session));
    const auto tasks = must(workflow::loadTasks(session));
    must(alerts::list(session));
    must(backups::loadCoverage(session, fleet, tasks));
    workflow::RunFilter filter;
    filter.from = fleet.readAt - std::chrono::days{7};
    filter.kind = "backup";
    must(workflow::listRuns(session, filter));
    return milliseconds(timer);
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    test::ServerOptions options;
    options.binlog = false;
    options.myCnf = {"innodb_buffer_pool_size = 512M", "innodb_flush_log_at_trx_commit = 0", "innodb_log_file_size = 512M"};
    std::string error;
    const auto server = test::TestServer::start(options, &error);
    if (!server) {
        std::fprintf(stderr, "bench_start: no server: %s\n", error.c_str());
        return 1;
    }
    Settings settings;
    settings.store.socket = server->socket();
    settings.store.user = "root";
    settings.store.tls = "off";
    {
        store::Session session(settings.store);
        must(test::seed(session, manyHosts(), 0));
        addRuns(session);
    }
    const double bare = bareWindow();
    queries(settings.store); // the server's caches are warm for both
    const double asked = queries(settings.store);

    QTemporaryDir dir;
    QSettings ui(dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
    RealDialogs dialogs;
    Theme theme(app);
    theme.apply(Theme::Choice::Light);
    console::Language language;
    language.set(QStringLiteral("en"));
    test::Heartbeat heart;
    QElapsedTimer timer;
    timer.start();
    console::ConsoleContext context(settings, Ui{dialogs, ui}, theme, language);
    context.window().resize(1440, 900);
    context.window().show();
    QApplication::processEvents();
    const double window = milliseconds(timer);
    QSignalSpy loaded(&context, &console::ConsoleContext::pageLoaded);
    heart.start();
    context.start();
    const auto has = [&](const char *page) {
        return std::ranges::any_of(loaded, [&](const QList<QVariant> &arguments) { return arguments.front().toString() == QLatin1String(page); });
    };
    // Today is the first page; its facts come with those of the backups
    if (!QTest::qWaitFor([&] { return has("fleet") && has("backups"); }, 120'000)) {
        std::fprintf(stderr, "bench_start: the window was not filled within two minutes\n");
        return 1;
    }
    QApplication::processEvents();
    const double filled = milliseconds(timer);
    QTest::qWait(2000); // what follows
    QTest::keyClick(&context.window(), Qt::Key_2, Qt::ControlModifier); // ten thousand rows of the fleet
    QTest::qWait(3000);
    heart.stop();
    std::printf("{\"bench\":\"start\",\"hosts\":%d,\"instances\":%d,\"runs\":%d,\"window_ms\":%.0f,\"filled_ms\":%.0f,\"bare_ms\":%.0f,\"queries_ms\":%.0f,\"reach_ms\":%.0f,"
                "\"longest_block_ms\":%.1f,\"longest_block_wall_ms\":%.1f,\"reach_block_ms\":50}\n",
                hosts, hosts * instancesPerHost, runs, window, filled, bare, asked, 2 * bare + asked, heart.worstCpuMs(), heart.worstWallMs());
    return 0;
}
